"""Lesson 08 asks for the heart of published methods: what it takes for right is what `dartslab/methods` computes."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from dartslab.base.seeds import gumbel
from dartslab.fast.partial import shuffle_channels
from dartslab.methods import METHODS
from dartslab.methods.darts_pt import quality_without
from dartslab.methods.method import Moment
from dartslab.methods.reinmax import estimator
from dartslab.relaxation import Arch, softmax
from dartslab.space import PUBLISHED_OPERATIONS, SKIP, SearchSpace
from dartslab.teach.lessons.lesson_08.answers import (
    auxiliary_skip,
    beta_penalty,
    choose_by_removal,
    expectation,
    partial,
    push_apart,
    reinmax,
    sampled_gradient,
)
from dartslab.teach.lessons.lesson_08.cases import Accuracy

SPACE = SearchSpace.with_reduction(2, PUBLISHED_OPERATIONS)
NOW = Moment("alpha", 0.5, 1.0, SPACE)


def some(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def some_arch() -> Arch:
    rows, columns = len(SPACE.edges), len(SPACE.operations)
    return Arch({kind: some(rows, columns, seed=k).requires_grad_() for k, kind in enumerate(SPACE.kinds)})


@pytest.mark.parametrize("epoch", [0, 1, 7, 10])
def test_the_helper_is_that_of_darts_minus(epoch: int) -> None:
    arch, column = some_arch(), SPACE.operations.index(SKIP)
    found = METHODS["darts-minus"].weights(arch, replace(NOW, progress=epoch / 10))
    for kind, alpha in arch.alpha.items():
        torch.testing.assert_close(auxiliary_skip(alpha, column, epoch, 10), found[kind])


def test_the_shuffle_is_that_of_the_partial_cell() -> None:
    x = some(2, 12, 3, 3)
    joined = torch.cat([x[:, :3].tanh(), x[:, 3:]], 1)
    assert torch.equal(partial(x, torch.tanh, 4), shuffle_channels(joined, 4))


@pytest.mark.parametrize("name", ["fair-darts", "beta-darts"])
def test_both_penalties_are_those_of_the_library(name: str) -> None:
    arch, method = some_arch(), METHODS[name]
    assert method.penalty is not None
    penalty = method.penalty(arch, method.weights(arch, NOW), NOW)
    if name == "beta-darts":
        torch.testing.assert_close(beta_penalty(arch.alpha, NOW.progress), penalty)
    else:
        gradient = torch.autograd.grad(penalty, list(arch.alpha.values()))
        torch.testing.assert_close(push_apart(torch.cat(list(arch.alpha.values()))), torch.cat(gradient))


def test_an_operation_is_removed_as_in_darts_pt() -> None:
    """Its weight is 0, and the rest is as it was."""
    space, gains, asked = SPACE, some(len(SPACE.edges), len(SPACE.operations), seed=3), []

    class Search:
        def weights(self) -> dict[str, Tensor]:
            return {kind: table.detach() for kind, table in softmax(some_arch()).items()}

        def validate(self, weights: dict[str, Tensor]) -> tuple[float, float]:
            asked.append(weights["normal"])
            return 0.0, Accuracy(gains)(weights["normal"])

    for row in range(len(space.edges)):
        best = min(space.choices, key=lambda column: quality_without(Search(), "normal", row, column))  # type: ignore
        whole = Search().weights()["normal"]
        assert choose_by_removal(Accuracy(gains), whole, row, space.operations) == space.operations[best]
    assert all(float(table.sum()) < len(space.edges) for table in asked)


def test_one_draw_has_the_gradient_of_gdas() -> None:
    arch = some_arch()
    outputs, g = some(len(SPACE.operations), 6, seed=4), some(6, seed=5)
    weights, generator = METHODS["gdas"].weights(arch, NOW), NOW.generator()
    for kind, alpha in arch.alpha.items():
        noise = gumbel(alpha.shape, generator).to(alpha)
        (expected,) = torch.autograd.grad(((weights[kind] @ outputs) * g).sum(), alpha)
        sampled = weights[kind].detach().argmax(1)
        # All operations are mixed above. Of those that were not drawn the weight is 0, with its gradient too.
        for row, drawn in enumerate(sampled.tolist()):
            assert int((alpha[row].log_softmax(0) + noise[row]).argmax()) == drawn
            found = sampled_gradient(alpha[row].detach(), noise[row], 10 - 9.9 * NOW.progress, outputs, g)
            torch.testing.assert_close(found, expected[row])


def test_the_estimate_is_that_of_reinmax_and_exact_for_a_quadratic_loss() -> None:
    alpha, matrix, eye = some(5, seed=6).requires_grad_(), some(5, 5, seed=7), torch.eye(5, dtype=torch.float64)
    p, estimates = alpha.softmax(0), []
    for i in range(5):
        one = estimator(eye[i], p.detach(), alpha)
        loss = (matrix @ one).square().sum()
        (expected,) = torch.autograd.grad(loss, alpha)
        (in_weights,) = torch.autograd.grad((matrix @ (e := eye[i].clone().requires_grad_())).square().sum(), e)
        estimates.append(reinmax(alpha.detach(), i, in_weights))
        torch.testing.assert_close(estimates[-1], expected)
    mean_loss = sum(p[i] * (matrix @ eye[i]).square().sum() for i in range(5))
    (exact,) = torch.autograd.grad(mean_loss, alpha)
    torch.testing.assert_close(expectation(p.detach(), torch.stack(estimates)), exact)
