"""Exercises of lesson 01: the search space. States 0 and 1 are the inputs of a cell, nodes are 2, 3, ..."""

from ....space import KINDS, PUBLISHED_OPERATIONS
from ...items import Exercise
from . import cases, cells
from .answers import all_cells, alpha_count, count_cells, edges, valid_cell
from .cases import SMALL
from .mistakes.all_cells import ALL_CELLS
from .mistakes.alpha_count import ALPHA_COUNT
from .mistakes.count_cells import COUNT_CELLS
from .mistakes.edges import EDGES
from .mistakes.valid_cell import VALID_CELL

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
        twins=EDGES,
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
        fixed=cells.MAKERS,
        random=cases.random_cell,
        twins=VALID_CELL,
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
        twins=COUNT_CELLS,
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
            lambda: (3, ("none", "skip_connect")),
            lambda: (4, ("skip_connect",)),
        ),
        twins=ALL_CELLS,
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
        twins=ALPHA_COUNT,
        hints=(
            "Alpha is a table with a row per edge and a column per operation: how many such tables are there?",
            "Look at the last column of the stack above: how many different tables do the cells read?",
            "Number of kinds, times the edges that you listed in the first exercise, times all operations of the list.",
        ),
        harder="The published RNN cell has 8 nodes, one input and 5 operations: how many numbers does its single "
        "table have?",
    ),
)
