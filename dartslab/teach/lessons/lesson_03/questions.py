"""Quiz questions and predictions of lesson 03."""

from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="03.q1",
        question="To use more data, somebody lets alpha learn on the batch that the weights learn on. What happens?",
        choices=(
            "Nothing bad: alpha has few numbers and cannot overfit.",
            "Alpha favours what lets the weights fit these very pictures, useful elsewhere or not.",
            "Alpha stops moving, since the weights have already made that gradient zero.",
        ),
        right=1,
        because=(
            "Alpha does not have to remember pictures itself: it controls how well the weights can. In section 1 a "
            "single number did so.",
            "Both then lower the same loss, and what helps to fit always looks good. This is `architect.single_level`.",
            "The weights make their own gradient small. The gradient with respect to alpha is another one, and here "
            "it pushes the weight decay down for ever.",
        ),
    ),
    Question(
        name="03.q2",
        question="A program makes the virtual step and differentiates L_val(w', alpha) with w' detached. What is it?",
        choices=(
            "The one-step hypergradient: w' has been used.",
            "First order, since first order is what comes out without the implicit term.",
            "The direct term alone; on the toy it comes to rest where first order does.",
        ),
        right=2,
        because=(
            "Only the place has changed: w' is used, but not that w' answers to alpha. Half of the chain rule is gone.",
            "First order looks at w, this at w': two different numbers, though both come to rest at 2 on the toy.",
            "At rest w' = w, so what distinguishes it from first order vanishes exactly where it would matter.",
        ),
    ),
    Question(
        name="03.q3",
        question="How do you find out that an implementation of the implicit term is right?",
        choices=(
            "Run it on the toy with xi = 0.25 and see whether it finds the optimum.",
            "See whether the validation loss falls.",
            "Compare it with autograd through the step, at several xi, where nothing is quadratic.",
        ),
        right=2,
        because=(
            "At xi = 0.25 a rule with a doubled implicit term finds the optimum and the right rule does not.",
            "It need not fall at all: on the toy it is -7 at the start and 0 at the true optimum.",
            "A single xi or a quadratic loss can hide mistakes, such as v taken at w. After that, compare the fixed "
            "points for several xi.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="03.p1",
        question="Of six weight decays, which one gives the lowest loss on the pictures that the weights learned from?",
        choices=("the smallest", "one in the middle", "the largest"),
    ),
    Prediction(
        name="03.p2",
        question="The toy at a = 2, w = -2: where does a virtual step with xi = 1 take w?",
    ),
    Prediction(
        name="03.p3",
        question="At the same point first order says -4. What is the hypergradient through the virtual step?",
    ),
    Prediction(
        name="03.p4",
        question="The optimum is a = 1. Where does the search come to rest for xi = 0, 0.5 and 1?",
        choices=(
            "at 1, 1 and 1: all of them find the optimum",
            "at 2, 1.5 and 1: the longer the step, the nearer",
            "at 2, 1 and 0.667: it goes past the optimum",
            "at 1, 1.5 and 2: the longer the step, the further off",
        ),
    ),
    Prediction(
        name="03.p5",
        question="How large is the implicit term that the faulty line gives, if the right one is 2?",
        choices=("2", "between 1 and 4, but not 2", "about 0.01", "below 0.001"),
    ),
    Prediction(
        name="03.p6",
        question="Weights that can memorise, one training pair: which search finds the hidden cell of seed 0?",
        choices=("first order and exact", "only exact", "only first order", "neither"),
    ),
    Prediction(
        name="03.p7",
        question="First order, six hidden cells in each setting: in which of them does it find the fewest?",
        choices=(
            "noise as strong as the results",
            "one training pair; the weights cannot memorise",
            "weights that can memorise, four training pairs",
            "weights that can memorise, one training pair, 1.5 times as bright",
        ),
        because=r"""Noise falls on thousands of pixels, and $\alpha$ has 35 numbers, so it averages out. One pair is
enough where $w$ is five gains: they cannot store a picture. With four pairs the memorised picture is the same for all
of them, and can hold only what their errors share.

**One pair is learned by heart, whatever $\alpha$ is.** $L_{\mathrm{train}}$ then says nothing about the operations any
more, and the picture is added to the results of the *validation* pairs too. Take what all pictures share, and let the
cell be wrong there by $r$: the memorised picture takes $1.5\,r$ away, and $L_{\mathrm{val}}$ sees $-0.5\,r$. First
order holds this picture still, and there it moves $\alpha$ the wrong way. Whether that decides differs from cell to
cell: of 60 cells first order found 24 in this setting (`python benchmarks/planted_search.py`).""",
    ),
)
