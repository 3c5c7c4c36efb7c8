"""A folder for one process: who holds it, when it is let go."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from dartslab.lock import HOLDER, holder, locked
from sentences import refusal

HOLD = "from pathlib import Path; import sys, time; from dartslab.lock import locked\n"
HOLD += "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(float(sys.argv[2]))"


def held_for(folder: Path, seconds: float) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", HOLD, folder, str(seconds)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"held\n"
    return process


def take(folder: Path, patience: float = 0.0) -> None:
    with locked(folder, patience=patience):
        pass


def test_the_holder_is_named_while_it_holds(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    with locked(tmp_path):
        found = holder(tmp_path)
        assert found is not None and (found["pid"], found["host"]) == (os.getpid(), platform.node())
        assert "is in use by another process" in refusal(take, tmp_path)
    assert holder(tmp_path) is None
    take(tmp_path)


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    with held_for(tmp_path, 60) as process:
        found = holder(tmp_path)
        assert found is not None and found["pid"] == process.pid
        process.kill()
    assert (tmp_path / HOLDER).exists() and holder(tmp_path) is None
    take(tmp_path)


def test_who_is_patient_gets_it_later(tmp_path: Path) -> None:
    with held_for(tmp_path, 0.5):
        assert "is in use" in refusal(take, tmp_path)
        take(tmp_path, patience=60)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ({"host": "elsewhere", "pid": 1, "started": 0.0}, True),
        ({"host": platform.node(), "pid": os.getpid(), "started": 0.0}, False),
        ("half a li", False),
        ({"pid": 1}, False),
    ],
    ids=["another machine", "the number was given to another process", "damaged", "incomplete"],
)
def test_what_is_written_about_the_holder_is_not_believed_blindly(tmp_path: Path, written: object, found: bool) -> None:
    (tmp_path / HOLDER).write_text(json.dumps(written), encoding="utf-8")
    assert (holder(tmp_path) is not None) == found


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written" in refusal(take, tmp_path / "file" / "below")
