"""The logbook: one small file that survives damage, two kernels at once, and folders that cannot be written."""

import json
import multiprocessing
import sys
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from dartslab.teach import logbook as book
from dartslab.teach.logbook import entry, logbook_path, read_logbook, update


@pytest.fixture(autouse=True)
def remembering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "_forgetful", {})


def put(name: str, value: int = 1) -> None:
    update("quiz", name, lambda old: old | {"answer": value})


def count_up(times: int) -> None:
    """In another process: what two kernels do at once."""
    for _ in range(times):
        update("exercises", "02.softmax", lambda old: {"tries": old.get("tries", 0) + 1})


def test_what_was_noted_is_there_for_the_next_kernel(logbook: Path) -> None:
    put("02.q1", 2)
    update("exercises", "02.softmax", lambda old: {"passed": True})
    assert json.loads(logbook.read_text(encoding="utf-8")) == {
        "version": 1,
        "exercises": {"02.softmax": {"passed": True}},
        "quiz": {"02.q1": {"answer": 2}},
        "predictions": {},
    }
    assert entry("quiz", "02.q1") == {"answer": 2} and entry("quiz", "02.q2") == {}


def test_an_empty_logbook_has_all_sections(logbook: Path) -> None:
    assert read_logbook() == {"exercises": {}, "quiz": {}, "predictions": {}} and not logbook.exists()


def test_the_variable_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DARTSLAB_LOGBOOK", str(tmp_path / "mine.json"))
    assert logbook_path() == tmp_path / "mine.json"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the folder of another system has another name")
def test_without_it_the_file_is_where_it_always_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DARTSLAB_LOGBOOK")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert logbook_path() == tmp_path / "dartslab" / "logbook.json"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert logbook_path() == Path.home() / ".local/share/dartslab/logbook.json"


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"version": 1, "quiz": 3}', '{"version": 1, "quiz": {"a": 3}}'])
def test_a_damaged_file_is_moved_aside_and_never_lost(text: str, logbook: Path, capsys) -> None:
    logbook.write_text(text, encoding="utf-8")
    put("02.q1")
    assert "was damaged; it is kept as logbook.damaged-1.json, and a new logbook begins." in capsys.readouterr().out
    assert (logbook.parent / "logbook.damaged-1.json").read_text(encoding="utf-8") == text
    logbook.write_bytes(b"\xff\xfe\x00")
    put("02.q2")
    assert (logbook.parent / "logbook.damaged-2.json").read_bytes() == b"\xff\xfe\x00"
    assert list(read_logbook()["quiz"]) == ["02.q2"]


def test_a_file_of_a_newer_dartslab_is_left_alone(logbook: Path, capsys) -> None:
    logbook.write_text('{"version": 2, "chapters": []}', encoding="utf-8")
    put("02.q1")
    put("02.q2")
    assert capsys.readouterr().out.count("was written by a newer dartslab, so progress is kept until this kernel") == 1
    assert logbook.read_text(encoding="utf-8") == '{"version": 2, "chapters": []}'
    assert list(read_logbook()["quiz"]) == ["02.q1", "02.q2"]


def test_where_nothing_can_be_written_it_is_remembered_and_said_once(monkeypatch, tmp_path: Path, capsys) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("DARTSLAB_LOGBOOK", str(tmp_path / "file" / "logbook.json"))
    put("02.q1")
    put("02.q2")
    assert capsys.readouterr().out.count("so progress is kept until this kernel ends; DARTSLAB_LOGBOOK can name") == 1
    assert list(read_logbook()["quiz"]) == ["02.q1", "02.q2"]


def test_what_was_read_may_be_changed_without_changing_the_logbook(monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("DARTSLAB_LOGBOOK", str(tmp_path / "file" / "logbook.json"))  # kept in memory
    put("02.q1", 2)
    read_logbook()["quiz"]["02.q1"]["answer"] = 3
    assert entry("quiz", "02.q1") == {"answer": 2}


def test_two_kernels_at_once_lose_nothing(logbook: Path) -> None:
    context = multiprocessing.get_context("spawn")
    kernels = [context.Process(target=count_up, args=(20,)) for _ in range(2)]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join()
    assert [kernel.exitcode for kernel in kernels] == [0, 0]
    assert entry("exercises", "02.softmax") == {"tries": 40}
    assert {path.name for path in logbook.parent.iterdir()} <= {"logbook.json", ".logbook.json.lock"}


def test_the_lock_file_of_a_kernel_that_died_holds_nobody_up(logbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "WAIT_S", 0.0)
    logbook.with_name(f".{logbook.name}.lock").touch()
    put("02.q1")
    assert entry("quiz", "02.q1") == {"answer": 1}


def test_a_lock_that_cannot_be_had_loses_no_entry(logbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "WAIT_S", 0.05)
    with FileLock(logbook.with_name(f".{logbook.name}.lock")) as other:
        put("02.q1")
        assert other.is_locked
    assert entry("quiz", "02.q1") == {"answer": 1}


def test_nobody_writes_while_another_does(logbook: Path) -> None:
    other = FileLock(logbook.with_name(f".{logbook.name}.lock"))

    def change(old: book.Entry) -> book.Entry:
        with pytest.raises(Timeout):
            other.acquire(timeout=0)
        return {"answer": 1}

    update("quiz", "02.q1", change)
    with other:
        assert entry("quiz", "02.q1") == {"answer": 1}
