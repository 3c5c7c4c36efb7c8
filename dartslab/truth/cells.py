"""All cells of a small space, each listed once, and the text that names a cell in a table. Loads no torch."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, permutations, product

from ..base.messages import require
from ..genotype import Cell, Connection, Genotype
from ..space import INPUTS, KINDS, SearchSpace

MOST = 100_000  # cells of a space that are listed at once


def list_cells(space: SearchSpace) -> list[Genotype]:
    """Every genotype that the published derivation can give, in a fixed order, those that are equal only once.

    Two cells are equal where one becomes the other when its nodes are numbered anew: they compute the same, but for the
    order of the channels.

    Args:
        space: nodes, operations, kinds, tied or not.
    Raises:
        UserError: a space with more than 100,000 cells of a kind or genotypes.
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
    """The genotype of these cells, normal first; of one cell only, where it is tied or there is no reduction."""
    return Genotype(*(replace(cell, name=kind) for kind, cell in zip(KINDS, cells, strict=False)), tied=tied)


def number_nodes(cell: Cell) -> Cell:
    """The same cell with its nodes numbered in a fixed way, and its connections by node and predecessor.

    Of all numberings in which every node reads earlier states only, that is the first in alphabetical order.
    """

    def renumber(order: tuple[int, ...]) -> tuple[tuple[Connection, ...], tuple[int, ...]]:
        new = dict(enumerate(range(INPUTS))) | {old: INPUTS + place for place, old in enumerate(order)}
        connections = sorted(Connection(new[c.node], new[c.predecessor], c.operation) for c in cell.connections)
        return tuple(connections), tuple(sorted(new[node] for node in cell.concat))

    written = map(renumber, permutations(cell.nodes))
    connections, concat = min(one for one in written if all(c.predecessor < c.node for c in one[0]))
    return replace(cell, connections=connections, concat=concat)


def write_genotype(genotype: Genotype) -> tuple[str, ...]:
    """The line of each kind's cell, its nodes numbered by `number_nodes`; a tied genotype has one.

    Two genotypes that compute the same have the same lines.
    """
    return tuple(number_nodes(cell).to_line() for cell in genotype.cells.values())
