"""What the tests of figures draw: spaces, mixing weights, columns."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dartslab.space import SearchSpace

THREE = SearchSpace(2, ("none", "skip_connect", "sep_conv_3x3"))


TWO, FOUR, SEVEN = SearchSpace(2), SearchSpace(4), SearchSpace(7)


CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


def softmax(alpha: np.ndarray) -> np.ndarray:
    raised = np.exp(alpha - alpha.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def some_alpha(space: SearchSpace, *steps: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(*steps, len(space.edges), len(space.operations)))


def some_weights(space: SearchSpace) -> dict[str, np.ndarray]:
    return {kind: softmax(some_alpha(space, seed=i)) for i, kind in enumerate(space.kinds)}


def some_columns(steps: int = 200, every: int = 50, tested: bool = True) -> dict[str, np.ndarray]:
    """Columns as a record has them: validation every so often, the test set once."""
    noise, step = np.random.default_rng(0), np.arange(1, steps + 1)
    seldom = np.where(step % every == 0, 1.0, np.nan)
    last = np.where((step == steps) & tested, 1.0, np.nan)
    return {
        "step": step,
        "train_loss": 2.3 * np.exp(-step / steps) + 0.1 * noise.random(steps),
        "train_accuracy": step / steps,
        "val_loss": seldom * 2.4 * np.exp(-step / steps),
        "val_accuracy": seldom * 0.9 * step / steps,
        "test_loss": last * 0.7,
        "test_accuracy": last * 0.843,
        "genotype": np.zeros(steps, dtype=int),
    }


def panels(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.axison]
