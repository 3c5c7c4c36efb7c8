"""Quiz questions and predictions of lesson 02."""

from ..question import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="02.q1",
        question="You add 5 to every alpha of one edge. What happens to the mixing weights of that edge?",
        choices=("All of them grow.", "The largest grows, the others shrink.", "Nothing."),
        right=2,
        because=(
            "They cannot all grow: the weights of an edge sum to 1.",
            "That is what a multiplication does. An addition multiplies every exponential by the same factor.",
            "Every exponential is multiplied by the same factor, which the division takes out again.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="02.p1",
        question="Two operations have alpha 0 and 1. What is the mixing weight of the second, at temperature 1?",
    ),
)
