"""A frame of the beats as a picture that stands still."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..draw.style import QUIET, TEXT
from .kit.stills import TONES
from .models.beats_words import BEATS, format_number, plain, sentence
from .models.hypergradient_beats import NO_MISTAKE, decay_of, valley_slope
from .models.two_problems import OPERATIONS

PLANE = {"xlim": (-0.5, 5.6), "ylim": (-2.8, 4.4)}
LEVELS = (-14, -10, -7, -5, -3.3, -1.8, -0.4, 2.2, 4, 6, 8.5, 11.5)
REACH, TRAIN_REACH = 0.6, 0.2  # how long an arrow for a slope of 1 is: slopes of L_train are drawn shorter
DIRECT, IMPLICIT, TRUTH, SLOPE_V = TONES[:4]
Point = tuple[float, float]
PATH_LOOKS = {
    "first order": (DIRECT, "--"),
    "exact": (TEXT, "-"),
    "truth": (TRUTH, ":"),
    "with the mistake": (IMPLICIT, "-."),
}


def beats_figure(frame: Mapping[str, Any]) -> Figure:
    """The arrows of all beats up to the present one beside their sizes; for the network its tables."""
    if frame["settings"]["view"] == "a network":
        return network_figure(frame)
    figure = Figure(figsize=(9, 4.6), layout="constrained", facecolor="white")
    plane, side = figure.subplots(1, 2, width_ratios=[1.25, 1])
    draw_plane(plane, frame)
    draw_terms(side, frame)
    beat = frame["settings"]["beat"]
    figure.suptitle(f"{beat + 1} {BEATS[beat]}. {plain(sentence(frame))}", fontsize=10, color=TEXT, x=0.01, ha="left")
    return figure


def draw_plane(panel: Axes, frame: Mapping[str, Any]) -> None:
    """Contours of L_val, the valley, where we are, and the arrows that the beats have brought so far."""
    beat = frame["settings"]["beat"]
    n = {name: part[0] for name, part in frame.items() if isinstance(part, list)}
    a, w = np.meshgrid(np.linspace(*PLANE["xlim"], 120), np.linspace(*PLANE["ylim"], 120))
    panel.contourf(a, w, a * w - 2 * a + 1, levels=LEVELS, cmap="Greys", alpha=0.25, extend="both")
    c = valley_slope(decay_of(frame["mistake"]))
    panel.plot(PLANE["xlim"], [c * one for one in PLANE["xlim"]], color="#8593A3", linewidth=2.4)
    panel.annotate(
        "valley: w trained to the end", (1.7, c * 1.7 + 0.35), rotation=41, fontsize=8, color=QUIET, ha="center"
    )
    panel.plot(1 / c, 1, "*", color=TRUTH, markersize=13)
    panel.annotate("best", (1 / c - 0.15, 1.12), color=TRUTH, fontsize=9, ha="right")
    for name, points in frame["paths"].items():
        if frame["done"]:
            color, line = PATH_LOOKS[name]
            panel.plot(*zip(*points, strict=True), linestyle=line, color=color, linewidth=1.8, label=name)
    if frame["done"]:
        panel.legend(fontsize=8, frameon=False, loc="lower right")

    panel.plot([n["a"], n["a"]], [n["w"], n["valley"]], ":", color=QUIET, linewidth=1)
    for (x, y), (along, up), color, words, (left, low) in arrows_of(frame, n):
        look = {"arrowstyle": "-|>,head_width=0.32,head_length=0.5", "color": color, "linewidth": 2.8}
        tip = [float(np.clip(one, *PLANE[axis])) for one, axis in ((x + along, "xlim"), (y + up, "ylim"))]
        panel.annotate("", (tip[0], tip[1]), (x, y), arrowprops=look | {"shrinkA": 0, "shrinkB": 0})
        at = max(left, PLANE["xlim"][0] + 0.05), max(low, PLANE["ylim"][0] + 0.15)
        panel.annotate(words, at, color=color, fontsize=8.5, va="center", fontweight="bold")
    if frame["settings"]["hypergradient"] != "first order" and 2 <= beat <= 6:
        panel.plot(n["a"], n["prime"], "o", mfc="white", mec=TEXT, markersize=9, zorder=5)
        panel.annotate(f"w′ = {format_number(n['prime'])}", (n["a"] + 0.12, n["prime"] - 0.3), fontsize=9, color=TEXT)
    if beat >= 7:
        panel.plot(
            [n["a"], n["next_a"], n["next_a"]],
            [n["w"], n["w"], n["next_w"] if beat == 8 else n["w"]],
            color=TEXT,
            linewidth=2,
        )
    panel.plot(n["a"], n["w"], "o", color=TEXT, markersize=8, zorder=6)
    panel.set(**PLANE, xlabel="architecture a", ylabel="weight w")
    panel.tick_params(labelsize=8)


def arrows_of(frame: Mapping[str, Any], n: Mapping[str, float]) -> list[tuple[Point, Point, str, str, Point]]:
    """The arrows that the beats have brought so far: (start, length, colour, words, place of the words)."""
    beat, a, w, v_at = frame["settings"]["beat"], n["a"], n["w"], n["asked"]
    second = frame["settings"]["hypergradient"] != "first order"
    found: list[tuple[Point, Point, str, str, Point]] = []

    def along(y: float, name: str, color: str, words: str, place: Point, start: float = a) -> None:
        found.append(((start, y), (n[name] * REACH, 0), color, f"{words} {format_number(n[name], True)}", place))

    def tip(name: str) -> float:
        return a + n[name] * REACH

    if beat == 6 or (beat == 0 and not frame["done"]):
        along(n["valley"], "truth", TRUTH, "truth", (a + 0.15, n["valley"] + 0.28))
        along(w, "first", DIRECT, "first order", (min(a, tip("first")) - 0.35, w - 0.3))
    if second and 1 <= beat <= 6:
        slope = n["slope"] * TRAIN_REACH
        words = f"slope of L_train {format_number(n['slope'], True)}"
        found.append(((a + 0.12, w), (0, slope), QUIET, words, (a + 0.24, w + 0.75 * slope)))
    if second and 3 <= beat <= 6:
        up = n["v"] * REACH
        found.append(
            ((a - 0.06, v_at), (0, up), SLOPE_V, f"v = {format_number(n['v'], True)}", (a - 0.95, v_at + 0.88 * up))
        )
    if 4 <= beat <= 6:
        along(v_at, "direct", DIRECT, "direct", (min(a, tip("direct")) - 1.25, v_at))
    if second and 5 <= beat <= 6:
        place = max(a, tip("direct") + n["implicit"] * REACH) + 0.12, n["prime"] + 0.3
        along(n["prime"] + 0.3, "implicit", IMPLICIT, "implicit", place, tip("direct"))
    if beat == 6:
        along(n["prime"] + 0.62, "sum", TEXT, "g =", (max(a, tip("sum")) + 0.12, n["prime"] + 0.62))
    return found


def draw_terms(panel: Axes, frame: Mapping[str, Any]) -> None:
    """First order, truth and the terms on one scale; the implicit term begins where the direct term ends."""
    beat = frame["settings"]["beat"]
    n = {name: part[0] for name, part in frame.items() if isinstance(part, list)}
    rows = [("first order", DIRECT, 0, n["first"], 0), ("truth", TRUTH, 0, n["truth"], 0)]
    rows += [("direct", DIRECT, 0, n["direct"], 4), ("+ implicit", IMPLICIT, n["direct"], n["implicit"], 5)]
    eq8 = (
        ("implicit by eq. 8", "difference")
        if frame["mistake"] == NO_MISTAKE
        else ("implicit if right", "right_implicit")
    )
    rows += [("= g", TEXT, 0, n["sum"], 6), (eq8[0], IMPLICIT, n["direct"], n[eq8[1]], 6)]
    reach = 1.15 * max(2.2, *(abs(start + long) for _, _, start, long, _ in rows))
    for k, (name, color, start, long, when) in enumerate(rows):
        shown = beat >= when
        panel.annotate(
            name, (-1.6 * reach, k), fontsize=9, color=color if shown else QUIET, va="center", annotation_clip=False
        )
        words = format_number(long, True) if shown else "·"
        panel.annotate(
            words, (1.55 * reach, k), fontsize=9, color=color, va="center", ha="right", annotation_clip=False
        )
        if shown and abs(long) > 1e-3:
            panel.annotate(
                "",
                (start + long, k),
                (start, k),
                arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 3, "shrinkA": 0, "shrinkB": 0},
            )
    panel.axvline(0, color=QUIET, linewidth=0.8)
    for name, color in (("first", DIRECT), ("truth", TRUTH)):
        panel.plot([n[name], n[name]], [0, 4.4], ":", color=color, linewidth=1)
    panel.set(xlim=(-1.65 * reach, 1.6 * reach), ylim=(5.7, -0.7), xticks=[], yticks=[])
    panel.set_title("slopes along a", fontsize=10, loc="left", color=TEXT)
    panel.spines[:].set_visible(False)


def network_figure(frame: Mapping[str, Any]) -> Figure:
    """The tensors of the beats so far as one table: a row for each, the columns are the operations."""
    beat = frame["settings"]["beat"]
    names: list[tuple[str, str, int]] = [("α", "a", 0), ("w", "w", 0), ("slope of w", "slope", 1), ("w′", "prime", 2)]
    names += [("v", "v", 3)]
    names += [
        ("direct term", "direct", 4),
        ("implicit term", "implicit", 5),
        ("g", "sum", 6),
        ("first order would be", "first", 6),
    ]
    names += [("α after its step", "next_a", 7), ("w after its step", "next_w", 8)]
    shown = [(words, np.reshape(frame[name], (-1, 3))) for words, name, when in names if beat >= when]
    rows = [(words if k == 0 else "", row) for words, table in shown for k, row in enumerate(table)]
    figure = Figure(figsize=(7, 0.9 + 0.27 * len(rows)), facecolor="white")
    panel = figure.add_axes((0.02, 0.02, 0.96, 0.96))
    panel.set(xlim=(0, 7), ylim=(len(rows) + 2, 0))
    panel.axis("off")
    panel.text(
        0.1, 0.6, f"{beat + 1} {BEATS[beat]}. {plain(sentence(frame))}", fontsize=9, color=TEXT, wrap=True, va="center"
    )
    for k, name in enumerate(OPERATIONS):
        panel.text(3.2 + 1.3 * k, 1.6, name, fontsize=8.5, color=QUIET, ha="center", va="center")
    for line, (words, row) in enumerate(rows):
        panel.text(0.1, line + 2.4, words, fontsize=9, color=TEXT, va="center")
        for k, value in enumerate(row):
            panel.text(
                3.2 + 1.3 * k, line + 2.4, format_number(float(value)), fontsize=9, color=TEXT, ha="center", va="center"
            )
    return figure
