"""TruthExplorer without a browser: its numbers, the cells that were found, what it refuses, its state text."""

import gzip
import json
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from dartslab import Record, random_genotype
from dartslab.genotype import PUBLISHED
from dartslab.truth.cells import write_genotype
from dartslab.truth.containing import cells_containing
from dartslab.truth.estimates import estimate
from dartslab.truth.found import Found
from dartslab.truth.plans import PLANS, TablePlan
from dartslab.truth.rank import rank_cell
from dartslab.truth.table import TruthTable, load_table
from dartslab.widgets import TruthExplorer
from dartslab.widgets.models.truth_frame import in_digits
from made_rows import made_row, made_rows
from sentences import refusal

LESSON = PLANS["lesson"]
CELLS = (3, 40, 200, 624)


@cache
def whole(seeds: int = 3) -> TruthTable:
    """Every cell is trained; cell 0 is the best and cell 624 the worst, but for noise."""
    generator = np.random.default_rng(0)
    rows = []
    for cell, seed in product(range(625), range(seeds)):
        loss, validation = 0.5 + 0.001 * cell + 0.02 * generator.standard_normal(2)
        rows.append(made_row(LESSON, cell, seed, test_loss=loss, test_accuracy=1 - loss, validation_loss=validation))
    return TruthTable.from_rows(LESSON, rows, {})


def found(cell: int, seed: int = 0, method: str = "darts", hypergradient: str = "first_order") -> Found:
    return Found(method, hypergradient, seed, cell, write_genotype(LESSON.cells[cell]), 8.0, 4.0, 300, 200)


def record(cells: list[int], steps: list[int]) -> Record:
    """A search that would have derived these cells, one after the other."""
    config = vars(LESSON.search) | {"seed": 7}
    columns = {"step": np.arange(1, 1 + len(steps)), "genotype": np.array(steps)}
    return Record("search", config, columns, tuple(LESSON.cells[cell].to_json() for cell in cells))


def test_it_begins_with_the_best_cell_of_the_table_in_the_package() -> None:
    view, table = TruthExplorer(), load_table("lesson")
    loss = estimate(table)
    assert view.settings["cell"] == loss.cells[loss.order[0]]
    assert view.shown["chosen"]["rank"].startswith(f"rank 1 of {len(loss.cells)} (95 %: 1 to ")


@pytest.mark.parametrize("measure", ["test loss", "test accuracy", "validation loss", "validation accuracy"])
def test_every_dot_is_what_the_table_says_of_its_cell(measure: str) -> None:
    view, column = TruthExplorer(whole()), measure.replace(" ", "_")
    values, known = whole().of_each_cell(column), estimate(whole(), column)
    ways = {"estimate": known.shrunken, "mean of its seeds": known.raw}
    ways |= {f"seed {seed}": np.array([one[seed] for one in values.values()]) for seed in range(3)}
    for way, expected in ways.items():
        frame = view.frame(view.settings | {"measure": measure, "way": way})
        np.testing.assert_allclose(np.array(frame["y"]) / 10_000, expected, atol=5.1e-5)
        assert frame["best"] == np.argmin(known.sign * expected)
        assert all(low <= y <= high for low, y, high in zip(frame["low"], frame["y"], frame["high"], strict=True))


@pytest.mark.parametrize("cell", CELLS)
def test_a_chosen_cell_has_its_rank_its_size_and_its_spread_between_seeds(cell: int) -> None:
    view = TruthExplorer(whole(), cell=cell)
    chosen, known, values = view.shown["chosen"], rank_cell(whole(), cell), whole().of_each_cell("test_loss")[cell]
    assert chosen["rank"] == f"rank {known.rank} of 625 (95 %: {known.low} to {known.high})"
    name, told, mean, spread = chosen["rows"][0]
    assert (name, chosen["trainings"], chosen["lines"]) == ("test loss", 3, LESSON.cells[cell].to_lines())
    assert float(told) == pytest.approx(known.loss, abs=6e-4) and float(mean) == pytest.approx(values.mean(), abs=6e-4)
    assert float(spread) == pytest.approx(values.std(ddof=1), abs=6e-4)
    assert view.genotype == LESSON.cells[cell]


def test_against_the_rank_dots_stand_in_the_order_of_the_ranks() -> None:
    view = TruthExplorer(whole())
    frame = view.frame(view.settings | {"against": "rank"})
    order = np.argsort(frame["x"], kind="stable")
    assert sorted(frame["x"]) == list(range(1, 626)) and (np.diff(np.array(frame["y"])[order]) >= 0).all()


@pytest.mark.parametrize("edge", ["any edge", "0 → 2 of the normal cell", "1 → 2 of the reduction cell"])
def test_cells_with_an_operation_are_counted_and_averaged(edge: str) -> None:
    view = TruthExplorer(whole())
    frame = view.frame(view.settings | {"operation": "sep_conv_3x3", "edge": edge})
    kind, row = view.canvas.data["space"]["edges"][edge]
    place = None if row is None else LESSON.search.space.edges[row]
    inside = cells_containing(LESSON.cells, "sep_conv_3x3", kind, place)
    assert [one == "1" for one in frame["lit"]] == inside.tolist()
    values = estimate(whole()).shrunken
    assert np.array(frame["means"]) / 10_000 == pytest.approx([values[inside].mean(), values[~inside].mean()], abs=1e-4)
    assert f"{inside.sum()} cells with it, mean {in_digits(frame['means'][0], 'test loss')}; " in frame["brush"]


def test_found_cells_are_marked_by_method_and_seed_and_equal_ones_share_a_sign() -> None:
    view = TruthExplorer(whole(), [found(3, 0), found(3, 5), found(3, 1, "gdas"), found(9, 2, "gdas")], cell=3)
    data = view.canvas.data
    assert data["groups"] == ["darts", "gdas"] and view.shown["chosen"]["found"] == "darts seed 0, 5; gdas seed 1"
    assert [(sign["place"], sign["group"], sign["seeds"]) for sign in data["signs"]] == [
        (3, 0, [0, 5]),
        (3, 1, [1]),
        (9, 1, [2]),
    ]
    assert "found by darts seed 0, 5" in view.text.lower()


def test_a_method_with_two_hypergradients_makes_two_groups() -> None:
    view = TruthExplorer(whole(), [found(3), found(4, hypergradient="exact"), found(5, method="gdas")])
    assert view.canvas.data["groups"] == ["darts, first_order", "darts, exact", "gdas"]


def test_a_record_shows_the_way_of_its_search() -> None:
    view = TruthExplorer(whole(), [record([200, 40, 3], [0, 0, 1, 0, 2, 2])])
    (mark,) = view.canvas.data["marks"]
    ranks = [rank_cell(whole(), cell).rank for cell in (200, 3)]
    assert (mark["group"], mark["seed"], mark["cell"]) == ("darts", 7, 3)
    assert (mark["trail"], mark["ranks"], mark["passed"]) == ([200, 40, 200, 3], ranks, 3)


def test_a_partial_table_says_so_and_leaves_out_cells_with_too_few_seeds() -> None:
    rows = made_rows(LESSON, [*product(range(40), range(3)), (41, 0), (42, 0), (42, 1)])
    view = TruthExplorer(TruthTable.from_rows(LESSON, rows, {}), [found(3), found(41, 1)])
    assert len(view.shown["x"]) == 40 and list(view.controls["cell"].options) != list(range(43))
    assert "not complete: 40 of 625 cells" in view.shown["state"] and view.shown["state"] in view.text
    assert view.shown["state"].endswith("2 more have fewer than 3 seeds and are left out.")
    assert [mark["place"] for mark in view.canvas.data["marks"]] == [3, None]  # cell 41 was found, and has no dot
    assert "better cell may be missing" not in TruthExplorer(complete()).shown["state"]


@cache
def complete() -> TruthTable:
    table = whole()
    best = sorted(range(625), key=lambda cell: table.of_each_cell("validation_loss")[cell].mean())[:40]
    more = [made_row(LESSON, cell, seed, test_loss=0.5, test_accuracy=0.5) for cell in best for seed in range(3, 9)]
    return TruthTable.from_rows(LESSON, [*table.rows(), *more], {})


def test_a_cell_with_more_seeds_says_how_many_it_has() -> None:
    view = TruthExplorer(complete())
    assert complete().is_complete and set(view.canvas.data["counts"]) == {3, 9}
    chosen = next(number for number, count in enumerate(view.canvas.data["counts"]) if count == 9)
    assert TruthExplorer(complete(), cell=chosen).shown["chosen"]["trainings"] == 9


def test_a_table_of_tied_cells_of_two_nodes_shows_one_cell_with_four_of_its_edges() -> None:
    names = ("none", "max_pool_3x3", "skip_connect", "sep_conv_3x3", "dil_conv_3x3")
    sizes = {"tied": True, "nodes": 2, "operations": names}
    plan = TablePlan("tied", sizes, LESSON.train, ((0, 3),))
    view = TruthExplorer(TruthTable.from_rows(plan, made_rows(plan, product(range(len(plan.cells)), range(3))), {}))
    ((kind, operations),) = view.shown["chosen"]["operations"].items()
    assert (kind, len(operations), operations.count("none"), len(plan.cells)) == ("normal", 5, 1, 648)
    assert view.shown["chosen"]["lines"] == view.genotype.to_lines()
    assert [*view.controls["edge"].options][1] == "0 → 2 of the cell for both kinds"
    builder = view.builder()
    assert builder.value.tied and sorted(builder.value.normal.connections) == sorted(view.genotype.normal.connections)
    builder.close()


def test_the_builder_holds_the_chosen_cell_and_counts_the_network_of_the_table() -> None:
    table = load_table("lesson")
    view = TruthExplorer(table)
    builder = view.builder()
    assert builder.value == view.genotype
    *lines, last = view.shown["chosen"]["code"].splitlines()
    names: dict = {}
    exec("\n".join([*lines, f"made = {last}"]), names)
    sizes = dict(view.shown["chosen"]["sizes"])
    for made in (builder, names["made"]):
        assert made.value == view.genotype and made.space == builder.space
        assert f"{sizes['parameters']:,} parameters and {sizes['multiply-adds']:,} multiply-adds" in made.text
    builder.close()


def test_arguments_are_part_of_the_state_text_and_another_table_refuses_it() -> None:
    view, other = TruthExplorer(whole(), cell=40), TruthExplorer(whole())
    view.controls["way"].value = "seed 2"
    other.restore(view.state())
    assert other.settings == view.settings and other.text == view.text
    assert "was made with something else" in refusal(TruthExplorer().restore, view.state())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"table": "lessons"}, "unknown table"),
        ({"cell": 625}, "there is no cell 625; the table has the cells 0 to 624."),
        ({"cell": PUBLISHED["DARTS_V2"]}, "is not in the table lesson, which holds a normal and a reduction cell of 1"),
        ({"found": [replace(found(3), cell=None)]}, "which is not in the table lesson"),
        ({"found": [replace(found(3), cell=4)]}, "leave it out, or open the table of the"),
        ({"found": [record([], [])]}, "the record of darts does not fit: the record holds no genotype; give that"),
        ({"found": ["darts"]}, "found holds a str; pass what find_cells gave, or the record of a search."),
        ({"found": found(3)}, "found is a Found; pass a list of what find_cells gave, or of records."),
    ],
)
def test_what_does_not_fit_is_one_sentence(arguments: dict, said: str) -> None:
    assert said in refusal(TruthExplorer, **({"table": whole()} | arguments))


def test_a_record_of_another_space_is_refused_and_the_space_is_named() -> None:
    other = random_genotype(PLANS["lesson"].search_with(nodes=2).space, 0)
    config = vars(LESSON.search)
    strange = Record("search", config, {"step": np.array([1]), "genotype": np.array([0])}, (other.to_json(),))
    assert "is not in the table lesson" in refusal(TruthExplorer, whole(), [strange])


def test_a_file_that_was_cut_off_or_is_of_another_space_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    whole().write(path)
    assert len(TruthExplorer(path).shown["x"]) == 625
    text = gzip.decompress(path.read_bytes()).decode()
    path.write_bytes(gzip.compress(text[: len(text) // 2].encode()))
    assert "it may be cut off" in refusal(TruthExplorer, path) or "is cut off" in refusal(TruthExplorer, path)
    head, rest = text.split("\n", 1)
    header = json.loads(head.removeprefix("#"))
    header["space"]["nodes"] = 2
    path.write_bytes(gzip.compress(f"# {json.dumps(header)}\n{rest}".encode()))
    assert "was made with other settings of space (nodes 2 for 1)" in refusal(TruthExplorer, path)


def test_a_table_with_one_cell_is_too_small() -> None:
    table = TruthTable.from_rows(LESSON, made_rows(LESSON, [(0, 0), (0, 1), (0, 2)]), {})
    assert "two cells with two or more are needed, train more cells" in refusal(TruthExplorer, table)


def test_the_picture_shows_found_cells_and_a_lit_operation() -> None:
    view = TruthExplorer(whole(), [found(3), record([200, 3], [0, 1])])
    view.controls["operation"].value = "skip_connect"
    assert view.still().png.startswith(b"\x89PNG")
