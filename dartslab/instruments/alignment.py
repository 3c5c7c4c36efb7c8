"""Whether the cells of a supernet agree on what to change about the mixing weights they share.

    g_l = d L_val / d weights_l  [E, O],   alignment = the mean of cos(g_l, g_m) over all pairs of cells of one kind

(Movahedi et al. 2023, Lambda-DARTS: Mitigating Performance Collapse by Harmonizing Operation Selection among Cells.)
All cells of a kind read one table, whose gradient is the sum of theirs. To tell the cells apart, each is given a copy.
The alignment is 1 where all gradients point the same way, and below 0 where what helps one cell harms another.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import torch
from torch import Tensor

from .instrument import Subject


def gradients_by_cell(
    loss: Callable[[list[Tensor]], Tensor], weights: Mapping[str, Tensor], kinds: Sequence[str]
) -> list[Tensor]:
    """The gradient of the mixing weights of each cell. Cost: 1 forward, 1 backward.

    Args:
        loss: (a table [E, O] for each cell) -> scalar.
        weights: {kind: [E, O]}.
        kinds: whose table each cell reads.
    Returns:
        [E, O] for each cell; those of one kind sum to the gradient of the table that they share.
    """
    tables = [weights[kind].detach().clone().requires_grad_() for kind in kinds]
    with torch.enable_grad():
        return list(torch.autograd.grad(loss(tables), tables, materialize_grads=True))


def alignment(gradients: Sequence[Tensor]) -> float | None:
    """The mean cosine over all pairs; None where fewer than two gradients differ from 0. Cost: no pass."""
    flat = [gradient.flatten().double() for gradient in gradients]
    directions = [one / one.norm() for one in flat if float(one.norm()) > 0]
    cosines = [float(one @ other) for one, other in combinations(directions, 2)]
    return sum(cosines) / len(cosines) if cosines else None


def cell_alignment(subject: Subject) -> dict[str, float]:
    """The alignment of the cells of each kind; none of a kind with one cell. Cost: 1 forward, 1 backward."""
    kinds, weights = subject.net.kinds, subject.relaxation(subject.arch)
    found = gradients_by_cell(lambda tables: subject.loss(subject.w, tables, subject.val_batch), weights, kinds)
    mean = subject.average({str(number): gradient for number, gradient in enumerate(found)})
    by_kind = {
        kind: alignment([g for g, own in zip(mean.values(), kinds, strict=True) if own == kind]) for kind in weights
    }
    return {kind: value for kind, value in by_kind.items() if value is not None}
