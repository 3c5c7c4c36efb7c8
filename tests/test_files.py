"""Files are whole or not there; a failing disk is reported and costs nothing that was written before."""

import errno
import os
import stat
from pathlib import Path

import pytest

from dartslab.files import write_atomically
from dartslab.messages import UserError


def test_a_file_is_replaced_as_a_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    for text in (b"first", b"second"):
        write_atomically(path, lambda file, text=text: file.write(text))
        assert path.read_bytes() == text
    assert [p.name for p in path.parent.iterdir()] == ["file"]


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


def test_a_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    with pytest.raises(UserError, match="cannot be written"):
        write_atomically(tmp_path / "a" / "file", lambda file: file.write(b"x"))
