"""An exported network gives the logits of the trained one, without the data set, and without what trained it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch

import dartslab
import tiny
from dartslab import PUBLISHED, Genotype, Recorder, SearchState, TrainState, search, train
from dartslab.base.messages import UserError
from dartslab.data.datasets import DataSet, Labelled
from dartslab.run.checkpoint import load_checkpoint
from dartslab.run.export import PROGRAM, WEIGHTS, export, load_network
from dartslab.run.record import CHECKPOINT
from sentences import refusal

# torch 2.9 to 2.12 say this of their own `torch.export.load`, whose weights lie in the bytes that it has read. No other
# warning is let through.
LOADING = "ignore:The given buffer is not writable"
pytestmark = pytest.mark.filterwarnings(LOADING)


def colour_pictures(size: int) -> DataSet:
    """24 pictures of noise in 3 classes; red is brighter than blue, so that a mix-up of channels is seen."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (24, 3, size, size), generator=generator) // torch.tensor([1, 2, 4])[:, None, None]
    part = Labelled(images.to(torch.uint8), torch.arange(24) % 3)
    return DataSet("noise", part, part, ("ape", "bee", "cat"))


def trained(folder: Path, data: DataSet, cell: Genotype, steps: int | None = None, **changes: object) -> TrainState:
    """A training run, recorded in a folder; left after some steps where they are given."""
    state = TrainState.create(tiny.train_config(**changes), cell, data)
    for event in Recorder.create(state, folder).watch(train(state)):
        if event.step == steps:
            break
    return state


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished training run on grey pictures, 28 pixels made 16, and its export."""
    folder = tmp_path_factory.mktemp("grey")
    state = trained(folder / "run", tiny.pictures(16), tiny.genotype())
    export(folder / "run", folder / "out")
    torch.save((state.test.images[:5], logits(state, state.test.images[:5])), folder / "expected.pt")
    return folder


def logits(state: TrainState, pictures: torch.Tensor) -> torch.Tensor:
    """What the trained network itself says: [B, classes]."""
    with torch.no_grad():
        return state.net.eval()(state.train.normalize(pictures))[0]


@pytest.mark.parametrize("count", [1, 2, 7], ids=lambda count: f"{count} pictures")
@pytest.mark.parametrize("stem", ["cifar", "imagenet"])
def test_both_files_give_the_logits_of_the_trained_network(tmp_path_factory, stem: str, count: int) -> None:
    folder = tmp_path_factory.getbasetemp() / f"colour-{stem}"
    if not folder.exists():  # once for all counts
        data = colour_pictures(32)
        state = trained(folder / "run", data, PUBLISHED["DARTS_V2"], 2, stem=stem, cutout=0, batch_size=8)
        export(folder / "run", folder / "out")
        torch.save((data.test.images, logits(state, data.test.images)), folder / "expected.pt")
    pictures, expected = torch.load(folder / "expected.pt")
    program = torch.export.load(folder / "out" / PROGRAM).module()
    network = load_network(folder / "out" / WEIGHTS)
    for classifier in (program, network):
        torch.testing.assert_close(classifier(pictures[:count]).detach(), expected[:count])
    assert expected.std() > 1e-3  # logits that say something


# what is given to a network that was trained on uint8 [B, 1, 16, 16]
OTHER_PICTURES = {
    "another size": torch.zeros(2, 1, 28, 28, dtype=torch.uint8),
    "scaled to 0..1": torch.zeros(2, 1, 16, 16),
    "floats of 0..255": torch.full((2, 1, 16, 16), 200.0),
    "int64": torch.zeros(2, 1, 16, 16, dtype=torch.int64),
    "colour": torch.zeros(2, 3, 16, 16, dtype=torch.uint8),
    "channels last": torch.zeros(2, 16, 16, 1, dtype=torch.uint8),
    "one picture without B": torch.zeros(1, 16, 16, dtype=torch.uint8),
}


@pytest.mark.parametrize("what", OTHER_PICTURES)
def test_both_files_refuse_other_pictures_than_those_of_the_training(folder: Path, what: str) -> None:
    pictures = OTHER_PICTURES[what]
    sentence = refusal(load_network(folder / "out" / WEIGHTS), pictures)
    assert "of the type uint8 (0 to 255) and the shape [B, 1, 16, 16], got " in sentence
    assert str(list(pictures.shape)) in sentence
    program = torch.export.load(folder / "out" / PROGRAM).module()
    try:
        got = program(pictures)
    except (RuntimeError, AssertionError, ValueError):  # torch's own checks: the program has no other code
        return
    assert what == "int64"  # which up to torch 2.7 a program takes for what it says
    assert torch.equal(got, program(pictures.to(torch.uint8)))


def test_the_program_needs_torch_and_nothing_of_dartslab(folder: Path) -> None:
    program = (
        "import sys\n"
        "sys.modules['dartslab'] = None  # importing it would fail\n"
        "import torch\n"
        "pictures, expected = torch.load('expected.pt')\n"
        f"logits = torch.export.load('out/{PROGRAM}').module()(pictures)\n"
        "torch.testing.assert_close(logits, expected)\n"
        "assert not any(name.startswith('dartslab.') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-W", LOADING, "-c", program], check=True, cwd=folder)


def test_loading_the_weights_loads_nothing_that_searches(folder: Path) -> None:
    program = (
        "import sys\n"
        "import torch\n"
        "from dartslab.run.export import load_network\n"
        "pictures, expected = torch.load('expected.pt')\n"
        f"torch.testing.assert_close(load_network('out/{WEIGHTS}')(pictures).detach(), expected)\n"
        "modules = {'run.search', 'run.search_state', 'run.train', 'supernet', 'architect', 'bilevel', 'fast.fused'}\n"
        "found = {f'dartslab.{name}' for name in modules} & set(sys.modules)\n"
        "assert not found, found\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=folder)


def test_the_program_does_not_tell_where_it_was_made(folder: Path) -> None:
    written = (folder / "out" / PROGRAM).read_bytes()  # a zip that compresses nothing
    assert b"conv2d" in written
    assert str(Path(dartslab.__file__).parent).encode() not in written and __file__.encode() not in written


def test_the_weights_say_what_the_network_is(folder: Path) -> None:
    with safetensors.safe_open(folder / "out" / WEIGHTS, framework="pt") as file:
        metadata, names = file.metadata(), list(file.keys())
    said = {name: json.loads(metadata[name]) for name in ("channels", "layers", "stem", "picture", "classes")}
    assert said | {"classes": len(said["classes"])} == {
        "channels": 4,
        "layers": 3,
        "stem": "cifar",
        "picture": [1, 16, 16],
        "classes": 10,
    }
    assert Genotype.from_json(metadata["genotype"]) == tiny.genotype()
    assert metadata["dartslab"] == dartslab.__version__
    images = tiny.pictures(16).train.images.double() / 255
    assert json.loads(metadata["mean"]) == pytest.approx([images.mean().item()], rel=1e-6)
    assert json.loads(metadata["std"]) == pytest.approx([images.std(correction=0).item()], rel=1e-6)
    assert names and not any(name.startswith("auxiliary") for name in names)


def test_the_network_can_be_trained_further_and_draws_no_random_number(folder: Path) -> None:
    before = torch.get_rng_state()
    network = load_network(folder / "out" / WEIGHTS).network
    assert torch.equal(torch.get_rng_state(), before)
    network.train()(torch.randn(4, 1, 16, 16))[0].sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_an_unfinished_run_is_exported_as_it_is(tmp_path: Path) -> None:
    state = trained(tmp_path / "run", tiny.pictures(16), tiny.genotype(), steps=3)
    done = export(tmp_path / "run", tmp_path / "out")
    assert (done.step, done.steps) == (3, state.steps)
    pictures = state.test.images[:2]
    torch.testing.assert_close(load_network(tmp_path / "out" / WEIGHTS)(pictures).detach(), logits(state, pictures))


def test_a_checkpoint_of_before_is_refused_and_mended_by_resuming(tmp_path: Path) -> None:
    path = tmp_path / "run" / CHECKPOINT
    trained(path.parent, tiny.pictures(16), tiny.genotype(), epochs=1)
    stored = load_checkpoint(path, "train")
    torch.save({name: stored[name] for name in set(stored) - {"steps", "classes", "picture", "mean", "std"}}, path)
    assert refusal(export, path.parent, tmp_path / "out") == (
        f"{path.parent} was written by an older dartslab, which kept no classes and normalisation in checkpoints; "
        "give its `train` command again with --resume, which adds them even when all steps are done."
    )
    Recorder.resume(TrainState.load(path, tiny.pictures(16)), path.parent)
    assert export(path.parent, tmp_path / "out").step == stored["step"]


def a_search(run: Path) -> None:
    state = SearchState.create(tiny.search_config(hypergradient="first_order", steps=1), tiny.pictures())
    list(Recorder.create(state, run).watch(search(state)))


def no_step(run: Path) -> None:
    Recorder.create(TrainState.create(tiny.train_config(), tiny.genotype(), tiny.pictures(16)), run)


def no_checkpoint(run: Path) -> None:
    no_step(run)
    (run / CHECKPOINT).unlink()


def cut_checkpoint(run: Path) -> None:
    no_step(run)
    (run / CHECKPOINT).write_bytes((run / CHECKPOINT).read_bytes()[:500])


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda run: None, "run is not a folder; name the folder that a run was given with --out."),
        (lambda run: run.mkdir(), "run holds no dartslab run (config.json is missing)"),
        (a_search, "run is a search, which found cells but did not train a network of them; train one with"),
        (no_step, "run has made no step yet, so its weights are random; continue it with `train --resume`"),
        (no_checkpoint, "checkpoint.pt does not exist"),
        (cut_checkpoint, "checkpoint.pt is not a complete checkpoint"),
    ],
    ids=["nothing", "empty folder", "search", "no step", "no checkpoint", "cut checkpoint"],
)
def test_what_is_no_trained_network_is_refused(tmp_path: Path, make, sentence: str) -> None:
    make(tmp_path / "run")
    assert sentence in refusal(export, tmp_path / "run", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", [PROGRAM, WEIGHTS])
def test_nothing_is_overwritten(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    (tmp_path / "notes.txt").write_text("mine too")
    assert refusal(export, folder / "run", tmp_path) == (
        f"{tmp_path / name} already exists, and export overwrites nothing; remove it or name another folder with --out."
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "notes.txt"])
    assert "is a file; name a folder" in refusal(export, folder / "run", tmp_path / "notes.txt")


def rewritten(path: Path, **changes: str | None) -> None:
    """The same weights with other metadata; None takes an entry away."""
    with safetensors.safe_open(path, framework="pt") as file:
        metadata = {key: value for key, value in (file.metadata() | changes).items() if value is not None}
    safetensors.torch.save_file(safetensors.torch.load_file(path), path, metadata)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.unlink(), "is not a file; name a network.safetensors that `dartslab export` wrote."),
        (lambda path: path.write_bytes(b""), "is not a complete safetensors file"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "is not a complete safetensors file"),
        (lambda path: path.write_text("hello"), "is not a complete safetensors file"),
        (lambda path: safetensors.torch.save_file({"w": torch.ones(2)}, path), "that dartslab did not write"),
        (lambda path: rewritten(path, format="pt"), "its metadata do not say 'dartslab-network'"),
        (lambda path: rewritten(path, version="9"), "is of version '9', this dartslab reads '1'"),
        (lambda path: rewritten(path, stem=None), "describes a network that cannot be built ('stem')"),
        (lambda path: rewritten(path, genotype="{}"), 'lacks "format": "dartslab-genotype"'),
        (lambda path: rewritten(path, mean="[0.5, 0.5]"), "pictures of shape (1, 16, 16) do not have 2 channels"),
        (lambda path: rewritten(path, channels="8"), "holds weights of another network than it describes"),
        (lambda path: rewritten(path, layers="2"), "holds weights of another network than it describes"),
    ],
    ids=["gone", "empty", "cut", "text", "foreign", "format", "version", "stem", "cell", "mean", "channels", "layers"],
)
def test_weights_that_are_not_ours_are_refused(folder: Path, tmp_path: Path, spoil, sentence: str) -> None:
    path = tmp_path / WEIGHTS
    path.write_bytes((folder / "out" / WEIGHTS).read_bytes())
    spoil(path)
    assert sentence in refusal(load_network, path)


def test_a_folder_that_cannot_be_written_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be written"):
        export(folder / "run", tmp_path / "file" / "out")
