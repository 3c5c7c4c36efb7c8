"""Quiz questions and predictions of lesson 08."""

from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="08.q1",
        question="A DARTS- search ends while b is still 0.5, and the cell is derived from p + b. What comes out?",
        choices=(
            "The same cell: b is the same number on every edge.",
            "Too many skip connections: b counts as if alpha had asked for it.",
            "Too few skip connections: b has taken over their task.",
        ),
        right=1,
        because=(
            "It is the same on every edge, but it is added to one operation only. On each edge the skip gains 0.5.",
            "0.5 is more than most mixing weights. So b has to be 0 at the end, and the cell is derived from p alone.",
            "That is the purpose of b during the search. If b itself is counted, skips win on nearly every edge.",
        ),
    ),
    Question(
        name="08.q2",
        question="Why is the rest of an edge not made to sum to 1 again when an operation is removed (DARTS-PT)?",
        choices=(
            "It would cost another pass.",
            "Then other operations would change as well, and the loss would show all these changes.",
            "A softmax over the rest gives the same numbers anyway.",
        ),
        right=1,
        because=(
            "It would cost nothing: it is a division.",
            "One question at a time: what is missed when this operation is gone and nothing else has changed?",
            "It does not: the rest is multiplied by a factor, which is largest where the removed weight was largest.",
        ),
    ),
    Question(
        name="08.q3",
        question=(
            "In recorded runs a remedy kept fewer skip connections than DARTS for every seed. What may be concluded?"
        ),
        choices=(
            "It finds better cells.",
            "It works against this collapse, in this setting, with these seeds.",
            "It removes the cause of all collapses.",
        ),
        right=1,
        because=(
            "Fewer skips need not make a better cell. To find out, train both cells from scratch with several seeds.",
            "And where many remedies were tried, one of them may look good by chance. Another setting is another test.",
            "A collapse can have several causes; where w is too slow, a remedy against overfitting need not help.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="08.p1",
        question="A DARTS- search is half done. What do the weights of one edge sum to?",
        because="A softmax sums to 1, and $b$, which is one half now, is added. Nothing is taken from the others.",
    ),
    Prediction(
        name="08.p2",
        question="A quarter of the channels goes through the operations. What part of their weights w is left?",
        choices=("a half", "a quarter", "a tenth"),
        because=(
            "A depthwise convolution has weights in proportion to its channels, a 1 x 1 convolution to their square. "
            "So it is less than a quarter and more than a sixteenth."
        ),
    ),
    Prediction(
        name="08.p3",
        question=("Two alphas are 0.01 and -0.01, and only the push of FairDARTS changes them. Where do they go?"),
        choices=("both to 0", "away from each other", "both up", "they stay"),
    ),
    Prediction(
        name="08.p4",
        question=(
            "On how many of the ten edges of this search is the operation with the largest alpha also the one that is "
            "missed most?"
        ),
        unit="edges",
    ),
    Prediction(
        name="08.p5",
        question=("Which of these gradients is right on average, for a loss that is quadratic in the mixing weights?"),
        choices=("straight-through", "that of GDAS, with a small tau", "ReinMax", "none of them"),
    ),
    Prediction(
        name="08.p6",
        question="GDAS computes one of eight operations on each edge. What part of DARTS' time does its step take?",
        choices=("about an eighth", "about a half", "about the same"),
        because=(
            "The rest of the step costs the same: preprocessing, stem, classifier, the noise, both optimisers. So the "
            "saving is smaller than that of the operations alone."
        ),
    ),
    Prediction(
        name="08.p7",
        question=(
            "How many of the listed remedies keep fewer skip connections than the collapse, for every single seed?"
        ),
        unit="of the remedies",
    ),
)
