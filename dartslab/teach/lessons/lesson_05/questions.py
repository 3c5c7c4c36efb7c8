"""Quiz questions and predictions of lesson 05."""

from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="05.q1",
        question="A step with the second-order hypergradient costs several first-order steps. Is it the better choice?",
        choices=(
            "Yes: a better gradient makes a better cell.",
            "No: the implicit term can always be left out.",
            "It depends on what else the same time could buy.",
        ),
        right=2,
        because=(
            "It is the derivative through one virtual step of w, not through weights that have converged, so even the "
            "exact one is an approximation. And no gradient protects against the luck of one seed.",
            "Lesson 03 shows a problem in which the answer is wrong without it. Whether the term is large and "
            "whether it is worth its price are two questions.",
            "The same hours buy more first-order steps, or several seeds. Compare at equal time, over seeds, with the "
            "derived cells trained from scratch.",
        ),
    ),
    Question(
        name="05.q2",
        question="To have more data, somebody lets alpha learn on the training half as well. What goes wrong?",
        choices=(
            "Nothing, as long as the two batches of a step differ.",
            "alpha is rewarded for what helps w to memorise.",
            "Each step becomes twice as slow.",
        ),
        right=1,
        because=(
            "Another batch of the same half does not help: w has met these pictures, or will in this very epoch.",
            "The upper problem asks how w does on pictures it did not learn from. Without them, alpha is one more "
            "weight, and nothing warns of overfitting.",
            "It costs the same, and the curves look healthy; that is why the mistake goes unnoticed.",
        ),
    ),
    Question(
        name="05.q3",
        question="By mistake the optimiser of w was given alpha as well. How would you notice?",
        choices=(
            "By comparing alpha before and after the weight step.",
            "By a loss that becomes nan.",
            "By a derived cell with an empty node.",
        ),
        right=0,
        because=(
            "It must be the same to the last bit. A public implementation had this mistake "
            "(dragen1860/DARTS-PyTorch, issue 5).",
            "On the contrary: two optimisers lower the training loss all the more.",
            "Something is derived from any alpha, whoever moved it; that is why such mistakes last.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="05.p1",
        question="By how much can a mixing weight of 0.125 change in one step, at a learning rate of 0.05?",
        choices=("by about 0.0005", "by about 0.005", "by about 0.05"),
        because=r"""Adam divides a gradient by its own size, so in the first steps every $\alpha$ moves by about the
learning rate, however small its gradient. The weight of an operation whose $\alpha$ alone moves by $\delta$ changes by
about $p_o (1 - p_o)\,\delta$: here $0.125 \cdot 0.875 \cdot 0.05 \approx 0.005$.""",
    ),
    Prediction(
        name="05.p2",
        question="The weight step lowers the training loss, which depends on alpha too: which alphas does it move?",
        choices=("all of them", "those of operations with weights", "none"),
    ),
    Prediction(
        name="05.p3",
        question="After what part of the run does the derived cell change for the last time?",
        unit="per cent",
    ),
    Prediction(
        name="05.p4",
        question="T falls from 1 to 0.3 while alpha stays. What happens at once?",
        choices=(
            "entropy falls, and each edge keeps its strongest operation",
            "entropy falls, and some edges change their strongest operation",
            "nothing, before alpha moves",
        ),
    ),
    Prediction(
        name="05.p5",
        question="Half-way through, the learning rate of alpha rises from 0.05 to 0.3: what will the entropy be at "
        "the end?",
        choices=("lower than in the run left alone", "about the same", "higher"),
    ),
    Prediction(
        name="05.p6",
        question="How many first-order steps take as long as one step with the exact hypergradient?",
        unit="steps",
    ),
)
