"""Running a notebook, and making its outputs fit to be kept: still, small, the same on every viewer."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from ..messages import UserError
from .lesson import SOLUTION, STRICT
from .logbook import LOGBOOK

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CONTROLS = "run this cell to see the controls"
TIMEOUT_S = 900  # only to stop what hangs; how long a lesson takes is measured, not enforced


def run_notebook(
    notebook: NotebookNode, folder: Path, name: str, allow: tuple[str, ...] = (), solution: bool = False
) -> NotebookNode:
    """Run all cells in a fresh kernel, in place. The kernel inherits the environment, so DARTSLAB_FAST reaches it.

    It begins with an empty logbook, which is thrown away: who builds notebooks may also be a learner.

    Args:
        notebook: the cells.
        folder: the working folder of the kernel.
        name: for messages.
        allow: names of exceptions that do not stop the run, for example "NotImplementedError" in a learner's version.
        solution: questions show their answers, and a check that is not passed is an error.
    Returns:
        The same notebook with outputs.
    Raises:
        UserError: a cell raised something else, ran for too long, or the kernel died.
    """
    started = ["(none yet)"]
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT_S,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        allow_error_names=list(allow),
        on_cell_start=lambda cell, cell_index: started.append(cell.id),
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # a kernel's warnings are about its sockets
        record_timing=False,
        store_widget_state=False,
    )
    try:
        with TemporaryDirectory(prefix="dartslab-") as scratch:
            own = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", LOGBOOK: f"{scratch}/logbook.json"}
            client.execute(env=os.environ | own | ({SOLUTION: "1", STRICT: "1"} if solution else {}))
    except CellExecutionError as error:
        message = " ".join(error.evalue.split()) or "(no message)"
        raise UserError(
            f"{name}: cell {started[-1]!r} raised {error.ename}: {message}; mend its source and build again."
        ) from error
    except CellTimeoutError as error:
        raise UserError(
            f"{name}: CellTimeoutError, cell {started[-1]!r} ran longer than {TIMEOUT_S} s; make its run shorter."
        ) from error
    except (DeadKernelError, AssertionError) as error:  # the second after Ctrl-C, which nbclient meets by halves
        raise UserError(
            f"{name}: DeadKernelError, the kernel died or was interrupted in cell {started[-1]!r}; it may have run out "
            "of memory. Free some and build again."
        ) from error
    return notebook


def still(notebook: NotebookNode) -> NotebookNode:
    """Clean the outputs in place: text as a terminal would show it, no live widgets, alternative text on pictures."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata.pop("execution", None)
            cell.outputs = _joined(cell.outputs)
            for output in cell.outputs:
                _clean(output, cell.metadata.get("alt"))
    return notebook


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Neighbouring pieces of one stream become one; what a progress bar overwrote is gone."""
    joined: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and joined and joined[-1].get("name") == output.name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    for output in joined:
        if output.output_type == "stream":
            output.text = as_shown(output.text)
    return joined


def as_shown(text: str) -> str:
    """What a terminal shows in the end: after a carriage return a line is written over."""
    lines = []
    for line in text.split("\n"):
        shown = ""
        for part in line.rstrip("\r").split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip() if "\r" in line else shown)
    return "\n".join(lines)


def _clean(output: Any, alt: str | None) -> None:
    data = output.get("data", {})
    if data.pop(WIDGET_VIEW, None) is not None and set(data) <= {"text/plain"}:
        data["text/plain"] = CONTROLS
    if "image/png" in data and alt:
        output.setdefault("metadata", {}).setdefault("image/png", {}).setdefault("alt", alt)
