"""The toy and the tiny network: their derivatives against finite differences, and against dartslab's own problems."""

import numpy as np
import pytest
import torch

from beats import PROBLEMS, points, tensors, torch_problem
from dartslab.bilevel import VirtualStep
from dartslab.widgets.models.two_problems import ALPHA, BATCHES, WEIGHTS, Problem


@pytest.mark.parametrize("name", PROBLEMS)
def test_derivatives_are_those_of_autograd(name: str) -> None:
    problem = PROBLEMS[name][0]
    other = torch_problem(name, VirtualStep(0.1))
    for a, w in points(name):
        for loss, half, parts in (
            (other.train_loss, "train", (problem.train_by_w, problem.train_by_a)),
            (other.val_loss, "val", (problem.val_by_w, problem.val_by_a)),
        ):
            weights, alpha = tensors(name, a, w)
            leaves = weights["w"].requires_grad_(), alpha["a"].requires_grad_()
            wanted = torch.autograd.grad(loss(weights, alpha, half), leaves)
            for part, gradient in zip(parts, wanted, strict=True):
                np.testing.assert_allclose(part(a, w), gradient.numpy().ravel(), atol=1e-12)


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_mixed_product_is_how_the_gradient_by_alpha_changes_along_v(name: str) -> None:
    problem: Problem = PROBLEMS[name][0]
    for a, w in points(name):
        for _, v in points(name, 2):
            step = 1e-5
            wanted = (problem.train_by_a(a, w + step * v) - problem.train_by_a(a, w - step * v)) / (2 * step)
            np.testing.assert_allclose(problem.along(a, w, v), wanted, atol=1e-8)


def test_the_network_has_nine_numbers_and_two_batches_of_four() -> None:
    assert (len(ALPHA), np.shape(WEIGHTS)) == (3, (2, 3))
    assert {half: np.shape(batch["x"]) for half, batch in BATCHES.items()} == {"train": (4, 2), "val": (4, 2)}
