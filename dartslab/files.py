"""Files that are never half-written. Nothing from torch, so that a record can be read and written without it."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

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
