"""NoDerivative: why a choice cannot be learned by gradient descent, and a mixture can."""

from collections.abc import Mapping
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from ..draw.style import PASSIVE, QUIET, TEXT, plain_axes
from .kit.played import PlayedView
from .kit.stills import TONES, png
from .models.no_derivative import ENDS, LEARNING_RATE, OPERATIONS, POINTS, STEEP, STEPS, TARGET, dial_frame
from .models.one_edge import pool_data, with_sign

START = 0.15  # where both balls are at first
COLD, HOT = np.log10(0.03), np.log10(8)  # exponents of T at the ends of its slider
NOTCHES = 240  # of the slider; the last is its end
FLAT, APART = 0.004, 0.3  # a slope that moves no ball; how far a ball must have come to have rolled


def dial_verdict(frame: Mapping[str, Any]) -> str:
    """What can be seen, in a sentence; `no_derivative_model.js` says the same."""
    choice, mixture, when = frame["choice"], frame["mixture"], f"Step {frame['step']}"
    if abs(mixture["slope"]) < FLAT and abs(choice["at"] - mixture["at"]) > APART:
        return (
            f"{when}: the mixture has rolled down to a loss of {mixture['loss']:.2f}. The choice is still at "
            f"{choice['loss']:.2f}, on a step without slope."
        )
    if abs(mixture["slope"]) < 5 * FLAT:
        warm = f"At T = {frame['temperature']:.2f}"
        return f"{when}: no slope on either curve. {warm} the mixture is as flat here as the staircase."
    return (
        f"{when}: on the staircase the slope is 0, and the ball stays. On the mixture it is "
        f"{with_sign(mixture['slope'], 2)}, and the ball rolls."
    )


def describe_dial(frame: Mapping[str, Any]) -> str:
    """A frame in sentences; `no_derivative_model.js` says the same."""
    steps = zip(frame["operations"], frame["alone"], strict=True)
    choice, mixture = (
        f"at {ball['at']:.2f} with a loss of {ball['loss']:.2f}" for ball in (frame["choice"], frame["mixture"])
    )
    return (
        f"The loss along a dial that points at the operations in turn, T = {frame['temperature']:.2f}. "
        f"{dial_verdict(frame)} The ball of the choice is {choice}, that of the mixture {mixture}. Losses of the "
        f"choices: {', '.join(f'{name} {loss:.2f}' for name, loss in steps)}."
    )


class NoDerivative(PlayedView):
    """A ball on a staircase and a ball on a slope: the loss of a choice, and of a mixture, along a line of alpha.

        NoDerivative()

    A dial points at seven operations in turn. A choice uses the one that it points at, so its loss is a staircase; a
    mixture weighs all of them. Both balls follow the slope under them. Drag a ball to start elsewhere, or change the
    temperature: the smaller it is, the closer the slope comes to the staircase.

    Args:
        temperature: T of the softmax at first, 0.03 to 8.
    Raises:
        UserError: another temperature.
    """

    MODULES = ("shared_random.js", "one_edge.js", "one_edge_drawing.js", "no_derivative_model.js", "no_derivative.js")
    STYLES = ("one_edge.css", "no_derivative.css")

    def __init__(self, temperature: float = 1.0) -> None:
        slider = ipywidgets.FloatSlider
        first, last = ENDS
        settings = {
            "step": ipywidgets.IntSlider(0, min=0, max=STEPS, description="step"),
            "temperature": ipywidgets.FloatLogSlider(
                1.0, base=10, min=COLD, max=HOT, step=(HOT - COLD) / NOTCHES, description="temperature T"
            ),
            "choice": slider(START, min=first, max=last, step=0.01, description="ball on the staircase"),
            "mixture": slider(START, min=first, max=last, step=0.01, description="ball on the mixture, at its start"),
            "seed": ipywidgets.IntSlider(2, min=0, max=99, description="seed"),
        }
        data = {
            "pool": pool_data(),
            "operations": OPERATIONS,
            "target": TARGET,
            "steep": STEEP,
            "learning_rate": LEARNING_RATE,
        }
        data |= {"ends": ENDS, "points": POINTS, "steps": STEPS, "flat": FLAT, "apart": APART, "start": START}
        super().__init__(settings, data, {"temperature": temperature})

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Both curves and both balls; see `dial_frame`."""
        return dial_frame(settings)

    def describe(self, frame: Mapping[str, Any]) -> str:
        """Where the balls are, and which of them moves."""
        return describe_dial(frame)

    def still_png(self, frame: Mapping[str, Any]) -> bytes:
        """Both curves with their balls."""
        return png(draw_dial(frame))


def draw_dial(frame: Mapping[str, Any]) -> Figure:
    """A frame of `dial_frame` as a static picture."""
    figure = Figure(figsize=(9, 3.2), layout="constrained", facecolor="white")
    panel = figure.subplots()
    plain_axes(panel)
    borders = np.arange(len(OPERATIONS) + 1) - 0.5
    panel.stairs(frame["alone"], borders, baseline=None, color=PASSIVE, linewidth=2, label="choice")
    place = np.linspace(*ENDS, len(frame["curve"]))
    panel.plot(place, frame["curve"], color=TONES[0], linewidth=2.4, label=f"mixture, T = {frame['temperature']:.2f}")
    for ball, color in ((frame["choice"], PASSIVE), (frame["mixture"], TONES[0])):
        panel.plot(ball["at"], ball["loss"], "o", color=color, markersize=10, markeredgecolor=TEXT, zorder=4)
    panel.set(xlim=(-0.5, len(OPERATIONS) - 0.5), ylim=(0, None))
    panel.set_xticks(range(len(OPERATIONS)), OPERATIONS)
    panel.set_ylabel("loss", fontsize=8, color=QUIET)
    panel.legend(fontsize=8, frameon=False, labelcolor=TEXT)
    return figure
