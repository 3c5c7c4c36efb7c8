"""HypergradientBeats: one hypergradient in nine beats, on one number and on a tiny network."""

from collections.abc import Mapping
from typing import Any

import ipywidgets

from .hypergradient_beats_figure import beats_figure
from .kit.choices import Dropdown, ToggleButtons
from .kit.played import PlayedView
from .kit.stills import png
from .models.beats_words import BEATS, COSTS, NETWORK_SENTENCES, NOTES, TONES, TOY_SENTENCES, describe_beats
from .models.hypergradient_beats import (
    DECAY,
    FIRST,
    HYPERGRADIENTS,
    KNOWN,
    LEARNING_RATE,
    MISTAKES,
    OWN_PASS,
    PASSES,
    RADIUS,
    SKIPPED,
    VIEWS,
    beats_frame,
)
from .models.toy_paths import LIMIT
from .models.two_problems import ALPHA, BATCHES, OPERATIONS, WEIGHTS

RANGE = {"a": (0.0, 4.5), "w": (-2.0, 3.6), "xi": (0.0, 0.75)}  # where the start may be, and xi
MOST_STEPS = 100


class HypergradientBeats(PlayedView):
    """The virtual step, beat by beat: where we are, w slides to w', v, direct and implicit term, their sum, real steps.

        HypergradientBeats()
        HypergradientBeats(view="a network", hypergradient="finite difference")

    On one number (the toy of the paper) every term is an arrow beside the truth; a network of six weights and three
    alphas shows the same numbers as its passes give them. Seven mistakes can be chosen that are easy to make; some of
    them stood in public programs. Each changes one arrow. Drag the point to start elsewhere; space goes on to the next
    beat.

    Args:
        settings: first values of controls: beat (0 to 8), a, w (the start on the toy), xi, hypergradient, mistake,
            steps (real steps made before the beats), view.
    Raises:
        UserError: a setting that does not exist, or a value it cannot have.
    """

    MODULES = (
        "hypergradient_beats_model.js",
        "hypergradient_beats_pen.js",
        "hypergradient_beats_plane.js",
        "hypergradient_beats_scene.js",
        "hypergradient_beats_network.js",
        "hypergradient_beats_side.js",
        "hypergradient_beats.js",
    )
    STYLES = ("hypergradient_beats.css",)

    def __init__(self, **settings: Any) -> None:
        opened = {name: value for name, value in settings.items() if name not in ("beat", "steps")}  # kept by Reset
        slider = ipywidgets.FloatSlider
        bounds = {name: {"min": low, "max": high} for name, (low, high) in RANGE.items()}
        controls = {
            "beat": ipywidgets.IntSlider(FIRST["beat"], 0, len(BEATS) - 1, description="beat"),
            "a": slider(FIRST["a"], **bounds["a"], step=0.05, description="start a"),
            "w": slider(FIRST["w"], **bounds["w"], step=0.05, description="start w"),
            "xi": slider(FIRST["xi"], **bounds["xi"], step=0.01, description="step ξ"),
            "hypergradient": ToggleButtons(
                options=HYPERGRADIENTS, value=FIRST["hypergradient"], description="hypergradient"
            ),
            "mistake": Dropdown(options=list(MISTAKES), description="mistake"),
            "steps": ipywidgets.IntSlider(FIRST["steps"], 0, MOST_STEPS, description="real steps"),
            "view": ToggleButtons(options=VIEWS, description="view"),
        }
        data = {
            "views": VIEWS,
            "hypergradients": HYPERGRADIENTS,
            "mistakes": {name: list(hypergradients) for name, hypergradients in MISTAKES.items()},
            "known": KNOWN,
            "beats": BEATS,
            "tones": TONES,
            "skipped": SKIPPED,
            "passes": {name: [list(one) for one in passes] for name, passes in PASSES.items()},
            "own": OWN_PASS,
            "costs": COSTS,
            "sentences": dict(zip(VIEWS, (TOY_SENTENCES, NETWORK_SENTENCES), strict=True)),
            "notes": NOTES,
            "range": RANGE,
            "begin": {name: (FIRST | opened)[name] for name in FIRST if name != "view"},
            "radius": RADIUS,
            "learning_rate": LEARNING_RATE,
            "decay": DECAY,
            "limit": LIMIT,
            "alpha": ALPHA,
            "weights": WEIGHTS,
            "batches": BATCHES,
            "operations": OPERATIONS,
        }
        super().__init__(controls, data, settings)

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """All numbers of the beats; see `beats_frame`."""
        return beats_frame(settings)

    def describe(self, frame: Mapping[str, Any]) -> str:
        """What this beat says, and its numbers."""
        return describe_beats(frame)

    def still_png(self, frame: Mapping[str, Any]) -> bytes:
        """The arrows up to this beat, or the tables of the network."""
        return png(beats_figure(frame))
