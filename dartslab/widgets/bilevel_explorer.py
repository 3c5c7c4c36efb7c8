"""BilevelExplorer: where four hypergradients lead on the toy bilevel problem, and where theory says they do."""

from collections.abc import Mapping
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from ..draw.style import QUIET, TEXT, plain_axes
from .kit.stills import MARKS, TONES, lines, png
from .kit.view import View
from .models.toy_paths import DENSE, FAR, HYPERGRADIENTS, LIMIT, SPARSE, WINDOW, contours, path

START = (-3.0, 3.0)  # where a trajectory can start, for a and for w
LOOKS: dict[str, dict[str, Any]] = {
    "first_order": {"name": "first order", "tone": 1, "dash": "7 4", "mark": "square"},
    "exact": {"name": "exact", "tone": 0, "dash": None, "mark": "circle"},
    "finite_difference": {"name": "finite difference", "tone": 4, "dash": "2 4", "mark": "triangle"},
    "implicit": {"name": "implicit", "tone": 2, "dash": "10 3 2 3", "mark": "diamond"},
}


def explorer_frame(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The chosen hypergradients' runs (see `toy_paths.path`) and the settings they come from."""
    numbers = {name: value for name, value in settings.items() if name not in HYPERGRADIENTS}
    return {"settings": numbers, "paths": [path(numbers, name) for name in HYPERGRADIENTS if settings[name]]}


def describe_explorer(frame: Mapping[str, Any]) -> str:
    """A frame of `explorer_frame` in sentences; `bilevel_explorer.js` says the same."""
    given = frame["settings"]
    dropped = ", the implicit term dropped" if given["drop"] else ""
    first = (
        f"Toy bilevel problem: xi = {fixed3(given['xi'])}, step sizes {fixed3(given['alpha_step'])} (alpha) and "
        f"{fixed3(given['w_step'])} (w), {given['terms']} terms of the implicit series{dropped}, start a = "
        f"{fixed3(given['a'])}, w = {fixed3(given['w'])}, {given['iterations']} iterations. The true optimum is "
        "a = w = 1."
    )
    paths = [describe_path(found, given["drop"]) for found in frame["paths"]] or ["No hypergradient is shown."]
    return " ".join([first, *paths])


def name_of(hypergradient: str, drop: bool) -> str:
    """What a path is called: "exact", or "exact, term dropped" where it has an implicit term that is left out."""
    return LOOKS[hypergradient]["name"] + ", term dropped" * (drop and hypergradient != "first_order")


def describe_path(found: Mapping[str, Any], drop: bool = False) -> str:
    """Where one hypergradient ends, and how far that is from theory's fixed point."""
    a, w = map(fixed3, found["end"])
    name = name_of(found["hypergradient"], drop)
    where = f"{name} ends at a = {a}, w = {w}"
    if found["left"] is not None:
        where = f"{name} leaves the picture at iteration {found['left']}"
    return f"{where}; {describe_theory(found)}."


def describe_theory(found: Mapping[str, Any]) -> str:
    """The fixed point of a path, whether it attracts, and the distance to it."""
    if found["fixed"] is None:
        return "theory has no fixed point"
    point = f"theory's fixed point a = w = {fixed3(found['fixed'])}"
    if not found["attracts"]:
        return f"{point} does not attract with these step sizes"
    return f"{point} is {'less than 0.001' if found['gap'] < 0.001 else fixed3(found['gap'])} away"


def fixed3(value: float) -> str:
    """Three decimals, never "-0.000"."""
    text = f"{value:.3f}"
    return text.lstrip("-") if float(text) == 0 else text


class BilevelExplorer(View):
    """The toy bilevel problem: contours of the validation loss, the valley w*(a) = a, paths of four hypergradients.

        BilevelExplorer()

    One iteration is a step of a along its hypergradient, then a step of w down the training loss. Rings mark where
    theory says that each hypergradient comes to rest. Click or drag in the plane to start elsewhere.
    """

    MODULES = ("bilevel_explorer.js",)
    EXPORTS = True

    def __init__(self) -> None:
        slider, check = ipywidgets.FloatSlider, ipywidgets.Checkbox
        start = ipywidgets.BoundedFloatText
        low, high = START
        settings = {
            "xi": slider(0.25, min=0, max=1.5, step=0.01, description="xi"),
            "alpha_step": slider(0.1, min=0.01, max=1.5, step=0.01, description="step size of alpha"),
            "w_step": slider(0.1, min=0.01, max=1.5, step=0.01, description="step size of w"),
            "iterations": ipywidgets.IntSlider(400, min=10, max=600, step=10, description="iterations"),
            "a": start(2.0, min=low, max=high, step=0.05, description="start a"),
            "w": start(-2.0, min=low, max=high, step=0.05, description="start w"),
            "terms": ipywidgets.IntSlider(10, min=1, max=20, description="terms of implicit (K)"),
            "drop": check(False, description="drop the implicit term", indent=False),
            **{key: check(True, description=LOOKS[key]["name"], indent=False) for key in HYPERGRADIENTS},
        }
        face = [settings[key] for key in ("xi", *HYPERGRADIENTS, "drop")]
        behind = [settings[key] for key in ("a", "w", "alpha_step", "w_step", "iterations", "terms")]
        data = {"contours": contours(), "window": WINDOW, "far": FAR, "start": START, "looks": LOOKS}
        data |= {"limit": LIMIT, "dense": DENSE, "sparse": SPARSE}
        super().__init__(settings, [face], data, more=behind)
        self.ready()

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The chosen runs."""
        return explorer_frame(settings)

    def describe(self, frame: Mapping[str, Any]) -> str:
        """Where each hypergradient ends, and its distance from theory's fixed point."""
        return describe_explorer(frame)

    def still_png(self, frame: Mapping[str, Any]) -> bytes:
        """Plane and distances, as in the live view."""
        figure = Figure(figsize=(9, 4.4), layout="constrained", facecolor="white")
        plane, side = figure.subplots(1, 2, width_ratios=[1.1, 1])
        plain_axes(plane)
        plane.grid(False)
        for line in contours():
            plane.plot(*zip(*line["points"], strict=True), color="#BBBBBB", linewidth=0.8, zorder=1)
            a, w = line["points"][-1]
            plane.annotate(str(line["level"]), (0.97 * a, w), fontsize=6.5, color=QUIET, ha="center", va="center")
        plane.plot(WINDOW, WINDOW, color="#999999", linewidth=2.4, zorder=1)
        plane.annotate("w*(a) = a", (-3.3, -2.7), fontsize=8, color=QUIET)
        shown = []
        for found in frame["paths"]:
            look = LOOKS[found["hypergradient"]]
            drawn = {**look, "x": found["a"], "y": found["w"], "mark": None}
            lines(plane, [drawn])
            color = TONES[look["tone"]]
            plane.plot(*found["end"], MARKS[look["mark"]], color=color, markersize=6, zorder=4)
            label = name_of(found["hypergradient"], frame["settings"]["drop"])
            if found["fixed"] is not None:
                plane.plot(found["fixed"], found["fixed"], "o", mfc="none", mec=color, markersize=12, zorder=3)
                label += f": theory {fixed3(found['fixed'])}"
            shown.append({**look, "name": label, "x": found["n"], "y": found["distance"], "mark": None})
        plane.plot(1, 1, "x", color="black", markersize=9, zorder=5)
        plane.annotate("optimum (1, 1)", (0.8, 1), fontsize=8, color=TEXT, ha="right", va="center")
        plane.plot(frame["settings"]["a"], frame["settings"]["w"], "o", mfc="white", mec="black", zorder=5)
        plane.set(xlim=WINDOW, ylim=WINDOW, aspect="equal", xlabel="a", ylabel="w")
        if plane.get_legend():
            plane.get_legend().remove()
        lines(side, shown)
        side.set_title("distance to the optimum (1, 1)", fontsize=10, loc="left", color=TEXT)
        side.set(xlabel="iteration", xlim=(0, frame["settings"]["iterations"]))
        side.set_ylim(0, min(FAR, side.get_ylim()[1]))
        return png(figure)
