"""From a lesson's text to its two notebooks: the learner's and the one with solutions. Nothing is run here.

A lesson is `notebooks/_source/NN_slug.py` in jupytext's py:percent form. Keys in a cell's header become its metadata:

    # %% name="mixed-op" tags=["exercise"] minutes=8 points=2 alt="what the picture shows"

Between `# BEGIN SOLUTION` and `# END SOLUTION` stands what the learner is to write.
"""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ..messages import UserError, require

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
LEFT_OUT_CELL_KEYS = ("lines_to_next_cell", "jupytext_version")
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read_lesson(path: Path) -> NotebookNode:
    """The lesson with its solutions, not run: every cell with its final id and metadata.

    Args:
        path: `NN_slug.py`.
    Returns:
        A notebook; its metadata hold the hash of the source.
    Raises:
        UserError: a file name of another form, a bad or repeated cell name, markers that do not pair.
    """
    require(
        re.fullmatch(r"\d\d_[a-z0-9_]+", path.stem) is not None,
        f"{path.name} is no lesson's name; a lesson is NN_slug.py, two digits, then lower-case letters. Rename it.",
    )
    text = path.read_text(encoding="utf-8")
    parsed = jupytext.reads(text, fmt="py:percent")
    cells = []
    for cell in parsed.cells:
        make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        metadata = {key: value for key, value in cell.metadata.items() if key not in LEFT_OUT_CELL_KEYS}
        cells.append(make(cell.source, id=cell_id(path.stem, cell), metadata=metadata))
        _check_markers(cells[-1], path.name)
    for identity, count in Counter(cell.id for cell in cells).items():
        same = [cell.source.splitlines()[0] for cell in cells if cell.id == identity and cell.source]
        require(
            count == 1,
            f"{path.name}: {count} cells have the id {identity!r} (they begin {same}); give each a name of its own with "
            '# %% name="...".',
        )
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


def _check_markers(cell: NotebookNode, where: str) -> None:
    open_block = False
    for line in cell.source.splitlines():
        if line.strip() in (BEGIN, END):
            require(
                (line.strip() == BEGIN) != open_block,
                f"{where}, cell {cell.id!r}: {line.strip()!r} where the other marker was due; {BEGIN!r} and {END!r} "
                "come in pairs. Add or remove one.",
            )
            open_block = not open_block
    require(not open_block, f"{where}, cell {cell.id!r}: {BEGIN!r} is never followed by {END!r}; add it.")


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
    """A cell's text with every solution block replaced by a stub at the block's own indentation."""
    lines: list[str] = []
    inside = False
    for line in source.splitlines():
        if line.strip() == BEGIN:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + stub for stub in STUB]
        elif line.strip() == END:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def to_text(notebook: NotebookNode) -> str:
    """The notebook as a file: the same bytes each time."""
    plain: Any = json.loads(nbformat.writes(notebook))
    plain["nbformat"], plain["nbformat_minor"] = 4, 5
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def from_text(text: str, name: str) -> NotebookNode:
    """A notebook from a file's text.

    Raises:
        UserError: it is no notebook.
    """
    try:
        return nbformat.reads(text, as_version=4)
    except Exception as error:
        raise UserError(
            f"{name} is no notebook ({type(error).__name__}); build it again with `make notebooks`."
        ) from error
