"""Cells as graphs. Genotypes, spaces and mixing weights go in, Graphviz pictures come out; nothing from torch.

An operation is a label in the middle of its line. It has a colour *and* a line style besides its name, so that nothing
is shown by colour alone. Text is dark on white; only lines and outlines are coloured.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..derive import top_k_mask
from ..genotype import Cell, Genotype
from ..space import INPUTS, SearchSpace
from .dot import CellGraph
from .style import EXTRA_WIDTH, GRAPH_FONT, LINES, PASSIVE, QUIET, TEXT, title_of

LABEL_WIDTH = "1.25"  # inches: of the longest operation, for labels that all have one width
PARALLEL = 16  # a supernet cell of at most so many lines shows each operation as one


def draw_cell(cell: Cell) -> CellGraph:
    """A discrete cell, convolutional or recurrent, from its inputs at the left to its output at the right."""
    graph = _canvas(cell.name)
    _add_cell(graph, cell)
    return graph


def draw_genotype(genotype: Genotype, steady: bool = False) -> CellGraph:
    """The cells of a genotype, the normal cell above the reduction cell; one cell where they are tied.

    Args:
        genotype: its cells.
        steady: keep a place for every edge that a cell of this size may have, and for every label the same width. Nodes
            then stay where they are when another genotype is drawn.
    """
    graph = _canvas("genotype")
    for kind, cell in reversed(genotype.cells.items()):  # dot stacks from below
        with graph.subgraph(name=f"cluster_{kind}") as cluster:
            cluster.attr(label=title_of(kind, genotype.tied), fontsize="14", labeljust="l", penwidth="0", margin="16")
            _add_cell(cluster, cell, f"{kind} ", steady)
    return graph


def draw_supernet_cell(space: SearchSpace, weights: Any = None, k: int = 2) -> CellGraph:
    """All edges of a search space; with mixing weights also what would be derived from them now.

    A small space (at most 16 lines) shows every operation as a line of its own. A larger one has a line per edge, which
    with weights stands for the edge's strongest operation other than `none`: the one that decides what `top_k` keeps.

    Args:
        space: nodes and operations.
        weights: mixing weights of one kind of cell, [E, O], or None.
        k: predecessors that `top_k` keeps per node.
    Raises:
        UserError: weights that do not fit the space.
    """
    nodes = range(INPUTS, INPUTS + space.nodes)
    graph = _canvas("supernet cell")
    _add_states(graph, nodes, INPUTS, nodes)
    every = range(len(space.operations))
    small = len(space.edges) * len(every) <= PARALLEL
    if weights is None:
        for source, target in ((edge.source, edge.target) for edge in space.edges):
            for column in every if small else ():
                _add_line(graph, source, target, space.operations[column])
            if not small:
                _add_line(graph, source, target, "mixed", f"{len(every)} operations")
        return graph
    kept = top_k_mask(space, weights, k)
    table = np.asarray(weights, dtype=np.float64)
    choices = space.choices
    graph.attr(fontsize="11", fontcolor=QUIET)
    graph.attr(label=f"line width: mixing weight; outlined and in colour: kept by top-{k}")
    for row, edge in enumerate(space.edges):
        for column in every if small else [choices[int(table[row, choices].argmax())]]:
            operation, weight = space.operations[column], float(table[row, column])
            label = f"{operation}\\n{weight:.2f}"
            _add_line(graph, edge.source, edge.target, operation, label, 0.6 + 6 * min(weight, 1), kept[row, column])
    return graph


def _canvas(name: str) -> CellGraph:
    graph = CellGraph(name)
    graph.attr(rankdir="LR", bgcolor="white", fontname=GRAPH_FONT, fontcolor=TEXT, nodesep="0.12", ranksep="0.3")
    graph.attr("node", fontname=GRAPH_FONT, fontsize="12", fontcolor=TEXT, shape="box", style="rounded,filled")
    graph.attr("edge", arrowsize="0.7")
    return graph


def _add_states(graph: Any, nodes: Iterable[int], inputs: int, concat: Iterable[int], prefix: str = "") -> None:
    recurrent = inputs == 1
    for state, name in enumerate(["x[t], h[t-1]"] if recurrent else ["c[k-2]", "c[k-1]"]):
        graph.node(f"{prefix}{state}", f"input {state}\\n{name}", fillcolor="#E3EEF6", color="#4D6B80")
    if not recurrent:  # input 0 above input 1; inside a cluster dot turns the order round
        with graph.subgraph(name=f"{prefix}inputs") as column:
            column.attr(rank="same")
            column.edge(*sorted((f"{prefix}0", f"{prefix}1"), reverse=bool(prefix)), style="invis", minlen="3")
    for node in nodes:
        graph.node(f"{prefix}{node}", f"node {node}", fillcolor="#F4F4F4", color="#6B6B6B")
    output = r"mean\nh[t]" if recurrent else r"concat\nc[k]"
    graph.node(f"{prefix}out", output, fillcolor="#FBF3DC", color="#80703D")
    for node in concat:
        graph.edge(f"{prefix}{node}", f"{prefix}out", color=PASSIVE, arrowhead="open")


def _add_line(
    graph: Any,
    source: object,
    target: object,
    operation: str,
    label: str = "",
    width: float = 2.0,
    active: bool = True,
    number: int = 0,
) -> None:
    """Add an edge as two lines with its label between them; dot leads other lines round the label."""
    color, style = LINES.get(operation, (QUIET, "solid")) if active else (PASSIVE, LINES[operation][1])
    look = {"color": color, "style": style.replace("bold", "solid")}
    look["penwidth"] = f"{width + EXTRA_WIDTH.get(style, 0) * active:.2f}"
    middle = f"{source} to {target} {operation}" + f" ({number})" * (number > 0)
    graph.node(
        middle,
        label or operation,
        color=color,
        penwidth="1.5" if active else "0",
        fillcolor="white",
        fontsize="11",
        fontcolor=TEXT if active else QUIET,
        height="0.22",
        width="0.1",
        margin="0.06,0.05",
    )
    graph.edge(str(source), middle, arrowhead="none", headport="w", **look)
    graph.edge(middle, str(target), tailport="e", **look)


def _add_cell(graph: Any, cell: Cell, prefix: str = "", steady: bool = False) -> None:
    _add_states(graph, cell.nodes, cell.inputs, cell.concat, prefix)
    if steady and len({connection[:2] for connection in cell.connections}) == len(cell.connections):
        _add_every_edge(graph, cell, prefix)  # not where an edge holds two operations
        return
    for number, (node, predecessor, operation) in enumerate(cell.connections):
        same = cell.connections[:number].count(cell.connections[number])
        _add_line(graph, f"{prefix}{predecessor}", f"{prefix}{node}", operation, number=same)


def _add_every_edge(graph: Any, cell: Cell, prefix: str) -> None:
    """Add a line for every edge that a cell of this size may have; those that it lacks are not seen."""
    held = {(node, predecessor): operation for node, predecessor, operation in cell.connections}
    for node in cell.nodes:
        for predecessor in [*range(cell.inputs), *(earlier for earlier in cell.nodes if earlier < node)]:
            operation = held.get((node, predecessor), "")
            color, style = LINES.get(operation, (QUIET, "solid"))
            seen = style.replace("bold", "solid") if operation else "invis"
            look = {"color": color, "style": seen, "penwidth": f"{2 + EXTRA_WIDTH.get(style, 0):.2f}"}
            middle = f"{prefix}{predecessor} to {node}"
            label = {"label": operation, "fontsize": "11", "color": color, "fillcolor": "white", "penwidth": "1.5"}
            size = {"fixedsize": "true", "width": LABEL_WIDTH, "height": "0.26"}
            graph.node(middle, **label, **size, **({} if operation else {"style": "invis"}))
            graph.edge(f"{prefix}{predecessor}", middle, arrowhead="none", headport="w", **look)
            graph.edge(middle, f"{prefix}{node}", tailport="e", **look)
