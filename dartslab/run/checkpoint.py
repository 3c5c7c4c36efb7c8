"""Checkpoints: everything a run needs to go on, in one file."""

import io
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from ..base.files import write_atomically
from ..base.messages import UserError, require
from .stored import VERSION, check_version, upgrade_config


def save_checkpoint(path: str | Path, kind: str, config: Any, contents: Mapping[str, Any]) -> None:
    """Write everything a run needs to go on, atomically.

    torch's own writer turns a failing disk into a RuntimeError, so the bytes are made in memory first.
    """
    buffer = io.BytesIO()
    torch.save({"format": f"dartslab-{kind}", "version": VERSION, "config": asdict(config), **contents}, buffer)
    write_atomically(Path(path), lambda file: file.write(buffer.getbuffer()))


def load_checkpoint(path: str | Path, kind: str) -> dict[str, Any]:
    """Read what `save_checkpoint` wrote.

    Raises:
        UserError: no such file, a half-written or foreign one, one of another kind or version.
    """
    path = Path(path)
    advice = "start a new run in another folder, or name the folder of a run"
    require(os.path.isfile(path), f"{path} does not exist, so there is nothing to resume; {advice}.")
    try:
        state: Any = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} is not a complete checkpoint ({first_line[:120]}); {advice}.") from error
    got = state.get("format") if isinstance(state, dict) else None
    require(got == f"dartslab-{kind}", f"{path} holds {got or 'something else'}, not a dartslab {kind}; {advice}.")
    version = check_version(state.get("version"), path, f"a checkpoint of a {kind}")
    return state | {"config": upgrade_config(state["config"], version)}
