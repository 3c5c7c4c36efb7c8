"""A data set made in Python is checked before anything is computed: a sentence for each way it cannot be."""

from collections.abc import Callable

import pytest
import torch

import tiny
from dartslab import PUBLISHED, DataSet, Labelled, SearchState, TrainState
from dartslab.base.messages import UserError
from dartslab.data.checks import check_data_set, describe_constants

X = torch.randint(0, 256, (40, 3, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
Y = torch.arange(40) % 4
CLASSES = tuple("abcd")

WRONG = {
    "channels last": (X.permute(0, 2, 3, 1), Y, r"are uint8 \[40, 16, 16, 3\], .*permute\(0, 3, 1, 2\)"),
    "grey, channels last": (X[:, :1].permute(0, 2, 3, 1), Y, r"permute\(0, 3, 1, 2\)"),
    "no channel": (X[:, 0], Y, r"are uint8 \[40, 16, 16\], and \[N, C, H, W\] is needed"),
    "floats": (X / 255, Y, r"are float32 .* give \(255 \* x\)\.round\(\)\.to\(torch\.uint8\)"),
    "int64 pictures": (X.long(), Y, "are int64 .*, and uint8 in 0..255 is needed"),
    "an array": (X.numpy(), Y, "pictures of 'own' are a ndarray; give a tensor"),
    "too small": (X[..., :7], Y, "the least is 8 pixels"),
    "no picture": (X[:0], Y[:0], "there are none"),
    "fewer labels": (X, Y[:30], r"int64 \[30\] for 40 pictures"),
    "one column for each class": (X, torch.eye(4)[Y], r"one column for each class.*argmax\(1\)"),
    "a column": (X, Y[:, None], r"int64 \[40, 1\] for 40 pictures"),
    "labels from 1": (X, Y + 1, "go from 1 to 4, and of 4 classes the numbers are 0 to 3; subtract 1"),
    "labels beyond": (X, Y * 2, "go from 0 to 6"),
    "labels below 0": (X, Y - 1, "go from -1 to 2"),
    "int32 labels": (X, Y.int(), r"are int32 .*, and int64 is needed; give x\.long\(\)"),
    "float labels": (X, Y.float(), "are float32"),
    "a list": (X, Y.tolist(), "labels of 'own' are a list"),
}


@pytest.mark.parametrize("part", ["train", "test"])
@pytest.mark.parametrize(("images", "labels", "sentence"), WRONG.values(), ids=WRONG)
def test_pictures_and_labels_that_do_not_fit_are_refused(images, labels, sentence: str, part: str) -> None:
    good, bad = Labelled(X, Y), Labelled(images, labels)
    data = DataSet("own", bad, good, CLASSES) if part == "train" else DataSet("own", good, bad, CLASSES)
    with pytest.raises(UserError, match=sentence) as error:
        check_data_set(data)
    assert {"train": "training", "test": "test"}[part] in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (DataSet("own", Labelled(X, Y), Labelled(X[:, :1], Y), CLASSES), r"are \[3, 16, 16\] .* test pictures \[1, 16"),
        (DataSet("own", Labelled(X, Y * 0), Labelled(X, Y * 0), ("a",)), r"has 1 class\(es\) \(\['a'\]\)"),
    ],
)
def test_parts_must_be_alike_and_classes_two(data: DataSet, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        check_data_set(data)


@pytest.mark.parametrize(
    "begin",
    [
        lambda data: SearchState.create(tiny.search_config(), data),
        lambda data: TrainState.create(tiny.train_config(), PUBLISHED["DARTS_V2"], data),
    ],
    ids=["search", "train"],
)
def test_runs_check_their_data_set_first(begin: Callable[[DataSet], object]) -> None:
    part = Labelled(X, Y)
    begin(DataSet("own", part, part, CLASSES))
    with pytest.raises(UserError, match="there are none"):
        begin(DataSet("own", part, part._replace(images=X[:0], labels=Y[:0]), CLASSES))


def constant(*channels: int) -> DataSet:
    images = X.clone()
    images[:, list(channels)] = 7
    return DataSet("own", Labelled(images, Y), Labelled(images, Y), CLASSES)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (constant(), ""),
        (constant(1), "channel 1 of 3 (counted from 0) is constant in all 40 training pictures"),
        (constant(0, 2), "channel 0, 2 of 3 (counted from 0) is constant in"),
        (constant(0, 1, 2), "all 40 training pictures of 'own' are constant, of one and the same colour"),
    ],
)
def test_constant_channels_are_said_when_a_run_begins(
    data: DataSet, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in describe_constants(data) and bool(sentence) == bool(describe_constants(data))
    state = TrainState.create(tiny.train_config(), PUBLISHED["DARTS_V2"], data)
    said = capsys.readouterr().out
    assert sentence in said and said.count("\n") == bool(sentence)
    assert float(state.train(0).images.abs().max()) < 10  # black borders of a constant channel were -1e6


def test_a_channel_that_varies_in_late_pictures_only_is_not_constant() -> None:
    images = torch.full((200, 1, 8, 8), 9, dtype=torch.uint8)
    images[199, 0, 7, 7] = 10
    part = Labelled(images, torch.arange(200) % 4)
    assert describe_constants(DataSet("own", part, part, CLASSES)) == ""
