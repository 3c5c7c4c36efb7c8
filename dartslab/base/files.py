"""Files that are never half-written, and locks on folders. Loads no torch, so that a record can be read without it."""

import codecs
import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout

from .messages import UserError, require

LETTERS = 50  # of a file's name that its temporary name repeats: a system allows names of about 250 bytes


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 where it begins with that mark; without the mark.

    Notepad and PowerShell write such marks.

    Raises:
        OSError: the file cannot be read.
        UnicodeDecodeError: it is no text.
    """
    data = path.read_bytes()
    return data.decode("utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig")


def write_atomically(path: Path, write: Callable[[Any], None]) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part.

    Args:
        path: the file.
        write: is called with a binary file open for writing.
    Raises:
        UserError: no name of a file; the folder cannot be written or the disk is full, and then an earlier file at
            `path` is untouched.
    """
    require(bool(path.name), f"{str(path)!r} is no name of a file; give one, for example result.csv.")
    temporary = path.with_name(f".{path.name[:LETTERS]}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror or error}); what was written before is intact. Free some space "
            "or choose a folder you may write to, then go on (search and train: --resume)."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


LOCK, HOLDER = ".lock", ".lock.holder"
POLL_S = 0.2  # between two tries


@contextmanager
def lock_folder(folder: Path, patience: float = 0.0) -> Iterator[None]:
    """Lock a folder for this process. The system unlocks it when the process ends, also when it is killed.

    Args:
        folder: is created where it does not exist.
        patience: seconds to wait until another process unlocks it.
    Raises:
        UserError: another process holds the lock, or the folder cannot be written.
    """
    me = {"host": platform.node(), "pid": os.getpid(), "started": psutil.Process().create_time()}
    write_atomically(folder / f"{LOCK}.trial", lambda file: None)  # refused in a sentence where it cannot be written
    (folder / f"{LOCK}.trial").unlink(missing_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=patience, poll_interval=POLL_S)
    except Timeout:
        raise UserError(
            f"{folder} is in use by another process of dartslab; wait until it ends, or name another folder with --out."
        ) from None
    try:
        write_atomically(folder / HOLDER, lambda file: file.write(json.dumps(me).encode()))
        yield
    finally:
        (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def holder(folder: Path) -> dict[str, Any] | None:
    """Who holds the lock of a folder: host, pid and when that process started; None if no process does.

    A process of another machine cannot be seen from here: it counts as the holder even if it was killed.
    """
    path = folder / HOLDER
    try:
        found = dict(json.loads(path.read_text(encoding="utf-8")))
        if found["host"] != platform.node():
            return found
        return found if psutil.Process(found["pid"]).create_time() == found["started"] else None
    except (OSError, ValueError, KeyError, psutil.Error):  # unlocked meanwhile, cut off, or that process has ended
        return None
