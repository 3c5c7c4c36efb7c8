"""A run goes on only with the pictures it was started with; one that kept no digests is told so and goes on."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import tiny
from dartslab import Record, SearchState, TrainState, search, train
from dartslab.base.messages import UserError
from dartslab.data.batches import is_mixed, search_split
from dartslab.run.recorder import Recorder
from picture_files import fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes, 20 + 4 pictures each."""
    files = [
        f"{part}/{name}/{i}.png"
        for part, n in (("train", 20), ("test", 4))
        for name in ("cat", "dog")
        for i in range(n)
    ]
    return fill(tmp_path / "pictures", *files)


def begin(kind: str, folder: Path, out: Path) -> Path:
    """A run on that folder, stopped after one step; its checkpoint."""
    changes = {"data": f"folder:{folder}", "batch_size": 8, "epochs": 1}
    if kind == "search":
        state: SearchState | TrainState = SearchState.create(tiny.search_config(**changes))
        events = search(state)
    else:
        state = TrainState.create(tiny.train_config(**changes), tiny.genotype())
        events = train(state)
    for _ in Recorder.create(state, out).watch(events):
        break
    return out / "checkpoint.pt"


def go_on(kind: str, checkpoint: Path) -> SearchState | TrainState:
    return SearchState.load(checkpoint) if kind == "search" else TrainState.load(checkpoint)


def rename(folder: Path) -> None:
    for part in ("train", "test"):
        (folder / part / "cat").rename(folder / part / "zebra")


def paint(folder: Path) -> None:
    file = folder / "train" / "dog" / "3.png"
    pixels = np.asarray(Image.open(file)).copy()
    pixels[2, 2] ^= 1
    Image.fromarray(pixels).save(file)


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "renamed": (rename, r"class names \['cat', 'dog'\] -> \['dog', 'zebra'\]"),
    "one pixel": (paint, r"\(the pixels\)"),
    "one more": (lambda f: fill(f, "train/cat/more.png"), r"train pictures of each class \[20, 20\] -> \[21, 20\]"),
    "one less": (
        lambda f: (f / "test" / "dog" / "0.png").unlink(),
        r"test pictures of each class \[4, 4\] -> \[4, 3\]",
    ),
    "moved": (
        lambda f: shutil.move(f / "train" / "cat" / "0.png", f / "train" / "dog" / "x.png"),
        r"\[20, 20\] -> \[19, 21\]",
    ),
}


@pytest.mark.parametrize("kind", ["search", "train"])
@pytest.mark.parametrize(("change", "sentence"), CHANGES.values(), ids=CHANGES)
def test_other_pictures_are_refused_and_what_differs_is_named(
    tmp_path: Path, folder: Path, kind: str, change: Callable[[Path], object], sentence: str
) -> None:
    checkpoint = begin(kind, folder, tmp_path / "run")
    assert go_on(kind, checkpoint).step == 1
    change(folder)
    with pytest.raises(UserError, match=f"not those that .*run was started with .*{sentence}.*put those back"):
        go_on(kind, checkpoint)


def test_other_pictures_in_memory_are_refused_too(tmp_path: Path) -> None:
    state = SearchState.create(tiny.search_config(), tiny.pictures())
    state.save(tmp_path / "checkpoint.pt")
    assert SearchState.load(tmp_path / "checkpoint.pt", tiny.pictures()).step == 0
    with pytest.raises(UserError, match=r"train pictures of each class \[10, 10, .* -> \[9, 9, "):
        SearchState.load(tmp_path / "checkpoint.pt", tiny.pictures(per_class=9))


@pytest.mark.parametrize("kind", ["search", "train"])
def test_a_run_without_digests_is_told_so_and_goes_on(
    tmp_path: Path, folder: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = begin(kind, folder, tmp_path / "run")
    stored = torch.load(checkpoint, weights_only=True)
    del stored["pictures"]
    torch.save(stored, checkpoint)
    rename(folder)
    capsys.readouterr()
    assert go_on(kind, checkpoint).step == 1
    _, said = capsys.readouterr().out.splitlines()
    assert "kept no digests of pictures, so they cannot be compared; since then folders are read in another way" in said
    assert "transparent parts are laid on white" in said


def test_the_record_keeps_the_digests_and_the_split(tmp_path: Path) -> None:
    flat = fill(tmp_path / "flat", *[f"{name}/{i}.png" for name in "ab" for i in range(20)], "a/notes.pdf")
    begin("search", flat, tmp_path / "run")
    kept = Record.load(tmp_path / "run").pictures
    assert kept["classes"] == ["a", "b"] and kept["counts"] == {"train": [16, 16], "test": [4, 4]}
    assert kept["split"] == {"test_share": 0.2, "seed": 0}
    assert kept["left_out"] == {"no picture by its name": [1, "a/notes.pdf"]}


def test_the_validation_half_is_mixed_whatever_the_order_of_the_data_set() -> None:
    data = tiny.pictures(per_class=20)
    in_order = replace(data, train=data.train.pick(data.train.labels.argsort(stable=True)))
    state = SearchState.create(tiny.search_config(), in_order)
    half = search_split(in_order.train.labels, state.config.seed, state.config.portion)[1]
    assert not is_mixed(in_order.train.pick(half).labels, 16) and is_mixed(state.val.part.labels, 16)
    shown = [(picture.numpy().tobytes(), int(label)) for picture, label in zip(*state.val.part, strict=True)]
    whole = in_order.train.pick(half)
    assert sorted(shown) == sorted((p.numpy().tobytes(), int(label)) for p, label in zip(*whole, strict=True))
