"""Where a cell stands, and what random search would have found."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from dartslab import Genotype, Record, SearchConfig, random_genotype
from dartslab.genotype import PUBLISHED, Cell, Connection
from dartslab.truth.plans import PLANS
from dartslab.truth.rank import number_of, rank_cell, rank_cells, ranks_of_record, search_at_random
from dartslab.truth.table import TruthTable
from made_rows import made_row
from sentences import refusal

LESSON = PLANS["lesson"]


@cache
def ranked(noise: float = 0.001) -> TruthTable:
    """Cell 0 is the best, cell 624 the worst; steps of .001 in loss and of .1 points."""
    generator = np.random.default_rng(0)
    rows = []
    for cell, seed in product(range(625), range(3)):
        loss = 0.5 + 0.001 * cell + noise * generator.standard_normal()
        validation = 0.5 + 0.001 * cell + noise * generator.standard_normal()
        rows.append(made_row(LESSON, cell, seed, test_loss=loss, test_accuracy=1 - loss, validation_loss=validation))
    return TruthTable.from_rows(LESSON, rows, {})


@pytest.mark.parametrize("cell", [0, 100, 624])
def test_a_cell_stands_where_it_was_put(cell: int) -> None:
    found = rank_cell(ranked(), cell)
    assert abs(found.rank - 1 - cell) <= 3 and found.low <= found.rank <= found.high
    assert found.high - found.low < 12 and found.of == 625 and found.trainings == 3
    assert found.regret == pytest.approx(0.001 * cell, abs=0.003)
    assert found.points == pytest.approx(0.1 * cell, abs=0.3)
    assert found.better_than == pytest.approx(100 * (625 - found.rank) / 624)


def test_only_the_best_cell_is_better_than_all_others_and_less_than_nothing_is_not_written() -> None:
    ranks = sorted(rank_cells(ranked()), key=lambda one: one.rank)
    assert [one.percent for one in ranks[:3]] == [100, 99, 99] and ranks[-1].percent == 0
    assert "0.0 points below the best cell" in str(replace(ranks[1], points=-0.01))
    assert "0.2 points above the best cell" in str(replace(ranks[1], points=-0.2))


def test_all_cells_have_the_ranks_that_each_of_them_has_alone() -> None:
    table = ranked(0.05)
    found = rank_cells(table)
    assert [one.cell for one in found] == list(range(625))
    for cell in (0, 300, 624):
        assert found[cell] == rank_cell(table, cell)


def test_a_noisy_table_is_less_sure_of_a_rank() -> None:
    widths = [found.high - found.low for found in (rank_cell(ranked(noise), 300) for noise in (0.001, 0.05))]
    assert widths[0] < 12 < 40 < widths[1]


@pytest.mark.parametrize("seed", range(3))
def test_a_genotype_is_looked_up_in_whatever_order_it_was_written(seed: int) -> None:
    genotype = random_genotype(LESSON.search.space, seed)
    number = number_of(ranked(), genotype)
    turned = Genotype(*(type(c)(c.connections[::-1], c.concat) for c in genotype.cells.values()))
    assert number_of(ranked(), turned) == number == rank_cell(ranked(), turned).cell


@pytest.mark.parametrize(
    "genotype",
    [
        PUBLISHED["DARTS_V2"],
        random_genotype(SearchConfig.quick(operations=("sep_conv_5x5", "skip_connect")).space, 0),
        random_genotype(SearchConfig.quick(tied=True).space, 0),
    ],
    ids=["published", "another operation", "tied"],
)
def test_a_cell_of_another_space_is_refused(genotype: Genotype) -> None:
    said = refusal(rank_cell, ranked(), genotype)
    assert "is not in the table lesson, which holds a normal and a reduction cell of 1 node with" in said
    assert said.endswith("search that space.")


def test_every_step_of_a_search_has_a_rank() -> None:
    cells = [LESSON.cells[number] for number in (300, 0, 624)]
    columns = {"step": np.arange(1, 6), "genotype": np.array([0, 0, 1, 2, 0])}
    record = Record("search", {}, columns, tuple(cell.to_json() for cell in cells), {}, {}, ())
    found = ranks_of_record(ranked(), record)
    assert found[0] == found[1] == found[4] and np.abs(found - [301, 301, 1, 625, 301]).max() <= 3
    few = TruthTable.from_rows(LESSON, [row for row in ranked().rows() if row["cell"] != 300], {})
    assert np.isnan(ranks_of_record(few, record)).tolist() == [True, True, False, False, True]
    assert "no genotype" in refusal(ranks_of_record, ranked(), replace(record, genotypes=()))


def test_a_cell_of_many_nodes_is_refused_at_once() -> None:
    nodes = range(2, 15)
    many = Cell(tuple(Connection(node, 0, "skip_connect") for node in nodes), tuple(nodes))
    assert "is not in the table lesson" in refusal(number_of, ranked(), Genotype(many, many))


def test_it_says_in_words_what_it_is() -> None:
    said = str(rank_cell(ranked(), 624))
    assert said.startswith("rank 625 of 625 (95 %: 6") and "better than 0 % of the cells" in said


def test_random_search_finds_better_cells_the_more_it_draws() -> None:
    found = [search_at_random(ranked(), cells) for cells in (1, 2, 10, 625)]
    assert [one.mean for one in found] == sorted((one.mean for one in found), reverse=True)
    for one, share in zip(found, (1 / 2, 1 / 3, 1 / 11, 0), strict=True):  # the least of n uniform draws
        assert one.mean == pytest.approx(0.5 + 0.624 * share, abs=0.02)
        assert one.better_than == pytest.approx(100 * (1 - share), abs=2)
        assert one.low <= one.mean <= one.high
    assert found[2].accuracy > found[0].accuracy


@pytest.mark.parametrize("cells", [0, 626])
def test_random_search_draws_cells_that_there_are(cells: int) -> None:
    assert refusal(search_at_random, ranked(), cells) == f"random search draws {cells} of 625 cells; draw 1 to 625."
