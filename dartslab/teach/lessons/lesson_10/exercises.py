"""Exercises of lesson 10: the whole experiment."""

from ...items import Exercise
from . import cases
from .answers import forecast, result, same_size
from .mistakes.forecast import FORECAST
from .mistakes.result import RESULT
from .mistakes.same_size import SAME_SIZE

EXERCISES = (
    Exercise(
        name="10.forecast",
        title="How long will it take?",
        minutes=5,
        points=1,
        difficulty=1,
        reference=forecast,
        fixed=(
            lambda: (1_000, 50, 3, 0.2, 0.05),
            lambda: (50_000, 64, 50, 0.4, 0.1),
            lambda: (6_000, 64, 3, 0.15, 0.04),
        ),
        random=cases.random_search,
        twins=FORECAST,
        hints=(
            "Weights learn from one half of the pictures. How many batches has that half?",
            "The last batch of an epoch may be smaller, but it is a step too. After each epoch the search looks at the "
            "other half once, batch by batch.",
            "Steps and looks are equally many here. Put both into equation 10.1; an hour has 3,600 seconds.",
        ),
        harder="Add the short trainings that choose among four searches, one epoch each at half of the step's time.",
    ),
    Exercise(
        name="10.result",
        title="What may be reported",
        minutes=6,
        points=2,
        difficulty=2,
        reference=result,
        use=cases.with_either_spread,
        fixed=(lambda: (cases.CHOICE.copy(), cases.TESTS.copy()), lambda: (cases.CHOICE[::-1].copy(), cases.TESTS)),
        random=cases.random_result,
        twins=RESULT,
        hints=(
            "Two kinds of numbers: one may choose, the other may only be reported.",
            "Take the search that is best on validation data, and nothing but its own row of test accuracies.",
            "Mean and standard deviation of that row. A report divides the sum of squares by one less than their "
            "number, since the mean was estimated from the same numbers; here either is right.",
        ),
        harder="How much higher is the result on average if the test accuracies choose? Simulate it with equal cells.",
    ),
    Exercise(
        name="10.same_size",
        title="Random cells of the same size",
        minutes=6,
        points=2,
        difficulty=2,
        reference=same_size,
        fixed=(
            lambda: (70_000, cases.PARAMETERS.copy(), cases.ACCURACIES.copy(), 0.15),
            lambda: (70_000, cases.PARAMETERS.copy(), cases.ACCURACIES.copy(), 0.001),
            lambda: (100_000, cases.PARAMETERS.copy(), cases.ACCURACIES.copy(), 0.1),
            lambda: (61_000, cases.PARAMETERS.copy(), cases.ACCURACIES.copy(), 0.3),
        ),
        random=cases.random_cells,
        twins=SAME_SIZE,
        hints=(
            "Which random cells have nearly as many parameters as the found one, whether fewer or more?",
            "A fraction of 0.1 of 70,000 parameters is 7,000: that is the largest difference allowed.",
            "Choose with a mask or a condition, take the mean of what remains, and think of the case in which nothing "
            "remains.",
        ),
        harder="Draw a line through parameters and accuracies of random cells: how far above it is the found cell?",
    ),
)
