"""Cells put together by hand: letters and genotypes, what is refused, and what is known of the network they make."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartslab import PUBLISHED, Genotype, Network, SearchSpace, count_multiply_adds, count_parameters
from dartslab.base.messages import UserError
from dartslab.derive import random_genotype
from dartslab.genotype import Cell, Connection
from dartslab.space import KNOWN_OPERATIONS
from dartslab.widgets.models.built_cells import (
    LETTERS,
    NAMES,
    builder_frame,
    cell_of,
    cells_of,
    check_cells,
    describe_builder,
    genotype_of,
    network_size,
    no_cells,
    place,
    published_cells,
    put,
)

FULL = SearchSpace()
SMALL = SearchSpace(2, ("skip_connect", "sep_conv_3x3"))
VALID = {"normal": "34300", "reduce": "33034"}  # 3 skip_connect, 4 sep_conv_3x3; edges 0-2, 1-2, 0-3, 1-3, 2-3
SIZE = {"channels": 4, "layers": 3, "image_size": 8, "classes": 10, "input_channels": 1}


def test_every_known_operation_has_a_letter_of_its_own() -> None:
    assert list(LETTERS) == list(KNOWN_OPERATIONS)
    assert len(NAMES) == len(KNOWN_OPERATIONS)
    assert NAMES["0"] == "none"


def test_letters_stand_for_the_operations_on_the_edges_in_order() -> None:
    assert cell_of(SMALL, "normal", "34300") == Cell(
        (Connection(2, 0, "skip_connect"), Connection(2, 1, "sep_conv_3x3"), Connection(3, 0, "skip_connect")),
        (2, 3),
        "normal",
    )


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 4))
def test_a_genotype_in_letters_is_the_same_genotype(seed: int, nodes: int, k: int) -> None:
    space = SearchSpace(nodes, KNOWN_OPERATIONS)
    genotype = random_genotype(space, seed, k)
    again = genotype_of(space, cells_of(space, genotype))
    for kind, cell in genotype.cells.items():
        assert sorted(cell.connections) == list(again.cells[kind].connections)
        assert cell.concat == again.cells[kind].concat


def test_published_cells_are_offered_where_they_fit() -> None:
    assert list(published_cells(FULL)[0]) == ["DARTS_V1", "DARTS_V2", "PC_DARTS_cifar", "PDARTS"]
    assert list(published_cells(SearchSpace(operations=("skip_connect",)))[0]) == []
    assert published_cells(SMALL) == ({}, "")


def test_a_published_cell_that_uses_a_predecessor_twice_is_left_out_with_a_reason() -> None:
    held, note = published_cells(SearchSpace(5, KNOWN_OPERATIONS))
    assert held == {}
    assert "NASNet is not offered: the normal cell of NASNet uses state 0 twice in node 3, and the builder" in note
    assert "AmoebaNet is not offered" in note


def genotype(*connections: tuple[int, int, str], concat: tuple[int, ...] = (2, 3)) -> Genotype:
    return Genotype(Cell(tuple(Connection(*connection) for connection in connections), concat, "normal"))


SKIP = "skip_connect"
NOT_HELD = {
    "unknown published cell 'DARTS_V3'.*Did you mean 'DARTS_V": "DARTS_V3",
    "a int is not a genotype; pass a Genotype or one of: NASNet": 7,
    "one operation per edge; start from another": "NASNet",
    "has 4 nodes and this builder 2; pass nodes=4": "DARTS_V2",
    r"concatenates nodes \[3\], and a built cell concatenates all": genotype((2, 0, SKIP), (3, 2, SKIP), concat=(3,)),
    "unknown operation in the normal cell of the genotype: 'max_pool_3x3'": genotype(
        (2, 0, SKIP), (3, 0, "max_pool_3x3")
    ),
}


@pytest.mark.parametrize("sentence", NOT_HELD)
def test_what_the_builder_cannot_hold_is_refused_in_a_sentence(sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        cells_of(SMALL, NOT_HELD[sentence])


def test_a_genotype_without_reduction_cell_leaves_that_cell_empty() -> None:
    only_normal = Genotype(cell_of(SMALL, "normal", VALID["normal"]))
    assert cells_of(SMALL, only_normal) == {"normal": "34300", "reduce": "00000"}


BAD_CELLS = {
    "cells are one text for each of normal, reduce, got '3'": 3,
    "cells are one text for each of normal, reduce, got ": {"normal": "34300"},
    "the reduction cell is '3303', this builder needs 5 letters": {**VALID, "reduce": "3303"},
    "the reduction cell is .*'3', '4'.*, this builder": {**VALID, "reduce": list("33034")},
    "holds the letter '5'; allowed are 0 none, 3 skip_connect, 4 sep_conv_3x3": {**VALID, "normal": "34305"},
}


@pytest.mark.parametrize("sentence", BAD_CELLS)
def test_cells_of_another_form_are_refused_in_a_sentence(sentence: str) -> None:
    check_cells(SMALL, VALID)
    with pytest.raises(UserError, match=sentence):
        check_cells(SMALL, BAD_CELLS[sentence])


def test_an_operation_is_put_on_one_edge_and_taken_away() -> None:
    more = put(SMALL, VALID, "normal", 4, "sep_conv_3x3")
    assert more == {"normal": "34304", "reduce": "33034"}
    assert put(SMALL, more, "normal", 4, "none") == VALID
    with pytest.raises(UserError, match="unknown operation 'sep_conv_5x5'; allowed are: sep_conv_3x3, skip_connect"):
        put(SMALL, VALID, "normal", 0, "sep_conv_5x5")


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({**VALID, "normal": "00300"}, "normal cell: node 2 has no input; every node needs"),
        ({**VALID, "normal": "30000"}, "normal cell: node 3 has no input"),
        ({**VALID, "reduce": "00000"}, "reduction cell: node 2 has no input"),
    ],
    ids=["first node", "last node", "empty reduction cell"],
)
def test_a_node_without_input_makes_no_genotype_in_either_cell(cells: dict, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        genotype_of(SMALL, cells)
    frame = builder_frame(SMALL, cells, "normal", 0, SIZE)
    assert frame["reason"].startswith(sentence)
    assert frame["graph"] == ""
    assert "parameters" not in " ".join(frame["facts"])


# (cell, C, L): parameters and multiply-adds on 32 x 32 pictures, as published or counted before
SIZES = {("DARTS_V1", 36, 20): (3169414, 500987520), ("DARTS_V2", 36, 20): (3349342, 528359040)}


@pytest.mark.parametrize(("shape", "counts"), SIZES.items(), ids=str)
def test_the_size_of_the_network_is_the_published_one(shape: tuple, counts: tuple[int, int]) -> None:
    name, channels, layers = shape
    size = network_size(PUBLISHED[name], channels, layers, 32, 10, 3)
    assert (size["parameters"], size["multiply_adds"]) == counts


def test_the_order_of_connections_changes_no_size() -> None:
    genotype = genotype_of(FULL, cells_of(FULL, "DARTS_V2"))
    assert network_size(genotype, 16, 8, 32, 10, 3)["parameters"] == 246106


def test_the_facts_tell_the_size_of_the_network_that_is_built() -> None:
    network = Network(genotype_of(SMALL, VALID), 4, 3, auxiliary=False, input_channels=1)
    facts = builder_frame(SMALL, VALID, "normal", 0, SIZE)["facts"]
    assert facts[0] == (
        f"{count_parameters(network):,} parameters and {count_multiply_adds(network, (1, 8, 8)):,} multiply-adds for "
        "one picture: network of 3 cells, 4 channels, pictures of 1 x 8 x 8, 10 classes"
    )


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("33330", "number 1 of the 48 cells"),
        ("44044", "number 48 of the 48 cells"),
        ("34300", "not among the 48 cells a derivation can make: node 3 has 1 connection, a node"),
        ("33333", "not among the 48 cells a derivation can make: node 3 has 3 connections"),
        ("00000", "not complete, so it has no number"),
    ],
)
def test_the_place_among_all_cells_in_words(letters: str, words: str) -> None:
    assert place(SMALL, "normal", letters).startswith(f"normal cell: {words}")


@pytest.mark.parametrize("cells", [VALID, no_cells(SMALL)], ids=["valid", "empty"])
def test_the_frame_can_be_sent_and_told(cells: dict[str, str]) -> None:
    frame = builder_frame(SMALL, cells, "reduce", 2, SIZE)
    assert json.loads(json.dumps(frame, allow_nan=False)) == frame
    words = describe_builder(SMALL, frame)
    assert words.startswith("reduction cell, edge 0 → 3 selected: nothing. ")
    assert ("not valid: normal cell: node 2 has no input" in words) is (cells != VALID)
    assert all(fact in words for fact in frame["facts"])


def test_words_name_every_connection() -> None:
    words = describe_builder(SMALL, builder_frame(SMALL, VALID, "normal", 1, SIZE))
    assert "edge 1 → 2 selected: sep_conv_3x3. valid. " in words
    assert "normal cell holds 0 → 2 skip_connect, 1 → 2 sep_conv_3x3, 0 → 3 skip_connect. reduction cell holds" in words


def frames_differ(*frames: Any) -> bool:
    return len({json.dumps(frame) for frame in frames}) == len(frames)


def test_kind_edge_and_cells_each_change_the_frame() -> None:
    more = put(SMALL, VALID, "normal", 4, "sep_conv_3x3")
    assert frames_differ(
        builder_frame(SMALL, VALID, "normal", 0, SIZE),
        builder_frame(SMALL, VALID, "normal", 1, SIZE),
        builder_frame(SMALL, VALID, "reduce", 0, SIZE),
        builder_frame(SMALL, more, "normal", 0, SIZE),
    )
