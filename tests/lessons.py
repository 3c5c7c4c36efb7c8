"""A small lesson to build, and what builds it."""

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

import dartslab.teach.build.notebooks as builder

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


EXERCISE_ONLY = '# %% name="one"\n# BEGIN SOLUTION\none = 1\n# END SOLUTION\n'


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
