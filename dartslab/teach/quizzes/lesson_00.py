"""Quiz questions and predictions of lesson 00."""

from ..question import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="00.q1",
        question="At the end of the search the supernet reaches some validation accuracy. Of what is this a measure?",
        choices=(
            "Of the cell that was found.",
            "Of a network in which all operations are mixed.",
            "Of how many steps are still needed.",
        ),
        right=1,
        because=(
            "Tempting, since it stands beside the search; but the cell has other weights, fewer operations, and has not "
            "been trained yet.",
            "The supernet is never used as it is. The cell that is derived from it has to be trained from scratch, and "
            "only that accuracy counts.",
            "It says nothing of the kind: shares can still move when the accuracy has settled, and the other way round.",
        ),
    ),
    Question(
        name="00.q2",
        question="You search again with another seed. What should you expect?",
        choices=(
            "The same cell: gradient descent goes to the best one.",
            "Perhaps another cell, perhaps of about the same quality.",
            "A worse cell: the first seed was chosen well.",
        ),
        right=1,
        because=(
            "There is no such guarantee: the loss is not convex, the batches differ, and several operations are nearly "
            "equally good.",
            "Seeds give other weights, other batches and so another alpha. That is why one search is an anecdote; the "
            "published result is a mean over runs.",
            "Nobody chose it by its result here; if somebody had, the comparison would no longer be fair.",
        ),
    ),
    Question(
        name="00.q3",
        question="Somebody trains a cell with four seeds and reports the best test accuracy. What is wrong with that?",
        choices=(
            "Nothing: it was really measured.",
            "It grows with the number of seeds, whatever the cell.",
            "Four seeds are too few; with forty it would be fine.",
        ),
        right=1,
        because=(
            "It was, and so were the three that are not shown. The reader cannot tell a good cell from many tries.",
            "A maximum over more draws is larger, so it measures patience; and choosing by the test set makes it a part of "
            "the training. Report mean, spread and number of runs.",
            "The best of forty is larger still. More seeds help the mean, not the maximum.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="00.p1",
        question="Two nodes, eight operations: how many different cells of one kind can be derived?",
        choices=("some dozens", "some thousands", "some millions"),
    ),
    Prediction(
        name="00.p2",
        question="What will the search like best in the reduction cell, the one that halves the resolution?",
        choices=("a convolution", "a pool", "skip_connect", "none"),
    ),
    Prediction(
        name="00.p3",
        question="Trained alike, how will the cell that was found compare with cells drawn at random?",
        choices=(
            "better, by more than two standard errors",
            "worse, by more than two standard errors",
            "these runs cannot tell",
        ),
    ),
)
