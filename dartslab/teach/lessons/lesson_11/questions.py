"""Quiz questions and predictions of lesson 11."""

from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="11.q1",
        question="In your exact hypergradient, which line brings the implicit term?",
        choices=(
            "The gradient with create_graph=True: through it w' depends on alpha.",
            "The last one: it differentiates the validation loss by alpha.",
            "None: it is left out, which is why no second derivative is written.",
        ),
        right=0,
        because=(
            "Without a history of that gradient w' would be a number, and the direct term would remain.",
            "It collects both terms, but only because w' has a history; with w' detached it gives the direct term.",
            "No second derivative is written, but autograd computes its product with v on the way back.",
        ),
    ),
    Question(
        name="11.q2",
        question="After one changed rounding a search on real pictures gives another cell. What follows?",
        choices=(
            "The program has a mistake, since rounding is far too small to matter.",
            "One search says little: such differences are part of its spread, as another seed is.",
            "float64 has to be used, and then the cell is the right one.",
        ),
        right=1,
        because=(
            "It is small at the first step. Every later step depends on the one before, and differences grow.",
            "What changes with a rounding is no property of the data. Several searches show what does not change.",
            "Differences would begin smaller and grow as before; and reproducible does not mean right.",
        ),
    ),
    Question(
        name="11.q3",
        question="Two programs agree bit for bit in alpha over all steps. What is thereby shown?",
        choices=(
            "That the cell they find is a good one.",
            "That both compute the same, down to the order of sums; not that it is what was meant.",
            "That another seed would give the same cell.",
        ),
        right=1,
        because=(
            "Whether a cell is good is asked by training it, over seeds.",
            "It is the strongest comparison there is, of programs. The pieces were checked one by one "
            "against known answers, and the whole on a problem whose answer is known.",
            "Both had one seed. Another one draws other weights and other batches.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="11.p1",
        question="Your search looks for a hidden cell of five edges, with seven operations on each, in 120 steps: from "
        "which step on does the hidden operation lead on all five for good?",
    ),
    Prediction(
        name="11.p2",
        question="Six hard cells have 30 edges. On how many of them will first order end with the hidden operation "
        "ahead?",
        unit="edges",
    ),
    Prediction(
        name="11.p3",
        question="Your search and dartslab's, on the same pictures with the same seeds and settings: how far apart are "
        "the two alphas after the last step?",
        choices=(
            "Not at all: they are equal bit for bit.",
            "By about 1e-7, as rounding is.",
            "By more than 0.01, which shows in the tables.",
        ),
        because="""Dividing by the sum or multiplying by one over it, subtracting the largest alpha first or not:
two softmaxes of one formula may differ in the last bit of a mixing weight. From there on everything that follows is a
little different, and a search can amplify it. Adam divides a gradient by its own size, so one near 0 with another sign
moves alpha as far the other way; a ReLU switches one step earlier; the next gradients are taken at another place. On
the hidden cell nothing of that kind happened: float64, no ReLU, and a loss that leads back to one answer. **A search on
real pictures can be as sensitive to a rounding as to a seed.**""",
    ),
)
