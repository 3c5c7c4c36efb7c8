"""Where the parts of a cell under construction are drawn: a staircase, in which nothing can overlap.

States stand from left to right. Each edge has a line of its own, from the column of its source to its target; the
lines into one node stand together, and the node's box begins there. What is to the right of a node's box is therefore
empty, and the names of the operations are written there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ...draw.style import COLORS, PASSIVE, QUIET, STYLES, TEXT
from ...space import INPUTS, NONE, SearchSpace
from ..kit.stills import DPI

LINE, GAP, COLUMN = 24, 10, 54  # pixels: height of an edge, between the groups of two nodes, between two states
LEFT, TOP, LABEL = 72, 46, 134  # left of input 0, above the first edge, right of the last node
BOX, INPUT = 11, 25  # half the width of a node's box and of an input's


def stairs(space: SearchSpace) -> dict[str, Any]:
    """Positions in pixels, y downwards.

    Returns:
        width, height, line and box (sizes); states: [{name, x, half, top, bottom, end}], `half` the width of the box,
        `end` of the line that leads down from it; edges: [{name, source, target, y, from, to}] in the order of
        `space.edges`; output: {x, y}.
    """
    xs = [LEFT + COLUMN * state for state in range(INPUTS + space.nodes)]
    edges, tops, bottoms, y = [], [TOP - 36] * INPUTS, [TOP - 12] * INPUTS, TOP
    for number, edge in enumerate(space.edges):
        target, source = edge
        if number and target != space.edges[number - 1].target:
            y += GAP
        if source == 0:
            tops.append(y)
        edges.append(
            {
                "name": edge.name,
                "source": source,
                "target": target,
                "y": y + LINE // 2,
                "from": xs[source],
                "to": xs[target],
            }
        )
        y += LINE
        if source == target - 1:
            bottoms.append(y)
    output = y + GAP + LINE // 2
    last = {edge["source"]: edge["y"] for edge in edges}
    states = [
        {
            "name": f"input {state}" if state < INPUTS else str(state),
            "x": x,
            "half": INPUT if state < INPUTS else BOX,
            "top": tops[state],
            "bottom": bottoms[state],
            "end": last[state] if state < INPUTS else output,
        }
        for state, x in enumerate(xs)
    ]
    return {
        "width": xs[-1] + LABEL,
        "height": output + LINE,
        "line": LINE,
        "box": BOX,
        "states": states,
        "edges": edges,
        "output": {"x": xs[-1] + COLUMN, "y": output},
    }


def stairs_figure(space: SearchSpace, cells: Mapping[str, Sequence[str]]) -> Figure:
    """The cells side by side as `cell_stairs.js` draws one of them.

    Args:
        space: nodes and edges.
        cells: {title: operations}, a name for every edge, "none" where there is nothing.
    """
    plan = stairs(space)
    width, height = plan["width"], plan["height"] + LINE
    figure = Figure(figsize=(len(cells) * width / DPI, height / DPI), facecolor="white")
    for column, (title, operations) in enumerate(cells.items()):
        panel = figure.add_axes((column / len(cells), 0, 1 / len(cells), 1))
        panel.set(xlim=(0, width), ylim=(plan["height"], -LINE))
        panel.axis("off")
        _draw(panel, plan, operations)
        panel.text(8, -LINE / 2, title, fontsize=11, weight="bold", color=TEXT, va="center")
    return figure


def _draw(panel: Any, plan: Mapping[str, Any], operations: Sequence[str]) -> None:
    look = {"va": "center", "color": TEXT, "fontsize": 9}
    for state in plan["states"]:
        panel.plot([state["x"]] * 2, [state["bottom"], state["end"]], color=PASSIVE, linewidth=1)
    for edge, operation in zip(plan["edges"], operations, strict=True):
        there = operation != NONE
        color, style = (COLORS[operation], STYLES[operation]) if there else (PASSIVE, "solid")
        thick = (3.2 if style == "bold" else 2.2) if there else 0.6
        ends = [edge["from"], edge["to"] - BOX]
        panel.plot(ends, [edge["y"]] * 2, color=color, linestyle=style.replace("bold", "solid"), linewidth=thick)
        panel.text(8, edge["y"], edge["name"], va="center", color=QUIET, fontsize=8)
        if there:
            panel.plot([edge["from"]], [edge["y"]], "o", color=color, markersize=4)
            panel.plot([ends[1] - 3], [edge["y"]], ">", color=color, markersize=7)
            panel.text(edge["to"] + BOX + 7, edge["y"], operation, **look)
    for state in plan["states"]:
        corner, height = (state["x"] - state["half"], state["top"]), state["bottom"] - state["top"]
        panel.add_patch(Rectangle(corner, 2 * state["half"], height, facecolor="#F4F4F4", edgecolor="#6B6B6B"))
        panel.text(state["x"], state["top"] + height / 2, state["name"], ha="center", **look)
    output = plan["output"]
    frame = {"facecolor": "#FBF3DC", "edgecolor": "#80703D"}
    panel.plot([plan["states"][INPUTS]["x"], output["x"]], [output["y"]] * 2, color=PASSIVE, linewidth=1, zorder=1)
    panel.text(output["x"], output["y"], "output", ha="center", bbox=frame, **look)
