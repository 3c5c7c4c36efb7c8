"""Files are whole or not there; a failing disk is reported and costs nothing that was written before."""

import errno
import json
import os
import platform
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dartslab.base.files import HOLDER, holder, lock_folder, read_text, write_atomically
from dartslab.base.messages import UserError
from sentences import refusal


def test_a_file_is_replaced_as_a_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    for text in (b"first", b"second"):
        write_atomically(path, lambda file, text=text: file.write(text))
        assert path.read_bytes() == text
    assert [p.name for p in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["x" * 250, "ü" * 120], ids=["250 letters", "120 letters of two bytes"])
def test_a_file_may_have_the_longest_name_that_the_system_allows(tmp_path: Path, name: str) -> None:
    write_atomically(tmp_path / name, lambda file: file.write(b"x"))
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_is_read_with_and_without_the_marks_of_other_editors(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "text").write_text('{"größe": 1}', encoding=encoding)
    assert read_text(tmp_path / "text") == '{"größe": 1}'


def test_the_bytes_are_on_the_disk_before_the_file_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut there is the old file or the new one, and never an empty one of that name."""
    path, order = tmp_path / "file", []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: order.append((fsync(number), path.exists())))
    write_atomically(path, lambda file: file.write(b"x"))
    assert order == [(None, False)]


def test_who_reads_the_old_file_reads_it_to_its_end(tmp_path: Path) -> None:
    """The new file takes the place of the old one, whose bytes are not written over."""
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"old")
    os.link(path, link)  # a second name of the old file
    write_atomically(path, lambda file: file.write(b"new"))
    assert (path.read_bytes(), link.read_bytes()) == (b"new", b"old")


@pytest.mark.skipif(os.name != "posix", reason="other systems have no file modes")
def test_others_may_read_the_file_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_atomically(tmp_path / "file", lambda file: file.write(b"x"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "No space left on device"), (errno.EACCES, "Permission denied"), (errno.EROFS, "Read-only")],
    ids=["disk full", "no permission", "read-only"],
)
def test_a_failing_disk_is_reported_and_the_old_file_stays(tmp_path: Path, number: int, words: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(file: object) -> None:
        raise OSError(number, os.strerror(number))

    with pytest.raises(UserError, match=f"file cannot be written .{words}.*what was written before is intact"):
        write_atomically(path, fail)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["", ".", "/"])
def test_what_is_no_name_of_a_file_is_reported(name: str) -> None:
    assert "is no name of a file" in refusal(write_atomically, Path(name), lambda file: None)


def test_a_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    with pytest.raises(UserError, match="cannot be written"):
        write_atomically(tmp_path / "a" / "file", lambda file: file.write(b"x"))


HOLD = "from pathlib import Path; import sys, time; from dartslab.base.files import lock_folder\n"
HOLD += "with lock_folder(Path(sys.argv[1])): print('held', flush=True); time.sleep(float(sys.argv[2]))"


def held_for(folder: Path, seconds: float) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", HOLD, folder, str(seconds)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"held\n"
    return process


def take(folder: Path, patience: float = 0.0) -> None:
    with lock_folder(folder, patience=patience):
        pass


def test_the_holder_is_named_while_it_holds(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    with lock_folder(tmp_path):
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


def test_a_folder_is_unlocked_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), lock_folder(tmp_path):
        _ = 1 / 0
    assert holder(tmp_path) is None
    take(tmp_path)


def test_nothing_in_base_needs_what_only_posix_has(tmp_path: Path) -> None:
    """The modules are imported where the standard modules of POSIX, and what `os` has only there, are missing."""
    program = """
import os, sys
import filelock, psutil, torch  # these have their own guards
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("fork", "getuid", "geteuid", "killpg", "setsid", "umask", "chmod", "fchmod"):
    if hasattr(os, name):
        delattr(os, name)
import dartslab.base.files, dartslab.base.lazy, dartslab.base.messages, dartslab.base.numerics, dartslab.base.seeds
from pathlib import Path
dartslab.base.files.write_atomically(Path(sys.argv[1]) / "file", lambda file: file.write(b"x"))
"""
    assert subprocess.run([sys.executable, "-c", program, tmp_path], check=False).returncode == 0
