"""Known wrong answers to `07.frozen_parameters`."""

from collections.abc import Callable, Sequence
from typing import Any

from ....items import Twin
from ..answers import frozen_parameters

Test = Callable[[list[str], Sequence[str]], bool]  # (parts of a name, operations) -> is it one of them


def where(test: Test) -> Callable[[Sequence[str], Sequence[str]], list[str]]:
    """An answer that keeps the names that pass a test."""
    return lambda names, operations: [name for name in names if test(name.split("."), operations)]


def is_candidate(parts: list[str]) -> bool:
    """Whether a parameter belongs to an operation of an edge."""
    return "candidates" in parts


def operation_of(parts: list[str], operations: Sequence[str]) -> str:
    """The operation that a parameter belongs to; "" where it belongs to none."""
    return operations[int(parts[5])] if is_candidate(parts) else ""


def by_edge(parts: list[str], operations: Sequence[str]) -> bool:
    """The number of the edge taken for that of the operation."""
    return is_candidate(parts) and int(parts[3]) < len(operations) and "conv" in operations[int(parts[3])]


def by_cell(parts: list[str], operations: Sequence[str]) -> bool:
    """The number of the cell taken for that of the operation."""
    return is_candidate(parts) and int(parts[1]) < len(operations) and "conv" in operations[int(parts[1])]


def anywhere(parts: list[str], operations: Sequence[str]) -> bool:
    """A number of a convolution anywhere in the name."""
    columns = {str(column) for column, name in enumerate(operations) if "conv" in name}
    return is_candidate(parts) and bool(columns & set(parts))


def one_further(parts: list[str], operations: Sequence[str]) -> bool:
    """Operations counted from 1."""
    return is_candidate(parts) and "conv" in operations[int(parts[5]) - 1]


def last_of(names: Sequence[str], operations: Sequence[str]) -> list[str]:
    """Only the last convolution of the list is looked for."""
    convolutions = [name for name in operations if "conv" in name]
    return where(lambda parts, ops: operation_of(parts, ops) == convolutions[-1])(names, operations)


def emptied(names: Any, operations: Sequence[str]) -> list[str]:
    """The right names, taken out of the caller's list."""
    found = frozen_parameters(names, operations)
    for name in found:
        names.remove(name)
    return found


TWINS = (
    Twin(
        "skip connections too",
        where(lambda parts, operations: is_candidate(parts)),
        "You freeze whatever lies on an edge: which operation of a reduction cell has weights and is no convolution?",
    ),
    Twin(
        "everything",
        lambda names, operations: list(names),
        "You freeze every parameter: should the stem and the classifier not learn?",
    ),
    Twin(
        "all weights but biases",
        where(lambda parts, operations: parts[-1] == "weight"),
        "You take all that is called weight: where in a name does it say on which edge it lies?",
    ),
    Twin(
        "the others",
        lambda names, operations: [name for name in names if name not in frozen_parameters(names, operations)],
        "You give just those that should go on learning: which way round is the condition?",
    ),
    Twin(
        "conv in the name of the parameter",
        where(lambda parts, operations: any("conv" in part for part in parts)),
        "You find none: does the name of a parameter hold the name of its operation, or only its number?",
    ),
    Twin(
        "number of the edge",
        where(by_edge),
        "You look up the number of the edge: which of the three numbers counts the operations?",
    ),
    Twin(
        "number of the cell",
        where(by_cell),
        "You look up the number of the cell: which of the three numbers counts the operations?",
    ),
    Twin(
        "a number anywhere",
        where(anywhere),
        "You look for the number anywhere in the name: what else is counted there?",
    ),
    Twin(
        "operations counted from 1",
        where(one_further),
        "You are one place off in the list of operations: which number has the first?",
    ),
    Twin(
        "separable ones only",
        where(lambda parts, operations: operation_of(parts, operations).startswith("sep_conv")),
        "You leave out the dilated convolutions: do they have no weights?",
    ),
    Twin(
        "dilated ones only",
        where(lambda parts, operations: operation_of(parts, operations).startswith("dil_conv")),
        "You leave out the separable convolutions: do they have no weights?",
    ),
    Twin(
        "3x3 only",
        where(
            lambda parts, operations: (
                "conv" in operation_of(parts, operations) and operation_of(parts, operations).endswith("3x3")
            )
        ),
        "You leave out the convolutions with larger kernels: do they have no weights?",
    ),
    Twin(
        "one convolution only",
        last_of,
        "You look for one convolution only: does a variable of your loop keep what was found before?",
    ),
    Twin(
        "skip connections only",
        where(lambda parts, operations: operation_of(parts, operations) == "skip_connect"),
        "You freeze the skip connections: which operations have something to learn?",
    ),
    Twin(
        "first cell only",
        where(lambda parts, operations: "conv" in operation_of(parts, operations) and parts[1] == "0"),
        "You look at the first cell only: how many cells does the supernet have?",
    ),
    Twin(
        "names of operations",
        lambda names, operations: [name for name in operations if "conv" in name],
        "You give operations: which names does `named_parameters` know?",
    ),
    Twin(
        "the numbers of the operations",
        lambda names, operations: [int(name.split(".")[5]) for name in frozen_parameters(names, operations)],
        "You give numbers of operations: whose names are asked for?",
    ),
    Twin(
        "how many",
        lambda names, operations: len(frozen_parameters(names, operations)),
        "You say how many there are: which are they?",
    ),
    Twin(
        "the list emptied",
        emptied,
        "You take names out of the list that you were given: what will the caller find in it afterwards?",
    ),
)
