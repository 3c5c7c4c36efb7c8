"""Right answers to the exercises of lesson 01, each written differently."""

import math
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np

from dartslab import SearchSpace
from dartslab.base.messages import UserError
from dartslab.genotype import Cell
from dartslab.widgets.models.counting import cell_from_number, not_counted


def edges_with_loops(n):
    found = []
    for j in range(2, n + 2):
        for i in range(j):
            found.append([j, i])
    return found


def edges_of_the_library(nodes):
    return SearchSpace(nodes).edges


def edges_as_an_array(nodes):
    rows, columns = np.tril_indices(nodes + 2, -1)
    return np.stack([rows, columns], axis=1)[1:]  # without (1, 0)


def valid_by_dictionary(connections, nodes):
    into = {node: [] for node in range(2, nodes + 2)}
    for node, source, name in connections:
        if node not in into or source < 0 or source >= node or name == "none" or source in into[node]:
            return False
        into[node].append(source)
    return all(len(sources) == 2 for sources in into.values())


def valid_by_the_library(connections, nodes):
    try:
        cell = Cell(tuple(connections), tuple(range(2, nodes + 2)))
    except UserError:
        return False
    return not_counted(SearchSpace(nodes), cell) == ""


def valid_by_sorting(connections, nodes):
    states = sorted((n, s) for n, s, _ in connections)
    good = len(states) == len(set(states)) and all(0 <= s < n for n, s in states)
    ends = np.array([n for n, _ in states])
    return np.bool_(
        good and np.array_equal(ends, np.repeat(np.arange(2, nodes + 2), 2)) and "none" not in str(connections)
    )


def count_with_factorials(nodes, operations):
    kept = len(set(operations) - {"none"})
    return math.factorial(nodes + 1) * math.factorial(nodes) // 2**nodes * kept ** (2 * nodes)


def count_with_comb(n, ops):
    m = sum(op != "none" for op in ops)
    return math.prod(math.comb(k, 2) * m * m for k in range(2, n + 2))


def count_by_recursion(nodes, operations):
    if nodes == 0:
        return 1
    kept = [name for name in operations if name != "none"]
    return count_by_recursion(nodes - 1, operations) * len(kept) ** 2 * len(list(combinations(range(nodes + 1), 2)))


def count_in_floating_point(nodes, operations):
    kept = len(operations) - ("none" in operations)
    return float(np.prod([(k + 1) * k / 2 * kept**2 for k in range(1, nodes + 1)]))


def cells_by_number(nodes, operations):
    if not set(operations) - {"none"}:
        return []
    space = SearchSpace(nodes, operations)
    return [cell_from_number(space, number + 1).connections for number in range(space.count_cells())]


def cells_by_product(nodes, operations):
    kept = [name for name in operations if name != "none"]
    ways = [
        [((node, a, p), (node, b, q)) for a, b in combinations(range(node), 2) for p, q in product(kept, kept)]
        for node in range(2, nodes + 2)
    ]
    return [sum(reversed(choice), ()) for choice in product(*ways)]


def cells_by_recursion(nodes, operations):
    if nodes == 0:
        return [[]]
    last, cells = nodes + 1, []
    for cell in cells_by_recursion(nodes - 1, operations):
        for b in range(last):
            for a in range(b):
                for q in operations:
                    for p in operations:
                        if "none" not in (p, q):
                            cells.append([(last, b, q), (last, a, p), *cell])
    return cells


def alpha_from_the_library(nodes, operations, kinds, layers):
    space = SearchSpace(nodes, operations, kinds)
    return len(space.kinds) * len(space.edges) * len(space.operations)


def alpha_with_a_sum(nodes, operations, kinds, layers):
    return sum(len(operations) for _ in kinds for node in range(2, nodes + 2) for _ in range(node))


def alpha_in_numpy(n, ops, kinds, layers):
    return np.int64(len(kinds)) * np.arange(2, n + 2).sum() * len(ops)


def edges_one_by_one(nodes):
    for target in range(2, 2 + nodes):
        yield from ((target, source) for source in range(target))


def cells_one_by_one(nodes, operations):
    yield from cells_by_product(nodes, operations)


def count_in_fractions(nodes, operations):
    pairs = Fraction(math.factorial(nodes) * math.factorial(nodes + 1), 2**nodes)
    return pairs * len(set(operations) - {"none"}) ** (2 * nodes)


RIGHT: dict[str, tuple[Any, ...]] = {
    "01.edges": (edges_with_loops, edges_of_the_library, edges_as_an_array, edges_one_by_one),
    "01.valid_cell": (valid_by_dictionary, valid_by_the_library, valid_by_sorting),
    "01.count_cells": (
        count_with_factorials,
        count_with_comb,
        count_by_recursion,
        count_in_floating_point,
        count_in_fractions,
    ),
    "01.all_cells": (cells_by_number, cells_by_product, cells_by_recursion, cells_one_by_one),
    "01.alpha_count": (alpha_from_the_library, alpha_with_a_sum, alpha_in_numpy),
}
