"""Known wrong answers to `11.search_step`."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ....items import Twin
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
def without_sgd(given: Given) -> None:
    """Wrong: w makes a plain step, without the momentum that its optimiser has."""
    given.move_alpha(given.slopes())
    given.compute_slopes_of_w(given.train)
    for t in given.w.values():
        t.data -= given.xi * (0.0 if t.grad is None else t.grad)


TWINS = (
    Twin("w first", w_first, "You move w before alpha: which of the two begins in algorithm 1?"),
    Twin(
        "both at the old point",
        at_once,
        "The gradient of w is taken before alpha has moved: which alpha does the weight step see?",
    ),
    Twin(
        "gradients piled up",
        piled_up,
        "The gradient of w still holds those of earlier steps: who sets it to zero?",
    ),
    Twin(
        "training batch for alpha",
        with_batches(lambda train, val: (train, train, train)),
        "alpha judges w by the batch that w learns from: which batch is missing in your step?",
    ),
    Twin(
        "w on the validation batch",
        with_batches(lambda train, val: (train, val, val)),
        "w learns from the validation batch: which one is its own?",
    ),
    Twin(
        "batches exchanged for alpha",
        with_batches(lambda train, val: (val, train, train)),
        "You hand the two batches to the hypergradient in the wrong order: how is it called in the text?",
    ),
    Twin(
        "halves exchanged",
        with_batches(lambda train, val: (val, train, val)),
        "w learns from the validation batch and alpha from the training batch: which is whose?",
    ),
    Twin(
        "another hypergradient",
        with_slopes(lambda g: first_order(g.loss, g.w, g.alpha, g.train, g.val, g.xi)),
        "alpha moves as by first order, whatever you are given: is xi 0, or is `hypergradient` never called?",
    ),
    Twin(
        "xi from Adam",
        with_xi(lambda given: given.adam.param_groups[0]["lr"]),
        "Your xi is the learning rate of Adam: whose step does the virtual step imagine?",
    ),
    Twin(
        "xi of 1",
        with_xi(lambda given: 1.0),
        "Your xi is always 1: how long is the next step of w?",
    ),
    Twin(
        "uphill",
        with_slopes(lambda given: {name: -slope for name, slope in given.slopes().items()}),
        "alpha goes up the validation loss: does Adam want the gradient or its opposite?",
    ),
    Twin(
        "alpha twice",
        alpha_twice,
        "alpha moves again after w has moved: how often does Adam step?",
    ),
    Twin(
        "w stays",
        step_of(lambda given: given.move_alpha(given.slopes())),
        "w never moves: is a `step()` missing, or do you set its gradient to zero after it was computed?",
    ),
    Twin(
        "alpha stays",
        step_of(lambda given: given.move_w(given.train)),
        "alpha never moves: where does its gradient have to stand, under each name, before Adam steps?",
    ),
    Twin(
        "alpha without Adam",
        without_adam,
        "alpha makes a plain step of descent: which optimiser holds it?",
    ),
    Twin(
        "w without its optimiser",
        without_sgd,
        "w makes a plain step of descent, and the momentum is lost: which optimiser holds w?",
    ),
)
