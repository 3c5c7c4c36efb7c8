"""The two problems of the beats, once more in torch; what several tests of them need."""

import numpy as np
import torch

from dartslab.bilevel import Bilevel, VirtualStep, toy_problem
from dartslab.widgets.models.two_problems import BATCHES, NETWORK, TOY

PROBLEMS = {"toy": (TOY, 1, 1), "network": (NETWORK, 3, 6)}


def network_problem(step: VirtualStep) -> Bilevel:
    """The tiny network in torch, written down once more."""

    def loss(w: dict, alpha: dict, half: str) -> torch.Tensor:
        x, y = (torch.tensor(BATCHES[half][name], dtype=torch.float64) for name in ("x", "y"))
        z = x @ w["w"]
        outputs = torch.stack([z[:, 0], torch.tanh(z[:, 1]), torch.nn.functional.softplus(z[:, 2])])
        return ((torch.softmax(alpha["a"], 0) @ outputs - y) ** 2).mean() / 2

    return Bilevel(loss, loss, step)


def tensors(name: str, a: np.ndarray, w: np.ndarray) -> tuple[dict, dict]:
    """A point as `architect` takes it: w and alpha by name."""
    if name == "toy":
        return {"w": torch.tensor(w[0])}, {"a": torch.tensor(a[0])}
    return {"w": torch.tensor(w.reshape(2, 3))}, {"a": torch.tensor(a)}


def torch_problem(name: str, step: VirtualStep) -> Bilevel:
    return toy_problem(step) if name == "toy" else network_problem(step)


def points(name: str, count: int = 5) -> list[tuple[np.ndarray, np.ndarray]]:
    """Some places (a, w)."""
    random = np.random.default_rng(0)
    _, alphas, weights = PROBLEMS[name]
    return [(random.normal(size=alphas), random.normal(size=weights)) for _ in range(count)]
