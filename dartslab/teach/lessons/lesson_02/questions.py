"""Quiz questions and predictions of lesson 02."""

from ....space import PUBLISHED_OPERATIONS
from ...items import Prediction, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        name="02.q1",
        question="You add 5 to every alpha of one edge. What happens to the mixing weights of that edge?",
        choices=("All of them grow.", "The largest grows, the others shrink.", "Nothing."),
        right=2,
        because=(
            "They cannot all grow: the weights of an edge sum to 1.",
            "That is what a multiplication does. An addition multiplies every exponential by the same factor.",
            "Every exponential is multiplied by the same factor, and the division cancels it.",
        ),
    ),
    Question(
        name="02.q2",
        question="In a program, alpha has the shape [14, 8] and the softmax runs over dimension 0. What does it do?",
        choices=(
            "The same: a softmax is a softmax.",
            "The 14 edges compete for each operation, and the weights of an edge need not sum to 1.",
            "It stops with an error, since the shapes do not fit.",
        ),
        right=1,
        because=(
            "A softmax over 14 numbers is not one over 8: print the sums of the rows and of the columns.",
            "Each column sums to 1: if one edge gets more of a convolution, another edge gets less. Nothing crashes "
            "and the loss falls, so look at the sums of the rows.",
            "The result has the same shape, so nothing stops. That is why this mistake stays unnoticed for long.",
        ),
    ),
    Question(
        name="02.q3",
        question="A search ends with a mixing weight of 0.02 for dil_conv_3x3 on an edge. What do you know?",
        choices=(
            "A 3x3 dilated convolution is a bad choice for this edge.",
            "With the weights it had while alpha moved, it did less for the loss than others.",
            "Its output was nearly zero.",
        ),
        right=1,
        because=(
            "In this lesson the mixing weight of the same operation went from nearly 0 to the largest once its "
            "weights had learned.",
            "The gradient of alpha sees the outputs as they are, not what the operation could learn.",
            "A mixing weight says nothing about the size of an output: BatchNorm gives all convolutions the same "
            "size here.",
        ),
    ),
)
PREDICTIONS: tuple[Prediction, ...] = (
    Prediction(
        name="02.p1",
        question="Two operations have alpha 0 and 1. What is the mixing weight of the second, at temperature 1?",
    ),
    Prediction(
        name="02.p2",
        question="The larger of two alphas decides which operation is used. One grows by 0.1: what does the loss do?",
        choices=(
            "It changes by a little.",
            "It stays exactly as it is, except where the two alphas change places: there it jumps.",
            "It jumps by a little.",
        ),
    ),
    Prediction(
        name="02.p3",
        question="One slider is at 2, seven are at 0. You add 3 to all, or you double all. What changes the mixture?",
        choices=("Both.", "Only adding.", "Only doubling.", "Neither."),
    ),
    Prediction(
        name="02.p4",
        question="Two operations of one kind are mixed half and half: is that one such operation with the mean of "
        "the two kernels?",
        choices=("For every kind of operation.", "For some kinds only.", "For no kind of operation."),
    ),
    Prediction(
        name="02.p5",
        question="`none` gives zeros. What is the gradient of the loss with respect to its alpha?",
        choices=("Exactly 0.", "Usually not 0.", "It has none (nan)."),
    ),
    Prediction(
        name="02.p6",
        question="Which operation will have the largest mixing weight in the end?",
        choices=PUBLISHED_OPERATIONS,
    ),
    Prediction(
        name="02.p7",
        question="In the late bloomer only conv 5×5 can learn the target. In how many of 100 races does it lead after "
        "120 steps?",
        unit="races of 100",
    ),
)
