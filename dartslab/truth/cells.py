"""All cells of a small space, each listed once, and the text that names a cell in a table. Loads no torch.

A cell of a table is a genotype: a normal cell with a reduction cell, or one tied cell.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, permutations, product

from ..base.messages import require
from ..genotype import Cell, Connection, Genotype
from ..space import INPUTS, KINDS, SearchSpace

MOST = 100_000  # the largest number of genotypes that is listed


def list_cells(space: SearchSpace) -> list[Genotype]:
    """Every genotype that the published derivation can give, in a fixed order. Equal genotypes are listed once.

    Two cells are equal if a new numbering of its nodes makes one the other. They compute the same, except for the order
    of the channels.

    Args:
        space: nodes, operations, kinds, tied or not.
    Raises:
        UserError: a space with more than 100,000 genotypes.
    """
    count = space.count_cells() ** len(space.kinds)
    require(count <= MOST, f"this space has {count:,} cells, too many to list; take fewer nodes or operations.")
    names = [space.operations[column] for column in space.choices]
    choices = [
        [
            tuple(Connection(node, source, name) for source, name in zip(sources, chosen, strict=True))
            for sources in combinations(range(node), INPUTS)
            for chosen in product(names, repeat=INPUTS)
        ]
        for node in range(INPUTS, INPUTS + space.nodes)
    ]
    concat = tuple(range(INPUTS, INPUTS + space.nodes))
    cells = [Cell(tuple(c for part in parts for c in part), concat) for parts in product(*choices)]
    distinct = list(dict.fromkeys(map(number_nodes, cells)))
    return [join_cells(chosen, space.tied) for chosen in product(distinct, repeat=len(space.kinds))]


def join_cells(cells: Iterable[Cell], tied: bool) -> Genotype:
    """The genotype of these cells, the normal cell first. A tied genotype, or one without reduction, has one cell."""
    return Genotype(*(replace(cell, name=kind) for kind, cell in zip(KINDS, cells, strict=False)), tied=tied)


def number_nodes(cell: Cell) -> Cell:
    """The same cell with its nodes numbered in a fixed way, and its connections sorted by node and predecessor.

    A numbering is allowed if every node reads earlier states only. Of the allowed ones, this is the numbering whose
    sorted list of connections comes first.
    """

    def renumber(order: tuple[int, ...]) -> tuple[tuple[Connection, ...], tuple[int, ...]]:
        new = dict(enumerate(range(INPUTS))) | {old: INPUTS + place for place, old in enumerate(order)}
        connections = sorted(Connection(new[c.node], new[c.predecessor], c.operation) for c in cell.connections)
        return tuple(connections), tuple(sorted(new[node] for node in cell.concat))

    written = map(renumber, permutations(cell.nodes))
    connections, concat = min(one for one in written if all(c.predecessor < c.node for c in one[0]))
    return replace(cell, connections=connections, concat=concat)


def write_genotype(genotype: Genotype) -> tuple[str, ...]:
    """A line of text for each kind of cell, with nodes numbered by `number_nodes`. A tied genotype has one line.

    Two genotypes that compute the same have the same lines.
    """
    return tuple(number_nodes(cell).to_line() for cell in genotype.cells.values())
