"""Known wrong answers to `07.power_iteration`."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ....items import Twin
from ..answers import power_iteration

Product = Callable[[Tensor], Tensor]


def iterate(product: Product, start: Tensor, steps: int) -> Tensor:
    """The direction of length 1 after so many steps."""
    v = start / start.norm()
    for _ in range(steps):
        image = product(v)
        v = image / image.norm()
    return v


def at_end(value: Callable[[Tensor, Tensor], Any]) -> Callable[[Product, Tensor, int], Any]:
    """Another number of the last direction v and of H v."""

    def answer(product: Product, start: Tensor, steps: int) -> Any:
        v = iterate(product, start, steps)
        return value(v, product(v))

    return answer


def not_normalised(product: Product, start: Tensor, steps: int) -> float:
    """Lengths grow, and the quotient is not divided by them."""
    v = start
    for _ in range(steps):
        v = product(v)
    return float(v @ product(v))


def normalised_once(product: Product, start: Tensor, steps: int) -> float:
    """Only the start has length 1."""
    return not_normalised(product, start / start.norm(), steps)


def start_not_normalised(product: Product, start: Tensor, steps: int) -> float:
    """The image has length 1, and it is compared with the direction before."""
    v = start / start.norm()
    before = v
    for _ in range(steps):
        before, v = v, product(v) / product(v).norm()
    return float(before @ v)


def by_largest_entry(product: Product, start: Tensor, steps: int) -> float:
    """The largest entry is 1, and the quotient is not divided by the length."""
    v = start / start.abs().max()
    for _ in range(steps):
        image = product(v)
        v = image / image.abs().max()
    return float(v @ product(v))


def last_length(product: Product, start: Tensor, steps: int) -> float:
    """The length of the last product of the loop."""
    return float(product(iterate(product, start, steps - 1)).norm())


def in_place(product: Product, start: Tensor, steps: int) -> float:
    """The right number, and another start for the next one."""
    start /= start.norm()
    return power_iteration(product, start, steps)


def matrix_of(product: Product, start: Tensor) -> Tensor:
    """H itself, by one product for each direction."""
    return torch.stack([product(unit) for unit in torch.eye(len(start), dtype=start.dtype)], 1)


def nearest_exact(product: Product, start: Tensor, steps: int) -> float:
    """The eigenvalue itself, however few the steps."""
    values = torch.linalg.eigvalsh(matrix_of(product, start))
    return float(values[values.abs().argmax()])


def in_order_of_numbers(product: Product, start: Tensor, steps: int) -> float:
    """The largest eigenvalue in the order of numbers."""
    return float(torch.linalg.eigvalsh(matrix_of(product, start))[-1])


TWINS = (
    Twin(
        "the length of H v",
        at_end(lambda v, image: float(image.norm())),
        "You give the length of H v: which numbers can a length never be?",
    ),
    Twin(
        "the last length by which v was divided",
        last_length,
        "You give the length by which v was divided last: which numbers can a length never be, and whose is it?",
    ),
    Twin(
        "size of the quotient",
        at_end(lambda v, image: abs(float(v @ image))),
        "You give the size of the right number: what does it mean for the loss if an eigenvalue is below 0?",
    ),
    Twin(
        "sign turned",
        at_end(lambda v, image: -float(v @ image)),
        "Your sign is turned in every case: with which sign does H v enter the Rayleigh quotient?",
    ),
    Twin(
        "not normalised",
        not_normalised,
        "Your number grows or shrinks with every step: what has to be done to v after each product?",
    ),
    Twin(
        "normalised once",
        normalised_once,
        "You make the start of length 1, and then v grows or shrinks: after which products is that needed again?",
    ),
    Twin(
        "largest entry for length",
        by_largest_entry,
        "You divide by the largest entry: is v . H v a Rayleigh quotient if v has another length than 1?",
    ),
    Twin(
        "divided by H v",
        start_not_normalised,
        "Your number lies between -1 and 1: have you divided H v by its length before it met v?",
    ),
    Twin(
        "the direction",
        lambda product, start, steps: iterate(product, start, steps),
        "You give the direction: which number belongs to it?",
    ),
    Twin(
        "number and direction",
        lambda product, start, steps: (power_iteration(product, start, steps), iterate(product, start, steps)),
        "You give the number and the direction: which of them is asked for?",
    ),
    Twin(
        "quotient of the start",
        lambda product, start, steps: power_iteration(product, start, 0),
        "You give the Rayleigh quotient of the start: what does your loop change?",
    ),
    Twin(
        "one step whatever is asked",
        lambda product, start, steps: power_iteration(product, start, 1),
        "You make one step, whatever is asked for: does every turn of the loop go on from the direction before?",
    ),
    Twin(
        "one step short",
        lambda product, start, steps: power_iteration(product, start, steps - 1),
        "You make one step too few: does the quotient at the end use the last direction, or the one before?",
    ),
    Twin(
        "one step too many",
        lambda product, start, steps: power_iteration(product, start, steps + 1),
        "You make one step too many: is the product of the quotient a step?",
    ),
    Twin(
        "sum for scalar product",
        at_end(lambda v, image: float(image.sum())),
        "You add up H v: what is multiplied before it is added up in v . H v?",
    ),
    Twin(
        "sum of v times sum of H v",
        at_end(lambda v, image: float(v.sum() * image.sum())),
        "You multiply two sums: what is added up in a scalar product, and when?",
    ),
    Twin(
        "mean for scalar product",
        at_end(lambda v, image: float((v * image).mean())),
        "Your number is too small by the number of entries: is a scalar product a mean?",
    ),
    Twin(
        "an entry for each product",
        at_end(lambda v, image: v * image),
        "You have an entry for each place: what makes one number of them?",
    ),
    Twin(
        "mean of quotients",
        at_end(lambda v, image: float((image / v).mean())),
        "You divide entry by entry: is that one number before v is an eigenvector?",
    ),
    Twin(
        "start ignored",
        lambda product, start, steps: power_iteration(product, torch.ones_like(start), steps),
        "Your number does not depend on the start: do you use it, or a vector of your own?",
    ),
    Twin(
        "the exact eigenvalue",
        nearest_exact,
        "You give where the steps would lead in the end: what is the number after just so many of them?",
    ),
    Twin(
        "largest in the order of numbers",
        in_order_of_numbers,
        "You give the last of the sorted eigenvalues: which of them does the iteration approach, and how far has it "
        "come?",
    ),
    Twin(
        "changes the start",
        in_place,
        "You write into the start that you were given: from where will the next iteration begin?",
    ),
)
