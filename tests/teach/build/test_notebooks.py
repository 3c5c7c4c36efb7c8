"""A lesson is written once, as text; from it come the learner's notebook and the executed one with solutions."""

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output

import dartslab.teach.build.notebooks as builder
from dartslab.base.messages import UserError
from dartslab.teach.build.execute import Time, read_times, run_notebook
from dartslab.teach.build.source import read_lesson, student_version, to_text
from lessons import EXERCISE_ONLY, LESSON, cell, read, refused, run, write_source


@pytest.fixture(scope="module", autouse=True)
def full_runs() -> Iterator[None]:
    """These tests build solutions, whatever the environment of the test run says; a clock says that each took 7 s."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DARTSLAB_FAST", raising=False)
        patch.setattr(builder, "perf_counter", count(step=7).__next__)
        yield


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one lesson, nothing built yet."""
    write_source(tmp_path)
    return tmp_path


@pytest.fixture
def unrun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build without a kernel: solutions come out as they would, but for their outputs."""
    monkeypatch.setattr(builder, "run_notebook", lambda notebook, *rest, **named: notebook)


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


# Executing


def test_a_failing_solution_is_named_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "notebooks" / "solutions" / "01_twice.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"old")
    write_source(tmp_path, '# %% name="bad"\nraise ValueError("first\\nsecond")\n')
    message = refused(tmp_path)
    assert (
        message
        == "dartslab: 01_twice.py: cell 'bad' raised ValueError: first second; correct its source and build again."
    )
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_solution_runs_in_an_empty_folder_and_leaves_nothing(root: Path) -> None:
    (root / "notebooks" / "runs").mkdir()
    listing = '# %% name="left"\nfrom pathlib import Path\nprint(sorted(Path().iterdir()))\nPath("result").touch()\n'
    write_source(root, listing)
    run(root)
    solution = read(root / "notebooks" / "solutions" / "01_twice.ipynb")
    assert cell(solution, "left").outputs[0].text == "[]\n"
    assert list(root.rglob("result")) == []


def test_a_learners_notebook_runs_to_its_end(tmp_path: Path) -> None:
    write_source(tmp_path, EXERCISE_ONLY + '# %% name="next"\nprint(2)\n')
    run(tmp_path, "--no-run")
    path = tmp_path / "notebooks" / "01_twice.ipynb"
    notebook = run_notebook(read(path), path.parent, path.name)
    assert cell(notebook, "next").outputs[0].text == "2\n"


def test_an_error_that_is_allowed_does_not_stop_a_notebook(tmp_path: Path) -> None:
    write_source(tmp_path, '# %% name="one"\nraise KeyError("a")\n# %% name="next"\nprint(2)\n')
    run(tmp_path, "--no-run")
    path = tmp_path / "notebooks" / "01_twice.ipynb"
    notebook = run_notebook(read(path), path.parent, path.name, allow=("KeyError",))
    assert cell(notebook, "one").outputs[0].ename == "KeyError"
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
    write_source(built, LESSON.replace("x + x", "x * 2"))
    run(built)
    assert "running" in capsys.readouterr().out
    run(built, "--force")
    assert "running" in capsys.readouterr().out


def test_a_solution_whose_text_alone_has_changed_keeps_its_outputs_and_its_time(executed: Path, capsys) -> None:
    path, times = executed / "notebooks/solutions/01_twice.ipynb", executed / "notebooks/_source/times.json"
    before, time = read(path), times.read_bytes()
    write_source(executed, LESSON.replace("# Twice", "# Two times"))
    capsys.readouterr()
    run(executed)
    assert "running" not in capsys.readouterr().out
    after = read(path)
    assert after.cells[0].source.startswith("# Two times")
    assert [cell.get("outputs") for cell in after.cells] == [cell.get("outputs") for cell in before.cells]
    assert times.read_bytes() == time and builder.find_problems(executed) == []
    write_source(executed)
    run(executed)
    assert read(path) == before


def test_a_solution_of_shortened_runs_is_refused(root: Path, unrun: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARTSLAB_FAST", "1")
    assert "DARTSLAB_FAST is set, so a solution's numbers would not be the real ones; unset it" in refused(root)
    run(root, "--no-run")
    assert "solutions" in refused(root, "--check")


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


def edit_times(root: Path) -> None:
    path = root / "notebooks" / "_source" / "times.json"
    path.write_text(path.read_text(encoding="utf-8").replace("7", "8"), encoding="utf-8")


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
        (
            edit_solution,
            ["solutions/01_twice.ipynb was edited by hand, or its time was; edit the source only, then run `make"],
        ),
        (
            edit_times,
            [
                "notebooks/01_twice.ipynb is not what 01_twice.py builds",
                "solutions/01_twice.ipynb was edited by hand, or its",
            ],
        ),
        (edit_source, ["solutions/01_twice.ipynb was run from an older 01_twice.py; run `make notebooks`"]),
        (lambda r: (r / "notebooks/01_twice.ipynb").unlink(), ["01_twice.ipynb is missing; run `make notebooks`"]),
        (
            lambda r: (r / "notebooks/solutions/01_twice.ipynb").write_text("{}"),
            ["solutions/01_twice.ipynb is not a notebook; run `make notebooks`"],
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
        "edited times",
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


@pytest.mark.parametrize(
    "change", [edit_student, edit_solution, edit_times, edit_source], ids=["student", "solution", "times", "source"]
)
def test_a_build_mends_what_the_check_finds(built: Path, change: Callable[[Path], object]) -> None:
    change(built)
    assert builder.find_problems(built)
    run(built)
    assert builder.find_problems(built) == []


def test_the_solution_tells_from_which_text_it_was_built(built: Path) -> None:
    stored = json.loads((built / "notebooks/solutions/01_twice.ipynb").read_text(encoding="utf-8"))["metadata"]
    assert stored["dartslab"] == read_lesson(built / "notebooks/_source/01_twice.py").metadata.dartslab
    assert len(stored["dartslab"]["source_sha256"]) == 64


# The time in the header


def headers(root: Path) -> list[str]:
    return [read(root / "notebooks" / path).cells[0].source for path in ("01_twice.ipynb", "solutions/01_twice.ipynb")]


def test_both_headers_end_with_the_time_that_the_build_measured(built: Path) -> None:
    time = read_times(built / "notebooks" / "_source")["01_twice"]
    assert time == Time.of(7)
    assert headers(built) == [f"# Twice\n\n{time.sentence()}"] * 2


def test_without_a_time_nothing_is_said(root: Path) -> None:
    run(root, "--no-run")
    assert read(root / "notebooks" / "01_twice.ipynb").cells[0].source == "# Twice"
    assert not (root / "notebooks" / "_source" / "times.json").exists()


def test_a_new_time_reaches_both_notebooks_and_makes_neither_stale(built: Path, monkeypatch) -> None:
    monkeypatch.setattr(builder, "perf_counter", count(step=91).__next__)
    run(built, "--force")
    assert all("ran in 91 s when" in header for header in headers(built))
    assert builder.find_problems(built) == []


def test_the_time_is_no_part_of_the_hash_and_of_no_id(built: Path) -> None:
    lesson = read_lesson(built / "notebooks" / "_source" / "01_twice.py")
    solution = read(built / "notebooks" / "solutions" / "01_twice.ipynb")
    assert solution.metadata.dartslab == lesson.metadata.dartslab
    assert [c.id for c in solution.cells] == [c.id for c in lesson.cells]


def test_each_lesson_has_a_time_of_its_own_until_it_is_gone(built: Path) -> None:
    folder = built / "notebooks" / "_source"
    write_source(built, slug="02_b")
    run(built)
    assert sorted(read_times(folder)) == ["01_twice", "02_b"]
    (folder / "01_twice.py").unlink()
    run(built, "02_b", "--force")
    assert sorted(read_times(folder)) == ["02_b"]


def test_a_lesson_without_prose_says_no_time(tmp_path: Path, unrun: None) -> None:
    write_source(tmp_path, EXERCISE_ONLY)
    run(tmp_path)
    assert builder.find_problems(tmp_path) == []
    assert "ran in" not in (tmp_path / "notebooks" / "01_twice.ipynb").read_text(encoding="utf-8")


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
