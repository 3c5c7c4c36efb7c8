"""Quiz questions and predictions of lesson 09."""

from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="09.q1",
        question="A paper trains 100 cells once each and reports the test accuracy of the best one. What is wrong with "
        "this number as an estimate of the accuracy of that cell?",
        choices=(
            "Nothing: the test pictures were not used in training.",
            "It is too high on average, because the best of 100 noisy numbers was chosen.",
            "It is too low on average, because one training is too short.",
            "It may be too high or too low, with equal probability.",
        ),
        right=1,
        because=(
            "They were used to choose, and this is enough to make the number too high.",
            "The best of many numbers is more often one with good luck than one with bad luck. New seeds show it.",
            "The length of the training is the same for all cells, and the choice comes after it.",
            "This holds for a cell that was chosen before it was trained. Here the choice depends on the noise.",
        ),
    ),
    Question(
        name="09.q2",
        question="Two seeds of the same cells have Kendall's tau 0.7. A predictor has tau 0.65 with one of these "
        "seeds. What does this show?",
        choices=(
            "The predictor is bad: 0.65 is far from 1.",
            "The predictor is nearly as good as training every cell once.",
            "The predictor is better than training every cell once.",
        ),
        right=1,
        because=(
            "The noise between seeds limits tau. Even another training of the same cells reaches only 0.7.",
            "One training orders the cells of another seed with 0.7, and the predictor with 0.65.",
            "It would have to exceed 0.7, by more than the uncertainty of both numbers.",
        ),
    ),
    Question(
        name="09.q3",
        question="Method A has a mean regret of 0.010 nats, random search at the same cost 0.014. The 95 % interval of "
        "the difference is -0.012 to 0.004. Which sentence is allowed?",
        choices=(
            "A is better than random search.",
            "A and random search are equally good.",
            "A cannot be told apart from random search with these searches.",
        ),
        right=2,
        because=(
            "0 lies in the interval, so the data agree with no difference at all.",
            "The data also agree with a difference of -0.012: no shown difference is not a shown equality.",
            "It says what was measured, and that more searches could change it.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="09.p1",
        question="One cell has the smallest test loss of all in the trainings with seed 0: which rank does it have in "
        "the trainings with the other seeds?",
    ),
    Prediction(
        name="09.p2",
        question="How large is Kendall's tau between two seeds of the same cells?",
    ),
    Prediction(
        name="09.p3",
        question="Random search trains five random cells once each and keeps the best by validation loss: how many "
        "percent of all cells are worse than the kept one, on average?",
        unit="%",
    ),
    Prediction(
        name="09.p4",
        question="A cell is chosen by its loss on 5,000 test pictures: where does it lose more of its lead over the "
        "mean of all cells?",
        choices=(
            "on 5,000 other pictures, with the same trainings",
            "on the same pictures, with other seeds",
            "it loses less than a tenth in both",
        ),
    ),
    Prediction(
        name="09.p5",
        question="With three seeds each: what will your study be allowed to say about the changed search, compared "
        "with the quick one?",
        choices=("better", "worse", "cannot be told apart"),
    ),
)
