"""Cells as graphs: what is drawn is what the genotype says, with `dot` and without it."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from dartslab.base.messages import UserError
from dartslab.derive import random_genotype, top_k, top_k_mask
from dartslab.draw.cells import draw_cell, draw_genotype, draw_supernet_cell
from dartslab.draw.dot import CellGraph, to_svg
from dartslab.draw.style import COLORS, DARK_COLORS, QUIET, STYLES, TEXT
from dartslab.draw.words import describe_cell, describe_genotype, describe_supernet_cell
from dartslab.genotype import PUBLISHED, PUBLISHED_RECURRENT, RECURRENT, Cell, Connection, Genotype
from dartslab.space import KNOWN_OPERATIONS, NONE, PUBLISHED_OPERATIONS, SearchSpace

SMALL = SearchSpace(2, ("none", "skip_connect", "sep_conv_3x3"))


LARGE = SearchSpace(4)


CELLS = {
    **{f"{name} {kind}": cell for name, genotype in PUBLISHED.items() for kind, cell in genotype.cells.items()},
    **{f"{name} recurrent": cell for name, cell in PUBLISHED_RECURRENT.items()},
}


def some_weights(space: SearchSpace, seed: int = 0) -> np.ndarray:
    table = np.random.default_rng(seed).random((len(space.edges), len(space.operations)))
    return table / table.sum(axis=1, keepdims=True)


def lines(graph: CellGraph) -> list[tuple[str, str, str]]:
    """(from, to, label) of every line, put together from its two halves; with "" for lines without a label."""
    unquoted = [line.replace('"', "") for line in graph.source.splitlines()]
    labels = dict(re.findall(r"^\s*(.+?) \[label=(.+?) color=", "\n".join(unquoted), re.MULTILINE))
    halves = re.findall(r"^\s*(.+?) -> (.+?) \[(?!style=invis| *minlen)", "\n".join(unquoted), re.MULTILINE)
    starts = {middle: source for source, middle in halves if " to " in middle}
    ends = {middle: target for middle, target in halves if " to " in middle}
    labelled = [(starts[middle], ends[middle], labels[middle].replace(r"\n", " ")) for middle in starts]
    return labelled + [(s, t, "") for s, t in halves if " to " not in s + t]


def luminance(color: str) -> float:
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return float(np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4) @ RGB_LUMINANCE)


RGB_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


# What is drawn


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_graph_has_the_connections_of_its_cell_and_no_others(cell: Cell) -> None:
    wanted = [(str(source), str(node), operation) for node, source, operation in cell.connections]
    wanted += [(str(node), "out", "") for node in cell.concat]
    assert Counter(lines(draw_cell(cell))) == Counter(wanted)


@pytest.mark.parametrize("genotype", PUBLISHED.values(), ids=PUBLISHED)
def test_the_graph_of_a_genotype_holds_both_cells_apart(genotype: Genotype) -> None:
    found = lines(draw_genotype(genotype))
    for kind, cell in genotype.cells.items():
        wanted = [(f"{kind} {source}", f"{kind} {node}", name) for node, source, name in cell.connections]
        assert Counter(line for line in found if line[2] and line[0].startswith(kind)) == Counter(wanted)
    assert sum(line[2] != "" for line in found) == sum(len(cell.connections) for cell in genotype.cells.values())


def test_the_normal_cell_is_above_the_reduction_cell_and_input_0_above_input_1() -> None:
    svg = to_svg(draw_genotype(PUBLISHED["DARTS_V2"]))
    texts = re.findall(r'<text [^>]*y="([-.\d]+)"[^>]*>([\w ]+)</text>', svg)
    words = [word for _, word in sorted((float(y), word) for y, word in texts)]  # from top to bottom
    shown = [word for word in words if word in ("normal cell", "reduction cell", "input 0", "input 1")]
    assert shown == ["normal cell", "input 0", "input 1", "reduction cell", "input 0", "input 1"]


def test_a_genotype_without_a_reduction_cell_is_one_cell() -> None:
    graph = draw_genotype(Genotype(PUBLISHED["DARTS_V2"].normal))
    assert "normal cell" in graph.source and "reduction" not in graph.source


def test_a_predecessor_used_twice_by_the_same_operation_is_two_lines() -> None:
    # NASNet's node 5 adds avg_pool_3x3 of input 0 to itself
    assert lines(draw_cell(PUBLISHED["NASNet"].normal)).count(("0", "5", "avg_pool_3x3")) == 2


def test_states_are_named_as_the_code_numbers_them() -> None:
    source = draw_cell(PUBLISHED["DARTS_V2"].normal).source
    for label in (r"input 0\nc[k-2]", r"input 1\nc[k-1]", "node 2", "node 5", r"concat\nc[k]"):
        assert f'label="{label}"' in source
    assert "rankdir=LR" in source


NODES = re.compile(r'<text[^>]* x="([-\d.]+)" y="([-\d.]+)"[^>]*>(node \d|input \d|concat)')


@pytest.mark.parametrize("nodes", [1, 2, 4])
def test_nodes_stay_where_they_are_when_another_cell_is_drawn_steadily(nodes: int) -> None:
    drawn = [draw_genotype(random_genotype(SearchSpace(nodes), seed), steady=True) for seed in range(5)]
    places = {tuple(NODES.findall(to_svg(graph))) for graph in drawn}
    assert len(places) == 1 and len(places.pop()) == 2 * (nodes + 3)


def test_a_steady_drawing_shows_the_connections_and_no_others() -> None:
    genotype = random_genotype(SearchSpace(3), 0)
    svg = to_svg(draw_genotype(genotype, steady=True))
    for operation in {c.operation for cell in genotype.cells.values() for c in cell.connections}:
        held = sum(c.operation == operation for cell in genotype.cells.values() for c in cell.connections)
        assert svg.count(f">{operation}</text>") == held
    twice = Cell((Connection(2, 0, "skip_connect"), Connection(2, 0, "max_pool_3x3")), (2,))
    assert "max_pool_3x3" in to_svg(draw_genotype(Genotype(twice), steady=True))  # then places change


def test_a_recurrent_cell_has_one_input_and_averages() -> None:
    source = draw_cell(PUBLISHED_RECURRENT["ENAS"]).source
    assert "input 0" in source and "input 1" not in source and r"mean\nh[t]" in source


@pytest.mark.parametrize("space", [SMALL, SearchSpace(1)], ids=["15 lines", "16 lines"])
def test_a_small_space_shows_every_operation_of_every_edge(space: SearchSpace) -> None:
    found = [line for line in lines(draw_supernet_cell(space)) if line[2]]
    assert found == [(str(e.source), str(e.target), name) for e in space.edges for name in space.operations]


@pytest.mark.parametrize("nodes, edges", [(2, 5), (3, 9), (4, 14)])
def test_a_large_space_shows_a_line_per_edge_with_the_number_of_operations(nodes: int, edges: int) -> None:
    found = [line for line in lines(draw_supernet_cell(SearchSpace(nodes))) if line[2]]
    assert len(found) == edges and {line[2] for line in found} == {"8 operations"}


@pytest.mark.parametrize("space", [SMALL, LARGE], ids=["small", "large"])
def test_with_weights_exactly_what_top_k_keeps_is_outlined(space: SearchSpace) -> None:
    weights = some_weights(space)
    source = draw_supernet_cell(space, weights).source.replace('"', "")
    outlined = re.findall(r"^\s*(\d) to (\d) (\w+) \[.*color=#(?!8C8C8C).*penwidth=1\.5", source, re.MULTILINE)
    kept = top_k(space, dict.fromkeys(space.kinds, weights)).normal.connections
    assert {(int(t), int(s), name) for s, t, name in outlined} == set(kept)


def widths(weights: np.ndarray) -> list[float]:
    """Widths of the lines from 0 to 2 of the small space."""
    found = re.findall(r"-> .0 to 2 \w+.*?penwidth=([\d.]+)", draw_supernet_cell(SMALL, weights).source)
    return [float(width) for width in found]


def test_a_line_is_wider_the_larger_its_weight() -> None:
    found = widths(np.array([[0.1, 0.2, 0.7]] * 5))
    assert found == sorted(found) and len(found) == 3


def test_a_weight_above_1_is_drawn_as_wide_as_1() -> None:
    assert widths(np.array([[0.1, 0.2, 9.0]] * 5)) == widths(np.array([[0.1, 0.2, 1.0]] * 5))


def test_a_line_without_all_operations_stands_for_the_strongest_but_never_for_none() -> None:
    weights = np.full((14, 8), 0.05)
    weights[:, 0], weights[:, 4] = 0.5, 0.15  # none, sep_conv_3x3
    assert {line[2] for line in lines(draw_supernet_cell(LARGE, weights))} == {"sep_conv_3x3 0.15", ""}


# Colours


def test_every_operation_has_a_colour_and_a_line_style() -> None:
    assert set(COLORS) == set(STYLES) == {*KNOWN_OPERATIONS, *RECURRENT}
    assert set(DARK_COLORS) == set(KNOWN_OPERATIONS)
    assert set(STYLES.values()) == {"solid", "dashed", "dotted", "bold"}


def test_text_is_dark_and_lines_can_be_seen_on_white() -> None:
    def contrast(color: str, ground: str = "#FFFFFF") -> float:
        low, high = sorted((luminance(color), luminance(ground)))
        return (high + 0.05) / (low + 0.05)

    assert min(map(contrast, (TEXT, QUIET))) >= 4.5  # WCAG 2.2, 1.4.3
    assert min(map(contrast, COLORS.values())) >= 3  # 1.4.11
    assert min(contrast(color, "#161616") for color in DARK_COLORS.values()) >= 3
    fontcolors = set(re.findall(r'fontcolor="(#\w+)"', draw_supernet_cell(LARGE, some_weights(LARGE)).source))
    assert fontcolors == {TEXT, QUIET}


# Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB
COLOUR_BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


@pytest.mark.parametrize("matrix", COLOUR_BLINDNESS.values(), ids=COLOUR_BLINDNESS)
@pytest.mark.parametrize("names", [KNOWN_OPERATIONS, RECURRENT], ids=["convolutional", "recurrent"])
def test_operations_of_one_line_style_differ_for_colour_blind_readers(names: tuple, matrix: list) -> None:
    def lab(name: str) -> np.ndarray:
        channels = np.array([int(COLORS[name][i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        seen = np.clip(np.array(matrix) @ linear, 0, 1)
        to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
        xyz = np.array(to_xyz) @ seen / [0.9505, 1, 1.089]
        x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
        return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])

    for one, other in combinations(names, 2):
        if STYLES[one] == STYLES[other]:
            distance = np.linalg.norm(lab(one) - lab(other))
            assert distance > 15, f"{one} and {other}: {distance:.0f}"  # 2 can just be told apart side by side


def oklab(color: str, matrix: list | np.ndarray) -> np.ndarray:
    """A colour as a colour-blind reader sees it, in the colour space OKLab (Ottosson 2020), times 100."""
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    cones = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]
    to_lab = [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]
    return 100 * np.array(to_lab) @ np.cbrt(np.array(cones) @ np.clip(np.array(matrix) @ linear, 0, 1))


@pytest.mark.parametrize("matrix", [np.eye(3), *COLOUR_BLINDNESS.values()], ids=["trichromacy", *COLOUR_BLINDNESS])
@pytest.mark.parametrize("colors", [COLORS, DARK_COLORS], ids=["light", "dark"])
def test_any_two_published_operations_differ_in_colour_for_every_reader(colors: dict, matrix: list) -> None:
    """`none`, which is dotted and grey, and never derived, is left out; 0.9 can hardly be told apart."""
    names = [name for name in PUBLISHED_OPERATIONS if name != NONE]
    seen = [oklab(colors[name], matrix) for name in names]
    nearest = min(np.linalg.norm(one - other) for one, other in combinations(seen, 2))
    assert nearest > 4


# Words


def test_a_cell_in_words() -> None:
    assert describe_cell(PUBLISHED["DARTS_V2"].normal) == (
        "normal cell: node 2 adds sep_conv_3x3 of input 0 and sep_conv_3x3 of input 1; "
        "node 3 adds sep_conv_3x3 of input 0 and sep_conv_3x3 of input 1; "
        "node 4 adds sep_conv_3x3 of input 1 and skip_connect of input 0; "
        "node 5 adds skip_connect of input 0 and dil_conv_3x3 of node 2; "
        "the output concatenates nodes 2, 3, 4, 5"
    )
    assert describe_cell(PUBLISHED_RECURRENT["ENAS"]).startswith("cell ENAS: node 1 is tanh of input 0; node 2 is tanh")
    assert describe_cell(PUBLISHED_RECURRENT["ENAS"]).endswith("the output averages nodes 2, 5, 6, 9, 10, 11")


def test_a_genotype_in_words_names_both_cells() -> None:
    words = describe_genotype(random_genotype(LARGE, seed=0))
    assert words.startswith("normal cell: ") and ". reduction cell: " in words


def test_a_supernet_in_words_tells_what_is_kept() -> None:
    weights = np.full((5, 3), [0.2, 0.1, 0.7])
    assert describe_supernet_cell(SMALL) == (
        "supernet cell: 2 nodes, 5 edges, each mixing none, skip_connect, sep_conv_3x3"
    )
    assert describe_supernet_cell(SMALL, weights).endswith(
        "kept by top-2: 0 to 2 sep_conv_3x3 0.70, 1 to 2 sep_conv_3x3 0.70, 0 to 3 sep_conv_3x3 0.70, "
        "1 to 3 sep_conv_3x3 0.70"
    )


@pytest.mark.parametrize("what", [draw_supernet_cell, describe_supernet_cell, top_k_mask])
@pytest.mark.parametrize(
    "weights, sentence",
    [
        (np.zeros((14, 3)), r"shape \(14, 3\), this space needs \(5, 3\)"),
        (np.full((5, 3), np.nan), "are not finite"),
        (
            np.full((5, 3), -0.1),
            r"mixing weights must be 0 or more, got -0\.1; pass the mixing weights that the relaxation",
        ),
    ],
    ids=["shape", "nan", "raw alpha"],
)
def test_weights_that_do_not_fit_are_explained(what: Callable, weights: np.ndarray, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        what(SMALL, weights)


def test_drawing_needs_neither_torch_nor_pyplot() -> None:
    code = "import sys, dartslab.draw.cells, dartslab.draw.figures\n"
    code += "print({'torch', 'matplotlib.pyplot'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
