"""Known wrong answers to `04.cell_channels`."""

from collections.abc import Callable
from math import ceil
from typing import Any

from ....items import Twin
from ..answers import cell_channels


def double_at(places: Callable[[int], tuple[float, ...]], factor: int = 2) -> Callable[[int, int], list[int]]:
    """An answer that multiplies the channels at other places, or by another factor."""

    def answer(layers: int, channels: int) -> list[int]:
        where = set(places(layers))
        return [channels * factor ** sum(layer >= place for place in where) for layer in range(layers)]

    return answer


def double_where_equal(layers: int, channels: int) -> list[int]:
    """Wrong: the thirds are no whole numbers."""
    found = []
    for layer in range(layers):
        if layer in (layers / 3, 2 * layers / 3):
            channels *= 2
        found.append(channels)
    return found


def add_at_reductions(layers: int, channels: int) -> list[int]:
    """Wrong: the second reduction adds as much as the first."""
    reductions = {layers // 3, 2 * layers // 3}
    return [channels * (1 + sum(layer >= place for place in reductions)) for layer in range(layers)]


def list_of(change: Callable[[list[int]], Any]) -> Callable[[int, int], Any]:
    """An answer that gives something else of the right list."""
    return lambda layers, channels: change(cell_channels(layers, channels))


TWINS = (
    Twin(
        "counted from one",
        double_at(lambda layers: (layers // 3 - 1, 2 * layers // 3 - 1)),
        "Your network reduces one cell too early: is the first cell number 0 or number 1?",
    ),
    Twin(
        "one cell late",
        double_at(lambda layers: (layers // 3 + 1, 2 * layers // 3 + 1)),
        "You double after the reduction cell: how many channels does the reduction cell itself have?",
    ),
    Twin(
        "doubled for one cell only",
        lambda layers, channels: [channels * (1 + (k in (layers // 3, 2 * layers // 3))) for k in range(layers)],
        "After a reduction cell you go back to the old number: what does the next cell begin with?",
    ),
    Twin(
        "rounded to the nearest",
        double_at(lambda layers: (round(layers / 3), round(2 * layers / 3))),
        "For 8 cells a reduction comes too late: which way does // round?",
    ),
    Twin(
        "rounded up",
        double_at(lambda layers: (ceil(layers / 3), ceil(2 * layers / 3))),
        "Where the number of cells is not divisible by 3 you reduce a cell too late: which way are the thirds rounded?",
    ),
    Twin(
        "not rounded",
        double_where_equal,
        "Your reductions are missing where the number of cells is not divisible by 3: can a cell have number 2.67?",
    ),
    Twin(
        "twice the rounded third",
        double_at(lambda layers: (layers // 3, 2 * (layers // 3))),
        "The second reduction is too early where the number of cells is not divisible by 3: when do you round?",
    ),
    Twin(
        "a reduction at every third",
        lambda layers, channels: [channels * 2 ** (k // max(1, layers // 3)) for k in range(layers)],
        "You double at every multiple of a third, even a third time near the end: how many reduction cells are there?",
    ),
    Twin(
        "the first reduction only",
        double_at(lambda layers: (layers // 3,)),
        "You double once, after a third of the cells: what happens after two thirds?",
    ),
    Twin(
        "the second reduction only",
        double_at(lambda layers: (2 * layers // 3,)),
        "You double once, after two thirds of the cells: what happens after one third?",
    ),
    Twin(
        "added instead of doubled",
        add_at_reductions,
        "The second reduction adds what the first one added: twice what is it to be?",
    ),
    Twin(
        "four times",
        double_at(lambda layers: (layers // 3, 2 * layers // 3), factor=4),
        "Your channels become four times as many: by how much does one reduction cell multiply them?",
    ),
    Twin(
        "never doubled",
        lambda layers, channels: [channels] * layers,
        "Your channels never change: what happens in a reduction cell?",
    ),
    Twin(
        "doubled in every cell",
        lambda layers, channels: [channels * 2**k for k in range(layers)],
        "You double in every cell: which two cells are reduction cells?",
    ),
    Twin(
        "halved",
        lambda layers, channels: [
            channels // 2 ** sum(k >= p for p in {layers // 3, 2 * layers // 3}) for k in range(layers)
        ],
        "Your channels become fewer: what is halved in a reduction cell, the picture or the channels?",
    ),
    Twin(
        "reductions of 8 cells",
        double_at(lambda layers: (2, 5)),
        "You reduce in cells 2 and 5, however many cells there are: where is a third of 20 cells?",
    ),
    Twin(
        "eight cells",
        lambda layers, channels: cell_channels(8, channels),
        "You give the channels of eight cells: how many are asked for?",
    ),
    Twin(
        "three equal blocks",
        lambda layers, channels: [channels * factor for factor in (1, 2, 4) for _ in range(layers // 3)],
        "Your three blocks are equally long, so cells are missing where their number is not divisible by 3: where do "
        "the others belong?",
    ),
    Twin(
        "one fixed list",
        lambda layers, channels: cell_channels(8, 16),
        "You give the same list for every network: what are `layers` and `channels` for?",
        shows=lambda pairs: all(list(got) == list(pairs[0][1]) for _, got in pairs),
    ),
    Twin(
        "of all four nodes together",
        list_of(lambda found: [4 * channels for channels in found]),
        "You count the channels of a cell's output, where four nodes lie side by side: how many has one node?",
    ),
    Twin(
        "one cell too few",
        list_of(lambda found: found[:-1]),
        "The last cell is missing: where does your loop end?",
    ),
    Twin(
        "one cell too many",
        lambda layers, channels: [*cell_channels(layers, channels), cell_channels(layers, channels)[-1]],
        "You give one cell too many: which numbers does range(layers) give?",
    ),
    Twin(
        "first cell missing",
        list_of(lambda found: found[1:]),
        "The first cell is missing: where does your loop begin?",
    ),
    Twin(
        "the last number only",
        list_of(lambda found: found[-1]),
        "You give the channels of the last cell: where are those of the others?",
    ),
)
