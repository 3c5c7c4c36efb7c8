"""Exercises of lesson 06: from alpha to a genotype. Shapes: E edges, S edges into one node, O operations."""

from ...items import Exercise
from . import cases
from .answers import arrows, discretize, edge_strength, top_k
from .mistakes import arrows as arrows_mistakes
from .mistakes import discretize as discretize_mistakes
from .mistakes import edge_strength as edge_strength_mistakes
from .mistakes import top_k as top_k_mistakes

EXERCISES = (
    Exercise(
        name="06.edge_strength",
        title="How strong is an edge?",
        minutes=5,
        points=2,
        difficulty=2,
        reference=edge_strength,
        fixed=cases.ALPHAS,
        random=cases.random_node,
        twins=edge_strength_mistakes.TWINS,
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
        fixed=cases.NODES,
        random=cases.random_top_k,
        compare=cases.same_entries,
        twins=top_k_mistakes.TWINS,
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
        fixed=cases.LISTS,
        random=cases.random_pairs,
        compare=cases.same_entries,
        twins=arrows_mistakes.TWINS,
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
        fixed=cases.TABLES,
        random=cases.random_table,
        compare=cases.same_tables,
        twins=discretize_mistakes.TWINS,
        hints=(
            "An edge is a row: a row is kept when anything in it is marked.",
            "The first table keeps whole rows, the second keeps single entries and forgets how large they were.",
            "`kept.any(...)` over a row says whether the edge stays; keep that dimension, so that it can multiply.",
        ),
        harder="Add a stage between the two: all edges, one operation on each. Which of the two cuts costs more?",
    ),
)
