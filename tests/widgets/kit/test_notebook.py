"""What stands in a notebook for a view where nothing is live."""

import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

import tiny
from dartslab.teach.build.execute import run_notebook


def executed(*cells: str) -> list[Any]:
    """The outputs of each cell, run as a builder of notebooks runs them, with no front end."""
    notebook = new_notebook(cells=[new_code_cell(text) for text in cells])
    run_notebook(notebook, Path(__file__).parent, "a test")
    return [cell.outputs for cell in notebook.cells]


PLACES = [".", str(Path(tiny.__file__).parent)]  # of `Square`, and of what it imports
MAKE = f"import sys; sys.path[:0] = {PLACES}\nfrom test_view import Square\nview = Square()\nview"


def test_without_a_front_end_the_picture_stands_below_a_sentence() -> None:
    (outputs,) = executed(MAKE)
    live, picture = outputs
    assert live.data["text/plain"] == "Square: live in a running JupyterLab; elsewhere a picture is shown here."
    assert "image/png" not in live.data  # once is enough
    assert b64decode(picture.data["image/png"]).startswith(b"\x89PNG")
    assert picture.metadata["image/png"]["alt"] == picture.data["text/plain"] == "the square is 4"


def test_the_picture_is_that_of_the_end_whatever_a_later_cell_changed() -> None:
    first, _ = executed(MAKE, "view.controls['number'].value = 8")
    assert first[1].metadata["image/png"]["alt"] == "the square is 64"


def test_a_frozen_view_is_nothing_but_its_picture() -> None:
    first, _ = executed(MAKE, "view.controls['number'].value = 6; view.freeze()")
    assert set(first[0].data) == {"image/png", "text/plain"} and first[0].data["text/plain"] == "the square is 36"
    assert first[1].data == {"text/plain": ""}


def test_in_a_plain_ipython_the_words_stand_there() -> None:
    program = f"from IPython.core.interactiveshell import InteractiveShell as S; S.instance().run_cell({MAKE!r})"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parent, check=True
    )
    assert "live in a running JupyterLab; elsewhere a picture is shown here." in ended.stdout
    assert "the square is 4" in ended.stdout and "Traceback" not in ended.stdout + ended.stderr


def test_the_notebook_format_knows_our_outputs() -> None:
    notebook = new_notebook(cells=[new_code_cell(MAKE)])
    run_notebook(notebook, Path(__file__).parent, "a test")
    nbformat.validate(notebook)
