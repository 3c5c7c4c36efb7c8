"""Run a notebook, and make its outputs fit to be stored: still, small, the same in every viewer.

How long each solution ran when it was built is kept in notebooks/_source/times.json, written by the build and by
nothing else: {slug: {seconds, cores, threads}}. A sentence about it ends a lesson's header.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from ...base.files import write_atomically
from ...base.messages import UserError, counted
from ..lesson import SOLUTION, STRICT
from ..logbook import LOGBOOK

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CONTROLS = "run this cell to see the controls"
TIMEOUT_S = 900  # only to stop what hangs; how long a lesson takes is measured, not enforced


def run_notebook(
    notebook: NotebookNode, folder: Path, name: str, allow: tuple[str, ...] = (), solution: bool = False
) -> NotebookNode:
    """Run all cells in a fresh kernel, in place. The kernel inherits the environment, so DARTSLAB_FAST reaches it.

    It uses an empty temporary logbook, because the person who builds notebooks may also be a learner.

    Args:
        notebook: the cells.
        folder: the working folder of the kernel.
        name: for messages.
        allow: names of exceptions that do not stop the run, for example "KeyError".
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
            f"{name}: cell {started[-1]!r} raised {error.ename}: {message}; correct its source and build again."
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
            cell.outputs = _join_streams(cell.outputs)
            for output in cell.outputs:
                _clean(output, cell.metadata.get("alt"))
    return notebook


def _join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream, without what a progress bar overwrote."""
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
    if "image/png" in data:
        data.pop("text/html", None)  # the same picture for a running JupyterLab; other viewers may drop it
    if "image/png" in data and alt:
        output.setdefault("metadata", {}).setdefault("image/png", {}).setdefault("alt", alt)


FILE = "times.json"


@dataclass(frozen=True)
class Time:
    """The wall time of all cells, start of the kernel included, and what they ran on.

    Attributes:
        seconds: rounded to a tenth.
        cores: the machine's processor cores.
        threads: OMP_NUM_THREADS, None where it is not set and torch chooses.
    """

    seconds: float
    cores: int
    threads: int | None

    @classmethod
    def of(cls, seconds: float) -> "Time":
        """A time measured on this machine."""
        threads = os.environ.get("OMP_NUM_THREADS", "")
        return cls(round(seconds, 1), os.cpu_count() or 1, int(threads) if threads.isdecimal() else None)

    def sentence(self) -> str:
        """What the header says: whole seconds, at least one."""
        threads = f" with {counted(self.threads, 'thread')}" if self.threads else ""
        return (
            f"*All cells together ran in {max(1, round(self.seconds))} s when this notebook was built, "
            f"on {counted(self.cores, 'processor core')}{threads}.*"
        )


def read_times(folder: Path) -> dict[str, Time]:
    """The times by slug; none where nothing has been run yet.

    Args:
        folder: of the lessons' sources.
    Raises:
        UserError: the file is there and cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {
            slug: Time(float(one["seconds"]), int(one["cores"]), one["threads"] and int(one["threads"]))
            for slug, one in kept.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(
            f"{path} cannot be read ({type(error).__name__}: {error}); the build writes it, as "
            '{slug: {"seconds", "cores", "threads"}}. Take an earlier version, or remove it and run `make notebooks`.'
        ) from error


def keep_time(source: Path, time: Time) -> None:
    """Write the time of one lesson, atomically; lessons that are gone are left out."""
    times = read_times(source.parent) | {source.stem: time}
    kept = {slug: asdict(time) for slug, time in times.items() if (source.parent / f"{slug}.py").is_file()}
    # One lesson a line, so that lessons built side by side can be merged.
    lines = ",\n".join(f" {json.dumps(slug)}: {json.dumps(kept[slug])}" for slug in sorted(kept))
    write_atomically(source.parent / FILE, lambda file: file.write(f"{{\n{lines}\n}}\n".encode()))


def with_time(notebook: NotebookNode, source: Path) -> NotebookNode:
    """End the first markdown cell with the sentence, in place; ids do not change. Nothing where there is no time."""
    time = read_times(source.parent).get(source.stem)
    header = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    if time is not None and header is not None:
        header.source += f"\n\n{time.sentence()}"
    return notebook
