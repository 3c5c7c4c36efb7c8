"""Quiz questions and predictions of lesson 10."""

from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="10.q1",
        question="Four searches, four cells. Each cell is trained from scratch with ten seeds, and the cell with the "
        "best mean test accuracy is reported. What is wrong?",
        choices=(
            "Nothing: ten seeds are enough.",
            "The test set has chosen among four cells.",
            "The four searches should have the same seed.",
        ),
        right=1,
        because=(
            "Ten seeds make each mean precise. The best of four means is still too high, because it was chosen as the "
            "best on the same pictures.",
            "A number that chooses is no result. Choose on the validation half, and look at the test set once, for "
            "the chosen cell.",
            "Then they would be one search, made four times.",
        ),
    ),
    Question(
        name="10.q2",
        question="Your reduced run on a processor gives a lower error for the found cell than for the published one. "
        "What may you say?",
        choices=(
            "The found cell is better than the published one.",
            "The published result cannot be repeated.",
            "Trained so briefly and so small, the found cell learned more.",
        ),
        right=2,
        because=(
            "Better at what? The published cell was found for 36 channels, 20 cells and 600 epochs.",
            "Nobody has tried: nothing here has the published size.",
            "That is what was measured: this size, this training, these seeds. Nothing follows for another size.",
        ),
    ),
    Question(
        name="10.q3",
        question="A paper compares its cell with random cells, all with 16 channels and 8 cells. Is that the same "
        "size?",
        choices=(
            "Not necessarily: cells with more convolutions have more parameters.",
            "Yes: channels and cells are what a network's size is.",
            "Yes, if all were trained equally long.",
        ),
        right=0,
        because=(
            "In the recorded run the parameters differ by several times at equal channels. A larger network may win "
            "for that reason alone.",
            "They fix the shapes of all inputs and outputs of cells, and leave open what a cell computes.",
            "Equal training is needed too, but it does not make the networks alike.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="10.p1",
        question="Which part of the experiment that this notebook runs takes most of the time?",
        choices=(
            "the searches",
            "the short trainings that choose among the found cells",
            "the trainings from scratch, of all cells",
        ),
    ),
    Prediction(
        name="10.p2",
        question="Three searches of the recorded run differ in their seed only. A normal cell has 8 connections; how "
        "many of these do all three cells have in common?",
        choices=("none or one", "two to five", "six to eight"),
    ),
    Prediction(
        name="10.p3",
        question="Three groups, trained from scratch in the same way: the chosen cell, random cells, the published "
        "cell. Which has the highest mean test accuracy in this reduced run?",
        choices=("the chosen cell", "random cells", "the published cell"),
    ),
)
