"""Quiz questions and predictions of lesson 01."""

from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="01.q1",
        question="The k-th node contributes a factor (k + 1) k / 2 to the number of cells. What does it count?",
        choices=(
            "The edges into this node.",
            "The ways to keep two of the edges into this node.",
            "The edges of a cell with k nodes.",
            "The operations on the edges of this node.",
        ),
        right=1,
        because=(
            "There are k + 1 of these, one from every earlier state: 2 for the first node, 5 for the fourth.",
            "There are k + 1 edges, and two different ones are kept: C(k + 1, 2) pairs, in no order.",
            "It looks like that sum, but a cell with k nodes has k (k + 3) / 2 edges: there are two inputs.",
            "They are the other factor, (O - 1)²: an operation for each of the two kept edges.",
        ),
    ),
    Question(
        name="01.q2",
        question="You search with 16 cells instead of 8. What happens to the number of entries of alpha?",
        choices=(
            "It doubles.",
            "It stays the same.",
            "It grows by the new normal cells only.",
        ),
        right=1,
        because=(
            "The number of weights w grows, because each cell has its own. Alpha belongs to a kind of cell, and "
            "there are still two kinds.",
            "One table for all normal cells, one for all reduction cells, however many there are of each.",
            "All normal cells read the same table, the new ones too.",
        ),
    ),
    Question(
        name="01.q3",
        question="Why does a cleverer proposal (evolution, reinforcement learning) not make the black box cheap?",
        choices=(
            "Because such proposals take long to compute.",
            "Because every answer still costs a training.",
            "Because it looks at all 10¹⁸ pairs.",
        ),
        right=1,
        because=(
            "Making a proposal is quick. What is slow is to find out how good it is.",
            "It saves trainings, but each one it asks for ends in a single number without a slope.",
            "It looks at a tiny part of them. Even thousands of trainings add up to GPU-years.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="01.p1",
        question="An ordinary 5 x 5 convolution from 16 to 16 channels has 6,400 weights. How many has sep_conv_5x5, "
        "which convolves twice?",
        because=r"""Depthwise weights grow with the kernel, pointwise weights with the channels, and neither with the
product of both:

$$\underbrace{2\,(C k^2 + C^2)}_{\text{sep}} = 2\,(16 \cdot 25 + 16^2) = 1312, \qquad
\underbrace{C k^2 + C^2}_{\text{dil}}, \qquad \underbrace{C^2 k^2}_{\text{ordinary}} = 6400. \tag{01.1}$$""",
    ),
    Prediction(
        name="01.p2",
        question="Two inputs, four nodes, and every node may read all earlier states: how many edges?",
    ),
    Prediction(
        name="01.p3",
        question="You take one connection off DARTS_V2, so that node 5 reads a single state. What is the result?",
        choices=(
            "A cell that a search can produce.",
            "A cell that can be trained, but that a derivation never produces.",
            "Not a cell at all.",
        ),
    ),
    Prediction(
        name="01.p4",
        question="Four nodes, eight operations: write the number of different cells of one kind as 10 to the power of "
        "n. What is n, roughly?",
    ),
    Prediction(
        name="01.p5",
        question="Eight cells, six normal and two reduction; 14 edges and 8 operations each. How many numbers does the "
        "search learn as alpha?",
    ),
)
