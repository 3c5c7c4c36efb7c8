"""Wrong steps of a search, for `11.search_step`."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from ..answers import Hypergradient, Loss, Optimizer, Tensors, first_order, search_step


class Given(NamedTuple):
    """What a step of a search is given, in this order."""

    loss: Loss
    w: Tensors
    alpha: Tensors
    train: Any
    val: Any
    hypergradient: Hypergradient
    adam: Optimizer
    sgd: Optimizer

    @property
    def xi(self) -> float:
        """The length of the step that w is about to make."""
        return float(self.sgd.param_groups[0]["lr"])

    def slopes(self) -> Tensors:
        """The right gradient of alpha."""
        return self.hypergradient(self.loss, self.w, self.alpha, self.train, self.val, self.xi)

    def move_alpha(self, slopes: Tensors) -> None:
        """Adam's half of a step."""
        for name, slope in slopes.items():
            self.alpha[name].grad = slope.detach()
        self.adam.step()

    def compute_slopes_of_w(self, batch: Any) -> None:
        """Put the gradient of w into its tensors."""
        self.sgd.zero_grad()
        self.loss(self.w, self.alpha, batch).backward()

    def move_w(self, batch: Any) -> None:
        """SGD's half of a step."""
        self.compute_slopes_of_w(batch)
        self.sgd.step()


Step = Callable[..., None]


def step_of(rule: Callable[[Given], None]) -> Step:
    """A step with the eight arguments of the exercise."""
    return lambda *given: rule(Given(*given))


def with_batches(pick: Callable[[Any, Any], tuple[Any, Any, Any]]) -> Step:
    """The right step; `pick` gives the training and validation batch of alpha, and the batch of w."""

    def step(given: Given) -> None:
        train, val, for_w = pick(given.train, given.val)
        given.move_alpha(given._replace(train=train, val=val).slopes())
        given.move_w(for_w)

    return step_of(step)


def with_slopes(rule: Callable[[Given], Tensors]) -> Step:
    """The right step with another gradient of alpha."""

    def step(given: Given) -> None:
        given.move_alpha(rule(given))
        given.move_w(given.train)

    return step_of(step)


def with_xi(rule: Callable[[Given], float]) -> Step:
    """The right step with another length of the virtual step."""
    return with_slopes(lambda g: g.hypergradient(g.loss, g.w, g.alpha, g.train, g.val, rule(g)))


@step_of
def w_first(given: Given) -> None:
    """Wrong: w moves before alpha."""
    given.move_w(given.train)
    given.move_alpha(given.slopes())


@step_of
def at_once(given: Given) -> None:
    """Wrong: both gradients are taken at the old point."""
    slopes = given.slopes()
    given.compute_slopes_of_w(given.train)
    given.move_alpha(slopes)
    given.sgd.step()


@step_of
def piled_up(given: Given) -> None:
    """Wrong: gradients of w are never set to zero."""
    given.move_alpha(given.slopes())
    given.loss(given.w, given.alpha, given.train).backward()
    given.sgd.step()


@step_of
def alpha_twice(given: Given) -> None:
    """Wrong: Adam moves alpha on the training batch as well."""
    search_step(*given)
    given.move_alpha(first_order(given.loss, given.w, given.alpha, given.train, given.train, 0.0))


@step_of
def without_adam(given: Given) -> None:
    """Wrong: alpha makes a plain step of descent, of the length of w's."""
    for name, slope in given.slopes().items():
        given.alpha[name].sub_(given.xi * slope)
    given.move_w(given.train)


@step_of
def without_adam_own_rate(given: Given) -> None:
    """Wrong: alpha makes a plain step of descent, of the length of Adam's."""
    for name, slope in given.slopes().items():
        given.alpha[name].sub_(given.adam.param_groups[0]["lr"] * slope)
    given.move_w(given.train)


@step_of
def alpha_piled_up(given: Given) -> None:
    """Wrong: gradients of alpha are added to those before."""
    slopes = given.slopes()
    given.move_alpha({name: slopes[name] + (0.0 if t.grad is None else t.grad) for name, t in given.alpha.items()})
    given.move_w(given.train)


@step_of
def twice_adam(given: Given) -> None:
    """Wrong: Adam steps twice with one gradient."""
    given.move_alpha(given.slopes())
    given.adam.step()
    given.move_w(given.train)


@step_of
def twice_sgd(given: Given) -> None:
    """Wrong: SGD steps twice with one gradient."""
    given.move_alpha(given.slopes())
    given.move_w(given.train)
    given.sgd.step()


@step_of
def new_optimizers(given: Given) -> None:
    """Wrong: each step has optimisers of its own, which remember nothing."""
    adam, sgd = torch.optim.Adam(given.adam.param_groups), torch.optim.SGD(given.sgd.param_groups)
    search_step(*given._replace(adam=adam, sgd=sgd))


@step_of
def w_on_both(given: Given) -> None:
    """Wrong: w learns from both batches."""
    given.move_alpha(given.slopes())
    given.sgd.zero_grad()
    (given.loss(given.w, given.alpha, given.train) + given.loss(given.w, given.alpha, given.val)).backward()
    given.sgd.step()


@step_of
def without_sgd(given: Given) -> None:
    """Wrong: w makes a plain step, without the momentum that its optimiser has."""
    given.move_alpha(given.slopes())
    given.compute_slopes_of_w(given.train)
    for t in given.w.values():
        t.data -= given.xi * (0.0 if t.grad is None else t.grad)


def is_one_xi(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether xi is a number that does not depend on the search."""
    return len({float(got["xi"]) for _, got in pairs}) == 1
