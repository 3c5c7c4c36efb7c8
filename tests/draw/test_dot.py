"""The program that lays graphs out: the system's, the wheel's, or a sentence; files and notebooks."""

import io
import os
import re
import shutil
import sys
import sysconfig
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter
from PIL import Image

from dartslab.base.messages import UserError
from dartslab.draw.cells import draw_cell, draw_genotype, draw_supernet_cell
from dartslab.draw.dot import CellGraph, find_dot, render, run_program, to_svg
from dartslab.draw.picture import show, to_png
from dartslab.draw.words import describe_cell
from dartslab.genotype import CONVOLUTIONAL, PUBLISHED, PUBLISHED_RECURRENT, RECURRENT, Cell, Connection
from dartslab.space import SearchSpace
from sentences import refusal

LARGE = SearchSpace(4)


def hide_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name, *rest, **more: None if name == "dot" else which(name))


@pytest.fixture(params=["the system's program", "the wheel"])
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Once as the machine is, once without `dot`."""
    if request.param == "the wheel":
        hide_dot(monkeypatch)
    return request.param


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"))


# Files and notebooks


@pytest.mark.parametrize("name", ["DARTS_V2", "AmoebaNet"])
def test_a_picture_is_written_in_the_format_of_its_suffix(program: str, tmp_path: Path, name: str) -> None:
    graph = draw_genotype(PUBLISHED[name])
    png, svg = render(graph, tmp_path / "cell.png"), render(graph, str(tmp_path / "cell.svg"))
    image = pixels(png.read_bytes())
    assert image.shape[0] > 300 and image.shape[1] > 500 and image.size < 8_000_000
    assert image.max() == 255 and 0.005 < (image < 128).mean() < 0.5  # neither blank nor black
    words = [element.text for element in ElementTree.parse(svg).iter("{http://www.w3.org/2000/svg}text")]
    for cell in PUBLISHED[name].cells.values():
        assert {connection.operation for connection in cell.connections} <= set(words)
    assert sorted(tmp_path.iterdir()) == [png, svg]  # no source file stays behind


def test_a_pdf_needs_the_program_dot(program: str, tmp_path: Path) -> None:
    graph, path = draw_cell(PUBLISHED["DARTS_V2"].normal), tmp_path / "cell.pdf"
    if find_dot() == Path(shutil.which("dot") or "none"):
        assert render(graph, path).read_bytes().startswith(b"%PDF")
    else:
        with pytest.raises(UserError, match=r"'graphviz-pure' makes no PDF; write \.svg or \.png, or install"):
            render(graph, path)


@pytest.mark.parametrize(
    "graph", [draw_cell(PUBLISHED_RECURRENT["ENAS"]), draw_supernet_cell(LARGE)], ids=["recurrent", "supernet"]
)
def test_both_programs_draw_recurrent_cells_and_supernets(program: str, graph: CellGraph) -> None:
    assert pixels(to_png(graph)).std() > 5 and to_svg(graph).rstrip().endswith("</svg>")


def test_a_notebook_shows_a_graph_with_either_program(program: str) -> None:
    data, _ = DisplayFormatter().format(draw_cell(PUBLISHED["DARTS_V2"].normal))
    assert "sep_conv_3x3" in data["image/svg+xml"]
    assert data["text/plain"] == "<graph: normal>"  # no address: the built notebook stays the same


def test_a_shown_graph_is_a_png_with_alternative_text(program: str) -> None:
    cell = PUBLISHED["DARTS_V2"].normal
    data, metadata = DisplayFormatter().format(show(draw_cell(cell), describe_cell(cell)))
    assert data["text/plain"] == metadata["image/png"]["alt"] == describe_cell(cell)
    assert data["image/png"].startswith("iVBORw0KGgo")  # the PNG signature in base64


def test_the_systems_dot_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, *rest, **more: f"/opt/{name}")
    assert find_dot() == Path("/opt/dot")


def test_the_wheel_draws_where_there_is_no_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    hide_dot(monkeypatch)
    found = find_dot()
    assert found is not None and found.stem == "graphviz-pure"


def test_without_any_program_a_sentence_says_what_was_looked_for_and_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hide_dot(monkeypatch)
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    assert find_dot() is None
    for draw in (to_svg, to_png, lambda graph: render(graph, tmp_path / "cell.pdf")):
        with pytest.raises(UserError) as error:
            draw(draw_cell(PUBLISHED["DARTS_V2"].normal))
        for part in ("'dot'", "'graphviz-pure'", str(tmp_path), "Install Graphviz", "pip install graphviz-pure"):
            assert part in str(error.value)


# what a `dot` does instead of drawing -> how that is said
FAULTS = {
    "cat > /dev/null": "ended without an error and wrote no whole {}: without a message",
    "cat > /dev/null; echo no plug-ins >&2": "ended without an error and wrote no whole {}: no plug-ins",
    "cat > /dev/null; printf '<svg>\\211PNG'": "ended without an error and wrote no whole {}: without a message",
    "exec sleep 600": "drew nothing in 0.5 seconds",
    "exit 3": "failed with status 3: without a message",
}


@pytest.fixture
def broken_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts a program `dot` that does something else at the front of the path."""

    def make(script: str) -> Path:
        program = tmp_path / "bin" / "dot"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
        usual = run_program

        def run(one: Path, source: str, wanted: str, limit_s: float) -> bytes:  # only the fake is not waited for
            return usual(one, source, wanted, 0.5 if one == program and "sleep" in script else limit_s)

        monkeypatch.setattr("dartslab.draw.dot.run_program", run)
        monkeypatch.setattr("dartslab.draw.dot._broken", set())
        return program

    return make


@pytest.mark.skipif(os.name == "nt", reason="the fake programs are shell scripts")
@pytest.mark.parametrize("script", FAULTS)
@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_where_dot_draws_nothing_the_wheel_does_and_says_so_once(broken_dot, tmp_path, script, suffix) -> None:
    program, graph = broken_dot(script), draw_cell(PUBLISHED["DARTS_V2"].normal)
    with pytest.warns(UserWarning, match="so graphviz-pure draws from now on") as told:
        path = render(graph, tmp_path / f"cell.{suffix}")
    assert str(told[0].message).startswith(f"{program} {FAULTS[script].format(suffix.upper())}, so")
    whole = path.read_bytes()
    drawn = whole.rstrip().endswith(b"</svg>") if suffix == "svg" else pixels(whole).std() > 5
    assert drawn
    assert render(graph, path).read_bytes() == whole  # without a warning, which would be an error


@pytest.mark.skipif(os.name == "nt", reason="the fake programs are shell scripts")
@pytest.mark.parametrize("script", FAULTS)
def test_where_nothing_draws_no_file_is_written_and_a_sentence_says_why(
    broken_dot, tmp_path, monkeypatch, script
) -> None:
    program = broken_dot(script)
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / "nowhere"))
    sentence = refusal(render, draw_cell(PUBLISHED["DARTS_V2"].normal), tmp_path / "cell.png")
    assert f"could not draw the graph ({program} {FAULTS[script].format('PNG')}); reinstall Graphviz" in sentence
    assert not (tmp_path / "cell.png").exists()


def test_a_program_that_fails_is_named_with_what_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dartslab.draw.dot.find_programs", lambda: [Path(sys.executable)])  # Python knows no option -K
    with pytest.raises(UserError, match=r"could not draw the graph \((?s:.)*-K(?s:.)*reinstall Graphviz"):
        to_svg(draw_cell(PUBLISHED["DARTS_V2"].normal))


@pytest.mark.parametrize(
    "path, sentence",
    [
        ("cell.gif", "has the suffix '.gif'; pictures are written as .svg, .png or .pdf"),
        ("cell", "has the suffix ''; pictures are written as"),
        ("missing/cell.svg", "is not a folder; create it or choose another one"),
        ("a_file/cell.svg", "is not a folder; create it or choose another one"),
        ("a_folder.svg", "choose a folder you may write to"),
    ],
)
def test_a_path_that_cannot_be_written_is_explained(tmp_path: Path, path: str, sentence: str) -> None:
    (tmp_path / "a_file").touch()
    (tmp_path / "a_folder.svg").mkdir()
    with pytest.raises(UserError, match=re.escape(sentence)):
        render(draw_cell(PUBLISHED["DARTS_V2"].normal), tmp_path / path)


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    """Any valid cell: one or two inputs, up to seven nodes with one to three connections each."""
    inputs = draw(st.sampled_from([1, 2]))
    nodes = range(inputs, inputs + draw(st.integers(1, 7)))
    names = st.sampled_from(CONVOLUTIONAL if inputs == 2 else RECURRENT)
    pairs = {n: draw(st.lists(st.tuples(st.integers(0, n - 1), names), min_size=1, max_size=3)) for n in nodes}
    connections = tuple(Connection(n, source, name) for n in nodes for source, name in pairs[n])
    concat = tuple(draw(st.lists(st.sampled_from(nodes), min_size=1, unique=True)))
    return Cell(connections, concat, "any", CONVOLUTIONAL if inputs == 2 else RECURRENT, inputs)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=cells())
def test_any_cell_can_be_drawn_and_described(program: str, cell: Cell) -> None:
    svg = ElementTree.fromstring(to_svg(draw_cell(cell)))
    words = Counter(element.text for element in svg.iter("{http://www.w3.org/2000/svg}text"))
    for operation, count in Counter(connection.operation for connection in cell.connections).items():
        assert words[operation] == count
    assert describe_cell(cell).count(" of ") == len(cell.connections)
