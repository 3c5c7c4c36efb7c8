"""Right answers to the exercises of lesson 04, each written differently."""

import copy
from typing import Any

import numpy as np
import torch


def channels_by_formula(layers, channels):
    return [channels * 2 ** ((k >= layers // 3) + (k >= 2 * layers // 3)) for k in range(layers)]


def channels_in_three_pieces(layers, channels):
    first, second = layers // 3, layers * 2 // 3
    return first * [channels] + (second - first) * [2 * channels] + (layers - second) * [4 * channels]


def channels_in_numpy(number, c):
    doubled = np.isin(np.arange(number), [number // 3, 2 * number // 3])
    return c * 2 ** np.cumsum(doubled)


def step_in_torchs_words(w, m, g, xi, mu, decay):
    w_prime = {}
    for name in w:
        direction = g[name].add(w[name], alpha=decay)
        buffer = direction if name not in m else m[name].clone().mul_(mu).add_(direction)
        w_prime[name] = w[name].add(buffer, alpha=-xi)
    return w_prime


def step_in_one_line(w, m, g, xi, mu, decay):
    return {n: w[n] - xi * (mu * m.get(n, torch.zeros_like(w[n])) + g[n] + decay * w[n]) for n in w}


def step_shrinking_first(w, m, g, xi, mu, decay):
    w_prime = {}
    for name, value in w.items():
        new = value.clone()
        new *= 1 - xi * decay
        new -= xi * g[name]
        if m:
            new -= xi * mu * m[name]
        w_prime[name] = new
    return w_prime


def step_in_numpy(w, m, g, xi, mu, decay):
    return {
        k: w[k].numpy() - xi * ((mu * m[k].numpy() if k in m else 0) + g[k].numpy() + decay * w[k].numpy()) for k in w
    }


def difference_with_one_long_vector(gradient, w, v, R):
    eps = float(R / torch.cat([part.reshape(-1) for part in v.values()]).norm())
    points = [{k: w[k] + sign * eps * v[k] for k in w} for sign in (1, -1)]
    return (gradient(points[0]) - gradient(points[1])) / 2 / eps


def difference_along_the_unit_vector(gradient, w, v, R):
    length = sum(float((part * part).sum()) for part in v.values()) ** 0.5
    unit = {k: part / length for k, part in v.items()}
    ahead, behind = ({k: w[k] + r * unit[k] for k in w} for r in (R, -R))
    return (gradient(ahead) - gradient(behind)) * (length / (2 * R))


def difference_on_a_copy(gradient, w, v, R):
    eps = R / torch.linalg.vector_norm(torch.stack([part.norm() for part in v.values()]))
    moved = copy.deepcopy(w)
    for name in moved:
        moved[name] += eps * v[name]
    plus = gradient(moved).clone()
    for name in moved:
        moved[name] -= 2 * eps * v[name]
    return 0.5 * (plus - gradient(moved)) / eps


def measure_a_copy(net, v, eps, measure):
    other = copy.deepcopy(net)
    for name, p in other.named_parameters():
        p.data.add_(v[name], alpha=eps)
    return measure(other)


def measure_with_a_state_dict(net, v, eps, measure):
    kept = copy.deepcopy(net.state_dict())
    net.load_state_dict({name: value + eps * v[name] for name, value in kept.items()})
    result = measure(net)
    net.load_state_dict(kept)
    return result


def measure_with_finally(net, v, eps, measure):
    kept = [p.data for p in net.parameters()]
    try:
        for name, p in net.named_parameters():
            p.data = p.data + eps * v[name]
        return measure(net)
    finally:
        for p, data in zip(net.parameters(), kept, strict=True):
            p.data = data


def edge_by_einsum(p, outputs, slope, gain):
    g = gain * torch.einsum("nhw,onhw->o", slope, outputs)
    return (torch.diag(p) - torch.outer(p, p)) @ g


def edge_by_autograd(p, candidates, dnode, gain):
    alpha = p.log().requires_grad_()
    node = gain * torch.tensordot(torch.softmax(alpha, 0), candidates, dims=1)
    return torch.autograd.grad(node, alpha, dnode)[0]


def edge_against_the_mixture(p, outputs, slope, gain):
    mixture = sum(p[o] * outputs[o] for o in range(len(p)))
    return [float(p[o] * gain * ((outputs[o] - mixture) * slope).sum()) for o in range(len(p))]


def edge_in_numpy(p, outputs, slope, gain):
    p, flat = p.numpy(), outputs.numpy().reshape(len(p), -1)
    g = flat @ slope.numpy().ravel() * gain
    return p * (g - p @ g)


RIGHT: dict[str, tuple[Any, ...]] = {
    "04.cell_channels": (channels_by_formula, channels_in_three_pieces, channels_in_numpy),
    "04.virtual_step": (step_in_torchs_words, step_in_one_line, step_shrinking_first, step_in_numpy),
    "04.finite_difference": (
        difference_with_one_long_vector,
        difference_along_the_unit_vector,
        difference_on_a_copy,
    ),
    "04.measure_at": (measure_a_copy, measure_with_a_state_dict, measure_with_finally),
    "04.edge_gradient": (edge_by_einsum, edge_by_autograd, edge_against_the_mixture, edge_in_numpy),
}
