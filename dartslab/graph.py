"""Cells as graphs. Genotypes, spaces and mixing weights go in, Graphviz pictures come out; nothing from torch.

An operation is a label in the middle of its line. It has a colour *and* a line style besides its name, so that nothing
is told by colour alone. Text is dark on white; only lines and outlines are coloured.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from .discretization import top_k
from .dot import CellGraph, find_dot, render, to_png, to_svg
from .genotype import Cell, Genotype
from .messages import require
from .space import INPUTS, NONE, Edge, SearchSpace

__all__ = [
    "COLORS",
    "STYLES",
    "CellGraph",
    "derived",
    "describe_cell",
    "describe_genotype",
    "describe_supernet_cell",
    "draw_cell",
    "draw_genotype",
    "draw_supernet_cell",
    "find_dot",
    "render",
    "to_png",
    "to_svg",
]

# Okabe-Ito hues, one for a family of operations: pools vermilion and orange, skip green, separable convolutions blue,
# dilated ones purple. Within a family shade and line style differ. Orange, sky blue and some shades are darkened until
# every line has a contrast of 3 or more on white.
LINES = {
    NONE: ("#767676", "dotted"),
    "max_pool_3x3": ("#D55E00", "solid"),
    "avg_pool_3x3": ("#B07A00", "dashed"),
    "skip_connect": ("#009E73", "bold"),
    "sep_conv_3x3": ("#0072B2", "solid"),
    "sep_conv_5x5": ("#3394CF", "dashed"),
    "sep_conv_7x7": ("#004B75", "dotted"),
    "dil_conv_3x3": ("#C2698F", "solid"),
    "dil_conv_5x5": ("#8F3F71", "dashed"),
    "conv_7x1_1x7": ("#000000", "solid"),
    # in recurrent cells
    "tanh": ("#0072B2", "solid"),
    "relu": ("#D55E00", "dashed"),
    "sigmoid": ("#8F3F71", "dotted"),
    "identity": ("#009E73", "bold"),
}
COLORS = {operation: color for operation, (color, _) in LINES.items()}
STYLES = {operation: style for operation, (_, style) in LINES.items()}
TEXT = "#1A1A1A"  # contrast on white 17:1
QUIET = "#595959"  # 7:1
PASSIVE = "#8C8C8C"  # 3.4:1, lines only
EXTRA_WIDTH = {"bold": 1.2, "dotted": 0.6}
FONT = "Helvetica"  # both programs know its measures and draw what the machine has instead
PARALLEL = 16  # a supernet cell of at most so many lines shows each operation as one
TITLES = {"normal": "normal cell", "reduce": "reduction cell", "cell": "cell"}


def draw_cell(cell: Cell) -> CellGraph:
    """A discrete cell, convolutional or recurrent, from its inputs at the left to its output at the right."""
    graph = _canvas(cell.name)
    _add_cell(graph, cell)
    return graph


def draw_genotype(genotype: Genotype) -> CellGraph:
    """The cells of a genotype, the normal cell above the reduction cell."""
    graph = _canvas("genotype")
    for kind, cell in reversed(genotype.cells.items()):  # dot stacks from below
        with graph.subgraph(name=f"cluster_{kind}") as cluster:
            cluster.attr(label=TITLES[kind], fontsize="14", labeljust="l", penwidth="0", margin="16")
            _add_cell(cluster, cell, f"{kind} ")
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
    kept = derived(space, weights, k)
    table = np.asarray(weights, dtype=np.float64)
    choices = [column for column in every if space.operations[column] != NONE]
    graph.attr(fontsize="11", fontcolor=QUIET)
    graph.attr(label=f"line width: mixing weight; outlined and in colour: kept by top-{k}")
    for row, edge in enumerate(space.edges):
        for column in every if small else [choices[int(table[row, choices].argmax())]]:
            operation, weight = space.operations[column], float(table[row, column])
            label = f"{operation}\\n{weight:.2f}"
            _add_line(graph, edge.source, edge.target, operation, label, 0.6 + 6 * min(weight, 1), kept[row, column])
    return graph


def derived(space: SearchSpace, weights: Any, k: int = 2) -> np.ndarray:
    """Which entries of a table of mixing weights `top_k` keeps.

    Args:
        space: edges and operations.
        weights: mixing weights of one kind, [E, O].
        k: predecessors kept per node.
    Returns:
        bool [E, O], one True in each kept row.
    Raises:
        UserError: a table that does not fit the space, is not finite, or has negative entries.
    """
    table = np.asarray(weights, dtype=np.float64)
    cell = top_k(replace(space, kinds=("normal",)), {"normal": table}, k).normal
    require(
        bool((table >= 0).all()),
        f"mixing weights are 0 or more, got {table.min():.3g}; pass what the relaxation makes of alpha, not alpha.",
    )
    kept = np.zeros(table.shape, dtype=bool)
    for node, predecessor, operation in cell.connections:
        kept[space.edges.index(Edge(node, predecessor)), space.operations.index(operation)] = True
    return kept


def describe_cell(cell: Cell) -> str:
    """A cell in words: "normal cell: node 2 adds sep_conv_3x3 of input 0 and ...; the output concatenates ..."."""
    sentences = []
    for node in cell.nodes:
        terms = [
            f"{operation} of {'input' if source < cell.inputs else 'node'} {source}"
            for _, source, operation in cell.into(node)
        ]
        sentences.append(f"node {node} {'adds' if len(terms) > 1 else 'is'} {' and '.join(terms)}")
    verb = "averages" if cell.inputs == 1 else "concatenates"
    many = "nodes" if len(cell.concat) > 1 else "node"
    sentences.append(f"the output {verb} {many} {', '.join(map(str, cell.concat))}")
    return f"{TITLES.get(cell.name, f'cell {cell.name}')}: {'; '.join(sentences)}"


def describe_genotype(genotype: Genotype) -> str:
    """All cells of a genotype in words."""
    return ". ".join(map(describe_cell, genotype.cells.values()))


def describe_supernet_cell(space: SearchSpace, weights: Any = None, k: int = 2) -> str:
    """A search space in words; with mixing weights also what would be derived from them now."""
    size = f"supernet cell: {space.nodes} nodes, {len(space.edges)} edges, each mixing {', '.join(space.operations)}"
    if weights is None:
        return size
    table = np.asarray(weights, dtype=np.float64)
    return f"{size}; kept by top-{k}: {entries_in_words(space, table, derived(space, table, k))}"


def entries_in_words(space: SearchSpace, table: np.ndarray, kept: np.ndarray) -> str:
    """The kept entries of a table [E, O]: "0 to 2 sep_conv_3x3 0.31, 1 to 2 ..."."""
    return ", ".join(
        f"{edge.source} to {edge.target} {space.operations[column]} {table[row, column]:.2f}"
        for row, edge in enumerate(space.edges)
        for column in np.flatnonzero(kept[row])
    )


def _canvas(name: str) -> CellGraph:
    graph = CellGraph(name)
    graph.attr(rankdir="LR", bgcolor="white", fontname=FONT, fontcolor=TEXT, nodesep="0.12", ranksep="0.3")
    graph.attr("node", fontname=FONT, fontsize="12", fontcolor=TEXT, shape="box", style="rounded,filled")
    graph.attr("edge", arrowsize="0.7")
    return graph


def _add_states(graph: Any, nodes: range, inputs: int, concat: Iterable[int], prefix: str = "") -> None:
    recurrent = inputs == 1
    for state, name in enumerate(["x_{t}, h_{t-1}"] if recurrent else ["c_{k-2}", "c_{k-1}"]):
        graph.node(f"{prefix}{state}", f"input {state}\\n{name}", fillcolor="#E3EEF6", color="#4D6B80")
    if not recurrent:  # input 0 above input 1; inside a cluster dot turns the order round
        with graph.subgraph(name=f"{prefix}inputs") as column:
            column.attr(rank="same")
            column.edge(*sorted((f"{prefix}0", f"{prefix}1"), reverse=bool(prefix)), style="invis", minlen="3")
    for node in nodes:
        graph.node(f"{prefix}{node}", f"node {node}", fillcolor="#F4F4F4", color="#6B6B6B")
    output = r"mean\nh_{t}" if recurrent else r"concat\nc_{k}"
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
    """Two lines with the label between them, which nothing then crosses: dot leads lines round nodes."""
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


def _add_cell(graph: Any, cell: Cell, prefix: str = "") -> None:
    _add_states(graph, cell.nodes, cell.inputs, cell.concat, prefix)
    for number, (node, predecessor, operation) in enumerate(cell.connections):
        same = cell.connections[:number].count(cell.connections[number])
        _add_line(graph, f"{prefix}{predecessor}", f"{prefix}{node}", operation, number=same)
