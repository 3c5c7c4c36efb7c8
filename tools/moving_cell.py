"""A moving picture of a search: the normal cell, its lines as wide as the mixing weights, as an animated SVG.

Where it does not move it shows the cell after the last step.
"""

from collections.abc import Sequence

import numpy as np
from animated import animate, fade, line, moments, moving_and_still, pill, sheet, svg

from dartslab import Record
from dartslab.base.messages import require
from dartslab.draw.style import COLORS, DARK_COLORS
from dartslab.space import NONE

WIDTH, HEIGHT = 830, 342
LANE = 6.0  # pixels between the lines of neighbouring operations
THICK = 27.0  # pixels of a line whose mixing weight is 1
CLOSE = 0.05  # a line keeps some of its colour while it is so close to the strongest one on its edge
NODES = {0: (62, 120), 1: (62, 244), 2: (420, 182), 3: (690, 182)}  # the middle of each box
HALF = {0: 38, 1: 38, 2: 36, 3: 36}  # half its width
MIDDLE = {(0, 2): 150, (1, 2): 214, (0, 3): 84, (1, 3): 280, (2, 3): 182}  # height of the middle of each edge
STRAIGHT = {(0, 2): (170, 320), (1, 2): (170, 320), (0, 3): (220, 560), (1, 3): (220, 560), (2, 3): (500, 610)}


def moving_cell(record: Record) -> str:
    """The normal cell of a recorded search as an animated SVG.

    Args:
        record: of a search with two nodes.
    Returns:
        The text of the file; the same record gives the same text.
    Raises:
        UserError: a search with another number of nodes.
    """
    space, steps = record.space, len(record)
    require(
        space.nodes == 2, f"the moving picture has places for 2 nodes, this search has {space.nodes}; record it anew."
    )
    rows = moments(steps)
    weights = record.mixing_weights("normal")[rows]
    kept = fade(np.stack([_kept(record, row) for row in rows]))
    choices = np.array([name != NONE for name in space.operations])
    best = np.where(choices, weights, -1).max(axis=2, keepdims=True)
    leads = fade((np.where(choices, weights, -1) == best).astype(float))
    near = np.clip(1 - (best - weights) / CLOSE, 0, 1) ** 2 * choices
    strength = np.where(kept.max(axis=2, keepdims=True) > 0, 0.4 + 0.6 * kept.max(axis=2, keepdims=True), 0.4)
    color = np.maximum(near * 0.75, leads) * strength
    grey = 0.5 * (1 - np.maximum(near, leads)) * strength
    lanes, lines, labels = [], [], []
    for row, edge in enumerate(space.edges):
        ends = (edge.source, edge.target)
        for column, operation in enumerate(space.operations):
            name = f"e{row}{column}"
            y = MIDDLE[ends] + (column - (len(space.operations) - 1) / 2) * LANE
            lanes.append(f'<path id="{name}" d="{_path(ends, y)}"/>')
            width = np.maximum(0.8, THICK * weights[:, row, column])
            lines += [(0, line("use", f'href="#{name}"', "grey", width, grey[:, row, column]))]
            lines += [(1, line("use", f'href="#{name}"', operation, width, color[:, row, column]))]
            if leads[:, row, column].max() > 0.3:
                shown = leads[:, row, column] * (0.5 + 0.5 * kept[:, row].max(axis=1))
                text, middle = _plain(operation), (sum(STRAIGHT[ends]) / 2, y)
                labels.append(pill(text, operation, middle, (18 + 6.6 * len(text), 19), shown))
    drawn = "".join(text for _, text in sorted(lines, key=lambda drawn: drawn[0]))
    nodes = "".join(_node(number, f"input {number}" if number < 2 else f"node {number}") for number in NODES)
    cell = record.genotype().normal
    words = ", ".join(f"{source} to {node} {_plain(operation)}" for node, source, operation in cell.connections)
    total = int(record.columns["step"][-1])
    done = (rows + 1) / steps
    bar = f"M16 {HEIGHT - 14}H{WIDTH - 16}"
    return svg(
        (WIDTH, HEIGHT),
        "A normal cell while alpha learns",
        f"On each of five edges eight operations compete for {total} steps. The width of a line is its mixing weight. "
        f"At the end the derived cell is: {words}.",
        "line width: mixing weight; full colour: kept in the derived cell; the uppermost line of each edge: none",
        _style(space.operations),
        f"<defs>{''.join(lanes)}</defs>"
        '<path class="join" d="M456 196C480 228 500 234 690 234C745 234 755 212 768 196"/>'
        '<path class="join" d="M726 182H760"/><text class="quiet mid" x="782" y="186">output</text>'
        + moving_and_still(drawn + nodes + "".join(labels), record.columns["step"][rows].astype(int), total, WIDTH)
        + f'<path class="rail" d="{bar}"/><path class="bar" d="{bar}" pathLength="1" stroke-dasharray="1 2">'
        f"{animate('stroke-dashoffset', 1 - done)}</path>",
    )


def _kept(record: Record, row: int) -> np.ndarray:
    """What the cell derived at a row of the record keeps, [E, O]."""
    space, cell = record.space, record.genotype(row).normal
    chosen = {(source, node, operation) for node, source, operation in cell.connections}
    return np.array([[(e.source, e.target, o) in chosen for o in space.operations] for e in space.edges], dtype=float)


def _path(ends: tuple[int, int], y: float) -> str:
    """A line from box to box that runs straight at height y in the middle."""
    source, target = ends
    x0, y0 = NODES[source][0] + HALF[source], NODES[source][1]
    x3, y3 = NODES[target][0] - HALF[target], NODES[target][1]
    x1, x2 = STRAIGHT[ends]
    if source < 2:
        y0 += -6 if (target == 3) == (source == 0) else 6
    if target == 3 and source < 2:  # from above and from below
        x3, y3 = NODES[3][0], NODES[3][1] + (-13 if source == 0 else 13)
        return f"M{x0} {y0}C{x0 + 50} {y0} {x1 - 60} {y:g} {x1} {y:g}L{x2} {y:g}C{x2 + 80} {y:g} {x3} {y:g} {x3} {y3}"
    return (
        f"M{x0} {y0}C{(x0 + x1) // 2} {y0} {(x0 + x1) // 2} {y:g} {x1} {y:g}"
        f"L{x2} {y:g}C{(x2 + x3) // 2} {y:g} {(x2 + x3) // 2} {y3} {x3} {y3}"
    )


def _plain(operation: str) -> str:
    return operation.removesuffix("_connect").replace("_", " ").replace("3x3", "3×3").replace("5x5", "5×5")


def _node(number: int, text: str) -> str:
    (x, y), half = NODES[number], HALF[number]
    box = f'<rect class="node" x="{x - half}" y="{y - 14}" width="{2 * half}" height="28" rx="7"/>'
    return f'{box}<text class="mid" x="{x}" y="{y + 4}">{text}</text>'


def _style(operations: Sequence[str]) -> str:
    light = "".join(f".{name}{{stroke:{COLORS[name]}}}" for name in operations)
    dark = "".join(f".{name}{{stroke:{DARK_COLORS[name]}}}" for name in operations)
    return sheet(
        "use,.join{fill:none}.grey,.join{stroke:#8593A3}.join{opacity:.6}.node{fill:#F4F4F4;stroke:#B9C0C8}"
        f".rail,.bar{{fill:none;stroke-width:4}}.rail{{stroke:#DFE4EA}}.bar{{stroke:#4D5866}}{light}",
        f".node{{fill:#222931;stroke:#4A5561}}.rail{{stroke:#39424C}}.bar{{stroke:#C5CDD6}}{dark}",
        ".bar{display:none}",
    )
