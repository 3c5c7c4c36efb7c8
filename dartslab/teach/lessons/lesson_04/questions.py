"""Quiz questions and predictions of lesson 04."""

from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="04.q1",
        question="Somebody writes (plus - minus) / 2 * eps. Why could such code run for years without anybody "
        "noticing?",
        choices=(
            "It makes the implicit term a little smaller, which costs a little accuracy.",
            "The implicit term nearly vanishes; the direct term alone still lowers the loss.",
            "Adam divides every gradient by its size, so a wrong factor in it does nothing.",
        ),
        right=1,
        because=(
            "Not a little: the factor is eps squared, 0.0001 for eps = 0.01. The implicit term is gone.",
            "The factor is eps squared. What is left is the direct term at w', which lowers the validation loss by "
            "itself, so only a comparison with the exact gradient shows the mistake.",
            "True for a factor of the whole gradient. This is a factor of one of its two terms, and it changes the "
            "direction of their sum.",
        ),
    ),
    Question(
        name="04.q2",
        question="In the second-order step, what is unrolled?",
        choices=(
            "The supernet: the architect differentiates a network with twice as many cells.",
            "One step of training: the derivative goes through w', a function of alpha.",
            "The whole search so far: the derivative goes back through all earlier steps of w.",
        ),
        right=1,
        because=(
            "Each pass goes through the same cells. The passes follow each other; none is deeper.",
            "One virtual step from w to w'. Nothing has to be undone: w itself is never written to.",
            "That would be the full derivative, and would need every earlier w in memory. DARTS goes back one step.",
        ),
    ),
    Question(
        name="04.q3",
        question="The exact hypergradient costs several first-order ones. What has this lesson shown about cells for "
        "real pictures?",
        choices=(
            "The exact one finds better cells, because it is the true derivative.",
            "Both find the same cells, because the two directions are close to each other.",
            "Nothing: it compared directions at single moments; no cell was derived or trained there.",
        ),
        right=2,
        because=(
            "It is the true derivative of the loss after one step, on one batch, and that loss is itself an "
            "approximation. Whether it pays in the end is measured by training cells, over seeds.",
            "Small differences add up over a search, and less is enough to exchange two operations that are nearly "
            "tied.",
            "Whole searches have to be repeated over seeds and their cells trained from scratch. As reported in Liu et "
            "al. 2019, on CIFAR-10: 3.00 ± 0.14 % error for first order, 2.76 ± 0.09 % for second.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="04.p1",
        question="The published supernet has 8 cells. What percentage of its weights is in the last three?",
        unit="%",
    ),
    Prediction(
        name="04.p2",
        question="The two cells have the same weights and the same input, in float64: how far are their outputs apart?",
        choices=(
            "exactly 0: the same sum is the same number",
            "about 1e-15, as rounding is",
            "about 1e-3: the fast one approximates",
        ),
    ),
    Prediction(
        name="04.p3",
        question="How many passes through the supernet does the published second order need for one gradient of alpha?",
        unit="passes",
    ),
    Prediction(
        name="04.p4",
        question="Smooth network, float64: R goes from 1 down to 1e-8. What does the error do?",
        choices=("it falls all the way", "it falls, then it grows", "it grows all the way"),
    ),
    Prediction(
        name="04.p5",
        question="A network with ReLU, float64: R falls from 1 to 0.001. Does the error fall all the way?",
        choices=("yes, as in the smooth one", "no, in places it grows", "it does not depend on R"),
    ),
    Prediction(
        name="04.p6",
        question="After 24 steps: what is the cosine between the first-order and the exact gradient of alpha?",
    ),
    Prediction(
        name="04.p7",
        question="Of six hidden cells: how many does exact find, minus how many first order finds?",
        unit="cells",
    ),
)
