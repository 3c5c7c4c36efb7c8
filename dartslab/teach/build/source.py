"""From a lesson's text to its two notebooks: the learner's and the one with solutions. Nothing is run here.

A lesson is `notebooks/_source/NN_slug.py` in jupytext's py:percent form. Keys in a cell's header become its metadata:

    # %% name="mixed-op" tags=["exercise"] minutes=8 points=2 alt="what the picture shows"

`# SOLUTION 02.mixed_op` stands for the right answer of an exercise (see `answers`). Between `# BEGIN SOLUTION` and
`# END SOLUTION` stands anything else that the learner is to write. A misspelt marker, key or tag would hand out a
solution or leave one out, so each is an error.

In the learner's notebook a stub stands in place of an answer. Only a body of a function raises; a value is three dots,
so that a notebook in which nothing is written runs to its end. The code of a cell with the tag "collapsed" is hidden
behind a bar until somebody clicks on it: set-up, and what is not the point of its section.
"""

import ast
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from ...base.messages import UserError, require, unknown
from .answers import BEGIN, END, insert_answers

STUB = "# YOUR CODE HERE"
KEYS = ("name", "tags", "alt", "minutes", "points", "difficulty", "importance")
TAGS = (
    "predict",
    "exercise",
    "check",
    "solution",
    "hint",
    "quiz",
    "widget",
    "slow",
    "gpu",
    "pinned",
    "parameters",
    "collapsed",
)
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},  # no version: it would differ between machines
}

_NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
_OF_JUPYTEXT = ("lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker", "skipline", "noskipline")
_UNREADABLE = "incorrectly_encoded_metadata"  # where jupytext puts what it cannot read in a header
_MARKER_LIKE = re.compile(r"\s*#+\s*((begin|end)[\s_-]*)?solution\b", re.IGNORECASE)


def read_lesson(path: Path) -> NotebookNode:
    """The lesson with its solutions, not run: every cell with its final id and metadata.

    Args:
        path: `NN_slug.py`.
    Returns:
        A notebook; its metadata hold the hash of the text with its answers.
    Raises:
        UserError: a file name of another form, text that cannot be read, an unknown key or tag in a header, a bad or
            repeated cell name, markers that do not pair.
    """
    require(
        re.fullmatch(r"\d\d_[a-z0-9_]+", path.stem) is not None,
        f"{path.name} is not the name of a lesson; use NN_slug.py, two digits, then lower-case letters. Rename it.",
    )
    try:
        text = insert_answers(path.read_text(encoding="utf-8"))
        parsed = jupytext.reads(text, fmt="py:percent")
    except UserError:
        raise
    except Exception as error:
        raise UserError(
            f"{path.name} cannot be read ({type(error).__name__}: {error}); it must be UTF-8, and a cell header looks "
            'like `# %% name="mixed-op" tags=["exercise"] minutes=8`. Correct it.'
        ) from error
    cells: list[NotebookNode] = []
    seen: dict[str, str] = {}
    for number, cell in enumerate(parsed.cells, 1):
        first = cell.source.split("\n", 1)[0]
        where = f"{path.name}, cell {number} ({cell.metadata.get('name') or first[:40]})"
        metadata = {key: value for key, value in cell.metadata.items() if key not in _OF_JUPYTEXT}
        _check_header(metadata, where)
        if "collapsed" in metadata.get("tags", ()):
            metadata["jupyter"] = {"source_hidden": True}
        _check_markers(cell, where)
        identity = cell_id(path.stem, cell)
        require(
            identity not in seen,
            f"{where} has the id {identity!r}, and so has {seen.get(identity)}; ids must differ, so give one of them a "
            'name of its own with `# %% name="..."`.',
        )
        seen[identity] = where
        cells.append(_NEW_CELL[cell.cell_type](cell.source, id=identity, metadata=metadata))
    metadata = KERNEL | {"dartslab": {"source_sha256": hashlib.sha256(text.encode()).hexdigest()}}
    return new_notebook(cells=cells, metadata=metadata)


def cell_id(slug: str, cell: NotebookNode) -> str:
    """A cell's name, else 8 hexadecimal digits of a hash of slug and source: never of its position."""
    name = cell.metadata.get("name")
    if name is None:
        return hashlib.sha256(f"{slug}\n{cell.source}".encode()).hexdigest()[:8]
    require(
        re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(name)) is not None,
        f"{slug}: a cell is named {name!r}; allowed are 1 to 64 letters, digits, - and _. Rename it.",
    )
    return str(name)


def _check_header(metadata: dict[str, Any], where: str) -> None:
    require(
        _UNREADABLE not in metadata,
        f"{where}: the header cannot be read from `{metadata.get(_UNREADABLE)}` on; write pairs such as "
        '`name="mixed-op" tags=["exercise"] minutes=8`.',
    )
    for key in metadata:
        if key not in KEYS:
            raise unknown(f"key in the header of {where}:", key, KEYS)
    for tag in metadata.get("tags", ()):
        if tag not in TAGS:
            raise unknown(f"tag of {where}:", tag, TAGS)


def _check_markers(cell: NotebookNode, where: str) -> None:
    inside = False
    for line in cell.source.split("\n"):
        marker = line.strip()
        if cell.cell_type != "code":
            require(
                marker.strip("# ") not in (BEGIN[2:], END[2:]),
                f'{where}: {marker!r} is in a text cell, but is for code; tag the cell with tags=["solution"] instead.',
            )
        elif marker in (BEGIN, END):
            require(
                (marker == BEGIN) != inside,
                f"{where}: {marker!r} where the other marker was due; {BEGIN!r} and {END!r} come in pairs, in one cell "
                "and not one in another. Add or remove one.",
            )
            inside = not inside
        else:
            require(
                not _MARKER_LIKE.match(line),
                f"{where}: {marker!r} looks like a marker; write {BEGIN!r}, {END!r} or '# SOLUTION 02.mixed_op', "
                "and nothing else in that line.",
            )
    require(not inside, f"{where}: {BEGIN!r} is never followed by {END!r} in its cell; add it.")


def student_version(lesson: NotebookNode) -> NotebookNode:
    """The learner's notebook: solution blocks become stubs, cells tagged "solution" are left out, nothing is run."""
    cells = []
    for cell in lesson.cells:
        if "solution" in cell.metadata.get("tags", []):
            continue
        copied = nbformat.from_dict(dict(cell))
        copied.source = without_solutions(cell.source)
        cells.append(copied)
    return new_notebook(cells=cells, metadata=dict(KERNEL))


def without_solutions(source: str) -> str:
    """A cell's text with every solution block replaced by a stub at the block's own indentation.

    Raises:
        UserError: a block outside a function that is more than `name = value` lines.
    """
    lines: list[str] = []
    block: list[str] | None = None
    for line in source.split("\n"):
        if line.strip() == BEGIN:
            block, indent = [], line[: len(line) - len(line.lstrip())]
        elif line.strip() == END:
            lines += [indent + stub for stub in (_value_stub(block or []) if not indent else _body_stub())]
            block = None
        elif block is None:
            lines.append(line)
        else:
            block.append(line)
    return "\n".join(lines)


def _body_stub() -> list[str]:
    return [STUB, "raise NotImplementedError()"]


def _value_stub(block: list[str]) -> list[str]:
    """`name = ...` for every value that a block assigns."""
    names: list[str] = []
    for statement in ast.parse("\n".join(block)).body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if not isinstance(target, ast.Name):
            raise UserError(
                f"a solution outside a function holds {ast.unparse(statement)[:60]!r}; only lines `name = value` are "
                "allowed there, so write a function around it."
            )
        names.append(target.id)
    return [f"{name} = ...  {STUB}" for name in names]


def to_text(notebook: NotebookNode) -> str:
    """The notebook as a file: the same bytes each time."""
    plain: Any = json.loads(nbformat.writes(notebook))
    plain["nbformat"], plain["nbformat_minor"] = 4, 5
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def from_text(text: str, name: str) -> NotebookNode:
    """A notebook from a file's text.

    Raises:
        UserError: it is not a notebook.
    """
    try:
        return nbformat.reads(text, as_version=4)
    except Exception as error:
        raise UserError(
            f"{name} is not a notebook ({type(error).__name__}); build it again with `make notebooks`."
        ) from error
