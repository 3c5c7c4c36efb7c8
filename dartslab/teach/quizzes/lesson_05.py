"""Quiz questions and predictions of lesson 05."""

from ..question import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="05.q1",
        question="A step with the exact hypergradient costs several first-order steps. Is it the better choice?",
        choices=(
            "Yes: a better gradient gives a better cell.",
            "Not by itself: time, spread and the weights' own state decide.",
            "No: the implicit term is always negligible.",
        ),
        right=1,
        because=(
            "The published means differ by less than three of their own spreads, at more than twice the cost; a user who "
            "can afford several first-order searches instead may do better.",
            "The same time buys more first-order steps or more seeds; and the formula is exact for one virtual step only, "
            "not for weights that have converged.",
            "Lesson 04 measures it, and it is not negligible. Large and worth its price are different questions.",
        ),
    ),
    Question(
        name="05.q2",
        question="To have more data, somebody lets alpha learn on the training half as well. What goes wrong?",
        choices=(
            "Nothing, as long as the batches differ.",
            "alpha favours what lets w memorise, and nothing measures how the mixture does on new pictures.",
            "The search becomes twice as slow.",
        ),
        right=1,
        because=(
            "Another batch of the same half is no help: w has met these pictures, or will, in this very epoch.",
            "The upper problem asks how w does on pictures it did not learn from. Without such pictures it is one problem "
            "with more parameters, the single-level search.",
            "The cost is the same; that is why the mistake is easily overlooked.",
        ),
    ),
    Question(
        name="05.q3",
        question="The optimiser of w was given alpha too, by mistake. How would you notice?",
        choices=(
            "The loss becomes nan.",
            "Not from the loss: compare alpha before and after the weight step.",
            "The derived cell stays empty.",
        ),
        right=1,
        because=(
            "On the contrary: two optimisers lower the training loss even faster.",
            "The search runs, and its curves look healthy. A test that alpha is the same to the last bit after the weight "
            "step finds it at once.",
            "Something is always derived, be alpha moved by whom it may; that is what makes such mistakes last.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="05.p1",
        question="By how much can a mixing weight of 0.125 change in one step, at a learning rate of 0.05?",
        choices=("by about 0.001", "by about 0.005", "by about 0.05"),
    ),
    Prediction(
        name="05.p2",
        question="The weight step runs alone, with the gradients of all weights clipped to norm 5. Which alphas move?",
        choices=("all", "those of convolutions", "none"),
    ),
    Prediction(
        name="05.p3",
        question="Of all steps of this run, after what share does the derived cell change for the last time?",
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
        question="The learning rate of alpha rises from 0.05 to 0.3 half-way. At the end, entropy will be",
        choices=("lower than in the run left alone", "about the same", "higher"),
    ),
    Prediction(
        name="05.p6",
        question="How many first-order steps take as long as one step with the exact hypergradient?",
        unit="steps",
    ),
)
