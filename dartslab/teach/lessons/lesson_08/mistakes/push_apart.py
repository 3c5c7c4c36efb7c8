"""Known wrong answers to `08.push_apart`. Shapes: E edges, O operations."""

from collections.abc import Callable

from torch import Tensor

from ....items import Twin
from ..answers import push_apart


def of_sigmoid(formula: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """An answer that is a formula of s = sigmoid(alpha)."""
    return lambda alpha: formula(alpha.sigmoid())


def scaled(by: Callable[[Tensor], float]) -> Callable[[Tensor], Tensor]:
    """The right gradient times a number."""
    return lambda alpha: by(alpha) * push_apart(alpha)


def through_a_softmax(alpha: Tensor) -> Tensor:
    """The true gradient, of another weight."""
    p = alpha.softmax(1)
    outer = -20 * (p - 0.5) / alpha.numel()
    return p * (outer - (p * outer).sum(1, keepdim=True))


def softmax_as_sigmoid(alpha: Tensor) -> Tensor:
    """The formula, with p in the place of s."""
    p = alpha.softmax(1)
    return -20 * (p - 0.5) * p * (1 - p) / alpha.numel()


def in_place(alpha: Tensor) -> Tensor:
    """Wrong: the caller's alpha becomes s."""
    s = alpha.sigmoid_()
    return -20 * (s - 0.5) * s * (1 - s) / s.numel()


TWINS = (
    Twin(
        "gradient in s",
        of_sigmoid(lambda s: -20 * (s - 0.5) / s.numel()),
        "You stop at the gradient in s: how does s change when alpha does?",
    ),
    Twin(
        "the wrong sign",
        scaled(lambda alpha: -1),
        "Your gradient has the other sign: where is the extra loss smallest, and which way does a step down lead?",
    ),
    Twin(
        "mean over the edges only",
        scaled(lambda alpha: alpha.shape[1]),
        "You divide by the number of edges: over how many numbers is the mean?",
    ),
    Twin(
        "mean over the operations only",
        scaled(lambda alpha: alpha.shape[0]),
        "You divide by the number of operations: over how many numbers is the mean?",
    ),
    Twin(
        "sum instead of mean",
        scaled(lambda alpha: alpha.numel()),
        "Your gradient is that of a sum: what does a mean divide by?",
    ),
    Twin(
        "weight of 10 forgotten",
        scaled(lambda alpha: 0.1),
        "Your gradient is ten times too small: what stands before the mean?",
    ),
    Twin(
        "factor 2 forgotten",
        scaled(lambda alpha: 0.5),
        "Your gradient is half as large as it should be: what is the derivative of a square?",
    ),
    Twin(
        "factor 2 twice",
        scaled(lambda alpha: 2),
        "Your gradient is twice as large as it should be: how often does the square give a 2?",
    ),
    Twin(
        "10 and 2 forgotten",
        scaled(lambda alpha: 0.05),
        "Your gradient is twenty times too small: what stands before the mean, and what does a square give?",
    ),
    Twin(
        "softmax instead of sigmoid",
        through_a_softmax,
        "Your operations of an edge still depend on each other: which function looks at one alpha alone?",
    ),
    Twin(
        "softmax in the formula of the sigmoid",
        softmax_as_sigmoid,
        "You put a softmax into the formula: which function looks at one alpha alone?",
    ),
    Twin(
        "not centred",
        of_sigmoid(lambda s: -20 * s * s * (1 - s) / s.numel()),
        "Your gradient is not 0 where alpha is 0: what is subtracted before the square?",
    ),
    Twin(
        "centred at alpha",
        lambda alpha: -20 * (alpha - 0.5) * alpha.sigmoid() * (1 - alpha.sigmoid()) / alpha.numel(),
        "You subtract 1/2 from alpha: from which number should it be subtracted?",
    ),
    Twin(
        "derivative of tanh",
        of_sigmoid(lambda s: -20 * (s - 0.5) * (1 - s**2) / s.numel()),
        "You use 1 - s²: of which function is that the derivative?",
    ),
    Twin(
        "derivative s",
        of_sigmoid(lambda s: -20 * (s - 0.5) * s / s.numel()),
        "You take s for its own derivative, as of an exponential: what else does the derivative of a sigmoid hold?",
    ),
    Twin(
        "derivative 1 - s",
        of_sigmoid(lambda s: -20 * (s - 0.5) * (1 - s) / s.numel()),
        "Your derivative of the sigmoid is 1 - s: what is the other factor, and should both ends be alike?",
    ),
    Twin(
        "the chain rule twice",
        of_sigmoid(lambda s: -20 * (s - 0.5) * (s * (1 - s)) ** 2 / s.numel()),
        "You have the derivative of the sigmoid twice: how often does the chain rule ask for it?",
    ),
    Twin(
        "alpha for s in the derivative",
        lambda alpha: -20 * (alpha.sigmoid() - 0.5) * alpha * (1 - alpha) / alpha.numel(),
        "In the derivative of the sigmoid you use alpha itself: which number stands in s (1 - s)?",
    ),
    Twin(
        "the extra loss",
        of_sigmoid(lambda s: -10 * ((s - 0.5) ** 2).mean()),
        "You return the extra loss: its gradient is asked for, one number for each alpha.",
    ),
    Twin(
        "the extra loss of each entry",
        of_sigmoid(lambda s: -10 * (s - 0.5) ** 2 / s.numel()),
        "You return each entry's part of the loss: how does that part change when its alpha does?",
    ),
    Twin(
        "one number for all",
        lambda alpha: push_apart(alpha).sum(),
        "You add the gradients up: how many alphas are there to be moved?",
    ),
    Twin(
        "one number for each edge",
        lambda alpha: push_apart(alpha).sum(1),
        "You give one number for each edge: how many alphas does an edge have?",
    ),
    Twin(
        "a step made",
        lambda alpha: alpha - push_apart(alpha),
        "You return alpha after a step: only the gradient is asked for.",
    ),
    Twin(
        "only the sign",
        lambda alpha: push_apart(alpha).sign(),
        "You return -1, 0 or 1: how large is the gradient?",
    ),
    Twin(
        "distance instead of its square",
        of_sigmoid(lambda s: -10 * (s - 0.5).sign() * s * (1 - s) / s.numel()),
        "Your gradient is that of |s - 1/2|: which power of it is in the loss?",
    ),
    Twin(
        "sigmoid twice",
        lambda alpha: push_apart(alpha.sigmoid()),
        "You take the sigmoid of a sigmoid: how often is it applied?",
    ),
    Twin(
        "alpha changed in place",
        in_place,
        "You write into the alpha that you were given: what would the next step of the search find there?",
    ),
)
