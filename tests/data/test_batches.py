"""The search split, the augmentation and the batches: published distributions, nothing to save."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from dartslab.base.messages import UserError
from dartslab.base.seeds import stream
from dartslab.data.batches import (
    Batches,
    Normalize,
    batches_per_epoch,
    crop_and_flip,
    cutout,
    is_mixed,
    mix,
    plain_batches,
    search_split,
)
from dartslab.data.datasets import DataSet, Labelled, load_data


@given(st.lists(st.integers(2, 30), min_size=1, max_size=6), st.floats(0.2, 0.8), st.integers(0, 99))
@settings(deadline=None)
def test_the_halves_are_disjoint_complete_and_stratified(sizes: list[int], portion: float, seed: int) -> None:
    labels = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    if any(not 0 < round(portion * size) < size for size in sizes):
        with pytest.raises(UserError, match="leaves class"):
            search_split(labels, seed, portion)
        return
    first, second = search_split(labels, seed, portion)
    assert torch.equal(torch.cat([first, second]).sort().values, torch.arange(len(labels)))
    assert [int((labels[first] == c).sum()) for c in range(len(sizes))] == [round(portion * size) for size in sizes]


def test_the_split_follows_its_seed() -> None:
    labels = torch.arange(100) % 10
    assert torch.equal(search_split(labels, 1)[0], search_split(labels, 1)[0])
    assert not torch.equal(search_split(labels, 1)[0], search_split(labels, 2)[0])


@pytest.mark.parametrize("portion", [0.0, 1.0, -0.5, 2.0])
def test_a_portion_outside_0_and_1_is_refused(portion: float) -> None:
    with pytest.raises(UserError, match="portion must lie between 0 and 1"):
        search_split(torch.arange(10), 0, portion)


def test_a_class_that_cannot_be_split_is_called_by_its_name() -> None:
    with pytest.raises(UserError, match="leaves class fat cat empty on one side"):
        search_split(torch.tensor([0, 0, 1]), 0, classes=("ant", "fat\ncat"))


def test_a_class_with_one_picture_cannot_be_split() -> None:
    with pytest.raises(UserError, match=r"leaves class 1 empty on one side: it has 1 picture"):
        search_split(torch.tensor([0, 0, 1]), 0)


def every_crop(image: torch.Tensor, padding: int) -> list[torch.Tensor]:
    """All pictures that one crop and one flip can make of [C, H, W]."""
    height, width = image.shape[-2:]
    padded = F.pad(image, (padding,) * 4)
    shifts = [(top, left) for top in range(2 * padding + 1) for left in range(2 * padding + 1)]
    crops = [padded[:, top : top + height, left : left + width] for top, left in shifts]
    return crops + [crop.flip(-1) for crop in crops]


def test_each_picture_is_one_of_the_possible_crops_and_each_crop_occurs() -> None:
    image = torch.arange(1, 31).reshape(1, 5, 6)
    out = crop_and_flip(image.expand(4000, 1, 5, 6), 2, torch.Generator().manual_seed(0))
    possible = torch.stack(every_crop(image, 2))  # 50 of them
    same = (out[:, None] == possible[None]).flatten(2).all(2)
    assert bool((same.sum(1) == 1).all())
    counts = same.sum(0)
    assert counts.min() > 40 and counts.max() < 130  # 80 expected, 9 standard deviation


def test_pictures_of_one_batch_are_cropped_independently() -> None:
    out = crop_and_flip(
        torch.arange(1, 31).reshape(1, 1, 5, 6).expand(64, 1, 5, 6), 2, torch.Generator().manual_seed(0)
    )
    assert len({tuple(picture.flatten().tolist()) for picture in out}) > 25


@pytest.mark.parametrize("length", [1, 4, 5, 16])
def test_cutout_zeros_one_square_that_may_stick_out(length: int) -> None:
    out = cutout(torch.ones(3000, 2, 9, 8), length, torch.Generator().manual_seed(0))
    assert torch.equal(out[:, 0], out[:, 1])
    side = 2 * (length // 2)
    for picture in out[:300, 0]:
        rows, columns = (picture == 0).any(1).nonzero().flatten(), (picture == 0).any(0).nonzero().flatten()
        assert int((picture == 0).sum()) == len(rows) * len(columns)  # a rectangle
        assert len(rows) <= side and len(columns) <= side
        touches = [bool((rows == 0).any() or (rows == 8).any()), bool((columns == 0).any() or (columns == 7).any())]
        assert len(rows) == side or touches[0] or side == 0
        assert len(columns) == side or touches[1] or side == 0


def test_the_centre_of_a_cutout_is_uniform() -> None:
    out = cutout(torch.ones(8000, 1, 4, 4), 2, torch.Generator().manual_seed(0))
    zeroed = (out == 0).float().mean(0)[0]
    expected = torch.tensor([2, 2, 2, 1]) / 4  # a pixel is hidden by a centre on it or one further
    torch.testing.assert_close(zeroed, expected[:, None] * expected[None], atol=0.02, rtol=0)


def grey(count: int = 23) -> DataSet:
    images = torch.arange(count, dtype=torch.uint8).reshape(-1, 1, 1, 1).expand(count, 1, 8, 8).contiguous()
    part = Labelled(images, torch.arange(count) % 3)
    return DataSet("grey", part, part, ("a", "b", "c"))


IDENTITY = Normalize(torch.zeros(1, 1, 1), torch.ones(1, 1, 1))


def numbers(batch) -> list[int]:
    """Which pictures of `grey` are in a batch."""
    return (batch.images[:, 0, 0, 0] * 255).round().int().tolist()


def test_an_epoch_shows_every_picture_once_in_a_new_order() -> None:
    batches = Batches(grey().train, IDENTITY, 5, 0, "training", padding=0)
    assert batches.per_epoch == 5
    epochs = [[n for step in range(5) for n in numbers(batches(5 * epoch + step))] for epoch in range(2)]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(23)) and epochs[0] != epochs[1]
    assert len(numbers(batches(4))) == 3


def test_a_batch_follows_from_its_step_whatever_was_asked_before() -> None:
    one = Batches(grey().train, IDENTITY, 5, 0, "training", padding=2, cutout_length=4)
    two = Batches(grey().train, IDENTITY, 5, 0, "training", padding=2, cutout_length=4)
    later = [two(step).images for step in (11, 2, 7)]
    assert all(torch.equal(one(step).images, images) for step, images in zip((11, 2, 7), later, strict=True))


# (pictures, batch size, pictures that a batch needs) -> sizes of the batches of an epoch
LAST_BATCHES = [
    ((21, 5, 1), [5, 5, 5, 5, 1]),
    ((21, 5, 2), [5, 5, 5, 6]),
    ((22, 5, 2), [5, 5, 5, 5, 2]),
    ((20, 5, 2), [5, 5, 5, 5]),
    ((3, 2, 2), [3]),
    ((3, 3, 2), [3]),
]


@pytest.mark.parametrize(("asked", "sizes"), LAST_BATCHES)
def test_a_last_batch_that_is_too_small_joins_the_one_before(asked: tuple[int, int, int], sizes: list[int]) -> None:
    count, batch_size, least = asked
    data = grey(count)
    batches = Batches(data.train, IDENTITY, batch_size, 0, "training", padding=0, least=least)
    shown = [numbers(batches(step)) for step in range(2 * len(sizes))]
    assert [len(one) for one in shown] == 2 * sizes and batches.per_epoch == len(sizes)
    assert sorted(itertools.chain(*shown[: len(sizes)])) == list(range(count))
    assert batches.joins == max(0, count - batch_size * len(sizes))
    plain = [numbers(batch) for batch in plain_batches(data.test, IDENTITY, batch_size, least)]
    assert [len(one) for one in plain] == sizes and list(itertools.chain(*plain)) == list(range(count))


@given(st.integers(1, 60), st.integers(1, 20), st.integers(1, 2))
def test_as_many_batches_as_are_counted(count: int, batch_size: int, least: int) -> None:
    whole = list(plain_batches(grey(count).test, IDENTITY, batch_size, least))
    assert len(whole) == batches_per_epoch(count, batch_size, least)
    assert all(len(batch.labels) >= least for batch in whole) or min(count, batch_size) < least


@pytest.mark.parametrize("count", [1, 23])
def test_batches_that_can_never_be_normalised_are_refused(count: int) -> None:
    with pytest.raises(UserError, match="this network needs at least 2 in a batch"):
        Batches(grey(count).train, IDENTITY, 1, 0, "training", least=2)


def test_labels_stay_with_their_pictures() -> None:
    batch = Batches(grey().train, IDENTITY, 23, 5, "training", padding=0)(0)
    assert [n % 3 for n in numbers(batch)] == batch.labels.tolist()


@pytest.mark.parametrize(("size", "sentence"), [(24, "only 23 training pictures; use 23 or less"), (0, "at least 1")])
def test_a_batch_size_that_does_not_fit_is_refused(size: int, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        Batches(grey().train, IDENTITY, size, 0, "training")


def test_pictures_are_normalised_by_the_training_sets_own_mean_and_spread() -> None:
    data = load_data("fashion-mini")
    pixels = data.train.images.double() / 255
    normalize = Normalize.measured(data, torch.device("cpu"))
    torch.testing.assert_close(normalize.mean.flatten().double(), pixels.mean((0, 2, 3)))
    torch.testing.assert_close(normalize.std.flatten().double(), pixels.std((0, 2, 3), correction=0))


def test_plain_batches_are_all_pictures_in_order() -> None:
    shown = [n for batch in plain_batches(grey().test, IDENTITY, 10) for n in numbers(batch)]
    assert shown == list(range(23))


@pytest.mark.parametrize("count", [None, 12, 100])
def test_plain_batches_of_a_part_are_all_or_the_first_pictures_and_processes_take_turns(count: int | None) -> None:
    part, shown = grey().test, list(range(23))[:count]
    assert [n for batch in Batches(part, IDENTITY, 10, 0, "test").plain(count) for n in numbers(batch)] == shown
    of_two = [Batches(part, IDENTITY, 10, 0, "test", rank=rank, ranks=2).plain(count) for rank in (0, 1)]
    first, second = ([numbers(batch) for batch in batches] for batches in of_two)
    assert [first[0], second[0], *first[1:]] == [shown[place : place + 10] for place in range(0, len(shown), 10)]


def test_the_split_draws_from_a_stream_of_its_own() -> None:
    assert stream(0, "split").initial_seed() != stream(0, "training", "order", 0).initial_seed()


def test_the_share_of_each_process_weighs_its_mean_by_its_pictures() -> None:
    part = Labelled(torch.zeros(5, 1, 8, 8, dtype=torch.uint8), torch.arange(5))
    normalize = Normalize(torch.zeros(1, 1, 1), torch.ones(1, 1, 1))
    shares = [Batches(part, normalize, 5, 0, "train", 0, rank=rank, ranks=2)(0).share for rank in (0, 1)]
    assert shares == [3 * 2 / 5, 2 * 2 / 5]


@pytest.mark.parametrize("batch_size", [8, 16, 64, 96, 256])
@pytest.mark.parametrize("seed", range(4))
def test_a_mixed_part_is_left_in_its_order(batch_size: int, seed: int) -> None:
    part = load_data("fashion-mini", image_size=8).train
    half = part.pick(search_split(part.labels, seed)[1])
    assert mix(half, batch_size, seed) is half


CLASS = {
    "sorted": lambda n: torch.arange(n) * 4 // n,
    "sorted, most of one class": lambda n: (torch.arange(n) > 0.9 * n).long(),
    "in runs of 20": lambda n: torch.arange(n) // 20 % 4,
    "two classes at a time": lambda n: torch.arange(n) % 2 + 2 * (torch.arange(n) * 2 // n),
}


@pytest.mark.parametrize("batch_size", [4, 16, 64])
@pytest.mark.parametrize("labels", CLASS.values(), ids=CLASS)
def test_a_part_in_the_order_of_its_classes_is_shuffled_by_seed(labels, batch_size: int) -> None:
    part = Labelled(torch.arange(800)[:, None, None, None], labels(800))
    assert is_mixed(part.labels, batch_size) == (batch_size == 64 and labels is CLASS["in runs of 20"])
    if not is_mixed(part.labels, batch_size):
        one, same, other = (mix(part, batch_size, seed) for seed in (1, 1, 2))
        assert is_mixed(one.labels, batch_size) and sorted(one.images.flatten().tolist()) == list(range(800))
        assert torch.equal(one.labels, part.labels[one.images.flatten()])
        assert torch.equal(one.images, same.images) and not torch.equal(one.images, other.images)


@pytest.mark.parametrize(("labels", "batch_size"), [([0, 0, 1, 1], 1), ([0, 1, 0, 1], 2), ([0, 0, 0], 2), ([0, 1], 9)])
def test_what_cannot_be_mixed_better_is_left_as_it_is(labels: list[int], batch_size: int) -> None:
    assert is_mixed(torch.tensor(labels), batch_size)


def test_a_constant_channel_is_not_blown_up() -> None:
    images = torch.randint(0, 256, (9, 3, 8, 8), dtype=torch.uint8)
    images[:, 1] = 200
    part = Labelled(images, torch.arange(9) % 3)
    normalize = Normalize.measured(DataSet("one channel", part, part, ("a", "b", "c")), torch.device("cpu"))
    assert normalize.std.flatten()[1] == 1 and float(normalize(images)[:, 1].abs().max()) < 1e-6
    assert abs(float(normalize(torch.zeros_like(images))[0, 1, 0, 0]) + 200 / 255) < 1e-6
