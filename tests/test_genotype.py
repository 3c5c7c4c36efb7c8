"""Genotypes: text forms that lead back, and one sentence for each cell that is not one."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartslab import PUBLISHED, PUBLISHED_RECURRENT, Genotype
from dartslab.base.messages import UserError
from dartslab.genotype import CONVOLUTIONAL, FILE, Cell, Connection, from_pairs, read_genotype
from dartslab.run.record import GENOTYPE

GOOD = {
    "connections": [
        {"node": 2, "predecessor": 0, "operation": "skip_connect"},
        {"node": 2, "predecessor": 1, "operation": "sep_conv_3x3"},
        {"node": 3, "predecessor": 2, "operation": "max_pool_3x3"},
    ],
    "concat": [2, 3],
}


def text(cell: object = GOOD, **changes: object) -> str:
    return json.dumps({"format": "dartslab-genotype", "version": 1, "normal": cell} | changes)


@st.composite
def flat_cells(draw: st.DrawFn) -> tuple[list, list]:
    """Any valid cell in the flat form: 1 to 6 nodes, any operations, one predecessor twice now and then."""
    nodes = draw(st.integers(1, 6))
    pairs = [
        (draw(st.sampled_from(CONVOLUTIONAL)), draw(st.integers(0, node + 1))) for node in range(nodes) for _ in "ab"
    ]
    concat = draw(st.lists(st.integers(2, nodes + 1), min_size=1, unique=True))
    return pairs, concat


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_cell_goes_through_both_text_forms(name: str) -> None:
    genotype = PUBLISHED[name]
    assert Genotype.from_json(genotype.to_json()) == genotype
    assert from_pairs(*genotype.to_pairs()) == genotype


@given(flat_cells(), flat_cells())
def test_any_valid_cell_goes_through_both_text_forms(normal: tuple, reduce: tuple) -> None:
    genotype = Genotype.from_pairs(*normal, *reduce)
    assert Genotype.from_json(genotype.to_json()) == genotype
    assert genotype.to_pairs() == (*normal, *reduce)


def test_darts_v2_says_what_the_paper_draws() -> None:
    cell = PUBLISHED["DARTS_V2"].normal  # Liu et al. 2019, figure 4
    assert cell.into(5) == [Connection(5, 0, "skip_connect"), Connection(5, 2, "dil_conv_3x3")]
    assert cell.concat == (2, 3, 4, 5)


def test_recurrent_cells_have_one_predecessor_per_node() -> None:
    assert set(PUBLISHED_RECURRENT) == {"ENAS", "DARTS_V1", "DARTS_V2"}
    for cell in PUBLISHED_RECURRENT.values():
        assert all(len(cell.into(node)) == 1 for node in cell.nodes)
        assert len(cell.to_pairs()) == len(cell.nodes)


def test_published_cells_may_use_one_predecessor_twice() -> None:
    assert [c.predecessor for c in PUBLISHED["NASNet"].normal.into(3)] == [0, 0]


def test_a_genotype_is_a_value() -> None:
    first, second = (from_pairs(*PUBLISHED["PDARTS"].to_pairs()) for _ in range(2))
    assert first == second and hash(first) == hash(second) and first is not second


def cell(*connections: tuple, concat: tuple = (2,)) -> dict:
    return {
        "connections": [dict(zip(("node", "predecessor", "operation"), c, strict=True)) for c in connections],
        "concat": list(concat),
    }


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (text()[:-20], "genotype text is not complete JSON"),
        ("", "genotype text is not complete JSON"),
        ("[]", 'lacks "format": "dartslab-genotype"'),
        (text(version=2), "is of version 2, this dartslab reads version 1"),
        (text(format="other"), 'lacks "format"'),
        (text(middle=GOOD), r"unknown keys \['middle'\]"),
        (json.dumps({"format": "dartslab-genotype", "version": 1}), "has no cell 'normal'"),
        (text({"connections": []}), "cannot be read"),
        (text({"connections": [], "concat": [2]}), "is an empty cell"),
        (text([1]), "cannot be read"),
        (text(cell((2, 2, "skip_connect"))), "takes its input from node 2, which makes a cycle"),
        (text(cell((2, 3, "skip_connect"), (3, 2, "skip_connect"))), "node 2 takes its input from node 3.* cycle"),
        (text(cell((2, 9, "skip_connect"))), "state 9, which does not exist; allowed are 0 to 1"),
        (text(cell((2, -1, "skip_connect"))), "state -1, which does not exist; allowed are 0 to 1"),
        (text(cell((1, 0, "skip_connect"))), "ends in state 1, which is an input"),
        (text(cell((2, 0, "conv"))), r"unknown operation in genotype 'normal', node 2: 'conv'; allowed are"),
        (text(cell((2, 0, "none"))), "the operation 'none', which a derived cell cannot hold"),
        (text(cell((2, 0, ["a"]))), "unknown operation"),
        (text(cell((3, 0, "skip_connect"), concat=(3,))), "node 2 has no input"),
        (text(cell((2, 0, "skip_connect"), concat=())), "concatenates no node"),
        (text(cell((2, 0, "skip_connect"), concat=(4,))), "concatenates node 4, which does not exist"),
        (text(cell((2, 0, "skip_connect"), concat=(2, 2))), "name each node once"),
        (text(cell((2.0, 0, "skip_connect"))), "node number 2.0 is not a whole number"),
        (text(cell((2, True, "skip_connect"))), "node number True is not a whole number"),
        (text(cell(("2", 0, "skip_connect"))), "node number '2' is not a whole number"),
    ],
    ids=lambda value: str(value)[:38],
)
def test_a_text_that_is_no_genotype_is_refused(source: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as error:
        Genotype.from_json(source)
    assert "\n" not in str(error.value)


@given(st.integers(0, len(text()) - 1))
def test_a_text_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(UserError, match="not complete JSON"):
        Genotype.from_json(text()[:length])


def test_a_flat_list_of_odd_length_is_refused() -> None:
    with pytest.raises(UserError, match=r"got 3 entries; the flat form holds .* two for each node"):
        from_pairs([("skip_connect", 0)] * 3, [2], [("skip_connect", 0)] * 2, [2])


def test_a_node_with_three_inputs_has_no_flat_form() -> None:
    three = Cell(tuple((2, source, "skip_connect") for source in (0, 1, 1)), (2,), "normal")
    with pytest.raises(UserError, match="node 2 has 3 connections; the flat pair form holds exactly 2"):
        three.to_pairs()
    with pytest.raises(UserError, match="needs a reduction cell"):
        Genotype(three).to_pairs()


def test_a_genotype_that_is_nowhere_is_refused_with_the_published_names(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="'DARTS_V3'; allowed are: DARTS_V2"):
        read_genotype("DARTS_V3")
    with pytest.raises(UserError, match=r"holds no genotype\.json"):
        read_genotype(str(tmp_path))
    (tmp_path / "g.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="is not a text file"):
        read_genotype(str(tmp_path / "g.json"))
    assert read_genotype("NASNet") == PUBLISHED["NASNet"]


def test_a_genotype_is_read_from_the_folder_of_a_search(tmp_path: Path) -> None:
    assert FILE == GENOTYPE  # what the record of a search calls it
    (tmp_path / FILE).write_text(PUBLISHED["DARTS_V2"].to_json(), encoding="utf-8")
    assert read_genotype(str(tmp_path)) == read_genotype(str(tmp_path / FILE)) == PUBLISHED["DARTS_V2"]
