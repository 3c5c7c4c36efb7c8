"""Files that are never half-written. Nothing from torch, so that a record can be read and written without it."""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from .messages import UserError


def write_atomically(path: Path, write: Callable[[Any], None]) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part.

    Args:
        path: the file.
        write: is called with a binary file open for writing.
    Raises:
        UserError: the folder cannot be written or the disk is full; an earlier file at `path` is untouched.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
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
AGAIN_S = 0.2  # between two tries


@contextmanager
def locked(folder: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold a folder for this process.

    Args:
        folder: is made where it is not there.
        patience: seconds to wait for another process to let go.
    Raises:
        UserError: another process holds it, or it cannot be written.
    """
    me = {"host": platform.node(), "pid": os.getpid(), "started": psutil.Process().create_time()}
    write_atomically(folder / f"{LOCK}.trial", lambda file: None)  # refused in a sentence where it cannot be written
    (folder / f"{LOCK}.trial").unlink(missing_ok=True)
    with open(folder / LOCK, "a+b") as file:
        until = time.monotonic() + patience
        while not _hold(file):
            if time.monotonic() >= until:
                raise UserError(
                    f"{folder} is in use by another process of dartslab; wait until it ends, or name another folder "
                    "with --out."
                )
            time.sleep(AGAIN_S)
        write_atomically(folder / HOLDER, lambda file: file.write(json.dumps(me).encode()))
        try:
            yield
        finally:
            (folder / HOLDER).unlink(missing_ok=True)


def holder(folder: Path) -> dict[str, Any] | None:
    """Who holds a folder: host, pid and when that process started; None where nobody does.

    A process of another machine cannot be seen from here: it is taken at its word, even where it was killed.
    """
    path = folder / HOLDER
    try:
        found = dict(json.loads(path.read_text(encoding="utf-8")))
        if found["host"] != platform.node():
            return found
        return found if psutil.Process(found["pid"]).create_time() == found["started"] else None
    except (OSError, ValueError, KeyError, psutil.Error):  # let go meanwhile, cut off, or that process is gone
        return None


def _hold(file: Any) -> bool:
    """Take the lock of an open file; says whether it was free."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
