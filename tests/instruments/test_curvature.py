"""Eigenvalues of the Hessian in alpha: those of the dense Hessian of the real supernet, in float64."""

import pytest
import torch
from torch import Tensor

from dartslab import SearchConfig, SearchState, search
from dartslab.base.eigenvalues import random_start
from dartslab.instruments import INSTRUMENTS, Subject
from dartslab.instruments.curvature import STEPS_TO_LARGEST, hessian_spectrum
from dartslab.methods.robust_darts import PRODUCTS
from dartslab.run.measuring import subject_of


def dense_hessian(subject: Subject) -> Tensor:
    """d^2 L_val / d alpha^2, [n, n], by torch, row by row, through a loss written anew."""
    alpha = subject.arch.parameters()
    sizes = [table.numel() for table in alpha.values()]

    def loss(flat: Tensor) -> Tensor:
        parts = zip(alpha, flat.split(sizes), strict=True)
        tables = {name.removeprefix("alpha."): torch.softmax(p.view(alpha[name].shape), 1) for name, p in parts}
        return torch.nn.functional.cross_entropy(
            subject.net(subject.val_batch.images, tables), subject.val_batch.labels
        )

    return torch.autograd.functional.hessian(loss, torch.cat([table.flatten() for table in alpha.values()]))


def test_the_whole_spectrum_is_that_of_the_dense_hessian(subject: Subject) -> None:
    dense = dense_hessian(subject)
    expected = torch.linalg.eigvalsh(dense)
    alpha = subject.arch.parameters()
    found = hessian_spectrum(subject.loss_in_alpha, subject.w, alpha, subject.val_batch, steps=len(dense))
    assert expected[0] < 0 < expected[-1]
    assert float(found.values[0]) == pytest.approx(float(expected[0]), rel=1e-8)
    assert float(found.values[-1]) == pytest.approx(float(expected[-1]), rel=1e-8)


def test_what_a_run_measures_are_its_ends(subject: Subject) -> None:
    dense = dense_hessian(subject)
    expected, v = torch.linalg.eigvalsh(dense), random_start(len(dense))
    measured = INSTRUMENTS["lambda_max"].measure(subject) | INSTRUMENTS["spectrum"].measure(subject)
    assert measured["lambda_max"] == pytest.approx(float(expected[-1]), rel=1e-3)  # by half as many products
    assert measured["spectrum.largest"] == pytest.approx(float(expected[-1]), rel=1e-6)
    assert measured["spectrum.smallest"] == pytest.approx(float(expected[0]), rel=1e-6)
    assert measured["spectrum.mean"] == pytest.approx(float(v @ dense @ v), rel=1e-6)


def test_a_bowl_and_an_upturned_one_differ_in_the_sign() -> None:
    alpha = {"alpha.normal": torch.zeros(2, 3, dtype=torch.float64)}
    for sign in (1, -1):
        spectrum = hessian_spectrum(
            lambda w, a, batch, s=sign: 2.5 * s * (a["alpha.normal"] ** 2).sum(), {}, alpha, None
        )
        assert spectrum.values.tolist() == pytest.approx([5 * sign])


def test_how_close_ten_and_twelve_products_come_at_the_lessons_size() -> None:
    """80 numbers in alpha. In the first steps, where alpha is uniform, up to 15 percent are missing; later nothing."""
    state = SearchState.create(SearchConfig.lesson(seed=0, steps=20))
    found = {}
    for event in search(state):
        if event.step in (2, 20):
            subject, steps = subject_of(state), (STEPS_TO_LARGEST, PRODUCTS, 80)
            given = subject.loss_in_alpha, subject.w, state.arch.parameters(), subject.val_batch
            *some, whole = (float(hessian_spectrum(*given, number).values[-1]) for number in steps)
            found[event.step] = [value / whole for value in some]
    assert 0.8 < min(found[2]) < max(found[2]) < 1
    assert found[20] == pytest.approx([1, 1], rel=1e-4)
