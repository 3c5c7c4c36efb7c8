"""Right and wrong answers to the exercises of lesson 04, and the cases that tell them apart."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...values import difference

Weights = dict[str, Tensor]


def cell_channels(layers: int, channels: int) -> list[int]:
    """The channels of every cell: doubled in the two reduction cells, and kept from there on."""
    found = []
    for layer in range(layers):
        if layer in (layers // 3, 2 * layers // 3):  # counted from 0, rounded down
            channels *= 2
        found.append(channels)
    return found


def double_at(layers: int, channels: int, places: tuple[int, ...]) -> list[int]:
    """Channels that double at the given places."""
    return [channels * 2 ** sum(layer >= place for place in set(places)) for layer in range(layers)]


def virtual_step(w: Weights, m: Weights, g: Weights, xi: float, mu: float, decay: float) -> Weights:
    """w' = w - xi (mu m + g + decay w) for every weight by name; m is empty before the first step."""
    w_prime = {}
    for name in w:
        direction = g[name] + decay * w[name]
        if name in m:
            direction = direction + mu * m[name]
        w_prime[name] = w[name] - xi * direction  # a new tensor: w itself stays
    return w_prime


def buffer(m: Weights, name: str) -> Any:
    """The momentum buffer of one weight; 0 before the first step."""
    return m.get(name, 0.0)


def step_in_place(w: Weights, m: Weights, g: Weights, xi: float, mu: float, decay: float) -> Weights:
    """Wrong: moves w itself."""
    for name in w:
        w[name] -= xi * (mu * buffer(m, name) + g[name] + decay * w[name])
    return w


def finite_difference(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """The mixed second derivative times v, from gradients of L_train for alpha at two points beside w."""
    norm = torch.cat([part.flatten() for part in v.values()]).norm()  # over all weights together
    eps = R / norm
    plus = gradient({name: w[name] + eps * v[name] for name in w})
    minus = gradient({name: w[name] - eps * v[name] for name in w})
    return (plus - minus) / (2 * eps)


def _norm(v: Weights) -> Tensor:
    return torch.cat([part.flatten() for part in v.values()]).norm()


def _at(w: Weights, v: Weights, eps: Any) -> Weights:
    return {name: w[name] + eps * v[name] for name in w}


def _both(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> tuple[Tensor, Tensor, Tensor]:
    eps = R / _norm(v)
    return gradient(_at(w, v, eps)), gradient(_at(w, v, -eps)), eps


def times_eps(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: Python divides by 2 and multiplies by eps."""
    plus, minus, eps = _both(gradient, w, v, R)
    return (plus - minus) / 2 * eps


def half_the_distance(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: the points are 2 eps apart."""
    plus, minus, eps = _both(gradient, w, v, R)
    return (plus - minus) / eps


def minus_less_plus(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: minus less plus."""
    plus, minus, eps = _both(gradient, w, v, R)
    return (minus - plus) / (2 * eps)


def one_sided(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: w + eps v against w, an error of first order in R."""
    plus, _, eps = _both(gradient, w, v, R)
    return (plus - gradient(w)) / eps


def norm_left_out(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: eps = R, however long v is."""
    return (gradient(_at(w, v, R)) - gradient(_at(w, v, -R))) / (2 * R)


def a_norm_for_each_tensor(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: every tensor has an eps of its own."""
    own = {name: R / part.norm() for name, part in v.items()}
    plus = gradient({name: w[name] + own[name] * v[name] for name in w})
    minus = gradient({name: w[name] - own[name] * v[name] for name in w})
    return (plus - minus) / (2 * R / _norm(v))


def moved_in_place(gradient: Callable[[Weights], Tensor], w: Weights, v: Weights, R: float) -> Tensor:
    """Wrong: w is moved, moved back and rounded three times."""
    eps, found = R / _norm(v), []
    for step in (eps, -2 * eps, eps):
        for name in w:
            w[name] += step * v[name]
        found.append(gradient(w))
    return (found[0] - found[1]) / (2 * eps)


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


def _move(net: nn.Module, v: Weights, eps: float) -> None:
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.add_(eps * v[name])


def weights_left_moved(net: nn.Module, v: Weights, eps: float, measure: Callable[[nn.Module], Tensor]) -> Tensor:
    """Wrong: the weights stay where they were measured."""
    _move(net, v, eps)
    return measure(net)


def weights_moved_back(net: nn.Module, v: Weights, eps: float, measure: Callable[[nn.Module], Tensor]) -> Tensor:
    """Wrong: (w + d) - d is rounded."""
    _move(net, v, eps)
    result = measure(net)
    _move(net, v, -eps)
    return result


def without_gradients(net: nn.Module, v: Weights, eps: float, measure: Callable[[nn.Module], Tensor]) -> Tensor:
    """Wrong: the measurement itself may need gradients."""
    with torch.no_grad():
        return measure_at(net, v, eps, measure)


def weights_after(answer: Any, net: nn.Module, v: Weights, eps: float, measure: Any) -> tuple[Any, Weights]:
    """What an answer gives, and the weights that it leaves behind."""
    return answer(net, v, eps, measure), {name: p.detach().clone() for name, p in net.named_parameters()}


def same_measurement(expected: tuple[Any, Weights], got: tuple[Any, Weights]) -> str | None:
    """The measurement may be rounded, the weights may not."""
    (wanted, before), (found, after) = expected, got
    if phrase := difference(wanted, found):
        return phrase
    moved = sum(int((before[name] != after[name]).sum()) for name in before)
    return f"is right, but {moved} of the weights are not what they were" if moved else None


def random_step(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `virtual_step`; in some cases the buffer is still empty."""
    names = ("stem", "cell")
    w, m, g = ({name: torch.tensor(rng.normal(size=3)) for name in names} for _ in range(3))
    return w, m if rng.random() < 0.7 else {}, g, *(float(rng.uniform(0.1, 0.9)) for _ in range(3))


def cubic_gradient(w: Weights) -> Tensor:
    """A gradient whose second derivative is 3 w^2."""
    return torch.cat([part**3 for part in w.values()])


def random_gradient(rng: np.random.Generator) -> tuple[Any, ...]:
    """Arguments of `finite_difference`, with a gradient that is smooth and not linear."""
    a, b = torch.tensor(rng.normal(size=(3, 2))), torch.tensor(rng.normal(size=(3, 4)))

    def gradient(w: Weights) -> Tensor:
        return a @ torch.sin(w["stem"]) + b @ torch.exp(w["cell"])

    w, v = ({"stem": torch.tensor(rng.normal(size=2)), "cell": torch.tensor(rng.normal(size=4))} for _ in range(2))
    return gradient, w, v, float(rng.uniform(0.05, 0.5))


def alpha_gradient(net: nn.Module) -> Tensor:
    """A measurement that needs gradients: for an input of ones, standing in for alpha."""
    alpha = torch.ones(3, requires_grad=True)
    return torch.autograd.grad(net(alpha).square().sum(), alpha)[0]


def outputs(net: nn.Module) -> Tensor:
    """A measurement without gradients."""
    return net(torch.ones(3)).detach()


def small_net(rng: np.random.Generator, measure: Any) -> tuple[Any, ...]:
    """Arguments of `measure_at`: a layer, a direction, a step, a measurement."""
    net = nn.Linear(3, 4)
    v = {name: torch.tensor(rng.normal(size=p.shape), dtype=p.dtype) for name, p in net.named_parameters()}
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(torch.tensor(rng.normal(size=p.shape)))
    return net, v, float(rng.uniform(0.05, 0.5)), measure
