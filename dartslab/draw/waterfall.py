"""From stage to stage: what each step changes in an accuracy, with a dot for every run. Plain numbers in, SVG out.

The picture is drawn by the page that shows it, so it follows the theme of the notebook, light or dark.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from ..base.messages import counted, require
from .picture import Drawing
from .words import groups_of

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 860, 338, 52, 40, 292  # of the picture and of the part between its axes
INK, QUIET = "var(--jp-content-font-color1, #1d232b)", "var(--jp-content-font-color2, #5c6672)"
GROUND, GRID = "var(--jp-layout-color0, #fff)", "var(--jp-border-color2, #dfe4ea)"
# In the middle between light and dark: a contrast of 3 or more on the grounds of both themes.
TOTAL, LOSS, GAIN = "#2b82c9", "#d0621b", "#1d936f"


def draw_waterfall(stages: Mapping[str, Any]) -> Drawing:
    """Accuracies of several runs at every stage: a dot for each run, a line at the mean, a bar for the mean's change.

    With a_sr the accuracy of run r at stage s, the mean of R runs is m_s = (a_s1 + ... + a_sR) / R, and the change is
    100 (m_s - m_(s-1)) percentage points. The axis begins at 0. The first bar stands on it; each other one reaches from
    m_(s-1) to m_s. A thin line joins the dots of one run. A notebook shows it as it is: `draw_waterfall(stages)`.

    Args:
        stages: {name: accuracies of the runs, each 0 to 1}, from left to right; the runs in the same order at each.
    Raises:
        UserError: no stage, an empty one, another number of runs than at the first, an accuracy outside 0 to 1.
    """
    runs = _runs_of(stages)
    top = 10 * np.ceil(max(10.0, float(runs.max()) + 8) / 10)

    def y(percent: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * percent / top

    step = (WIDTH - LEFT) / len(runs)
    places = [LEFT + step * (k + 0.5) for k in range(len(runs))]
    means = runs.mean(axis=1)
    parts = [_text(LEFT, 18, f"accuracy (%), {_count(runs.shape[1])}: ● a run, ━ their mean", QUIET, 13, "start")]
    for percent in range(0, int(top) + 1, 20 if top > 50 else 10):
        parts.append(_path(f"M{LEFT} {y(percent):.1f}H{WIDTH}", GRID, 1))
        parts.append(_text(LEFT - 8, y(percent) + 4, str(percent), QUIET, 12, "end"))
    half = min(46.0, 0.3 * step)
    for k, (name, place) in enumerate(zip(stages, places, strict=True)):
        begun = means[k - 1] if k else 0.0
        color = TOTAL if k == 0 else GAIN if means[k] > begun else LOSS
        high, low = y(max(begun, means[k])), y(min(begun, means[k]))
        bar = f'x="{place - half:.1f}" width="{2 * half:.1f}" y="{high:.1f}" height="{low - high:.1f}"'
        parts.append(f'<rect {bar} fill="{color}" fill-opacity="0.3" stroke="{color}"/>')
        if k:
            parts.append(_path(f"M{places[k - 1] + half:.1f} {y(begun):.1f}H{place - half:.1f}", QUIET, 1, "3 3"))
            parts.append(_text(place, min(y(begun), y(float(runs[k].max()))) - 10, _change(means[k] - begun), INK, 13))
        parts.append(_path(f"M{place - half:.1f} {y(means[k]):.1f}h{2 * half:.1f}", INK, 3))
        parts.append(
            _text(
                place + half + 6,
                y(means[k]) + (4 if k == len(runs) - 1 else -6),
                f"{means[k]:.1f}",
                INK,
                14,
                "start",
                True,
            )
        )
        parts.append(_text(place, BOTTOM + 20, name, INK, 13.5, "middle", True))
        parts.append(_text(place, BOTTOM + 38, _range(runs[k]), QUIET, 12))
    apart = np.linspace(-0.5, 0.5, runs.shape[1]) * half if runs.shape[1] > 1 else np.zeros(1)
    for run, aside in zip(runs.T, apart, strict=True):
        dots = [(place + aside, y(float(value))) for place, value in zip(places, run, strict=True)]
        way = "L".join(f"{a:.1f} {b:.1f}" for a, b in dots)
        parts.append(f'<path d="M{way}" fill="none" stroke="{QUIET}" stroke-opacity="0.45"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="5" fill="{INK}" stroke="{GROUND}"/>' for a, b in dots]
    alt = describe_waterfall(stages)
    font = "system-ui, 'Liberation Sans', sans-serif"
    look = f'viewBox="0 0 {WIDTH} {HEIGHT}" style="max-width:100%;height:auto;font-family:{font}"'
    size = f'width="{WIDTH}" height="{HEIGHT}" role="img"'
    return Drawing(f"<svg {look} {size}><title>{escape(alt)}.</title>{' '.join(parts)}</svg>", alt)


def describe_waterfall(stages: Mapping[str, Any]) -> str:
    """`draw_waterfall` in words: mean and range of every stage, and the change of the mean from the one before."""
    runs = _runs_of(stages)
    sentences = []
    for k, (name, values) in enumerate(zip(stages, runs, strict=True)):
        change = f", {_change(values.mean() - runs[k - 1].mean())}" if k else ""
        sentences.append(f"{name} {values.mean():.1f} % ({_range(values)}){change}")
    return f"mean accuracy of {_count(runs.shape[1])} at each stage: {'; '.join(sentences)}"


def _runs_of(stages: Mapping[str, Any]) -> np.ndarray:
    """Percentages [S, R] of stages and runs, checked."""
    groups = groups_of(stages)
    counts = {name: len(values) for name, values in groups.items()}
    first = next(iter(counts))
    for name, count in counts.items():
        require(
            count == counts[first],
            f"{name!r} has {_count(count)} and {first!r} has {counts[first]}; give every stage the same runs.",
        )
    return 100 * np.array(list(groups.values()))


def _count(runs: int) -> str:
    return f"n = {counted(runs, 'run')}"


def _change(points: float) -> str:
    return f"{'▲' if points > 0 else '▼'} {points:+.1f} points".replace("-", "−")


def _range(values: np.ndarray) -> str:
    return f"{values.min():.1f} to {values.max():.1f}" if len(values) > 1 else f"{values[0]:.1f}"


def _path(d: str, color: str, width: float, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{d}" fill="none" stroke="{color}" stroke-width="{width}"{dashed}/>'


def _text(x: float, y: float, words: str, color: str, size: float, anchor: str = "middle", bold: bool = False) -> str:
    heavy = ' font-weight="600"' if bold else ""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
    look = f"fill:{color};paint-order:stroke;stroke:{GROUND};stroke-width:3px"
    return f'<text {place} style="{look}"{heavy}>{escape(words)}</text>'
