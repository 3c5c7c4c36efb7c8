"""The learner's folder: lessons are copied into it, never over what the learner changed, and JupyterLab opens there."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from ..base.files import write_atomically
from ..base.messages import UserError, require

KEPT = ".dartslab-lessons.json"  # {name: SHA-256 of the lesson as it was copied}, also of each file laid beside one
FIRST = "00_first_search.ipynb"


def find_lessons() -> dict[str, bytes]:
    """The learner's notebooks by file name: those of the installed package, or of the checkout that this runs from.

    Raises:
        UserError: there are none.
    """
    package = files("dartslab")
    for folder in (package / "notebooks", Path(str(package)).parent / "notebooks"):
        if folder.is_dir():
            found = {path.name: path.read_bytes() for path in folder.iterdir() if path.name.endswith(".ipynb")}
            if found:
                return dict(sorted(found.items()))
    raise UserError(
        "this installation holds no lessons; install dartslab from its wheel, or run `make lab` in a checkout."
    )


@dataclass(frozen=True)
class CopyReport:
    """What copying did, as file names.

    Args:
        new: lessons that were not there, or that were there unchanged in an older version.
        beside: {changed lesson: the file beside it that holds the newer version}. A version that the learner removed is
            not laid there again.
    """

    new: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)


def copy_lessons(folder: Path, lessons: Mapping[str, bytes]) -> CopyReport:
    """Bring a learner's folder up to date; a file that the learner changed is left as it is.

    Args:
        folder: new, or one that was made by this before.
        lessons: {file name: contents}.
    Raises:
        UserError: the folder is a file or cannot be written.
    """
    require(not os.path.exists(folder) or folder.is_dir(), f"{folder} is a file; name a folder for the lessons.")
    folder.mkdir(parents=True, exist_ok=True)
    kept = _read_kept(folder / KEPT)
    new, beside = [], {}
    for name, lesson in lessons.items():
        digest, there = _digest(lesson), folder / name
        old = _digest(there.read_bytes()) if there.is_file() else None
        if old == digest:
            kept[name] = digest
        elif old is None or old == kept.get(name):
            _write(there, lesson)
            kept[name] = digest
            new.append(name)
        elif kept.get(name) != digest:  # changed by the learner, and there is a newer version
            copy = _offer(there, lesson, kept)
            if copy is not None:
                beside[name] = copy.name
    _write(folder / KEPT, json.dumps(kept, indent=1).encode())
    return CopyReport(tuple(new), beside)


def _offer(there: Path, lesson: bytes, kept: dict[str, str]) -> Path | None:
    """Lay a newer version beside a lesson that the learner changed, and note it in `kept`.

    Returns:
        The file that holds the version; None where it was laid there before and the learner removed or changed it.
    """
    digest, copy = _digest(lesson), there
    on_disk: dict[Path, str | None] = {}  # each name that a newer version of this lesson had, then one that none had
    while copy == there or copy.name in kept or on_disk[copy] is not None:
        copy = copy.with_name(f"{copy.stem}.new{copy.suffix}")
        on_disk[copy] = _digest(copy.read_bytes()) if copy.is_file() else None
    for copy, present in on_disk.items():
        if present == digest:
            kept[copy.name] = digest
            return copy
        if kept.get(copy.name) == digest:
            return None
    free = next(copy for copy, present in on_disk.items() if present in (None, kept.get(copy.name)))
    _write(free, lesson)
    kept[free.name] = digest
    return free


def require_port(port: int) -> None:
    """Raise `UserError` unless a port of that number exists; 0 stands for any free one."""
    require(0 <= port <= 65535, f"a port lies between 1 and 65535, got {port}; leave --port out for a free one.")


def start_jupyter(folder: Path, browser: bool, port: int) -> int:
    """Run JupyterLab in a folder until it ends; gives its exit status."""
    words = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}", "--log-level=ERROR"]
    words += [f"--LabApp.default_url=/lab/tree/{FIRST}"] if (folder / FIRST).is_file() else []
    words += [] if browser else ["--no-browser"]
    words += [f"--port={port}"] if port else []
    words += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # Jupyter wants to be told
    server = subprocess.Popen(words)
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:  # JupyterLab got it as well: it asks, or saves and ends
            continue


def _write(path: Path, contents: bytes) -> None:
    write_atomically(path, lambda file: file.write(contents))


def _digest(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


def _read_kept(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): str(digest) for name, digest in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}  # nothing was copied yet, or the list is unreadable: then every file counts as changed
