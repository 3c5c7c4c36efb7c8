"""How long each solution ran when it was built, and the sentence about it in a lesson's header.

Kept in notebooks/_source/times.json, written by the build and by nothing else: {slug: {seconds, cores, threads}}.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from nbformat import NotebookNode

from ..files import write_atomically
from ..messages import UserError

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
        threads = f" with {_count(self.threads, 'thread')}" if self.threads else ""
        return (
            f"*All cells together ran in {max(1, round(self.seconds))} s when this notebook was built, "
            f"on {_count(self.cores, 'processor core')}{threads}.*"
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


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
