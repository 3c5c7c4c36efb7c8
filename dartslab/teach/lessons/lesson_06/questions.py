"""Quiz questions and predictions of lesson 06."""

from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="06.q1",
        question="An edge gives none 0.6 and its best other operation 0.25. What does the 0.6 do in the derivation?",
        choices=(
            "It makes the edge weak, since less is left for its other operations.",
            "It keeps the edge out of the cell.",
            "Nothing: none is taken out before the softmax.",
            "It makes the edge strong, since 0.6 is its largest weight.",
        ),
        right=0,
        because=(
            "All weights of the edge sum to 1, so what none takes is missing elsewhere. The strength is 0.25.",
            "Only if two other edges of the node are stronger. A node with two edges keeps both, however large none "
            "is.",
            "That would make the strength 0.25 / 0.4 = 0.63, and an edge that gives most of its weight to none "
            "would look strong.",
            "none can reduce the strength but can never be it: the largest weight of the other operations counts.",
        ),
    ),
    Question(
        name="06.q2",
        question="One search ends with a supernet accuracy of 70 %, another with 75 %. Which found the better cell?",
        choices=(
            "The second.",
            "The first, since it can still improve.",
            "This cannot be said from these two numbers.",
        ),
        right=2,
        because=(
            "Tempting, but 75 % belongs to a mixture of all operations, and no such network is kept.",
            "There is no such rule; a low supernet accuracy promises nothing either.",
            "Both numbers are about mixtures. Derive both cells, train them from scratch over several seeds, compare.",
        ),
    ),
    Question(
        name="06.q3",
        question="With the search's weights w, the derived cell is far worse than the mixture. What does that show?",
        choices=(
            "That the cell is bad.",
            "That w was fitted to the mixture and not to this cell.",
            "That the derivation has a bug.",
        ),
        right=1,
        because=(
            "The cell has not been given a chance: its w has never been trained alone. Train it from scratch.",
            "Every w learned to work in a sum with all others. Whether the cell is good is a separate question.",
            "A loss is to be expected without any bug. That your cell equals the library's is the test for bugs.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="06.p1",
        question=(
            "Three edges lead into a node. On each, seven operations have the same alpha and one stands out: "
            "5 among 1s, 11 among 10s, 15 among 10s. Which two edges are kept?"
        ),
        choices=("the first and the second", "the first and the third", "the second and the third"),
    ),
    Prediction(
        name="06.p2",
        question=(
            "A node may keep one of two edges. (1) none 0.40, conv 0.50, pool 0.10. (2) none 0.30, conv 0.35, "
            "pool 0.35. Which does it keep?"
        ),
        choices=("edge 1", "edge 2", "neither: none is too large on both"),
    ),
    Prediction(
        name="06.p3",
        question=(
            "The same supernet with the same w, but only the derived cell's operations, each with weight 1: how many "
            "of the pictures does it still classify?"
        ),
        unit="%",
    ),
    Prediction(
        name="06.p4",
        question="Both trained from scratch for 188 steps: which cell does better on the test pictures?",
        choices=(
            "the found cell, by more than 2 points",
            "the random cell, by more than 2 points",
            "neither by more than 2 points",
        ),
    ),
    Prediction(
        name="06.p5",
        question="The quick search of lesson 00 has one node, so two edges in each of its two cells. On how many of "
        "these four edges will both tasks choose the same operation?",
        unit="edges",
    ),
)
