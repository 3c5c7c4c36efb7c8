"""Quiz questions and predictions of lesson 00."""

from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="00.q1",
        question="At the end of the search the supernet has a validation accuracy. What does it measure?",
        choices=(
            "The cell that was found.",
            "A network in which all operations are mixed.",
            "How many steps are still needed.",
        ),
        right=1,
        because=(
            "Tempting, since the search reports it. But the cell has fewer operations and other weights, and it has "
            "not been trained yet.",
            "The supernet is never used as it is. The derived cell is trained from scratch, and only that accuracy is "
            "the result.",
            "Mixing weights can still change when the accuracy has settled, and the other way round.",
        ),
    ),
    Question(
        name="00.q2",
        question="You search again with another seed. What should you expect?",
        choices=(
            "The same cell: gradient descent finds the best one.",
            "A worse cell: the first seed was chosen well.",
            "Perhaps another cell, perhaps about as good.",
        ),
        right=2,
        because=(
            "Nothing guarantees that: the loss is not convex, the batches differ, and several operations are nearly "
            "equally good.",
            "Nobody chose the seed by its result; if somebody had, the comparison would no longer be fair.",
            "Another seed means other weights, other batches and so another alpha. One search is an anecdote; the "
            "published results are means over several.",
        ),
    ),
    Question(
        name="00.q3",
        question="Somebody trains a cell with four seeds and reports the best test accuracy. What is wrong with that?",
        choices=(
            "It grows with the number of seeds, whatever the cell.",
            "Nothing: it was really measured.",
            "Four seeds are too few; the best of forty would do.",
        ),
        right=0,
        because=(
            "The maximum of more runs is larger, so it measures the number of tries. It also chooses by the test "
            "set. Report mean, spread and number of runs.",
            "It was, and so were the three that are not shown: a reader cannot tell a good cell from many tries.",
            "The best of forty is larger still. More seeds help the mean, not the maximum.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="00.p4",
        question="There are 16,807 cells of this kind. On how many of the five edges will the hidden operation lead in "
        "the end?",
        choices=("on one or none", "on two to four", "on all five"),
    ),
    Prediction(
        name="00.p1",
        question="One node, two edges, six operations: how many different cells of one kind can be derived?",
        choices=("some dozens", "some thousands", "some millions"),
    ),
    Prediction(
        name="00.p2",
        question="Which operation will the search prefer in the reduction cell, the one that halves the resolution?",
        choices=("a convolution", "a pool", "skip_connect", "none"),
    ),
    Prediction(
        name="00.p3",
        question="How will the found cell compare with random cells, all trained in the same way?",
        choices=(
            "better, by more than chance gives",
            "worse, by more than chance gives",
            "these runs cannot tell",
        ),
    ),
    Prediction(
        name="00.p5",
        question="How does the found cell compare with the largest one, which nobody had to search for?",
        choices=("found is clearly better", "these runs cannot tell", "the largest is clearly better"),
    ),
)
