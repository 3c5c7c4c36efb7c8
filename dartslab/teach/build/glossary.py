"""The glossary as a notebook beside the lessons: docs/glossary.md -> notebooks/glossary.ipynb, one cell a section."""

import re
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from ...base.files import write_atomically
from .source import KERNEL, to_text

SLUG = "glossary"


def glossary_page(root: Path) -> Path:
    """Where the glossary is written."""
    return root / "docs" / "glossary.md"


def glossary_path(root: Path) -> Path:
    """Where its notebook goes."""
    return root / "notebooks" / f"{SLUG}.ipynb"


def build_glossary(page: Path) -> NotebookNode:
    """The notebook: a cell for the title and one for each section, named after its heading."""
    title, *sections = re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    cells = [new_markdown_cell(title.strip(), id="title")]
    for section in sections:
        heading = section.partition("\n")[0]
        cells.append(new_markdown_cell(f"## {section.strip()}", id=heading.lower().replace(" ", "-")))
    return new_notebook(cells=cells, metadata=dict(KERNEL))


def write_glossary(root: Path) -> bool:
    """Write the notebook where it is not up to date; true where that was so."""
    if glossary_problem(root) is None:
        return False
    text = to_text(build_glossary(glossary_page(root)))
    write_atomically(glossary_path(root), lambda file: file.write(text.encode()))
    return True


def glossary_problem(root: Path) -> str | None:
    """What is wrong with the notebook; None where it is what the page builds, or where there is no page."""
    page, path = glossary_page(root), glossary_path(root)
    if not page.is_file():
        return None
    if not path.is_file():
        return f"{path} is missing; run `make notebooks`"
    if path.read_bytes() != to_text(build_glossary(page)).encode():
        return f"{path} is not what {page.name} builds; edit that page only, then run `make notebooks`"
    return None
