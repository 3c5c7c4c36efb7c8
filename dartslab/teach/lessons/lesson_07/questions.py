"""Quiz questions and predictions of lesson 07."""

from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="07.q1",
        question="On most edges the skip connection has the largest alpha. What does that show?",
        choices=(
            "That skip connections are the best operations for these pictures.",
            "That with the present w, more of them lowers the validation loss most.",
            "That the learning rate of alpha is too large.",
        ),
        right=1,
        because=(
            "Tempting, but alpha never sees what a convolution could do after more training.",
            "That is all that (07.1) contains: outputs with the present w, and the present mixture.",
            "A smaller rate slows the same change. Whether the search then ends elsewhere has to be measured.",
        ),
    ),
    Question(
        name="07.q2",
        question="The eigenvalues of a Hessian are 2, 0.5 and -4. What do |H v| and v . H v give after many steps of "
        "power iteration?",
        choices=("2 and 2", "4 and -4", "4 and 2", "-4 and -4"),
        right=1,
        because=(
            "The iteration converges to the direction of the largest magnitude, which is that of -4.",
            "Both are computed in the same direction. The length has lost the sign, the Rayleigh quotient has not.",
            "That would mix two directions. To get 2, the largest in the order of numbers, H has to be shifted.",
            "A length is never below 0.",
        ),
    ),
    Question(
        name="07.q3",
        question="A search keeps skip connections everywhere, and its largest eigenvalue has not risen. What follows?",
        choices=(
            "The search has not collapsed.",
            "The eigenvalue was measured wrongly.",
            "The cause is one that this number does not show.",
        ),
        right=2,
        because=(
            "It has: a collapse is defined by the operations on the kept edges.",
            "This is possible, but it does not follow. Measure the eigenvalue on several batches first.",
            "A large eigenvalue is a sign of one failure only. Convolutions that never learned need not make it large.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="07.p1",
        question="Among the published cells of this library, normal and reduction, how large is the largest fraction "
        "of skip connections?",
        unit="%",
    ),
    Prediction(
        name="07.p2",
        question="At the end of this search, how many of the kept edges will hold a skip connection?",
        unit="%",
    ),
    Prediction(
        name="07.p3",
        question="Of five recorded searches that differ only in their seed, how many keep a skip connection on at "
        "least three quarters of their edges?",
        unit="of 5 searches",
    ),
    Prediction(
        name="07.p4",
        question="Where is the mean mixing weight of skip connections larger after 20 steps, on average over five "
        "seeds?",
        choices=(
            "where the convolutions are frozen, by more than 0.03",
            "where they learn, by more than 0.03",
            "neither by more than 0.03",
        ),
    ),
    Prediction(
        name="07.p5",
        question="A matrix has the eigenvalues 3, 1 and -5. Which of them does a power iteration find?",
        choices=("3", "1", "-5"),
    ),
    Prediction(
        name="07.p6",
        question="In how many of the five recorded searches of the collapse will the rule stop?",
        unit="of 5 searches",
    ),
    Prediction(
        name="07.p7",
        question="In which searches is the largest eigenvalue, as a mean over the last fifth of the search and over "
        "the seeds, more than 1.3 times that of the control?",
        choices=(
            "with few pictures only",
            "with a slow w only",
            "with both",
            "with neither",
        ),
    ),
)
