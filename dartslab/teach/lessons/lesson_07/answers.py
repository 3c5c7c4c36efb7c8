"""Right answers to the exercises of lesson 07. Shapes: O operations of an edge, N numbers in the output of one."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ....genotype import Pairs


def count_skips(pairs: Pairs) -> dict[str, float]:
    """The fraction of skip connections among the kept edges of each kind: {"normal": 0..1, "reduce": 0..1}."""
    found = {}
    for kind in ("normal", "reduce"):
        operations = [operation for operation, predecessor in getattr(pairs, kind)]
        found[kind] = operations.count("skip_connect") / len(operations)
    return found


def pull_on_alpha(outputs: Tensor, g: Tensor, p: Tensor) -> Tensor:
    """dL/dalpha of one edge at fixed w: what its operations give [O, N], g = dL/d(mixed output) [N], p [O] -> [O]."""
    alone = outputs @ g  # <g, o(x)>: how the loss would change with more of each operation
    return p * (alone - p @ alone)  # less the mean: the weights of an edge sum to 1


def frozen_parameters(names: Sequence[str], operations: Sequence[str]) -> list[str]:
    """Those names that belong to a convolution among the candidates of an edge."""
    found = []
    for name in names:
        _, is_candidate, rest = name.partition(".candidates.")
        if is_candidate and "conv" in operations[int(rest.split(".")[0])]:
            found.append(name)
    return found


def hessian_vector(loss: Callable[[Tensor], Tensor], alpha: Tensor, v: Tensor) -> Tensor:
    """H v, where H is the second derivative of loss(alpha); alpha, v and the result have one shape."""
    point = alpha.detach().clone().requires_grad_()  # nobody else's tensor
    (gradient,) = torch.autograd.grad(loss(point), point, create_graph=True)
    (twice,) = torch.autograd.grad((gradient * v).sum(), point)  # of one number: the slope along v
    return twice


def power_iteration(product: Callable[[Tensor], Tensor], start: Tensor, steps: int) -> float:
    """v . H v after `steps` times v <- H v / |H v| from start / |start|; product(v) gives H v."""
    v = start / start.norm()
    for _ in range(steps):
        image = product(v)
        v = image / image.norm()
    return float(v @ product(v))


def stop_epoch(values: Sequence[float]) -> int | None:
    """The number of the measurement whose cell is taken, by the rule (07.5); None where the search runs to its end."""

    def mean(t: int) -> float:
        return sum(values[t - 2 : t + 3]) / 5

    for t in range(8, len(values) - 2):  # t - 4 is at least 4, and t + 2 is measured
        if mean(t - 4) > 0 and mean(t) / mean(t - 4) > 1.3:
            return t - 4
    return None
