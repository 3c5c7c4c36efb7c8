"""Build the notebooks: `python -m dartslab.teach.build [SLUG ...] [--check] [--force]`.

notebooks/_source/NN_slug.py  ->  notebooks/NN_slug.ipynb             the learner's, not run
                              ->  notebooks/solutions/NN_slug.ipynb   run, with still pictures
"""

import sys
from pathlib import Path

import tyro
from nbformat import NotebookNode
from tyro.conf import Positional

from ..files import write_atomically
from ..messages import UserError, require
from .lesson import FAST, fast
from .outputs import run_notebook, still
from .source import from_text, read_lesson, student_version, to_text

REMEDY = "run `make notebooks`"


def sources(root: Path, slugs: tuple[str, ...] = ()) -> list[Path]:
    """The lessons' texts, in order; all of them, or those named.

    Raises:
        UserError: no such folder, or no such lesson.
    """
    folder = root / "notebooks" / "_source"
    require(folder.is_dir(), f"{root} has no folder notebooks/_source; go to the project's folder or give --root.")
    found = sorted(folder.glob("*.py"))
    names = [path.stem for path in found]
    for slug in slugs:
        require(slug in names, f"there is no lesson {slug!r}; there are: {', '.join(names)}. Name one of them.")
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


def build_solution(source: Path) -> NotebookNode:
    """Run a lesson with its solutions and make the outputs still.

    Raises:
        UserError: a cell fails, or runs are cut short by DARTSLAB_FAST, whose numbers would mean nothing.
    """
    require(not fast(), f"{FAST} is set, so a solution's numbers would not be the real ones; unset it and build again.")
    lesson = read_lesson(source)
    return still(run_notebook(lesson, source.parent.parent, source.name))


def without_outputs(notebook: NotebookNode) -> str:
    """The text of a notebook but for what running it adds: sources, ids and metadata."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return to_text(notebook)


def problems_of(source: Path) -> list[str]:
    """What is not up to date for one lesson, one sentence each."""
    lesson = read_lesson(source)
    student, solution = student_path(source), solution_path(source)
    found = []
    if not student.is_file():
        found.append(f"{student} is missing; {REMEDY}")
    elif student.read_bytes() != to_text(student_version(lesson)).encode():
        found.append(f"{student} is not what {source.name} builds; edit the source only, then {REMEDY}")
    if not solution.is_file():
        found.append(f"{solution} is missing; {REMEDY}")
    else:
        kept = from_text(solution.read_text(encoding="utf-8"), solution.name)
        stored = kept.metadata.get("dartslab", {}).get("source_sha256")
        if stored != lesson.metadata["dartslab"]["source_sha256"]:
            found.append(f"{solution} was run from an older {source.name}; {REMEDY}")
        elif without_outputs(kept) != without_outputs(lesson):
            found.append(f"{solution} was edited by hand; edit the source only, then {REMEDY}")
    return found


def orphans(root: Path) -> list[str]:
    """Notebooks that no source builds, one sentence each."""
    names = {path.stem for path in sources(root)}
    folder = root / "notebooks"
    notebooks = [*sorted(folder.glob("*.ipynb")), *sorted((folder / "solutions").glob("*.ipynb"))]
    return [f"{path} has no source; remove it or write its source" for path in notebooks if path.stem not in names]


def build(
    slugs: Positional[tuple[str, ...]] = (), check: bool = False, force: bool = False, root: Path = Path()
) -> None:
    """Build the learners' notebooks, and run the solutions whose source has changed.

    Args:
        slugs: the lessons to build, such as 00_first_search; all where none is named.
        check: build nothing, only say what is not up to date; status 1 if anything is not.
        force: run solutions that are up to date too.
        root: the project's folder.
    Raises:
        UserError: see `read_lesson` and `run_notebook`.
    """
    if check:
        found = [problem for source in sources(root, slugs) for problem in problems_of(source)] + orphans(root)
        print("\n".join(found) if found else "all notebooks are up to date")
        if found:
            sys.exit(1)
        return
    for source in sources(root, slugs):
        write(student_path(source), student_version(read_lesson(source)))
        if force or any(str(solution_path(source)) in problem for problem in problems_of(source)):
            print(f"running {source.name}", flush=True)
            write(solution_path(source), build_solution(source))
        print(f"built {source.stem}")


if __name__ == "__main__":
    try:
        tyro.cli(build, description=__doc__)
    except UserError as error:
        sys.exit(f"dartslab: {error}")
