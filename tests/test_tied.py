"""The tied space from a search to a trained network: one table of alpha and one cell, for both kinds of cell."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

import tiny
import toy_methods
from command_lines import SMALL, SMALL_TRAINING, refused, run
from dartslab import Genotype, Record, Recorder, SearchConfig, SearchSpace, SearchState, search
from dartslab.cli.main import main
from dartslab.data.datasets import DataSet
from dartslab.draw.style import TIED_TITLE as TITLE
from dartslab.experiment.folder import read_experiment
from dartslab.experiment.reproduce import reproduce
from dartslab.experiment.stages import genotype_of, stages
from dartslab.run.compiled import check_compiled
from dartslab.run.config import LEAST_LAYERS
from dartslab.run.export import load_network
from dartslab.run.memory import estimate
from dartslab.run.record import CHECKPOINT
from dartslab.run.recorder import record_of
from dartslab.run.sources import read_genotype
from dartslab.run.stored import read_config
from dartslab.widgets import CellBuilder, DiscretizationGap, ExperimentPanel, NetworkMap, Replay, SearchPanel
from dartslab.widgets.models.moments import layout_svg
from sentences import refusal


@pytest.fixture(scope="module")
def data() -> DataSet:
    return tiny.pictures()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tied search that was run by the command, over several steps."""
    out = tmp_path_factory.mktemp("tied") / "run"
    main(["search", "--preset", "lesson", "--tied", *SMALL, "--out", str(out)])
    return out


def make(data: DataSet, **changes: object) -> SearchState:
    return SearchState.create(tiny.search_config(**({"nodes": 2, "tied": True} | changes)), data)


def test_the_command_searches_one_cell_and_trains_and_exports_a_network_of_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = read_genotype(str(folder))
    assert found.tied and list(found.cells) == ["normal"]
    assert "nothing to do" in run(capsys, "search", "--preset", "lesson", "--tied", *SMALL, "--out", folder, "--resume")
    assert {Path(line).name for line in run(capsys, "draw", folder, "--out", tmp_path).splitlines()} == {
        "genotype.png", "curves.png", "alpha.png",
    }  # fmt: skip
    head = run(capsys, "table", folder).splitlines()[0]
    assert "alpha.normal.0->2.skip_connect" in head and "reduce" not in head
    run(capsys, "train", "--preset", "lesson", "--genotype", folder, *SMALL_TRAINING, "--out", tmp_path / "trained")
    run(capsys, "export", tmp_path / "trained", "--out", tmp_path / "network")
    network = load_network(tmp_path / "network" / "network.safetensors").network
    assert [cell.cell for cell in network.cells] == [found.normal] * 2
    twice = Genotype(found.normal, found.normal)  # what it is where cells are not tied
    assert network.state_dict().keys() == type(network)(twice, 2, 2, 10, False, "cifar", 1).state_dict().keys()


def test_the_command_prints_the_cell_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(capsys, "search", "--preset", "lesson", "--tied", *SMALL, "--steps", 2, "--out", tmp_path / "a")
    assert [line.partition(":")[0] for line in told.splitlines() if "<-" in line] == ["both kinds"]


def test_a_tied_search_is_not_continued_as_an_untied_one(folder: Path) -> None:
    told = refused("search", "--no-tied", "--out", folder, "--resume")
    assert "tied: True -> False" in told


def test_a_stopped_search_goes_on_bit_for_bit(data: DataSet, tmp_path: Path) -> None:
    whole, stopped = (make(data, hypergradient="exact", alpha_learning_rate=0.1) for _ in range(2))
    expected = [event.train_loss for event in search(whole)]
    for event in Recorder(stopped, tmp_path).watch(search(stopped)):
        if event.step == 5:
            break
    resumed = SearchState.load(tmp_path / CHECKPOINT, data)
    recorder = Recorder.resume(resumed, tmp_path)
    assert [event.train_loss for event in recorder.watch(search(resumed))] == expected[5:]
    assert list(resumed.arch.alpha) == ["normal"]
    assert torch.equal(whole.arch.alpha["normal"], resumed.arch.alpha["normal"])
    assert whole.genotype() == resumed.genotype() == Record.load(tmp_path).genotype()
    assert Record.load(tmp_path).columns["train_loss"].tolist() == expected


@pytest.fixture
def toys() -> Iterator[None]:
    with toy_methods.known():
        yield


@pytest.mark.usefixtures("toys")
@pytest.mark.parametrize("method", toy_methods.TOYS, ids=lambda method: method.name)
def test_a_method_of_any_form_finds_one_cell_and_need_not_know(method, data: DataSet, tmp_path: Path) -> None:
    state = make(data, method=method.name, epochs=2)
    before = state.arch.alpha["normal"].clone()
    events = list(Recorder(state, tmp_path).watch(search(state)))
    assert not torch.equal(state.arch.alpha["normal"], before)
    assert all(event.genotype.tied and list(event.weights) == ["normal"] for event in events)
    assert (
        Record.load(tmp_path).genotype() == state.genotype() == SearchState.load(tmp_path / CHECKPOINT, data).genotype()
    )


@pytest.mark.parametrize("layers", range(1, LEAST_LAYERS))
def test_a_network_of_reduction_cells_alone_is_searched(layers: int, data: DataSet) -> None:
    state = make(data, layers=layers, steps=2)
    before = state.arch.alpha["normal"].clone()
    assert all(cell.reduction for cell in state.net.cells) and len(list(search(state))) == 2
    assert not torch.equal(state.arch.alpha["normal"], before)


def test_a_record_knows_its_space_and_one_from_before_had_two_tables(folder: Path) -> None:
    record = Record.load(folder)
    assert record.space == SearchConfig(**record.config).space and record.space.tied
    assert list(record.weights()) == ["normal"] and record.weights()["normal"].shape == (2, 3)
    older = {name: value for name, value in asdict(tiny.search_config()).items() if name != "tied"}
    assert read_config(SearchConfig, older, "runs/a") == tiny.search_config()
    assert not Record("search", older, {}).space.tied


def test_a_loop_of_ones_own_gives_a_record_of_one_table() -> None:
    config = tiny.search_config(tied=True)
    tables = [{"alpha.normal": np.arange(8.0).reshape(2, 4) * step} for step in range(3)]
    record = record_of(config, tables)
    assert record.genotype().tied and record.genotype().normal.into(2)[0].operation == "sep_conv_3x3"
    assert Replay(record).frame({"step": 3})["runs"][0]["cells"][0]["title"] == TITLE


def test_the_memory_of_a_step_is_that_of_an_untied_one_but_for_half_of_alpha(data: DataSet) -> None:
    tied, untied = (estimate(tiny.search_config(tied=tied), data) for tied in (True, False))
    assert (tied.weights, tied.kept, 2 * tied.alpha) == (untied.weights, untied.kept, untied.alpha)
    genotype = Genotype(tiny.genotype().normal, tied=True)
    assert estimate(tiny.train_config(), data, genotype) == estimate(
        tiny.train_config(), data, Genotype(genotype.normal, genotype.normal)
    )


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")  # torch's tracer looks at it
def test_compiled_cells_are_checked_in_the_tied_space(data: DataSet) -> None:
    state = make(data, hypergradient="first_order")
    assert check_compiled(state.config, state.arch, 10, torch.device("cpu"), "aot_eager") < 1e-6


def test_an_experiment_is_tied_in_all_that_it_searches(tmp_path: Path) -> None:
    own = tiny.picture_folder(tmp_path / "own")
    experiment, out = tiny.experiment(own, tied=True, seeds=1), tmp_path / "out"
    assert reproduce(experiment, out) == ""
    assert read_experiment(out) == experiment
    found = {stage.cell: genotype_of(experiment, stage.cell, out) for stage in stages(experiment) if stage.cell}
    assert {name: genotype.tied for name, genotype in found.items()} == {
        "chosen": True, "random-0": True, "DARTS_V2": False,
    }  # fmt: skip
    assert "- both kinds: 2 <- " in (out / "report.md").read_text(encoding="utf-8")
    panel = ExperimentPanel(out)
    panel.controls["shown"].value = "search-0"
    assert [cell["title"] for cell in panel.shown["run"]["cells"]] == [TITLE]
    assert panel.still_png(panel.shown).startswith(b"\x89PNG")
    panel.close()
    head = json.loads((out / "experiment.json").read_text(encoding="utf-8"))
    del head["experiment"]["tied"]  # as it was stored before there was such a field
    (out / "experiment.json").write_text(json.dumps(head), encoding="utf-8")
    assert read_experiment(out) == tiny.experiment(own, seeds=1)


def test_views_of_a_search_show_one_table_and_one_cell(folder: Path, data: DataSet, tmp_path: Path) -> None:
    replay = Replay(folder)
    (shown,) = replay.shown["runs"][0]["cells"]
    assert (shown["title"], shown["tied"]) == (TITLE, True)
    assert "; cell for both kinds keeps 0 to 2 " in replay.text
    assert not any(kind in replay.text for kind in ("normal", "reduction"))
    assert replay.still_png(replay.shown).startswith(b"\x89PNG")
    assert replay.export_html(tmp_path / "replay.html").is_file()
    panel = SearchPanel(make(data))
    panel.step(2)
    assert panel.wait(60.0) and panel.genotype.tied
    assert [cell["title"] for cell in panel.shown["run"]["cells"]] == [TITLE]
    gap = DiscretizationGap(panel.search, pictures=8)
    assert gap.space == panel.search.config.space == DiscretizationGap(json.loads(json.dumps(gap.columns))).space
    panel.close()


def test_a_graph_of_a_tied_cell_is_drawn_once() -> None:
    cell = tiny.genotype().normal
    assert layout_svg(Genotype(cell, tied=True)).count(TITLE) == 1
    assert "normal cell" not in layout_svg(Genotype(cell, tied=True))


@pytest.mark.parametrize(
    ("layers", "level", "sentence"),
    [
        (8, "network", "6 normal cells and 2 reduction cells, .* All 8 cells read one table of alpha: 5 edges"),
        (8, "edge", "and halve them; .* The weights come from row 0 of the alpha of all 8 cells."),
        (2, "network", "Both cells read one table of alpha"),
        (1, "network", "The only cell has a table of alpha"),
    ],
)
def test_the_map_says_that_all_cells_read_one_table(layers: int, level: str, sentence: str) -> None:
    config = tiny.search_config(nodes=2, layers=layers, tied=True)
    view = NetworkMap(
        config, {"normal": np.tile([0.1, 0.2, 0.3, 0.4], (5, 1))}, level=level, cell=layers // 3, edge="0 → 2"
    )
    assert view.shown["kind"] == "reduce" and view.shown["weights"] == [0.1, 0.2, 0.3, 0.4]
    assert re.search(sentence, view.text)
    assert view.still_png(view.shown).startswith(b"\x89PNG")


def test_a_tied_cell_is_built_and_taken_over() -> None:
    builder = CellBuilder(1, ("skip_connect", "sep_conv_3x3"), channels=4, layers=3, image_size=8, tied=True)
    assert builder.controls["kind"].options == ((TITLE, "normal"),)
    builder.hear({"operation": "sep_conv_3x3"})
    found = builder.value
    assert found.tied and found.normal.into(2)[0].operation == "sep_conv_3x3"
    again = CellBuilder(1, ("skip_connect", "sep_conv_3x3"), found, channels=4, layers=3, image_size=8)
    assert again.value == found and again.text == builder.text
    assert builder.still_png(builder.shown).startswith(b"\x89PNG")
    builder.random.click()
    assert builder.value.tied


def test_a_tied_builder_refuses_two_cells() -> None:
    assert "this builder holds one cell for both" in refusal(CellBuilder, genotype="DARTS_V2", tied=True)
    assert "they come in pairs, and here one cell is both" in CellBuilder(tied=True).canvas.data["note"]
    assert SearchSpace().kinds == tuple(CellBuilder(genotype="DARTS_V2").value.cells)
