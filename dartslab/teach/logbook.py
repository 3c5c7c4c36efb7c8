"""The learner's logbook: exercises, quiz answers and predictions in one small JSON file on this machine.

Nothing is sent anywhere. The file is `logbook.json` in the user's data folder, or what DARTSLAB_LOGBOOK names; delete
it to start again. No lesson depends on it: where it cannot be read or written, everything works, but nothing is kept
after the kernel ends.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from platformdirs import user_data_path

from ..base.files import write_atomically
from ..base.messages import UserError

VERSION = 1
LOGBOOK = "DARTSLAB_LOGBOOK"
SECTIONS = ("exercises", "quiz", "predictions")
WAIT_S = 2.0  # how long to wait for the lock of another kernel

Entry = dict[str, Any]
Book = dict[str, dict[str, Entry]]


def logbook_path() -> Path:
    """Where the logbook is: DARTSLAB_LOGBOOK, or the folder for user data of this system."""
    if named := os.environ.get(LOGBOOK):
        return Path(named).expanduser()
    return user_data_path("dartslab", appauthor=False) / "logbook.json"


def read_logbook() -> Book:
    """Everything in the logbook: {section: {name: entry}}, every section there, be it empty."""
    path = logbook_path()
    return deepcopy(_forgetful[path]) if path in _forgetful else _read(path)


def entry(section: str, name: str) -> Entry:
    """One entry; {} where there is none."""
    return read_logbook()[section].get(name, {})


def update(section: str, name: str, change: Callable[[Entry], Entry]) -> Entry:
    """Change one entry and keep everything else as another kernel may just have written it.

    Args:
        section: one of `SECTIONS`.
        name: of the exercise, question or prediction.
        change: makes the new entry from the old one ({} where there is none).
    Returns:
        The new entry.
    """
    path = logbook_path()
    if path in _forgetful:
        book = _forgetful[path]
        book[section][name] = change(book[section].get(name, {}))
        return book[section][name]
    with _lock(path):
        book = _read(path)
        book[section][name] = change(book[section].get(name, {}))
        if path not in _forgetful:  # reading may have found a file that must be left alone
            text = json.dumps({"version": VERSION, **book}, indent=1, ensure_ascii=False) + "\n"
            try:
                write_atomically(path, lambda file: file.write(text.encode()))
            except UserError:
                _forget(path, book, "cannot be written")
        else:
            _forgetful[path] = book
    return book[section][name]


_forgetful: dict[Path, Book] = {}  # logbooks that are kept in memory only, as the file cannot be used


def _forget(path: Path, book: Book, why: str) -> None:
    _forgetful[path] = book
    print(f"{path} {why}, so progress is kept until this kernel ends; {LOGBOOK} can name another file.")


def _empty() -> Book:
    return {section: {} for section in SECTIONS}


def _read(path: Path) -> Book:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return _empty()
    except OSError:
        _forget(path, _empty(), "cannot be read")
        return _empty()
    except ValueError:  # no JSON, or no text at all
        kept = None
    if isinstance(kept, dict) and isinstance(kept.get("version"), int) and kept["version"] > VERSION:
        _forget(path, _empty(), "was written by a newer dartslab")
        return _empty()
    sections: list[Any] = [kept.get(section, {}) for section in SECTIONS] if isinstance(kept, dict) else [None]
    sound = all(isinstance(s, dict) and all(isinstance(e, dict) for e in s.values()) for s in sections)
    if not sound:
        _move_aside(path)
        return _empty()
    return dict(zip(SECTIONS, sections, strict=True))


def _move_aside(path: Path) -> None:
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    try:
        path.replace(aside)
    except OSError:
        _forget(path, _empty(), "is damaged and cannot be moved")
        return
    print(f"{path} was damaged; it is kept as {aside.name}, and a new logbook begins.")


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Let one kernel write at a time. If the lock stays taken, write anyway after a while, so that no entry is lost.

    The system frees the lock of a kernel that dies; the empty file of the lock stays beside the logbook.
    """
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=WAIT_S, poll_interval=0.01)
    except (Timeout, OSError, NotImplementedError):  # held too long, no folder to write to, no locks on this disk
        pass
    try:
        yield
    finally:
        lock.release()
