"""Known wrong answers to `04.measure_at`."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from ....items import Twin
from ....values import difference
from ..answers import Weights, measure_at
from ..cases import Measured

Measure = Callable[[nn.Module], Tensor]
FAR = 0.02  # by which at least one weight of every tensor moves in the cases


def move(net: nn.Module, v: Weights, eps: float) -> None:
    """Move the weights by eps v."""
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.add_(eps * v[name])


def put_back(net: nn.Module, kept: Iterable[Tensor]) -> None:
    """Copy old numbers into the weights, as many as there are."""
    with torch.no_grad():
        for p, old in zip(net.parameters(), kept, strict=False):
            p.copy_(old)


def weights_left_moved(net: nn.Module, v: Weights, eps: float, measure: Measure) -> Tensor:
    """Wrong: the weights stay where they were measured."""
    move(net, v, eps)
    return measure(net)


def weights_moved_back(net: nn.Module, v: Weights, eps: float, measure: Measure) -> Tensor:
    """Wrong: (w + d) - d is rounded."""
    move(net, v, eps)
    result = measure(net)
    move(net, v, -eps)
    return result


def restore(change: Callable[[list[Tensor]], list[Tensor]]) -> Callable[..., Tensor]:
    """An answer that puts something else back."""

    def answer(net: nn.Module, v: Weights, eps: float, measure: Measure) -> Tensor:
        kept = [p.detach().clone() for p in net.parameters()]
        move(net, v, eps)
        result = measure(net)
        put_back(net, change(kept))
        return result

    return answer


def without_gradients(net: nn.Module, v: Weights, eps: float, measure: Measure) -> Tensor:
    """Wrong: the measurement itself may need gradients."""
    with torch.no_grad():
        return measure_at(net, v, eps, measure)


def at_scaled_direction(net: nn.Module, v: Weights, eps: float, measure: Measure) -> Tensor:
    """Wrong: the direction itself is scaled."""
    for part in v.values():
        part.mul_(eps)
    return measure_at(net, v, 1.0, measure)


def with_gradients_off(net: nn.Module, v: Weights, eps: float, measure: Measure) -> Tensor:
    """Wrong: the weights no longer ask for gradients."""
    net.requires_grad_(False)
    return measure_at(net, v, eps, measure)


def at_eps_v(net: nn.Module, v: Weights, eps: float, measure: Measure) -> Tensor:
    """Wrong: the weights are replaced by eps v."""
    direction = {name: eps * v[name] - p.detach() for name, p in net.named_parameters()}
    return measure_at(net, direction, 1.0, measure)


def along_unit_vector(net: nn.Module, v: Weights, eps: float, measure: Measure) -> Tensor:
    """Wrong: v is given the length 1."""
    norm = float(torch.cat([part.flatten() for part in v.values()]).norm())
    return measure_at(net, v, eps / norm, measure)


def move_some(is_moved: Callable[[int, str], bool]) -> Callable[..., Tensor]:
    """An answer that moves some of the weights."""

    def answer(net: nn.Module, v: Weights, eps: float, measure: Measure) -> Tensor:
        some = {name: part * is_moved(k, name) for k, (name, part) in enumerate(v.items())}
        return measure_at(net, some, eps, measure)

    return answer


def from_both_sides(end: Callable[[Tensor, Tensor, Tensor, float], Any]) -> Callable[..., Any]:
    """An answer made of the measurements at w + eps v, w and w - eps v."""

    def answer(net: nn.Module, v: Weights, eps: float, measure: Measure) -> Any:
        plus, here, minus = (measure_at(net, v, step, measure) for step in (eps, 0.0, -eps))
        return end(plus, here, minus, eps)

    return answer


def leaves(moved: Callable[[list[float]], bool]) -> Callable[[list[tuple[Any, Any]]], bool]:
    """Whether the measurement is right, and the distances of the tensors from what they were have a property."""

    def shows(pairs: list[tuple[Measured, Measured]]) -> bool:
        return all(
            difference(wanted.value, got.value) is None and moved(got.moved_from(wanted.weights))
            for wanted, got in pairs
        )

    return shows


def _is_right_with(is_so: Callable[[Measured], bool]) -> Callable[[list[tuple[Any, Any]]], bool]:
    """Whether measurement and weights are right, and what is left behind has a property."""
    return lambda pairs: all(
        difference(wanted.value, got.value) is None and not any(got.moved_from(wanted.weights)) and is_so(got)
        for wanted, got in pairs
    )


TWINS = (
    Twin(
        "put back something else",
        restore(lambda kept: [torch.zeros_like(part) for part in kept]),
        "After your call the weights are 0: where are the numbers that they had before?",
        shows=lambda pairs: all(not any(bool(part.any()) for part in got.weights.values()) for _, got in pairs),
    ),
    Twin(
        "not put back",
        weights_left_moved,
        "The measurement is right, but the weights stay moved: did you keep a copy, or the same tensor under another "
        "name?",
        shows=leaves(lambda moved: min(moved) > FAR),
    ),
    Twin(
        "some not put back",
        restore(lambda kept: kept[:1]),
        "The measurement is right, but some of the tensors stay moved: does the loop that puts them back reach all of "
        "them?",
        shows=leaves(lambda moved: max(moved) > FAR and min(moved) == 0),
    ),
    Twin(
        "kept with fewer digits",
        restore(lambda kept: [part.half() for part in kept]),
        "The weights come back rounded to a few digits: in which precision did you keep them?",
        shows=leaves(lambda moved: 1e-5 < max(moved) < FAR),
    ),
    Twin(
        "subtracted again",
        weights_moved_back,
        "Some weights differ from before in their last digits: is (w + d) - d equal to w, after rounding?",
        shows=lambda pairs: (
            leaves(lambda moved: max(moved) < 1e-5)(pairs)
            and any(max(got.moved_from(wanted.weights)) > 0 for wanted, got in pairs)
        ),
    ),
    Twin(
        "direction scaled in place",
        at_scaled_direction,
        "Weights and measurement are right, but v is not what it was: which operation writes into it?",
        shows=_is_right_with(lambda got: got.is_v_changed),
    ),
    Twin(
        "gradients switched off",
        with_gradients_off,
        "The weights are what they were, but they no longer ask for gradients: how will the next step train them?",
        shows=_is_right_with(lambda got: not got.is_trainable),
    ),
    Twin(
        "measured at w",
        lambda net, v, eps, measure: measure(net),
        "The measurement is that of w itself: were the weights moved when you measured, or only a name in your loop?",
    ),
    Twin(
        "v not scaled",
        lambda net, v, eps, measure: measure_at(net, v, 1.0, measure),
        "You measure at w + v: how far along v should you go?",
    ),
    Twin(
        "the other direction",
        lambda net, v, eps, measure: measure_at(net, v, -eps, measure),
        "You measure on the other side of w: which sign does the step have?",
    ),
    Twin(
        "moved twice",
        lambda net, v, eps, measure: measure_at(net, v, 2 * eps, measure),
        "You measure at w + 2 eps v: is the step made twice?",
    ),
    Twin(
        "along a unit vector",
        along_unit_vector,
        "You divide v by its length: is the step eps v, or eps along a direction of length 1?",
    ),
    Twin(
        "weights replaced",
        at_eps_v,
        "You measure at eps v alone: what is it to be added to?",
    ),
    Twin(
        "biases not moved",
        move_some(lambda k, name: "weight" in name),
        "The biases do not move: which parameters does v name?",
    ),
    Twin(
        "first tensor only",
        move_some(lambda k, name: k == 0),
        "Only the first tensor moves: does your loop reach all parameters before you measure?",
    ),
    Twin(
        "last tensor not moved",
        lambda net, v, eps, measure: move_some(lambda k, name: k < len(v) - 1)(net, v, eps, measure),
        "The last tensor does not move: does your loop reach all parameters before you measure?",
    ),
    Twin(
        "difference from w",
        from_both_sides(lambda plus, here, minus, eps: plus - here),
        "You subtract what is measured at w: which one measurement is asked for?",
    ),
    Twin(
        "difference of both sides",
        from_both_sides(lambda plus, here, minus, eps: plus - minus),
        "You subtract what is measured on the other side of w: which one measurement is asked for?",
    ),
    Twin(
        "a whole finite difference",
        from_both_sides(lambda plus, here, minus, eps: (plus - minus) / (2 * eps)),
        "You return a finite difference: which one of its two measurements is asked for?",
    ),
    Twin(
        "both sides",
        from_both_sides(lambda plus, here, minus, eps: (plus, minus)),
        "You return two measurements: on which side of w is the one that is asked for?",
    ),
    Twin(
        "no gradients while measuring",
        without_gradients,
        "The measurement may need gradients itself: what else is inside your no_grad block?",
    ),
    Twin(
        "nothing returned",
        from_both_sides(lambda plus, here, minus, eps: None),
        "You return nothing: what becomes of the measurement once the weights are back?",
        shows=lambda pairs: all(got.value is None for _, got in pairs),
    ),
)
