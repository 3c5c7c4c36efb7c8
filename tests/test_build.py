"""A lesson is written once, as text; from it come the learner's notebook and the executed one with solutions."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

import dartslab.teach.build as builder
from dartslab.messages import UserError
from dartslab.teach.outputs import CONTROLS, WIDGET_VIEW, as_shown, run_notebook, still
from dartslab.teach.source import read_lesson, student_version, to_text, without_solutions

LESSON = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # Twice

# %% name="twice" tags=["exercise"] minutes=8 points=2
def twice(x):
    # BEGIN SOLUTION
    return x + x
    # END SOLUTION


# %% tags=["solution"]
# It is also 2 * x.

# %% name="picture" alt="a line from 0 to 4"
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(1, 1))
axes.plot([0, 2, 4])
print("50 %", end="\\r")
print("100 %")
"""
EXERCISE_ONLY = '# %% name="one"\n# BEGIN SOLUTION\n1\n# END SOLUTION\n'


def write_source(root: Path, text: str = LESSON, slug: str = "01_twice") -> Path:
    path = root / "notebooks" / "_source" / f"{slug}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def run(root: Path, *words: str) -> None:
    builder.main([*words, "--root", str(root)])


def refused(root: Path, *words: str) -> str:
    with pytest.raises(SystemExit) as left:
        run(root, *words)
    return str(left.value)


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    (found,) = (cell for cell in notebook.cells if cell.id == name)
    return found


def read(path: Path) -> NotebookNode:
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    nbformat.validate(notebook)
    return notebook


@pytest.fixture(scope="module", autouse=True)
def full_runs() -> Iterator[None]:
    """These tests build solutions, whatever the environment of the test run says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DARTSLAB_FAST", raising=False)
        yield


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one lesson, nothing built yet."""
    write_source(tmp_path)
    return tmp_path


@pytest.fixture
def unrun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build without a kernel: solutions come out as they would, but for their outputs."""
    monkeypatch.setattr(builder, "run_notebook", lambda notebook, *rest: notebook)


@pytest.fixture
def built(root: Path, unrun: None) -> Path:
    """A project of one lesson that is up to date."""
    run(root)
    return root


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of one lesson, its solution really executed."""
    root = tmp_path_factory.mktemp("project")
    write_source(root)
    run(root)
    return root


# What the two notebooks hold


def test_the_learner_gets_a_stub_at_the_indentation_of_the_solution(root: Path) -> None:
    student = student_version(read_lesson(write_source(root)))
    assert cell(student, "twice").source == "def twice(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def test_the_learner_gets_neither_solutions_nor_outputs_nor_cells_tagged_solution(root: Path) -> None:
    run(root, "--no-run")
    path = root / "notebooks" / "01_twice.ipynb"
    text = path.read_text(encoding="utf-8")
    assert not any(secret in text for secret in ("x + x", "2 * x", "SOLUTION"))
    assert [c.cell_type for c in read(path).cells] == ["markdown", "code", "code"]
    assert all(c.outputs == [] and c.execution_count is None for c in read(path).cells if c.cell_type == "code")
    assert not (root / "notebooks" / "solutions").exists()


def test_the_solution_is_executed_and_shows_its_picture(executed: Path) -> None:
    solution = read(executed / "notebooks" / "solutions" / "01_twice.ipynb")
    assert "    # BEGIN SOLUTION\n    return x + x\n" in cell(solution, "twice").source
    text, picture = cell(solution, "picture").outputs
    assert text.text == "100 %\n"
    assert picture.metadata["image/png"]["alt"] == "a line from 0 to 4"
    assert picture.data["image/png"].startswith("iVBORw0KGgo")


def test_nothing_of_the_machine_is_stored(executed: Path) -> None:
    for path in (executed / "notebooks").rglob("*.ipynb"):
        notebook = read(path)
        assert notebook.metadata.language_info == {"name": "python"}
        assert set(notebook.metadata) - {"dartslab"} == {"kernelspec", "language_info"}
        assert all(set(c.metadata) <= {"name", "tags", "minutes", "points", "alt"} for c in notebook.cells)
        assert str(executed) not in path.read_text(encoding="utf-8")


def test_a_second_build_gives_the_same_bytes(executed: Path) -> None:
    paths = sorted((executed / "notebooks").rglob("*.ipynb"))
    before = [path.read_bytes() for path in paths]
    run(executed, "--force")
    assert len(paths) == 2
    assert [path.read_bytes() for path in paths] == before
    assert all(text.endswith(b"}\n") and b"\r" not in text for text in before)


def test_header_keys_become_metadata_of_the_cell(root: Path) -> None:
    metadata = cell(read_lesson(write_source(root)), "twice").metadata
    assert metadata == {"name": "twice", "tags": ["exercise"], "minutes": 8, "points": 2}


def test_a_stub_replaces_each_block_of_a_cell() -> None:
    block = "# BEGIN SOLUTION\na = 1\n# END SOLUTION"
    stub = "# YOUR CODE HERE\nraise NotImplementedError()"
    assert without_solutions(f"{block}\nb = 2\n{block}") == f"{stub}\nb = 2\n{stub}"


# Cell ids


def test_a_cell_has_the_same_id_in_both_notebooks(root: Path) -> None:
    lesson = read_lesson(write_source(root, LESSON.replace('name="twice" ', "")))
    student = student_version(lesson)
    assert [c.id for c in student.cells] == [c.id for c in lesson.cells if "solution" not in c.metadata.get("tags", [])]
    assert len(student.cells[1].id) == 8  # made of the text with the solution, although the learner's differs


def test_an_id_depends_on_lesson_and_text_and_not_on_position(tmp_path: Path) -> None:
    def ids(text: str, slug: str = "01_a") -> list[str]:
        return [c.id for c in read_lesson(write_source(tmp_path, text, slug)).cells]

    one, two = "# %%\n1 + 1\n", "# %%\n2 + 2\n"
    assert ids(one + two) == ids(two + one)[::-1]
    assert ids(one)[0] in ids(two + one)
    assert set(ids(one)).isdisjoint(ids(one, "02_b"))


# Sources that cannot be built


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# %%\n# BEGIN SOLUTION\n1\n", r"cell 1 .*'# BEGIN SOLUTION' is never followed by '# END SOLUTION'.*add it"),
        ("# %%\n1\n# END SOLUTION\n", "'# END SOLUTION' where the other marker was due.*Add or remove"),
        ("# %%\n# BEGIN SOLUTION\n# BEGIN SOLUTION\n", "'# BEGIN SOLUTION' where the other marker was due"),
        ("# %%\n# Begin solution\n1\n# END SOLUTION\n", "'# Begin solution' looks like a marker; write"),
        ("# %% [markdown]\n# # BEGIN SOLUTION\n", 'stands in prose; .*tag the cell with tags=."solution".'),
        ('# %% name="a b"\n1\n', "named 'a b'; allowed are 1 to 64 letters.*Rename"),
        (f'# %% name="{"a" * 65}"\n1\n', "allowed are 1 to 64 letters"),
        ('# %% name="a"\n1\n# %% name="a"\n2\n', r"cell 2 \(a\) has the id 'a', and so has 01_bad.py, cell 1 \(a\)"),
        ("# %%\nsame = 1\n# %%\nsame = 1\n", r"cell 2 \(same = 1\) has the id '[0-9a-f]{8}', .*cell 1 .*give one"),
        ('# %% tag=["solution"]\n1\n', "unknown key in the header .*'tag'; .*Did you mean 'tags'"),
        ('# %% tags=["soluton"]\n1\n', "unknown tag of .*'soluton'; .*Did you mean 'solution'"),
        ('# %% tags=["solution"\n1\n', "the header cannot be read from .* on; write pairs such as"),
        ('# %% tags=["exercise"], name="b"\n1\n', "01_bad.py cannot be read .* a cell header looks like"),
    ],
    ids=[
        "block without end",
        "end without block",
        "block in a block",
        "misspelt marker",
        "marker in prose",
        "letters of a name",
        "length of a name",
        "same name",
        "same text",
        "unknown key",
        "unknown tag",
        "half a header",
        "comma between keys",
    ],
)
def test_a_faulty_source_is_refused_with_what_to_do(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        read_lesson(write_source(tmp_path, text, "01_bad"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("slug", ["1_a", "01-a", "01_A", "a", "01_"])
def test_a_source_of_another_name_is_refused(tmp_path: Path, slug: str) -> None:
    write_source(tmp_path, slug=slug)
    assert "a lesson is NN_slug.py" in refused(tmp_path, "--no-run")


def test_a_source_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = write_source(tmp_path)
    path.write_bytes("# %%\n# é\n".encode("latin-1"))
    with pytest.raises(UserError, match=r"01_twice.py cannot be read .*UTF-8"):
        read_lesson(path)


# Executing


def test_a_failing_solution_is_named_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "notebooks" / "solutions" / "01_twice.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"old")
    write_source(tmp_path, '# %% name="bad"\nraise ValueError("first\\nsecond")\n')
    message = refused(tmp_path)
    assert (
        message == "dartslab: 01_twice.py: cell 'bad' raised ValueError: first second; mend its source and build again."
    )
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_learners_notebook_runs_past_its_stubs_when_told_to(tmp_path: Path) -> None:
    write_source(tmp_path, EXERCISE_ONLY + '# %% name="next"\nprint(2)\n')
    run(tmp_path, "--no-run")
    path = tmp_path / "notebooks" / "01_twice.ipynb"
    notebook = run_notebook(read(path), path.parent, path.name, allow=("NotImplementedError",))
    assert cell(notebook, "one").outputs[0].ename == "NotImplementedError"
    assert cell(notebook, "next").outputs[0].text == "2\n"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DeadKernelError("Kernel died"), "DeadKernelError, the kernel died"),
        (CellTimeoutError("too long"), "CellTimeoutError, cell .* ran longer than 900 s"),
    ],
    ids=["dead kernel", "endless cell"],
)
def test_other_ends_of_a_kernel_are_told_by_name(root: Path, monkeypatch, error: Exception, words: str) -> None:
    def end(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(NotebookClient, "execute", end)
    with pytest.raises(UserError, match=words):
        run_notebook(read_lesson(root / "notebooks/_source/01_twice.py"), root, "01_twice.py")


def test_solutions_are_executed_only_when_their_source_has_changed(built: Path, capsys) -> None:
    capsys.readouterr()
    run(built)
    assert capsys.readouterr().out == ""
    write_source(built, LESSON + "\n# %%\n3\n")
    run(built)
    assert "running" in capsys.readouterr().out
    run(built, "--force")
    assert "running" in capsys.readouterr().out


def test_a_solution_of_shortened_runs_is_refused(root: Path, unrun: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARTSLAB_FAST", "1")
    assert "DARTSLAB_FAST is set, so a solution's numbers would not be the real ones; unset it" in refused(root)
    run(root, "--no-run")
    assert "solutions" in refused(root, "--check")


# Outputs


def outputs_of(*outputs: NotebookNode, header: str = "") -> list[NotebookNode]:
    one = nbformat.v4.new_code_cell("x", outputs=list(outputs), metadata={"alt": header} if header else {})
    return still(nbformat.v4.new_notebook(cells=[one], metadata={"widgets": {"state": {}}})).cells[0].outputs


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10 %\r20 %\n", "20 %\n"),
        ("abc\rX\n", "Xbc\n"),
        ("bar\r   \rdone", "done"),
        ("bar 1\r     \r", ""),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
        ("a  \nb", "a  \nb"),
    ],
    ids=["overwritten", "in part", "cleared, then written", "cleared", "ends of lines", "left alone"],
)
def test_text_is_kept_as_a_terminal_would_show_it(text: str, shown: str) -> None:
    assert as_shown(text) == shown


def test_pieces_of_one_stream_are_joined_before_returns_are_looked_at() -> None:
    pieces = [("stdout", "1\r"), ("stdout", "2\n"), ("stderr", "oh\n"), ("stdout", "3\n")]
    kept = outputs_of(*(new_output("stream", name=name, text=text) for name, text in pieces))
    assert [(output.name, output.text) for output in kept] == [("stdout", "2\n"), ("stderr", "oh\n"), ("stdout", "3\n")]


def test_a_view_keeps_its_picture_and_text_and_loses_the_widget() -> None:
    data = {WIDGET_VIEW: {"model_id": "1"}, "image/png": "iVBO", "text/plain": "alpha"}
    assert outputs_of(new_output("display_data", data=data))[0].data == {"image/png": "iVBO", "text/plain": "alpha"}


@pytest.mark.parametrize("text", [{}, {"text/plain": "IntSlider(value=0)"}], ids=["alone", "with its class"])
def test_bare_controls_become_a_sentence(text: dict[str, str]) -> None:
    data = {WIDGET_VIEW: {"model_id": "1"}} | text
    assert CONTROLS == "run this cell to see the controls"
    assert outputs_of(new_output("display_data", data=data))[0].data == {"text/plain": CONTROLS}


def test_a_picture_that_describes_itself_keeps_its_words() -> None:
    own = new_output("display_data", data={"image/png": ""}, metadata={"image/png": {"alt": "own", "width": 3}})
    mute = new_output("display_data", data={"image/png": ""})
    text = new_output("display_data", data={"text/plain": "1"})
    described = [output.metadata for output in outputs_of(own, mute, text, header="header")]
    assert described == [{"image/png": {"alt": "own", "width": 3}}, {"image/png": {"alt": "header"}}, {}]


# The check


def test_what_was_just_built_passes_the_check_and_nothing_is_written(built: Path, capsys) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.rglob("*")}
    capsys.readouterr()
    run(built, "--check")
    assert capsys.readouterr().out == ""
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*")} == before


def edit_student(root: Path) -> None:
    path = root / "notebooks" / "01_twice.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("Twice", "Thrice"), encoding="utf-8")


def edit_solution(root: Path) -> None:
    path = root / "notebooks" / "solutions" / "01_twice.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("x + x", "2 * x"), encoding="utf-8")


def edit_source(root: Path) -> None:
    write_source(root, LESSON.replace("return x + x", "return 2 * x"))


def rerun_by_hand(root: Path) -> None:
    path = root / "notebooks" / "solutions" / "01_twice.ipynb"
    notebook = read(path)
    notebook.cells[1].outputs, notebook.cells[1].execution_count = [new_output("stream", text="other")], 7
    path.write_text(to_text(notebook), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edit_student, ["01_twice.ipynb is not what 01_twice.py builds; edit the source only, then run `make"]),
        (edit_solution, ["solutions/01_twice.ipynb was edited by hand; edit the source only, then run `make"]),
        (edit_source, ["solutions/01_twice.ipynb was run from an older 01_twice.py; run `make notebooks`"]),
        (lambda r: (r / "notebooks/01_twice.ipynb").unlink(), ["01_twice.ipynb is missing; run `make notebooks`"]),
        (
            lambda r: (r / "notebooks/solutions/01_twice.ipynb").write_text("{}"),
            ["solutions/01_twice.ipynb is no notebook; run `make notebooks`"],
        ),
        (lambda r: (r / "notebooks/02_b.ipynb").write_text("{}"), ["02_b.ipynb has no source; remove it, or write"]),
        (
            lambda r: write_source(r, slug="02_b"),
            ["notebooks/02_b.ipynb is missing; run", "solutions/02_b.ipynb is missing; run `make notebooks`"],
        ),
        (rerun_by_hand, []),
    ],
    ids=[
        "edited student",
        "edited solution",
        "stale solution",
        "missing student",
        "broken solution",
        "orphan",
        "new lesson",
        "other outputs are no problem",
    ],
)
def test_the_check_names_each_notebook_that_is_wrong(
    built: Path, change: Callable[[Path], object], words: list[str]
) -> None:
    change(built)
    found = builder.find_problems(built)
    assert len(found) == len(words)
    assert all(part in line for part, line in zip(words, found, strict=True))
    if found:
        assert refused(built, "--check") == "\n".join(found)


@pytest.mark.parametrize("change", [edit_student, edit_solution, edit_source], ids=["student", "solution", "source"])
def test_a_build_mends_what_the_check_finds(built: Path, change: Callable[[Path], object]) -> None:
    change(built)
    assert builder.find_problems(built)
    run(built)
    assert builder.find_problems(built) == []


def test_the_solution_tells_from_which_text_it_was_built(built: Path) -> None:
    stored = json.loads((built / "notebooks/solutions/01_twice.ipynb").read_text(encoding="utf-8"))["metadata"]
    assert stored["dartslab"] == read_lesson(built / "notebooks/_source/01_twice.py").metadata.dartslab
    assert len(stored["dartslab"]["source_sha256"]) == 64


# The command line


def test_only_the_lessons_named_are_built(root: Path, unrun: None) -> None:
    write_source(root, slug="02_b")
    run(root, "02_b")
    assert [path.name for path in sorted((root / "notebooks").rglob("*.ipynb"))] == ["02_b.ipynb", "02_b.ipynb"]
    run(root, "02_b", "--check")
    assert "unknown lesson '02_c'; allowed are: 02_b, 01_twice. Did you mean '02_b'" in refused(root, "02_c")


def test_without_sources_there_is_nothing_to_do(tmp_path: Path, capsys) -> None:
    (tmp_path / "notebooks" / "_source").mkdir(parents=True)
    run(tmp_path)
    run(tmp_path, "--check")
    assert capsys.readouterr().out == ""


def test_elsewhere_than_in_the_project_the_way_is_shown(tmp_path: Path) -> None:
    message = refused(tmp_path)
    assert message.startswith("dartslab: ") and "_source does not exist; go to the project's folder" in message
