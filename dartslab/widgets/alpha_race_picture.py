"""The race of alpha at one step as a static picture: pushes as areas, and the mixing weights so far."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..draw.style import PASSIVE, QUIET, TEXT, plain_axes
from .kit.stills import TONES

UP, DOWN, BEST = TONES[0], TONES[1], TONES[2]
LETTER = 0.013  # width of a letter, where the strips are 1 wide


def draw_race(frame: Mapping[str, Any], later: Mapping[str, Any] | None = None) -> Figure:
    """A frame of `race_frame`: left the strips of this step, right the mixing weights.

    Args:
        frame: the step whose strips are shown.
        later: a later frame of the same race; the mixing weights go on to it, with a line at the step of the strips.
    """
    figure = Figure(figsize=(9, 3.6), layout="constrained", facecolor="white")
    strips, curves = figure.subplots(1, 2, width_ratios=[1.45, 1])
    _draw_strips(strips, frame)
    _draw_curves(curves, later or frame)
    if later:
        curves.axvline(frame["step"], color=QUIET, linewidth=1, linestyle="dotted")
    return figure


def _draw_strips(panel: Axes, frame: Mapping[str, Any]) -> None:
    """Each operation as wide as its mixing weight, from the level to its g: the area is its push times T."""
    p, g, push, level = np.array(frame["p"]), np.array(frame["g"]), np.array(frame["push"]), frame["level"]
    left = np.concatenate([[0.0], np.cumsum(p)])
    room = max(0.25, float(g.max() - g.min()))
    middle = float(g.max() + g.min()) / 2
    panel.set(xlim=(0, 1), ylim=(middle - 0.75 * room, middle + 0.75 * room))
    panel.spines[["top", "right"]].set_visible(False)
    panel.axhline(level, color=TEXT, linewidth=1.2, zorder=3)
    filled = frame["fill"]
    for name, x, width, height, by in zip(frame["operations"], left[:-1], p, g, push, strict=True):
        up = by >= 0
        if up or not filled:
            color, hatch = (UP, "") if up and not filled else (DOWN, "////")
            panel.bar(x, height - level, width, level, align="edge", color=color, edgecolor="white", hatch=hatch)
        if width > LETTER * max(6, len(name)):
            label = f"{name}\n{100 * width:.0f} %\n{by:+.3f}"
            place: dict[str, Any] = {
                "xycoords": ("data", "axes fraction"),
                "textcoords": "offset points",
                "ha": "center",
            }
            panel.annotate(label, (x + width / 2, 0), (0, 3), **place, fontsize=7, color=TEXT)
    panel.annotate("level", (1, level), xytext=(3, 0), textcoords="offset points", fontsize=8, color=TEXT, va="center")
    panel.set_xlabel("width: mixing weight p; area: push on alpha, times T", fontsize=8, color=QUIET)
    panel.set_ylabel("g = dL/dp", fontsize=8, color=QUIET)
    panel.tick_params(labelsize=8, labelcolor=TEXT, color=QUIET)
    title = f"step {frame['step']}: up {push[push > 0].sum():.3f} (plain), down {-push[push < 0].sum():.3f} (hatched)"
    panel.set_title(title, fontsize=10, loc="left", color=TEXT)


def _draw_curves(panel: Axes, frame: Mapping[str, Any]) -> None:
    """The mixing weights over the steps; the leader and the one that could be best are named."""
    past = np.array(frame["past"])
    lead, best = int(past[-1].argmax()), int(np.argmin(frame["could"]))
    plain_axes(panel)
    for o in (*(o for o in range(past.shape[1]) if o not in (lead, best)), lead, best):
        color, width = (BEST, 2.2) if o == best else (TEXT, 2.0) if o == lead else (PASSIVE, 1.0)
        panel.plot(past[:, o], color=color, linewidth=width, marker="o" if len(past) == 1 else "", markersize=4)
    apart = 0.0 if lead == best else max(0.0, 0.09 - float(past[-1, lead] - past[-1, best])) / 2
    place: dict[str, Any] = {"textcoords": "offset points", "va": "center", "annotation_clip": False, "fontsize": 8}
    for o, up in {lead: apart, best: -apart}.items():
        color = BEST if o == best else TEXT
        panel.annotate(frame["operations"][o], (len(past) - 1, past[-1, o] + up), (5, 0), **place, color=color)
    panel.set(xlim=(0, max(frame["length"], len(past) - 1)), ylim=(0, 1))
    panel.set_xlabel("step (green: what could be the best alone)", fontsize=8, color=QUIET)
    panel.set_title("mixing weights", fontsize=10, loc="left", color=TEXT)
