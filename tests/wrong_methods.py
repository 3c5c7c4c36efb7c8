"""Methods that are wrong in one respect, for the tests of the checks of a method."""

from dataclasses import replace
from itertools import count

from dartslab.methods.method import Method, Moment
from dartslab.relaxation import Arch, Weights, softmax

RIGHT = Method("mine", "nobody, a test")


def change(edit) -> Method:
    """The softmax, each table changed by (table, moment) -> table."""

    def weights(arch: Arch, moment: Moment) -> Weights:
        return {kind: edit(table, moment) for kind, table in softmax(arch, moment.temperature).items()}

    return replace(RIGHT, weights=weights)


def other_at_each_call() -> Method:
    calls = count(1)
    return change(lambda table, moment: table * (1 + 0.01 * next(calls)))
