"""Exercises of lesson 06: from alpha to a genotype. Shapes: E edges, S edges into one node, O operations."""

from ...items import Exercise, Twin
from . import answers
from .answers import arrows, discretize, edge_strength, top_k

EXERCISES = (
    Exercise(
        name="06.edge_strength",
        title="How strong is an edge?",
        minutes=5,
        points=2,
        difficulty=2,
        reference=edge_strength,
        fixed=(
            lambda: (answers.alpha_of((0.4, 0.5, 0.1), (0.3, 0.35, 0.35)), answers.SHORT),  # quark0/darts#45
            lambda: (answers.alpha_of((0.2, 0.7, 0.1), (0.1, 0.1, 0.8)), ("conv", "none", "pool")),
            lambda: (answers.reported_node(), answers.EIGHT),
        ),
        random=answers.random_node,
        twins=(
            Twin(
                "raw alpha",
                answers.largest_alpha,
                "You compare alpha itself: what does adding 10 to one whole row do to your result?",
            ),
            Twin(
                "sum of the others",
                answers.all_but_none,
                "You add up everything but none: how many of these operations will stay on the edge?",
            ),
            Twin(
                "none may win",
                answers.none_may_win,
                "For some edges your number is the weight of none: can none be what is kept?",
            ),
            Twin(
                "softmax without none",
                answers.without_none,
                "You leave out none before the softmax: does an edge that gives most of its weight to none still "
                "look weak?",
            ),
            Twin(
                "softmax over the edges",
                answers.over_edges,
                "Your softmax lets edges compete for one operation: which numbers should sum to 1?",
            ),
            Twin(
                "first column left out",
                answers.first_column,
                "You leave out the first column, whatever it is: in which column is none?",
            ),
            Twin(
                "margin instead of strength",
                answers.margin,
                "You return the lead over the runner-up: is that the strength of the edge?",
            ),
        ),
        hints=(
            "Two things happen, mixing weights and then a choice: which of the two takes none into account?",
            "The softmax runs over all operations of a row; only afterwards is the column of none left out.",
            "Collect the columns whose name is not none, pick them from the weights, take the largest of each row.",
        ),
        harder="Find two rows of weights for which the strongest edge and the one with the largest margin differ.",
    ),
    Exercise(
        name="06.top_k",
        title="Which edges does a node keep?",
        minutes=8,
        points=3,
        difficulty=2,
        reference=top_k,
        fixed=(
            lambda: (answers.alpha_of((0.4, 0.5, 0.1), (0.3, 0.35, 0.35)), answers.SHORT, 1),  # quark0/darts#45
            lambda: (answers.alpha_of((0.9, 0.06, 0.04), (0.2, 0.35, 0.45), (0.1, 0.5, 0.4)), answers.SHORT, 2),
            lambda: (answers.alpha_of((0.1, 0.46, 0.44), (0.4, 0.35, 0.25), (0.8, 0.05, 0.15)), answers.SHORT, 2),
            lambda: (answers.reported_node(), answers.EIGHT, 2),
        ),
        random=answers.random_top_k,
        compare=answers.same_entries,
        twins=(
            Twin(
                "raw alpha",
                answers.keep_by(answers.largest_alpha),
                "You rank edges by alpha itself: may rows be compared before each of them sums to 1?",
            ),
            Twin(
                "sum of the others",
                answers.keep_by(answers.all_but_none),
                "You rank edges by all operations but none together: how many of them does the edge keep?",
            ),
            Twin(
                "none may win",
                answers.keep_by(answers.none_may_win, lambda operations: range(len(operations))),
                "Some of your edges keep none: what would such an edge carry?",
            ),
            Twin(
                "none ranks the edges",
                answers.keep_by(answers.none_may_win),
                "You never keep none, but it raises an edge in your ranking: should a large weight of none make an "
                "edge strong?",
            ),
            Twin(
                "softmax without none",
                answers.keep_by(answers.without_none),
                "You remove none before the softmax: what becomes of an edge that gives none 0.9?",
            ),
            Twin(
                "two operations of one edge",
                answers.largest_entries,
                "You keep the largest entries of the table, even two in a row: can one edge hold two operations?",
            ),
            Twin(
                "the weakest edges",
                answers.keep_by(lambda alpha, operations: -edge_strength(alpha, operations)),
                "You keep the weakest edges: in which direction do you sort?",
            ),
            Twin(
                "always two",
                lambda alpha, operations, k: top_k(alpha, operations, 2),
                "You always keep two edges: what is k for?",
            ),
            Twin(
                "the nearest predecessors",
                lambda alpha, operations, k: [p for p in top_k(alpha, operations, 9) if p[0] >= len(alpha) - k],
                "You always keep the last rows: should the choice not depend on alpha?",
            ),
        ),
        hints=(
            "Two questions, one after the other: which rows stay, and which operation stays in each of them?",
            "Rank the rows by the strength from the exercise before; within a row only the best operation matters.",
            "Sort the row numbers by minus their strength, cut after k, and look up a name in every row that is left.",
        ),
        harder="Let ties go to the earlier predecessor, and say what an alpha of zeros gives.",
    ),
    Exercise(
        name="06.arrows",
        title="Read and draw a published cell",
        minutes=5,
        points=2,
        difficulty=1,
        reference=arrows,
        fixed=(
            lambda: ([("conv", 0), ("pool", 1)],),
            lambda: ([("conv", 1), ("skip", 0), ("pool", 2), ("conv", 0), ("skip", 3), ("pool", 1)],),
        ),
        random=answers.random_pairs,
        compare=answers.same_entries,
        twins=(
            Twin(
                "inputs forgotten",
                lambda pairs: [(source, place // 2, name) for place, (name, source) in enumerate(pairs)],
                "Your first node has the number 0: which states are 0 and 1?",
            ),
            Twin(
                "a node for every entry",
                lambda pairs: [(source, 2 + place, name) for place, (name, source) in enumerate(pairs)],
                "You make one node of every entry: how many edges end in a node?",
            ),
            Twin(
                "arrows turned round",
                lambda pairs: [(target, source, name) for source, target, name in arrows(pairs)],
                "Your arrows lead from a node to its predecessor: in which direction does the data flow?",
            ),
            Twin(
                "predecessors counted without the inputs",
                lambda pairs: [(source + 2, target, name) for source, target, name in arrows(pairs)],
                "You add to the predecessors: could a node still read one of the two inputs?",
            ),
            Twin(
                "nodes dealt out in turn",
                lambda pairs: [(s, 2 + place % (len(pairs) // 2), name) for place, (name, s) in enumerate(pairs)],
                "You deal the entries out to the nodes in turn: where in the list are the two of one node?",
            ),
            Twin(
                "one input",
                lambda pairs: [(source, target - 1, name) for source, target, name in arrows(pairs)],
                "Your first node is state 1: how many inputs come before the nodes?",
            ),
        ),
        hints=(
            "The number of the node is nowhere in the list: it follows from the position of an entry.",
            "Entries 0 and 1 belong to the first node, entries 2 and 3 to the next; the first node is state 2.",
            "Go through the list with `enumerate` and halve the position, rounding down.",
        ),
        harder="Write the inverse, and say what it needs to know besides the arrows.",
    ),
    Exercise(
        name="06.discretize",
        title="Two stages of the gap as tables",
        minutes=6,
        points=2,
        difficulty=2,
        reference=discretize,
        fixed=(
            lambda: answers.mark_kept(((0.5, 0.2, 0.3), (0.1, 0.7, 0.2)), (1, 1)),
            lambda: answers.mark_kept(((0.5, 0.2, 0.3), (0.1, 0.7, 0.2), (0.3, 0.3, 0.4)), (0, 2), (1, 1)),
        ),
        random=answers.random_table,
        twins=(
            Twin(
                "the kept weight instead of 1",
                lambda weights, kept: (discretize(weights, kept)[0], weights * kept),
                "Your kept operation still has its mixing weight: what weight does the only operation on an edge have?",
            ),
            Twin(
                "all edges stay",
                lambda weights, kept: (weights, kept.to(weights.dtype)),
                "Your first table still mixes on every edge: which rows had to go?",
            ),
            Twin(
                "the two exchanged",
                lambda weights, kept: discretize(weights, kept)[::-1],
                "Both tables are right: in which order should they be returned?",
            ),
            Twin(
                "one operation at once",
                lambda weights, kept: (weights * kept, kept.to(weights.dtype)),
                "Your first table has one operation on each edge: what should still be mixed at this stage?",
            ),
            Twin(
                "the largest weight wins",
                answers.strongest_operation,
                "You choose the operation again from the weights: which operation has the largest weight, and may "
                "it be kept?",
            ),
        ),
        hints=(
            "An edge is a row: a row is kept when anything in it is marked.",
            "The first table keeps whole rows, the second keeps single entries and forgets how large they were.",
            "`kept.any(...)` over a row says whether the edge stays; keep that dimension, so that it can multiply.",
        ),
        harder="Add a stage between the two: all edges, one operation on each. Which of the two cuts costs more?",
    ),
)
