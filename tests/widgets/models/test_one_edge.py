"""One edge on real pictures: products of features give what the pixels give."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from dartslab.data.datasets import load_data
from dartslab.widgets.models.one_edge import FIXED, PICTURES, SIDES, SIZE, OneEdge, picture_pool, standardise

OPERATIONS = ("skip", "maximum", "outline", "conv 3×3", "conv 5×5")


def edge(seed: int = 1) -> OneEdge:
    return OneEdge(seed, OPERATIONS, {"shift": 0.6, "mirror": 0.4})


def pixels(made: OneEdge, coefficients: np.ndarray) -> np.ndarray:
    return coefficients @ made.features


def test_the_pool_is_ten_pictures_of_each_class() -> None:
    part = load_data("fashion-mini").train
    assert picture_pool().shape == (100, SIZE, SIZE)
    third = part.images[part.labels == 3][:10, 0].numpy()
    np.testing.assert_array_equal(picture_pool()[30:40], third)


def test_outputs_have_mean_0_and_variance_1() -> None:
    made = edge()
    outputs = pixels(made, made.coefficients(made.kernels))
    assert outputs.shape == (len(OPERATIONS), PICTURES * SIZE * SIZE)
    np.testing.assert_allclose(outputs.mean(axis=1), 0, atol=1e-9)
    np.testing.assert_allclose(outputs.var(axis=1), 1, atol=1e-9)


@pytest.mark.parametrize("o", [3, 4])
def test_a_convolution_is_that_of_torch_with_the_border_repeated(o: int) -> None:
    made = edge()
    side, kernel = SIDES[OPERATIONS[o]], made.kernels[o]
    assert kernel is not None and abs(kernel.sum()) < 1e-12
    x = torch.from_numpy(made.features[0].reshape(PICTURES, 1, SIZE, SIZE))  # skip: the pictures themselves
    wide = functional.pad(x, [side // 2] * 4, mode="replicate")
    theirs = functional.conv2d(wide, torch.from_numpy(kernel.reshape(1, 1, side, side)))
    theirs = functional.batch_norm(theirs, None, None, training=True, eps=1e-12)
    np.testing.assert_allclose(pixels(made, made.coefficients(made.kernels))[o], theirs.numpy().ravel(), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("skip", [0, 1, 2, 3]),
        ("shift", [0, 0, 0, 0]),
        ("mirror", [27, 26, 25, 24]),
        ("average", [1 / 3, 1, 2, 3]),
        ("maximum", [1, 2, 3, 4]),
        ("outline", [-1 / 3, 0, 0, 0]),
    ],
)
def test_what_fixed_operations_do_to_a_slope_from_left_to_right(name: str, row: list[float]) -> None:
    slope = np.broadcast_to(np.arange(SIZE, dtype=float), (1, SIZE, SIZE))
    np.testing.assert_allclose(FIXED[name](slope)[0, 9, :4], row, atol=1e-12)


def test_down_2_shows_what_is_two_rows_below() -> None:
    x = np.random.default_rng(0).normal(size=(2, SIZE, SIZE))
    np.testing.assert_array_equal(FIXED["down 2"](x)[:, 5], x[:, 7])


def test_distances_are_mean_squared_errors_of_pixels() -> None:
    made = edge()
    table = np.random.default_rng(0).normal(size=(3, len(made.products)))
    direct = ((pixels(made, table) - made.features[-1]) ** 2).mean(axis=1)
    np.testing.assert_allclose(made.distances(table), direct, rtol=1e-9)


def test_the_best_kernel_has_no_slope_and_finds_a_target_that_it_can_make() -> None:
    made = OneEdge(4, ("conv 3×3", "conv 5×5"), {"down 2": 1.0})
    table = made.coefficients(made.best_kernels())
    small, large = made.distances(table)
    assert large < 1e-9 < 0.01 < small
    rest = pixels(made, made.coefficients(made.kernels)[0]) - made.features[-1]
    assert (rest**2).mean() > small


def test_a_seed_gives_the_same_edge_and_another_seed_another() -> None:
    np.testing.assert_array_equal(edge(3).features, edge(3).features)
    assert not np.allclose(edge(3).features[0], edge(4).features[0])


def test_the_picture_that_is_shown_is_the_least_symmetric() -> None:
    made = edge(2)
    x = made.features[0].reshape(PICTURES, SIZE, SIZE)
    assert made.shown == int(np.abs(x - x[:, :, ::-1]).mean(axis=(1, 2)).argmax())


def test_a_picture_of_one_grey_has_an_output_of_zeros() -> None:
    assert not standardise(np.full((1, SIZE, SIZE), 7.0)).any()
