"""Whether training an operation also helps it on pictures it was not trained on.

    cos(g_train, g_val),  g = d L / d w_o        over the weights w_o of one operation on one edge of one cell

(Jiang et al. 2023, Operation-level Early Stopping for Robustifying Differentiable NAS.) It is near 1 where both halves
pull in the same direction, and falls to 0 where the operation overfits the training pictures. Both gradients are
computed anew: what an optimiser has accumulated in `.grad` is neither read nor changed.
"""

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from ..bilevel import Tensors
from ..fast.stacked import to_reference
from .instrument import Subject

CANDIDATE = re.compile(r"(cells\.\d+\.mixed\.\d+\.candidates\.(\d+))\.")


def weight_gradient(loss: Any, w: Tensors, batch: Any) -> dict[str, Tensor]:
    """d_w loss(w, batch), {name: gradient}. Cost: 1 forward, 1 backward."""
    leaves = {name: tensor.detach().requires_grad_() for name, tensor in w.items()}
    with torch.enable_grad():
        found = torch.autograd.grad(loss(leaves, batch), list(leaves.values()), materialize_grads=True)
    return dict(zip(leaves, found, strict=True))


def operation_cosines(g_train: Tensors, g_val: Tensors, owner: Mapping[str, tuple[str, str]]) -> dict[str, float]:
    """The cosine of two gradients for each operation, the mean over its places. Cost: no pass.

    Args:
        g_train, g_val: {name of a parameter: gradient}.
        owner: {name of a parameter: (where it is, which operation it belongs to)}; others are left out.
    Returns:
        {operation: -1..1}; a place where a gradient is 0 is left out.
    """
    places: dict[tuple[str, str], list[str]] = {}
    for name, place in owner.items():
        places.setdefault(place, []).append(name)
    found: dict[str, list[float]] = {}
    for (_, operation), names in places.items():
        one, other = (torch.cat([g[name].flatten().double() for name in names]) for g in (g_train, g_val))
        lengths = float(one.norm() * other.norm())
        if lengths > 0:
            found.setdefault(operation, []).append(float(one @ other) / lengths)
    return {operation: sum(values) / len(values) for operation, values in found.items()}


def owners(names: Any, operations: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Where each parameter of a supernet's mixed operations is and to which operation it belongs, by its name."""
    matches = {name: CANDIDATE.match(name) for name in names}
    return {name: (match[1], operations[int(match[2])]) for name, match in matches.items() if match}


def gradient_cosine(subject: Subject) -> dict[str, float]:
    """The mean cosine of each operation that has weights, on the two batches of the step. Cost: 2 forward, 2 backward.

    `skip_connect` has weights at stride 2 only.
    """
    weights = {kind: table.detach() for kind, table in subject.relaxation(subject.arch).items()}
    g_train, g_val = (
        to_reference(
            subject.net,
            subject.average(weight_gradient(lambda w, part: subject.loss(w, weights, part), subject.w, batch)),
        )
        for batch in (subject.train_batch, subject.val_batch)
    )
    return operation_cosines(g_train, g_val, owners(g_train, subject.space.operations))
