"""Build the notebooks: `python -m dartslab.teach.build [SLUG ...] [--check] [--no-run] [--force]`.

notebooks/_source/NN_slug.py  ->  notebooks/NN_slug.ipynb             the learner's, not run
                              ->  notebooks/solutions/NN_slug.ipynb   run, with still pictures
docs/glossary.md               ->  notebooks/glossary.ipynb             the glossary, nothing to run

How long a solution ran is kept in notebooks/_source/times.json and stands in the header of both.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated

import tyro
from nbformat import NotebookNode
from tyro.conf import FlagCreatePairsOff, Positional, arg

from ...base.files import write_atomically
from ...base.messages import UserError, require, unknown
from ..lesson import FAST, fast
from .execute import Time, keep_time, run_notebook, still, with_time
from .glossary import glossary_page, glossary_path, glossary_problem, write_glossary
from .source import from_text, read_lesson, student_version, to_text

REMEDY = "run `make notebooks`"


def sources(root: Path, slugs: tuple[str, ...] = ()) -> list[Path]:
    """The lessons' texts, in order; all of them, or those named.

    Raises:
        UserError: no such folder, or no such lesson.
    """
    folder = root / "notebooks" / "_source"
    require(folder.is_dir(), f"{folder} does not exist; go to the project's folder or name it with --root.")
    found = sorted(folder.glob("*.py"))
    names = [path.stem for path in found]
    for slug in slugs:
        if slug not in names:
            raise unknown("lesson", slug, names)
    return [path for path in found if not slugs or path.stem in slugs]


def student_path(source: Path) -> Path:
    """Where the learner's notebook goes."""
    return source.parent.parent / f"{source.stem}.ipynb"


def solution_path(source: Path) -> Path:
    """Where the solution goes."""
    return source.parent.parent / "solutions" / f"{source.stem}.ipynb"


def write(path: Path, notebook: NotebookNode) -> None:
    """Write a notebook, atomically: a failed build leaves the old one."""
    write_atomically(path, lambda file: file.write(to_text(notebook).encode()))


def build_student(source: Path) -> NotebookNode:
    """The learner's notebook, with the time in its header."""
    return with_time(student_version(read_lesson(source)), source)


def build_solution(source: Path) -> NotebookNode:
    """Run a lesson with its solutions, keep the time and make the outputs still.

    It runs in an empty folder, as a learner's first run does: what an earlier one left would be shown as done.

    Raises:
        UserError: a cell fails, or runs are cut short by DARTSLAB_FAST, whose numbers would mean nothing.
    """
    require(not fast(), f"{FAST} is set, so a solution's numbers would not be the real ones; unset it and build again.")
    began = perf_counter()
    with TemporaryDirectory(prefix="dartslab-") as folder:
        solution = run_notebook(read_lesson(source), Path(folder), source.name, solution=True)
    keep_time(source, Time.of(perf_counter() - began))
    return with_time(still(solution), source)


def with_new_texts(source: Path) -> NotebookNode | None:
    """The stored solution with the texts of its source as they are now; None where its code differs, or it has none."""
    try:
        kept = from_text(solution_path(source).read_text(encoding="utf-8"), source.name)
    except (OSError, UserError, UnicodeDecodeError):
        return None
    lesson = with_time(read_lesson(source), source)
    before, now = ([cell for cell in one.cells if cell.cell_type == "code"] for one in (kept, lesson))
    if [(cell.source, cell.metadata) for cell in before] != [(cell.source, cell.metadata) for cell in now]:
        return None
    for old, new in zip(before, now, strict=True):
        new.outputs, new.execution_count = old.outputs, old.execution_count
    return still(lesson)


def without_outputs(notebook: NotebookNode) -> str:
    """The text of a notebook without what running it adds: its sources, ids and metadata."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return to_text(notebook)


def student_problem(source: Path) -> str | None:
    """What is wrong with the learner's notebook, None where it is byte for byte what its source builds."""
    path = student_path(source)
    wanted = to_text(build_student(source)).encode()
    if not path.is_file():
        return f"{path} is missing; {REMEDY}"
    if path.read_bytes() != wanted:
        return f"{path} is not what {source.name} builds; edit the source only, then {REMEDY}"
    return None


def solution_problem(source: Path) -> str | None:
    """What is wrong with the solution, None where all but its outputs is byte for byte what its source builds."""
    path, lesson = solution_path(source), with_time(read_lesson(source), source)
    if not path.is_file():
        return f"{path} is missing; {REMEDY}"
    try:
        kept = from_text(path.read_text(encoding="utf-8"), path.name)
    except (UserError, UnicodeDecodeError):
        return f"{path} is not a notebook; {REMEDY}"
    if kept.metadata.get("dartslab") != lesson.metadata.dartslab:
        return f"{path} was run from an older {source.name}; {REMEDY}"
    if without_outputs(kept) != without_outputs(lesson):
        return f"{path} was edited by hand, or its time was; edit the source only, then {REMEDY}"
    return None


def problems_of(source: Path) -> list[str]:
    """What is not up to date for one lesson, one sentence for each notebook."""
    return [sentence for problem in (student_problem, solution_problem) if (sentence := problem(source))]


def orphans(root: Path) -> list[str]:
    """Notebooks that no source builds, one sentence each."""
    names = {path.stem for path in sources(root)}
    folder = root / "notebooks"
    notebooks = [*sorted(folder.glob("*.ipynb")), *sorted((folder / "solutions").glob("*.ipynb"))]
    return [
        f"{path} has no source; remove it, or write its source and {REMEDY}"
        for path in notebooks
        if path.stem not in names and not (path == glossary_path(root) and glossary_page(root).is_file())
    ]


def find_problems(root: Path, slugs: tuple[str, ...] = ()) -> list[str]:
    """What is not up to date, one sentence for each notebook; nothing is written or run.

    Args:
        root: the project's folder.
        slugs: look at these lessons only; where none is named, at all, and at notebooks without a source.
    Raises:
        UserError: see `sources` and `read_lesson`.
    """
    found = [sentence for source in sources(root, slugs) for sentence in problems_of(source)]
    if slugs:
        return found
    return found + [sentence for sentence in [glossary_problem(root)] if sentence] + orphans(root)


def build(
    slugs: Annotated[Positional[tuple[str, ...]], arg(metavar="[SLUG ...]")] = (),
    check: bool = False,
    run: bool = True,
    force: bool = False,
    root: Path = Path(),
) -> None:
    """Build the learners' notebooks, and run the solutions that are missing or whose code has changed.

    Where only the text of a lesson has changed, its solution keeps its outputs and its time.

    Args:
        slugs: the lessons to build, such as 00_first_search; all where none is named.
        check: build nothing, only say what is not up to date; status 1 if anything is not.
        run: run solutions; --no-run builds the learners' notebooks only.
        force: run solutions that are up to date too.
        root: the project's folder.
    Raises:
        UserError: see `read_lesson` and `run_notebook`.
    """
    if check:
        if found := find_problems(root, slugs):
            sys.exit("\n".join(found))
        return
    chosen = sources(root, slugs)
    for source in chosen:
        if student_problem(source):
            write(student_path(source), build_student(source))
            print(f"built {student_path(source)}")
    if not slugs and write_glossary(root):
        print(f"built {glossary_path(root)}")
    for source in chosen:
        if not run or not (force or solution_problem(source)):
            continue
        if not force and (solution := with_new_texts(source)):
            print(f"built {solution_path(source)} with the outputs that it had: its code has not changed")
            write(solution_path(source), solution)
        else:
            print(f"running {solution_path(source)}", flush=True)
            write(solution_path(source), build_solution(source))
            write(student_path(source), build_student(source))  # its header tells the new time


def main(words: list[str] | None = None) -> None:
    """Run the command line.

    Args:
        words: the arguments; those of the process where None.
    """
    try:
        tyro.cli(build, args=words, prog="python -m dartslab.teach.build", config=(FlagCreatePairsOff,))
    except UserError as error:
        sys.exit(f"dartslab: {error}")
    except KeyboardInterrupt:
        sys.exit("dartslab: stopped; every notebook is whole, build again for the rest")


if __name__ == "__main__":
    main()
