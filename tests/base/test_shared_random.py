"""The random numbers that pages draw too. tests/browser compares both languages."""

import numpy as np
import pytest

from dartslab.base.shared_random import SharedRandom


# uniform, uniform, below(10), normal, permutation(6) one after the other, as the JavaScript file gives them
@pytest.mark.parametrize(
    ("seed", "first", "second", "below", "normal", "permutation"),
    [
        (0, 0.26642920868471265, 0.0003297457005828619, 2, -0.5504413780533554, [0, 4, 1, 2, 5, 3]),
        (1, 0.6270739405881613, 0.002735721180215478, 5, 2.760973377179358, [0, 4, 5, 2, 3, 1]),
        (-1, 0.8964226141106337, 0.189478256739676, 7, 1.3527625516002366, [2, 4, 0, 1, 5, 3]),
        (2**32 + 7, 0.011704753153026104, 0.06195825757458806, 9, -1.5356244571340703, [3, 4, 1, 0, 5, 2]),
    ],
)
def test_the_numbers_are_those_of_the_page(
    seed: int, first: float, second: float, below: int, normal: float, permutation: list[int]
) -> None:
    random = SharedRandom(seed)
    assert (random.uniform(), random.uniform()) == (first, second)
    assert random.below(10) == below
    assert random.normal() == pytest.approx(normal, abs=1e-12)  # a logarithm may differ in its last digit
    assert random.permutation(6) == permutation


def test_the_numbers_are_spread_as_they_should_be() -> None:
    random = SharedRandom(5)
    uniform = np.array([random.uniform() for _ in range(4000)])
    normal = np.array([random.normal() for _ in range(4000)])
    counts = np.bincount([random.below(4) for _ in range(4000)], minlength=4)
    assert uniform.min() >= 0 and uniform.max() < 1
    np.testing.assert_allclose([uniform.mean(), uniform.var()], [1 / 2, 1 / 12], atol=0.02)
    np.testing.assert_allclose([normal.mean(), normal.var()], [0, 1], atol=0.05)
    np.testing.assert_allclose(counts, 1000, atol=100)
    assert sorted(random.permutation(50)) == list(range(50))
