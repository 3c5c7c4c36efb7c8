"""The notebooks themselves: up to date, run from top to bottom, whole pictures with words for them.

They run with DARTSLAB_FAST=1, so that each run is a few steps: this shows that lessons work, not what they find.
Their kernels reach no other machine (tests/offline), as on a laptop without a network.
"""

import ast
import os
import re
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from dartslab.teach.build.execute import run_notebook
from dartslab.teach.build.notebooks import orphans, problems_of, solution_path, sources, student_path
from dartslab.teach.build.source import read_lesson
from dartslab.teach.items import Exercise
from dartslab.teach.registry import EXERCISES, PREDICTIONS, QUESTIONS

ROOT = Path(__file__).parents[2]
LESSONS = sources(ROOT)
WIDTH = 115  # characters in 914 pixels, a cell in JupyterLab on a small screen: 13-pixel letters are 7.8 pixels wide
SHELVES = {"quiz": QUESTIONS, "predict": PREDICTIONS, "reveal": PREDICTIONS}


@pytest.fixture
def short_and_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels make a few steps, and reach this machine only."""
    monkeypatch.setenv("DARTSLAB_FAST", "1")
    paths = [str(ROOT / "tests" / "offline"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))


def by_name(path: Path) -> str:
    return path.stem


def outputs(notebook: nbformat.NotebookNode) -> list:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def errors(notebook: nbformat.NotebookNode) -> set[str]:
    return {output.ename for output in outputs(notebook) if output.output_type == "error"}


@pytest.mark.parametrize("source", LESSONS, ids=by_name)
def test_the_notebooks_are_what_their_source_builds(source: Path) -> None:
    assert problems_of(source) == []


@pytest.mark.parametrize("source", LESSONS, ids=by_name)
def test_no_line_of_code_is_cut_at_the_right_edge(source: Path) -> None:
    cells = [cell for cell in read_lesson(source).cells if cell.cell_type == "code"]
    assert [(cell.id, line) for cell in cells for line in cell.source.split("\n") if len(line) > WIDTH] == []


@pytest.mark.parametrize("source", LESSONS, ids=by_name)
def test_what_is_not_the_point_of_a_section_is_collapsed(source: Path) -> None:
    """Set-up, and the code of a view where it is longer than three lines, so that action and effect are on one screen."""
    for cell in read_lesson(source).cells:
        tags = cell.metadata.get("tags", ())
        lines = [line for line in cell.source.splitlines() if line.strip()]
        long_view = "widget" in tags and len(lines) > 3
        if cell.cell_type == "code" and (long_view or cell.id == "setup"):
            assert "collapsed" in tags, f"{cell.id} of {source.name} has {len(lines)} lines of code in view"


@pytest.mark.parametrize("source", LESSONS, ids=by_name)
def test_the_bar_of_a_collapsed_cell_says_what_the_cell_does(source: Path) -> None:
    """JupyterLab shows the first line of hidden code. An import says nothing there, so it is a comment."""
    collapsed = [cell for cell in read_lesson(source).cells if "collapsed" in cell.metadata.get("tags", ())]
    assert [cell.id for cell in collapsed if not re.match(r"# \S.{0,79}\n", cell.source)] == []
    assert [cell.id for cell in collapsed if "exercise" in cell.metadata.tags] == []


@pytest.mark.parametrize("source", LESSONS, ids=by_name)
def test_a_picture_is_the_last_line_of_its_cell_or_displayed(source: Path) -> None:
    """JupyterLab shows the value of the last line only: a picture further up would be drawn and never seen."""
    lost = []
    for cell in read_lesson(source).cells:
        if cell.cell_type == "code":
            *before, _ = ast.parse(cell.source, mode="exec").body
            alone = [line.value for line in before if isinstance(line, ast.Expr)]
            lost += [(cell.id, ast.unparse(value)) for value in alone if re.match(r"(show|draw_\w+)\(", ast.unparse(value))]
    assert lost == []


def test_no_notebook_is_without_a_source() -> None:
    assert orphans(ROOT) == []


@pytest.mark.parametrize("source", LESSONS, ids=by_name)
def test_a_solution_runs_without_an_error(source: Path, short_and_offline: None) -> None:
    assert errors(run_notebook(read_lesson(source), source.parent.parent, source.name, solution=True)) == set()


@pytest.mark.long
@pytest.mark.parametrize("source", LESSONS, ids=by_name)
def test_a_learners_notebook_with_nothing_filled_in_runs_without_an_error(
    source: Path, short_and_offline: None
) -> None:
    student = nbformat.read(student_path(source), as_version=4)
    assert errors(run_notebook(student, source.parent.parent, source.name)) == set()


OUTWARDS = {
    "'example.org'": 'import urllib.request; urllib.request.urlopen("http://example.org")',
    "'192.0.2.1'": 'import socket; socket.create_connection(("192.0.2.1", 80), timeout=1)',
    "'192.0.2.2'": 'socket.socket().connect_ex(("192.0.2.2", 80))',
    "'192.0.2.3'": 'socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("192.0.2.3", 80))',
    "'2001:db8::1'": 'socket.socket(socket.AF_INET6).connect(("2001:db8::1", 80))',
    "'example.com'": 'socket.gethostbyname("example.com")',
    "'example.net'": """
import subprocess, sys
code = "import socket; socket.getaddrinfo('example.net', 80)"
raise RuntimeError(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr)""",
}
INWARDS = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
    server.accept()[0].sendall(b"loopback")
    print(client.recv(8).decode())
one, other = socket.socketpair(socket.AF_UNIX)
one.sendall(b"unix")
print(other.recv(4).decode())
"""


def test_a_lesson_that_reaches_another_machine_is_told_so(tmp_path: Path, short_and_offline: None) -> None:
    notebook = new_notebook(cells=[new_code_cell(code) for code in OUTWARDS.values()])
    run_notebook(notebook, tmp_path, "outwards", allow=("RuntimeError",))
    said = [output.evalue for output in outputs(notebook) if output.output_type == "error"]
    assert len(said) == len(OUTWARDS)
    assert all(f"this lesson tried to reach {host}" in words for host, words in zip(OUTWARDS, said, strict=True))


def test_a_lesson_may_talk_to_its_own_machine(tmp_path: Path, short_and_offline: None) -> None:
    notebook = run_notebook(new_notebook(cells=[new_code_cell(INWARDS)]), tmp_path, "inwards")
    assert "".join(output.text for output in outputs(notebook)) == "loopback\nunix\n"


@pytest.mark.parametrize("source", LESSONS, ids=by_name)
def test_a_learners_notebook_has_no_output_and_no_solution(source: Path) -> None:
    text = student_path(source).read_text(encoding="utf-8")
    assert outputs(nbformat.reads(text, as_version=4)) == [] and "BEGIN SOLUTION" not in text


@pytest.mark.parametrize("source", LESSONS, ids=by_name)
def test_a_solution_shows_whole_pictures_with_alternative_text(source: Path) -> None:
    shown = outputs(nbformat.read(solution_path(source), as_version=4))
    pictures = [output for output in shown if "image/png" in output.get("data", {})]
    assert pictures
    for output in pictures:
        assert len(output.metadata["image/png"]["alt"]) > 20
        with Image.open(BytesIO(b64decode(output.data["image/png"]))) as picture:
            assert min(picture.size) > 60 and len(picture.convert("RGB").getcolors(1 << 24)) > 5


def test_a_web_page_of_a_notebook_keeps_the_alternative_texts() -> None:
    """With the template that the teachers' pages name; the default one of nbconvert drops them."""
    page, _ = HTMLExporter(template_name="classic").from_filename(str(solution_path(LESSONS[-2])))
    pictures = re.findall("<img[^>]+>", page)
    assert pictures and all("alt=" in picture and "No description" not in picture for picture in pictures)


@pytest.mark.parametrize("source", LESSONS, ids=by_name)
def test_a_solution_is_small_and_names_no_machine(source: Path) -> None:
    path = solution_path(source)
    assert path.stat().st_size < 1_000_000
    text = path.read_text(encoding="utf-8")
    assert "/home/" not in text and "site-packages" not in text and str(ROOT) not in text


@pytest.mark.parametrize("source", LESSONS, ids=by_name)
def test_every_name_in_a_notebook_is_known_and_of_its_lesson(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    used = re.findall(r"\b(check|hint|mine|solution|quiz|predict|reveal)\(\"([^\"]+)\"", text)
    unknown = [f'{call}("{name}")' for call, name in used if name not in SHELVES.get(call, EXERCISES)]
    assert unknown == []
    number, borrowing = source.stem[:2], ("check", "mine")  # a lesson may go on with answers of an earlier one
    assert [f'{call}("{name}")' for call, name in used if name[:2] > number] == []
    assert {name[:2] for call, name in used if call not in borrowing} <= {number}


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.name)
def test_an_exercise_stands_in_its_notebook_with_the_same_minutes_and_points(exercise: Exercise) -> None:
    for source in LESSONS:  # none for a lesson that is still being written
        if source.stem.startswith(exercise.lesson):
            cells = {cell.id: cell.metadata for cell in read_lesson(source).cells}
            assert exercise.short.replace("_", "-") in cells
            kept = cells[exercise.short.replace("_", "-")]
            assert (kept.get("minutes"), kept.get("points")) == (exercise.minutes, exercise.points)
            assert "exercise" in kept["tags"]
