"""DARTS-PT: after a search by DARTS, operations are chosen by what their removal costs, not by alpha.

for each edge e, in random order:                                              one edge of every kind in a choice
    keep the o, other than `none`, with the smallest accuracy(weights, but weights[e, o] = 0)     no renormalising
for each node but the first, which has 2 edges, in random order:
    keep the 2 edges e with the smallest accuracy(weights, but weights[e, :] = 0), and remove the others

(Wang et al. 2021, Rethinking Architecture Selection in Differentiable NAS, algorithm 1.) After each choice but the last
training goes on for 5 of 50 epochs, at a tenth of the rate. Where accuracies are equal the larger loss decides.
`Arch.mask` has one True in the row of a decided edge and none in that of a removed one. Cost, in each kind of cell: a
pass over the validation half for each operation but `none` of each edge, and for each edge into those nodes; and the
training. Published: 2 (98 + 12) passes and 80 epochs.
"""

from dataclasses import replace

import torch

from ..derive import top_k
from ..relaxation import Arch, Weights, softmax
from ..space import INPUTS
from .method import Choices, Chooser, Method, Moment, Number


def weigh_what_is_left(arch: Arch, moment: Moment) -> Weights:
    """The softmax over the operations that are left on an edge; a row of zeros where none is."""
    removed = {kind: ~mask.any(1, keepdim=True) for kind, mask in arch.mask.items()}
    whole = replace(arch, mask={kind: mask | removed[kind] for kind, mask in arch.mask.items()})
    weights = softmax(whole, moment.temperature)
    return weights | {kind: weights[kind].masked_fill(rows, 0.0) for kind, rows in removed.items()}


def turns(moment: Moment) -> dict[str, list[int]]:
    """For each kind all edges, then all nodes but the first, in random orders that stay the same during the search."""
    space, generator, found = moment.space, replace(moment, step=0).generator(), {}
    groups = range(len(space.edges)), range(INPUTS + 1, INPUTS + space.nodes)
    for kind in space.kinds:
        found[kind] = [group[i] for group in groups for i in torch.randperm(len(group), generator=generator).tolist()]
    return found


def quality_without(search: Chooser, kind: str, row: int, columns: int | slice) -> tuple[float, float]:
    """Accuracy on the validation half, and minus the loss, where some weights of an edge are 0."""
    weights = {name: table.clone() for name, table in search.weights().items()}
    weights[kind][row, columns] = 0.0
    loss, accuracy = search.validate(weights)
    return accuracy, -loss


def choose(search: Chooser) -> dict[str, list[int]]:
    """In each kind an operation, [edge, operation]; once all are chosen, two edges, [node, edge, edge]."""
    space, made, chosen = search.moment().space, len(search.choices), {}
    for kind, order in turns(search.moment()).items():
        mask = search.arch.mask.setdefault(kind, torch.ones_like(search.arch.alpha[kind], dtype=torch.bool))
        place = order[made]
        if made < len(space.edges):
            best = min(space.choices, key=lambda column: quality_without(search, kind, place, column))
            mask[place], mask[place, best] = False, True
            chosen[kind] = [place, best]
        else:
            rows = sorted(space.rows(place), key=lambda row: quality_without(search, kind, row, slice(None)))
            mask[rows[2:]] = False
            chosen[kind] = [place, *rows[:2]]
    return chosen


METHOD = Method(
    "darts-pt",
    "Wang, Cheng, Chen, Tang, Hsieh 2021, Rethinking Architecture Selection in Differentiable NAS",
    weights=weigh_what_is_left,
    choices=Choices(
        lambda space: len(space.edges) + space.nodes - 1,
        choose,
        lambda space, weights, choices: top_k(space, weights),  # of what is left
    ),
    numbers=(Number("training after a choice", "5 of 50 epochs, at 1/10 of the rate", 0.1, whole=True),),
)
