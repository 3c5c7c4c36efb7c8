"""Exercises of lesson 01: the search space. States 0 and 1 are the inputs of a cell, nodes are 2, 3, ..."""

from itertools import combinations_with_replacement, permutations, product
from math import comb, prod

from ....space import KINDS, PUBLISHED_OPERATIONS
from ...items import Exercise, Twin
from . import cases
from .answers import all_cells, alpha_count, count_cells, edges, valid_cell
from .cases import CONV, SKIP, SMALL

EXERCISES = (
    Exercise(
        name="01.edges",
        title="The edges of a cell",
        minutes=4,
        points=1,
        difficulty=1,
        reference=edges,
        fixed=(lambda: (1,), lambda: (2,), lambda: (4,)),
        random=lambda rng: (int(rng.integers(1, 8)),),
        twins=(
            Twin(
                "the inputs are joined",
                lambda nodes: [(target, source) for target in range(1, 2 + nodes) for source in range(target)],
                "You have an edge into state 1: do the inputs of a cell read anything inside the cell?",
            ),
            Twin(
                "the two states before",
                lambda nodes: [
                    (target, source) for target in range(2, 2 + nodes) for source in (target - 2, target - 1)
                ],
                "Your nodes read the two states just before them: two edges are kept after the search, but how many "
                "are there during it?",
            ),
            Twin(
                "source before target",
                lambda nodes: [(source, target) for target, source in edges(nodes)],
                "These are the right edges, reversed: which of the two numbers comes first?",
            ),
            Twin(
                "sorted by source",
                lambda nodes: sorted(edges(nodes), key=lambda edge: (edge[1], edge[0])),
                "These are the right edges in another order: by which of the two numbers are the rows of alpha sorted "
                "first?",
            ),
        ),
        hints=(
            "Write the edges of two nodes by hand first: there are five.",
            "The first node is state 2; a node may read every state with a smaller number, the inputs among them.",
            "Two loops: the outer one over the targets from 2 on, the inner one over all states below the target.",
        ),
        harder="Do it for a cell with any number of inputs, and say with how many of them the first node could keep "
        "three edges.",
    ),
    Exercise(
        name="01.valid_cell",
        title="Can a derivation produce this cell?",
        minutes=7,
        points=2,
        difficulty=2,
        reference=valid_cell,
        fixed=(
            lambda: ([(2, 0, SKIP), (2, 1, CONV)], 1),
            lambda: ([(2, 0, SKIP)], 1),
            lambda: ([(2, 1, SKIP), (2, 1, CONV)], 1),
            lambda: ([(2, 0, "none"), (2, 1, CONV)], 1),
            lambda: ([(2, 2, SKIP), (2, 1, CONV)], 1),
            lambda: ([(2, 3, SKIP), (2, 1, SKIP), (3, 0, SKIP), (3, 2, SKIP)], 2),
            lambda: ([(3, 1, SKIP), (2, 0, SKIP), (3, 0, SKIP), (2, 1, SKIP)], 2),
            lambda: ([(2, 0, SKIP), (3, 0, SKIP), (3, 1, SKIP), (3, 2, SKIP)], 2),
            lambda: ([*[(2, s, SKIP) for s in (0, 1)], *[(3, s, SKIP) for s in (0, 1, 2)]], 2),
            lambda: ([(3, 0, SKIP), (3, 1, CONV)], 2),
            lambda: ([(2, 0, SKIP), (2, 1, SKIP), (7, 0, SKIP)], 1),
        ),
        random=cases.random_cell,
        twins=(
            Twin(
                "cycles allowed",
                lambda connections, nodes: cases.check_loosely(connections, nodes, acyclic=False),
                "You accept a cell in which a node reads itself or a later one: in which order would it be computed?",
            ),
            Twin(
                "one state read twice",
                lambda connections, nodes: cases.check_loosely(connections, nodes, distinct=False),
                "You accept a node that reads one state twice, as NASNet's may: can two different edges begin at the "
                "same state here?",
            ),
            Twin(
                "none kept",
                lambda connections, nodes: cases.check_loosely(connections, nodes, operate=False),
                "You accept a connection that holds `none`: does it carry anything?",
            ),
            Twin(
                "two or more",
                lambda connections, nodes: cases.check_loosely(connections, nodes, most=9),
                "You accept a node with three connections: it can be computed, but could top-2 have left it like that?",
            ),
            Twin(
                "whatever can be computed",
                lambda connections, nodes: cases.check_loosely(connections, nodes, fewest=1, most=9),
                "You accept every cell that can be computed: how many edges does a derivation keep into each node?",
            ),
            Twin(
                "every node has to be read",
                lambda connections, nodes: cases.check_loosely(connections, nodes, read=True),
                "You refuse a cell because no later node reads one of its nodes: what does the output concatenate?",
            ),
        ),
        hints=(
            "Go through the nodes one by one and collect what ends in each.",
            "Check four things for each node: the number of its connections, whether they begin at different "
            "states, at earlier ones, and whether they hold a real operation.",
            "A set of the predecessors tells whether they differ; at the end, compare the length of the whole list "
            "with what the nodes account for.",
        ),
        harder="Return the reason in words instead of False, as `dartslab.widgets.models.counting.not_counted` does.",
    ),
    Exercise(
        name="01.count_cells",
        title="How many cells",
        minutes=6,
        points=2,
        difficulty=2,
        reference=count_cells,
        fixed=(
            lambda: (1, ("none", *SMALL)),
            lambda: (2, SMALL),
            lambda: (2, PUBLISHED_OPERATIONS),
            lambda: (4, PUBLISHED_OPERATIONS),
        ),
        random=cases.random_space,
        twins=(
            Twin(
                "none counted",
                lambda nodes, operations: prod(comb(k + 1, 2) * len(operations) ** 2 for k in range(1, nodes + 1)),
                "Your cells may hold `none`: is it ever what an edge keeps?",
            ),
            Twin(
                "every edge kept",
                lambda nodes, operations: len(cases.without_none(operations)) ** len(edges(nodes)),
                "You give every edge of the cell an operation: how many edges into a node are left after a derivation?",
            ),
            Twin(
                "ordered predecessors",
                lambda nodes, operations: cases.product_of(nodes, operations, lambda k: (k + 1) * k),
                "You count each pair of predecessors twice: is (0, 1) a different choice from (1, 0)?",
            ),
            Twin(
                "one operation for both edges",
                lambda nodes, operations: prod(
                    comb(k + 1, 2) * len(cases.without_none(operations)) for k in range(1, nodes + 1)
                ),
                "You choose one operation per node: do its two edges have to hold the same?",
            ),
            Twin(
                "wiring forgotten",
                lambda nodes, operations: cases.product_of(nodes, operations, lambda k: 1),
                "You count the operations only: in how many ways can a node choose the two states that it reads?",
            ),
            Twin(
                "one state read twice",
                lambda nodes, operations: cases.product_of(nodes, operations, lambda k: comb(k + 2, 2)),
                "Your nodes may read one state twice: can the two edges that a node keeps begin at the same state?",
            ),
            Twin(
                "added instead of multiplied",
                lambda nodes, operations: sum(
                    comb(k + 1, 2) * len(cases.without_none(operations)) ** 2 for k in range(1, nodes + 1)
                ),
                "You add up the choices of the nodes: does the choice of one node limit those of the others?",
            ),
        ),
        hints=(
            "Count for one node first: which two states does it read, and which operations are on the two edges?",
            "The k-th node chooses two of k + 1 states; the order of the two does not matter. Nodes choose "
            "independently.",
            "Per node: pairs of states, times the number of operations other than `none` for one edge, times the same "
            "for the other. Then multiply over the nodes.",
        ),
        harder="Let p edges be kept per node, not two, and compare with `SearchSpace.count_cells(predecessors=p)`.",
    ),
    Exercise(
        name="01.all_cells",
        title="Every cell of a small space",
        minutes=8,
        points=3,
        difficulty=3,
        reference=all_cells,
        fixed=(
            lambda: (1, ("skip_connect",)),
            lambda: (1, SMALL),
            lambda: (1, ("none", *SMALL)),
            lambda: (2, ("skip_connect",)),
            lambda: (2, SMALL),
            lambda: (2, ("sep_conv_3x3", "none", "max_pool_3x3")),
        ),
        twins=(
            Twin(
                "none kept",
                lambda nodes, operations: cases.list_cells(
                    nodes, operations, both=lambda _: product(operations, repeat=2)
                ),
                "Some of your cells hold `none`: may a derived cell?",
            ),
            Twin(
                "operations without order",
                lambda nodes, operations: cases.list_cells(
                    nodes, operations, both=lambda kept: combinations_with_replacement(kept, 2)
                ),
                "Some cells are missing: is a skip from 0 and a convolution from 1 the same as the other way round?",
            ),
            Twin(
                "ordered predecessors",
                lambda nodes, operations: cases.list_cells(
                    nodes, operations, pairs=lambda node: permutations(range(node), 2)
                ),
                "You list every cell several times: does a node that reads 0 and 1 differ from one that reads 1 and 0?",
            ),
            Twin(
                "one state read twice",
                lambda nodes, operations: cases.list_cells(
                    nodes, operations, pairs=lambda node: combinations_with_replacement(range(node), 2)
                ),
                "Some of your nodes read one state twice: can the two edges that a node keeps begin at the same state?",
            ),
            Twin(
                "only the inputs are read",
                lambda nodes, operations: cases.list_cells(nodes, operations, pairs=lambda node: [(0, 1)]),
                "In your cells every node reads the two inputs: what else may the second node read?",
            ),
            Twin(
                "nodes on their own",
                cases.list_nodes_apart,
                "Your cells have one node each: how do you combine the choice of one node with that of the next?",
            ),
        ),
        compare=cases.same_cells,
        hints=(
            "List the choices of the first node alone: two states, so one pair, and an operation for each of the "
            "two edges.",
            "`combinations` gives pairs of states, `product(kept, repeat=2)` pairs of operations; `none` is not kept.",
            "Begin with one empty cell. For every node make a new list: every cell so far, extended by every choice "
            "of this node.",
        ),
        harder="Make cell number n without listing the others, as `cell_from_number` in "
        "`dartslab.widgets.models.counting` does.",
    ),
    Exercise(
        name="01.alpha_count",
        title="How many numbers are learned",
        minutes=4,
        points=1,
        difficulty=1,
        reference=alpha_count,
        fixed=(
            lambda: (1, SMALL, ("normal",), 3),
            lambda: (2, ("none", *SMALL), KINDS, 5),
            lambda: (4, PUBLISHED_OPERATIONS, KINDS, 8),
            lambda: (4, PUBLISHED_OPERATIONS, KINDS, 20),
        ),
        random=cases.random_search,
        twins=(
            Twin(
                "a table for every cell",
                lambda nodes, operations, kinds, layers: layers * len(edges(nodes)) * len(operations),
                "Your alpha grows with the number of cells: does every cell have a table of its own, or every kind?",
            ),
            Twin(
                "one table for all",
                lambda nodes, operations, kinds, layers: len(edges(nodes)) * len(operations),
                "You have one table for everything: must a normal and a reduction cell be the same?",
            ),
            Twin(
                "none left out",
                lambda nodes, operations, kinds, layers: (
                    len(kinds) * len(edges(nodes)) * len(cases.without_none(operations))
                ),
                "You give `none` no column: it is never kept, but does it compete during the search?",
            ),
            Twin(
                "the kept edges only",
                lambda nodes, operations, kinds, layers: len(kinds) * 2 * nodes * len(operations),
                "You have two rows per node: two edges are kept in the end, but how many are there during the search?",
            ),
            Twin(
                "one input",
                lambda nodes, operations, kinds, layers: len(kinds) * (nodes * (nodes + 1) // 2) * len(operations),
                "Your k-th node reads k states: how many inputs come before the first node?",
            ),
        ),
        hints=(
            "Alpha is a table with a row per edge and a column per operation: how many such tables are there?",
            "Look at the last column of the stack above: how many different tables do the cells read?",
            "Number of kinds, times the edges that you listed in the first exercise, times all operations of the list.",
        ),
        harder="The published RNN cell has 8 nodes, one input and 5 operations: how many numbers does its single "
        "table have?",
    ),
)
