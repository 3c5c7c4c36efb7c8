"""Genotypes: text forms that lead back, and one sentence for each cell that is not one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartslab import PUBLISHED, PUBLISHED_RECURRENT, Genotype
from dartslab.base.messages import UserError
from dartslab.genotype import CONVOLUTIONAL, Cell, Connection, cell_from_pairs, from_pairs

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


@given(flat_cells())
def test_a_tied_cell_goes_through_json_and_stands_twice_in_the_flat_form(pairs: tuple) -> None:
    tied = Genotype(cell_from_pairs(*pairs, "normal"), tied=True)
    assert Genotype.from_json(tied.to_json()) == tied == Genotype.from_text(tied.to_json())
    assert list(tied.cells) == ["normal"]  # one cell was found,
    assert tied.cell_of == {"normal": tied.normal, "reduce": tied.normal}  # and a network has it in both places
    assert tied.to_pairs() == (*pairs, *pairs)
    assert tied != Genotype(tied.normal)  # whose network has no reduction cell


def test_a_line_tells_a_cell_and_one_line_both_where_they_are_tied() -> None:
    cell = Cell(((2, 0, "sep_conv_3x3"), (2, 1, "skip_connect")), (2,))
    line = "2 <- sep_conv_3x3(0), 2 <- skip_connect(1)"
    assert Genotype(cell, cell).to_lines() == [f"normal: {line}", f"reduce: {line}"]
    assert Genotype(cell, tied=True).to_lines() == [f"both kinds: {line}"]


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
        (text(tied="yes"), "says tied: 'yes'; it must be true or false"),
        (text(tied=True, reduce=GOOD), "one cell for both kinds, and a cell 'reduce' is given besides"),
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
        (text(cell((3, 0, "skip_connect"), concat=(2, 3))), "node 2 has no input, and another node or the output uses"),
        (text(cell((3, 2, "skip_connect"), concat=(3,))), "node 2 has no input, and another node or the output uses"),
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


def test_a_node_without_input_is_left_out_and_the_others_keep_their_numbers() -> None:
    gap = Cell(((2, 0, "skip_connect"), (4, 2, "sep_conv_3x3")), (2, 4), "normal")
    assert gap.nodes == (2, 4) and gap.into(3) == []
    assert Genotype.from_json(Genotype(gap).to_json()) == Genotype(gap)
    with pytest.raises(UserError, match="only nodes 2, 4 have an input; the flat pair form has no gaps"):
        gap.to_pairs()


def nested(pairs: list) -> list:
    """A list of pairs for each node, as pt.darts has them."""
    return [pairs[i : i + 2] for i in range(0, len(pairs), 2)]


V2 = PUBLISHED["DARTS_V2"].to_pairs()
PRINTED = f"Genotype(normal={V2.normal}, normal_concat=range(2, 6), reduce={V2.reduce}, reduce_concat=range(2, 6))"
# texts of other programs, all of the same genotype
TEXTS = {
    "the published code": PRINTED,
    "a line of a log": f"03/17 09:12:44 AM genotype = {PRINTED}",
    "a whole log": "\n".join(
        [
            PRINTED.replace("dil_conv_3x3", "dil_conv_5x5"),
            f"03/17 train (loss 0.1) {{'top1': 99.0}}\ngenotype = {PRINTED}",
            "tensor([[0.1, 0.2]], device='cuda:0')",
        ]
    ),
    "a list for each node": f"Genotype(normal={nested(V2.normal)}, normal_concat=range(2, 6), "
    f"reduce={nested(V2.reduce)}, reduce_concat=range(2, 6))",
    "by position": f"Genotype({V2.normal}, [2, 3, 4, 5], {V2.reduce}, (2, 3, 4, 5))",
    "a line of genotypes.py": PRINTED.replace("Genotype", "DARTS_V2 = Genotype").replace("(normal", "(\n  normal"),
    "numpy's numbers": PRINTED.replace(", 2)", ", np.int64(2))").replace("range(2, 6)", "list(range(2, 6))"),
    "our own pairs": str(V2),
    "our own JSON": PUBLISHED["DARTS_V2"].to_json(),
}


@pytest.mark.parametrize("what", TEXTS)
def test_a_genotype_is_read_as_people_have_it(what: str) -> None:
    assert Genotype.from_text(TEXTS[what]) == PUBLISHED["DARTS_V2"]


@given(flat_cells(), flat_cells())
def test_any_printed_genotype_is_read(normal: tuple, reduce: tuple) -> None:
    genotype = Genotype.from_pairs(*normal, *reduce)
    pairs = genotype.to_pairs()
    assert Genotype.from_text(str(pairs)) == genotype
    assert Genotype.from_pairs(nested(pairs.normal), pairs[1], nested(pairs.reduce), pairs[3]) == genotype


def test_a_text_may_have_a_normal_cell_only_and_nodes_of_any_degree() -> None:
    text = "Genotype(normal=[[('noise', 0)], [('skip_connect', 1), ('noise', 2), ('noise', 0)]], normal_concat=[3])"
    genotype = Genotype.from_text(text)
    assert genotype.reduce is None and [len(genotype.normal.into(node)) for node in (2, 3)] == [1, 3]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the text '' holds no genotype; a genotype is written as"),
        ("hello (there)", "holds no genotype"),
        (PRINTED[:-40], "cannot be read .*is not closed"),
        ("Genotype(normal=[('skip_connect', 0)], normal_concat=[2])", "got 1 entries; the flat form"),
        ("Genotype(normal=[('skip_connect', 0), 7], normal_concat=[2])", "7.* is no pair"),
        ("Genotype(normal=[[('skip_connect', 0)], 'x'], normal_concat=[2])", "is no pair"),
        ("Genotype(normal=[('skip', 0)] * 2, normal_concat=[2])", "is no list, number, text or range"),
        ("Genotype(normal=[('skip_connect', 0)], concat=[2])", "concat is none of normal, normal_concat"),
        ("Genotype(recurrent=[('tanh', 0)], concat=range(1, 9))", "recurrent is none of normal"),
        ("Genotype(normal=[('skip_connect', 0), ('skip_connect', 1)])", "has no list 'normal_concat'"),
        ("Genotype(normal=[('skip_connect', 0), ('bad', 1)], normal_concat=[2])", "unknown operation in genotype"),
        ("Genotype(normal=__import__('os').system('true'), normal_concat=[2])", "is no list, number, text or range"),
        ("Genotype(normal=[(lambda: 0)()], normal_concat=[2])", "is no list, number, text or range"),
        ("Genotype(normal=[('skip_connect', 0)], normal_concat=range(10 ** 9))", "is no list, number"),
        ("Genotype(normal=[('skip_connect', 0)], normal_concat=range(1000000000))", "is no list, number"),
        ("Genotype(" + "(" * 5000 + ")" * 5000 + ")", "cannot be read"),
        ("Genotype(normal=[('a' 'b' if 1 else 2, 0)])", "is no list, number, text or range"),
        ("Genotype(normal=[('\\d', 0), ('skip_connect', 1)], normal_concat=[2])", "unknown operation"),
    ],
    ids=lambda value: value[:50],
)
def test_another_text_is_refused_and_nothing_of_it_is_run(text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as error:
        Genotype.from_text(text)
    assert "\n" not in str(error.value)


@given(st.text(alphabet="Genotyp(normal=[]'0,)rag _c\\\n", max_size=60))
def test_no_text_ends_in_anything_but_a_genotype_or_a_sentence(text: str) -> None:
    for one in (text, f"Genotype({text}", f"Genotype(normal={text})"):
        with pytest.raises(UserError):
            Genotype.from_text(one)
