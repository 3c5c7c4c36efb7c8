"""FiniteDifferenceDial: how wrong the finite-difference hypergradient is, over its radius, measured live."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from ..draw.style import TEXT
from .kit.stills import lines, png
from .kit.view import View
from .models.tiny_problem import NETWORKS, PRECISIONS, RADII, error_curves, errors_at, first_order_errors

LOOKS: dict[tuple[str, str], dict[str, Any]] = {
    ("smooth", "float64"): {"tone": 0, "dash": None, "mark": "circle"},
    ("smooth", "float32"): {"tone": 2, "dash": "7 4", "mark": "square"},
    ("ReLU", "float64"): {"tone": 1, "dash": "10 3 2 3", "mark": "diamond"},
    ("ReLU", "float32"): {"tone": 3, "dash": "2 4", "mark": "triangle"},
}
FIRST_ORDER = {"smooth": "1 3", "ReLU": "8 3 1 3 1 3"}  # dashes of the horizontal lines, tone 4


def dial_frame(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Curves and the errors at exactly the chosen radius, for the chosen networks and precisions.

    Returns:
        lines (as `chart` in view.js takes them, exponents of 10; an error of 0 has none and is left out), rows (name,
        error at the radius, smallest error of the curve and where, error of first order), sentences.
    """
    seed, xi, radius = settings["seed"], settings["xi"], settings["radius"]
    chosen = [key for key in LOOKS if settings[key[0]] and settings[key[1]]]
    curves, now, plain = error_curves(seed, xi), errors_at(seed, xi, radius), first_order_errors(seed, xi)
    shown, rows = [], []
    for key in chosen:
        name, errors = ", ".join(key), curves[key]
        points = [(math.log10(r), math.log10(error)) for r, error in zip(RADII, errors, strict=True) if error > 0]
        x, y = zip(*points, strict=True) if points else ((), ())
        shown.append({"name": name, **LOOKS[key], "x": [round(v, 4) for v in x], "y": [round(v, 4) for v in y]})
        best = min(errors)
        at = RADII[errors.index(best)]
        rows.append({"name": name, "error": now[key], "best": best, "at": at, "first_order": plain[key[0]]})
    for network in dict.fromkeys(network for network, _ in chosen):
        ends = [math.log10(RADII[0]), math.log10(RADII[-1])]
        height = [round(math.log10(plain[network]), 4)] * 2 if plain[network] > 0 else []
        look = {"tone": 4, "dash": FIRST_ORDER[network], "mark": None}
        shown.append({"name": f"first order, {network}", **look, "x": ends[: len(height)], "y": height})
    return {
        "seed": seed,
        "xi": xi,
        "radius": radius,
        "lines": shown,
        "rows": rows,
        "sentences": sentences(curves, chosen),
    }


def sentences(curves: Mapping[tuple[str, str], tuple[float, ...]], chosen: list[tuple[str, str]]) -> list[str]:
    """What the chosen curves show, each sentence with the numbers it rests on."""
    found = []
    smooth, single, kinks = ("smooth", "float64"), ("smooth", "float32"), ("ReLU", "float64")
    if smooth in chosen:
        errors = curves[smooth]
        large, small = (errors[nearest(radius)] for radius in (0.1, 0.01))
        if small > 0:
            found.append(
                f"Smooth, float64: from R = 0.1 to 0.01 the error falls {times(large / small)}; one of second order "
                "falls 100 times."
            )
        if errors[0] > min(errors):
            found.append(
                f"It is {lowest(errors)}, and {number(errors[0])} at R = {number(RADII[0])}: what is rounded in the "
                "difference of two nearly equal gradients is divided by R."
            )
    if single in chosen:
        errors = curves[single]
        found.append(f"Smooth, float32: {lowest(errors)}, and {number(errors[0])} at R = {number(RADII[0])}.")
    if kinks in chosen:
        errors = curves[kinks]
        rises = [after / before if before > 0 else 0.0 for before, after in pairwise(errors)]
        first = rises.index(max(rises))
        text = (
            f"ReLU, float64: from R = {number(RADII[first])} to {number(RADII[first + 1])} the error rises "
            f"{times(rises[first])} at once, as when the first kink comes between the two points."
        )
        falls = [1 / rise if 0 < rise < 1 else 0.0 for rise in rises[first + 1 :]]
        if any(falls):
            last = first + 1 + falls.index(max(falls))
            text += (
                f" Above, smaller can be worse: from R = {number(RADII[last + 1])} down to {number(RADII[last])} it "
                f"grows {times(max(falls))}. Each kink in between adds a jump divided by R."
            )
        found.append(text)
    return found


def lowest(errors: tuple[float, ...]) -> str:
    """The smallest error of a curve and where it is."""
    return f"smallest, {number(min(errors))}, at R = {number(RADII[errors.index(min(errors))])}"


def nearest(radius: float) -> int:
    """The place in `RADII` that is nearest to a radius on the logarithmic axis."""
    return min(range(len(RADII)), key=lambda i: abs(math.log(RADII[i] / radius)))


def number(value: float) -> str:
    """Two digits: "0.16", "8.9e-07"."""
    return f"{value:.2g}"


def times(value: float) -> str:
    """A factor with two digits: "2.3 times", "130,000 times"."""
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f} times" if rounded >= 10 else f"{rounded:g} times"


class FiniteDifferenceDial(View):
    """The error of the finite difference against the exact hypergradient, over the radius R.

        FiniteDifferenceDial()

    Measured on a tiny network of mixed layers, smooth and with ReLU, in float64 and float32, whenever a control moves.
    The published radius is 0.01.
    """

    MODULES = ("finite_difference_dial.js",)

    def __init__(self) -> None:
        slider, check = ipywidgets.FloatSlider, ipywidgets.Checkbox
        low, high = math.log10(RADII[0]), math.log10(RADII[-1])
        settings = {
            "radius": ipywidgets.FloatLogSlider(
                0.01,
                min=round(low),
                max=round(high),
                step=0.1,
                description="radius R",
                readout_format=".1e",
            ),
            # a curve takes longer than a drag should wait for
            "seed": ipywidgets.IntSlider(2, min=0, max=20, description="seed", continuous_update=False),
            "xi": slider(0.1, min=0.01, max=1, step=0.01, description="xi", continuous_update=False),
        }
        for name in (*NETWORKS, *PRECISIONS):
            settings[name] = check(True, description=name, indent=False)
        face = [settings[name] for name in ("radius", *NETWORKS, *PRECISIONS)]
        super().__init__(settings, [face], more=[settings["seed"], settings["xi"]])
        self.ready()

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Curves and table."""
        return dial_frame(settings)

    def describe(self, frame: Mapping[str, Any]) -> str:
        """The error of each network and precision at the radius, then what the curves show."""
        head = f"Radius {number(frame['radius'])}, seed {frame['seed']}, xi {number(frame['xi'])}."
        rows = [
            f"{row['name']}: relative error {number(row['error'])}, smallest {number(row['best'])} at R = "
            f"{number(row['at'])}, first order {number(row['first_order'])}."
            for row in frame["rows"]
        ]
        return " ".join([head, *(rows or ["No curve is shown."]), *frame["sentences"]])

    def still_png(self, frame: Mapping[str, Any]) -> bytes:
        """The curves, the radius as a vertical line."""
        figure = Figure(figsize=(8, 4.2), layout="constrained", facecolor="white")
        panel = figure.subplots()
        lines(panel, [line for line in frame["lines"] if line["x"]])
        panel.axvline(math.log10(frame["radius"]), color=TEXT, linewidth=1, linestyle=":")
        panel.set_title(
            f"relative error of the finite difference, seed {frame['seed']}, xi {number(frame['xi'])}",
            fontsize=10,
            loc="left",
            color=TEXT,
        )
        panel.set_xlabel(f"log10 of the radius; dotted: R = {number(frame['radius'])}", fontsize=9)
        panel.set_ylabel("log10 of the relative error", fontsize=9)
        return png(figure)
