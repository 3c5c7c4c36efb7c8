"""Right answers to the exercises of lesson 04."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Weights = dict[str, Tensor]


def cell_channels(layers: int, channels: int) -> list[int]:
    """The channels of every cell: doubled in the two reduction cells, and kept from there on."""
    found = []
    for layer in range(layers):
        if layer in (layers // 3, 2 * layers // 3):  # counted from 0, rounded down
            channels *= 2
        found.append(channels)
    return found


def virtual_step(w: Weights, m: Weights, g: Weights, xi: float, mu: float, decay: float) -> Weights:
    """w' = w - xi (mu m + g + decay w) for every weight by name; m is empty before the first step."""
    w_prime = {}
    for name in w:
        direction = g[name] + decay * w[name]
        if name in m:
            direction = direction + mu * m[name]
        w_prime[name] = w[name] - xi * direction  # a new tensor: w itself stays
    return w_prime


def finite_difference(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """The mixed second derivative times v, from gradients of L_train for alpha at two points beside w."""
    norm = torch.cat([part.flatten() for part in v.values()]).norm()  # over all weights together
    eps = R / norm
    plus = gradient({name: w[name] + eps * v[name] for name in w})
    minus = gradient({name: w[name] - eps * v[name] for name in w})
    return (plus - minus) / (2 * eps)


def measure_at(net: nn.Module, v: Weights, eps: float, measure: Callable[[nn.Module], Tensor]) -> Tensor:
    """What `measure` gives when the network's weights are w + eps v; afterwards they are w again, bit for bit."""
    kept = {name: p.detach().clone() for name, p in net.named_parameters()}  # numbers, not names for them
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.add_(eps * v[name])
    result = measure(net)
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(kept[name])
    return result


def edge_gradient(p: Tensor, outputs: Tensor, slope: Tensor, gain: float) -> Tensor:
    """dL/dalpha [O] of one edge, p_o (g_o - sum_q p_q g_q) with g = dL/dp (04.6).

    From its mixing weights p [O], outputs [O, n, H, W], slope dL/dnode [n, H, W] and gain.
    """
    g = gain * (slope * outputs).sum((1, 2, 3))  # dL/dp: what more of each operation does to the loss
    return p * (g - (p * g).sum())  # the softmax takes from all others what it gives to one
