"""CellBuilder: its controls, its state, what it refuses, and that what it gives trains. No browser here."""

import json
from itertools import islice
from typing import Any

import pytest

import tiny
from dartslab import PUBLISHED, TrainState, train
from dartslab.base.messages import UserError
from dartslab.genotype import Cell, Connection
from dartslab.space import KNOWN_OPERATIONS
from dartslab.widgets import CellBuilder

SMALL = {"nodes": 1, "operations": ("skip_connect", "sep_conv_3x3"), "channels": 4, "layers": 3, "image_size": 8}


def small(**changes: Any) -> CellBuilder:
    return CellBuilder(**(SMALL | changes))


def choose(builder: CellBuilder, **values: Any) -> None:
    """Set controls, as clicks in the drawing do."""
    builder.hear(values)


def finished() -> CellBuilder:
    """Built by clicks: normal 0 -> 2 sep_conv_3x3, 1 -> 2 skip_connect; reduction 1 -> 2 skip_connect."""
    builder = small()
    choose(builder, operation="sep_conv_3x3")
    choose(builder, edge=1)
    choose(builder, operation="skip_connect")
    choose(builder, kind="reduce")
    choose(builder, operation="skip_connect")
    return builder


def test_what_is_clicked_is_what_is_built() -> None:
    genotype = finished().value
    assert genotype.normal == Cell((Connection(2, 0, "sep_conv_3x3"), Connection(2, 1, "skip_connect")), (2,), "normal")
    assert genotype.reduce == Cell((Connection(2, 1, "skip_connect"),), (2,), "reduce")
    assert finished().genotype == genotype


def test_what_is_built_trains() -> None:
    builder = finished()
    config, data = tiny.train_config(image_size=8, cutout=2), tiny.pictures(8)
    state = TrainState.create(config, builder.value, data)
    before = {name: value.clone() for name, value in state.net.state_dict().items()}
    events = list(islice(train(state), 3))
    assert len(events) == 3
    assert any(not value.equal(before[name]) for name, value in state.net.state_dict().items())


def test_a_builder_begins_empty_and_says_what_is_missing() -> None:
    builder = small()
    assert "not valid: normal cell: node 2 has no input" in builder.text
    with pytest.raises(UserError, match="normal cell: node 2 has no input"):
        _ = builder.value


def test_both_cells_must_be_valid() -> None:
    builder = finished()
    assert "selected: skip_connect. valid. " in builder.text
    choose(builder, operation="none")
    with pytest.raises(UserError, match="reduction cell: node 2 has no input"):
        _ = builder.genotype
    assert builder.canvas.frame["graph"] == ""


def test_a_published_cell_by_name_or_as_genotype_is_the_same_cell() -> None:
    named, given = CellBuilder(genotype="DARTS_V2"), CellBuilder(genotype=PUBLISHED["DARTS_V2"])
    assert named.value == given.value
    for kind, cell in PUBLISHED["DARTS_V2"].cells.items():
        assert sorted(cell.connections) == list(named.value.cells[kind].connections)
    assert "246,106 parameters and 43,444,736 multiply-adds" in named.text
    assert named.start.value == given.start.value == "DARTS_V2"


def test_the_lists_follow_the_drawing() -> None:
    builder = CellBuilder(genotype="DARTS_V1")
    for row, operation in enumerate(builder.canvas.frame["operations"]["normal"]):
        choose(builder, edge=row)
        assert builder.operation.value == operation
    choose(builder, kind="reduce")
    assert builder.operation.value == builder.canvas.frame["operations"]["reduce"][13]
    choose(builder, operation="dil_conv_5x5")
    assert builder.start.value == ""
    builder.start.value = "DARTS_V1"  # begin anew with the same one
    assert builder.value == CellBuilder(genotype="DARTS_V1").value


def test_clear_empties_the_cell_that_is_shown() -> None:
    builder = finished()
    builder.clear.click()
    assert builder.cells == {"normal": "43", "reduce": "00"}
    assert builder.operation.value == "none"


def test_random_draws_another_valid_genotype_each_time() -> None:
    builder = CellBuilder()
    drawn = []
    for _ in range(3):
        builder.random.click()
        drawn.append(builder.value)
    assert len(set(drawn)) == 3
    assert "normal cell: number " in builder.text and "reduction cell: number " in builder.text


def test_a_state_is_short_and_opens_in_another_builder() -> None:
    builder = finished()
    text = builder.state()
    assert text == 'CellBuilder.1:{"kind":"reduce","edge":1,"cells":{"normal":"43","reduce":"03"}}'
    other = small()
    other.restore(text)
    assert other.value == builder.value
    assert other.text == builder.text
    assert other.operation.value == "skip_connect"
    published = CellBuilder(genotype="DARTS_V2")
    text = published.state()
    published.clear.click()
    published.restore(text)
    assert published.start.value == "DARTS_V2"
    assert len(text) < 100


BAD_STATES = {
    "is not the state of a view": "hello",
    "this is the state of a Replay": 'Replay.1:{"step":3}',
    "damaged or cut off": 'CellBuilder.1:{"kind":"red',
    "unknown setting in the state of a CellBuilder: 'node'": 'CellBuilder.1:{"node":3}',
    "cells are one text for each of normal, reduce": 'CellBuilder.1:{"cells":{"normal":"43"}}',
    "the normal cell is '4', this builder needs 2 letters": 'CellBuilder.1:{"cells":{"normal":"4","reduce":"03"}}',
    "the reduction cell holds the letter 'x'": 'CellBuilder.1:{"cells":{"normal":"43","reduce":"0x"}}',
    "setting 'edge' cannot be 2; allowed are 0, 1": 'CellBuilder.1:{"edge":2,"cells":{"normal":"33","reduce":"33"}}',
    "setting 'edge' cannot be nan": 'CellBuilder.1:{"edge":NaN}',
    "setting 'kind' cannot be \\['normal'\\]": 'CellBuilder.1:{"kind":["normal"]}',
}


@pytest.mark.parametrize("sentence", BAD_STATES)
def test_a_state_that_is_none_is_refused_in_a_sentence_and_changes_nothing(sentence: str) -> None:
    builder = finished()
    before = builder.state(), builder.text, builder.operation.value
    with pytest.raises(UserError, match=sentence):
        builder.restore(BAD_STATES[sentence])
    assert (builder.state(), builder.text, builder.operation.value) == before


def test_cells_set_by_hand_are_checked_too() -> None:
    builder = finished()
    with pytest.raises(UserError, match="the normal cell holds the letter '9'"):
        builder.cells = {"normal": "93", "reduce": "03"}
    assert builder.cells == {"normal": "43", "reduce": "03"}


BAD_ARGUMENTS: dict[str, dict[str, Any]] = {
    "unknown operation 'sep_conv_3x4'.*Did you mean 'sep_conv_3x3'": {"operations": ("sep_conv_3x4",)},
    "at least one other than 'none' is needed": {"operations": ("none",)},
    "unknown published cell 'DARTS'": {"genotype": "DARTS"},
    "a cell has 1 to 7 nodes, got 8": {"nodes": 8},
    "a cell has 1 to 7 nodes, got 0": {"nodes": 0},
    "has 4 nodes and this builder 3; pass nodes=4": {"nodes": 3, "genotype": "DARTS_V2"},
    "uses state 0 twice in node 3, and the builder holds one operation per edge": {"genotype": "NASNet"},
    "channels is 0; a whole number of at least 1": {"channels": 0},
    "layers is 10000; a whole number of at least 1 and at most 100": {"layers": 10_000, "genotype": "DARTS_V2"},
    "channels is 1000000000000; a whole number": {"channels": 10**12, "genotype": "DARTS_V2"},
    "classes is True; a whole number": {"classes": True},
    "image_size is 1.5; a whole number of at least 1": {"image_size": 1.5},
}


@pytest.mark.parametrize("sentence", BAD_ARGUMENTS)
def test_what_it_cannot_build_is_refused_in_a_sentence(sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        CellBuilder(**BAD_ARGUMENTS[sentence])


def test_none_among_the_operations_is_what_an_empty_edge_has() -> None:
    builder = CellBuilder(nodes=1, operations=KNOWN_OPERATIONS)
    assert builder.space.operations == KNOWN_OPERATIONS[1:]
    assert [value for _, value in builder.operation.options] == list(KNOWN_OPERATIONS)


@pytest.mark.parametrize("make", [small, finished], ids=["empty", "finished"])
def test_viewers_that_run_nothing_get_a_picture_and_words(make: Any) -> None:
    builder = make()
    bundle = builder._repr_mimebundle_()
    assert bundle["image/png"].startswith("iVBOR")
    assert bundle["text/plain"] == f"CellBuilder: {builder.text}"
    json.dumps([builder.canvas.frame, builder.canvas.data], allow_nan=False)


def test_it_needs_python_and_exports_no_page(tmp_path: Any) -> None:
    with pytest.raises(UserError, match="needs a running Python"):
        finished().export_html(tmp_path / "page.html")
