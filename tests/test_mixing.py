"""The softmax of records and pictures is that of the search."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dartslab.arch import Arch
from dartslab.mixing import entropy, softmax
from dartslab.relaxation import softmax as relaxation

ROWS = st.lists(st.floats(-50, 50), min_size=1, max_size=8)


@given(ROWS, st.floats(0.01, 20))
def test_it_is_the_relaxation(row: list[float], temperature: float) -> None:
    arch = Arch({"normal": torch.tensor([row], dtype=torch.float64)})
    np.testing.assert_allclose(softmax([row], temperature), relaxation(arch, temperature)["normal"], atol=1e-12)


def test_a_mask_is_that_of_the_relaxation() -> None:
    alpha, mask = np.random.default_rng(0).normal(size=(5, 4)), np.arange(20).reshape(5, 4) % 3 > 0
    arch = Arch({"normal": torch.from_numpy(alpha)}, mask={"normal": torch.from_numpy(mask)})
    np.testing.assert_allclose(softmax(alpha, 0.5, mask), relaxation(arch, 0.5)["normal"], atol=1e-12)


@given(st.lists(ROWS.filter(lambda row: len(row) == 3), min_size=1, max_size=5))
def test_a_history_is_a_softmax_of_each_row(table: list[list[float]]) -> None:
    np.testing.assert_array_equal(softmax(table), np.array([softmax(row) for row in table]))


@pytest.mark.parametrize(
    ("weights", "nats"), [([1.0], 0.0), ([0, 1, 0], 0.0), ([0.25] * 4, math.log(4)), ([0.5, 0.5, 0], math.log(2))]
)
def test_entropy_is_in_nats(weights: list[float], nats: float) -> None:
    assert float(entropy(weights)) == pytest.approx(nats, abs=1e-12) and math.copysign(1, entropy(weights)) == 1
