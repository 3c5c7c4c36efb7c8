"""Operations on pictures that cannot be mistaken for each other, and the pictures that show it."""

import pytest
import torch
from torch import Tensor

from dartslab.base.messages import UserError
from dartslab.problems.picture_operations import LOOK_ALIKES, PICTURE_OPERATIONS, SIZE, Pool, check_pool, load_pool


@pytest.fixture(scope="module")
def pool() -> Pool:
    return load_pool()


def test_the_pool_has_ten_pictures_of_each_class(pool: Pool) -> None:
    assert pool.images.shape == (100, SIZE, SIZE) and pool.images.dtype == torch.uint8
    assert pool.footwear.sum() == 30 and pool.footwear[50:60].all()  # sandals


@pytest.mark.parametrize("name", PICTURE_OPERATIONS | LOOK_ALIKES)
def test_an_operation_keeps_the_size_and_is_linear_in_brightness(pool: Pool, name: str) -> None:
    x = pool.images[:4].double()
    operation = (PICTURE_OPERATIONS | LOOK_ALIKES)[name]
    assert operation(x).shape == x.shape
    torch.testing.assert_close(operation(3 * x), 3 * operation(x))


PIXEL = {
    "keep": [(3, 4)],
    "shift": [(3, 9)],
    "mirror": [(3, 23)],
    "turn": [(4, 24)],  # a quarter to the right: row y becomes column 27 - y
    "thicken": [(y, x) for y in (2, 3, 4) for x in (3, 4, 5)],
    "blur": [(y, x) for y in range(1, 6) for x in range(2, 7)],
    "shift 4": [(3, 8)],
    "blur 7": [(y, x) for y in range(7) for x in range(1, 8)],
}


@pytest.mark.parametrize(("name", "lit"), PIXEL.items(), ids=PIXEL)
def test_what_an_operation_makes_of_one_bright_pixel(name: str, lit: list[tuple[int, int]]) -> None:
    x = torch.zeros(1, SIZE, SIZE)
    x[0, 3, 4] = 1
    made = (PICTURE_OPERATIONS | LOOK_ALIKES)[name](x)[0]
    assert [tuple(place) for place in made.nonzero().tolist()] == lit


def strength(x: Tensor) -> Tensor:
    return x.square().mean().sqrt()


@pytest.mark.parametrize("name", PICTURE_OPERATIONS)
def test_no_operation_is_a_mixture_of_the_others(pool: Pool, name: str) -> None:
    """However the others are weighed, with any sign, a tenth of its strength remains."""
    x = pool.images.double() / 255
    made = {other: (operation(x) / strength(operation(x))).flatten() for other, operation in PICTURE_OPERATIONS.items()}
    others = torch.stack([made[other] for other in made if other != name], 1)
    weights = torch.linalg.lstsq(others, made[name][:, None]).solution
    assert strength(made[name] - (others @ weights)[:, 0]) > 0.1


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (torch.zeros(30, SIZE, SIZE, dtype=torch.uint8), "30 of 30 pictures have one colour only"),
        (torch.randint(0, 256, (5, SIZE, SIZE), dtype=torch.uint8), "at least 26 of 28 x 28 are needed"),
        (torch.randint(0, 256, (30, 32, 32), dtype=torch.uint8), "have shape (30, 32, 32)"),
        (torch.rand(30, SIZE, SIZE), "the pictures are float32, and uint8 from 0 to 255 is needed"),
    ],
)
def test_pictures_that_do_not_fit_are_one_sentence(images: Tensor, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        check_pool(Pool(images, torch.ones(len(images), dtype=torch.bool)), 26)
    assert sentence in str(refused.value)


def test_what_is_no_pool_is_one_sentence(pool: Pool) -> None:
    for given in (pool.images, (pool.images, pool.footwear), "folder", Pool(pool.images.numpy(), [True])):
        with pytest.raises(UserError, match="pictures to draw from are a Pool"):
            check_pool(given, 26)
    with pytest.raises(UserError, match=r"its shape is \[100\], got \[7\]"):
        check_pool(Pool(pool.images, pool.footwear[:7]), 26)
