"""The learner's folder: lessons come and are brought up to date; what the learner wrote is never lost."""

import os
from pathlib import Path

import pytest

from dartslab.cli import lab
from dartslab.cli.lab import KEPT, copy_lessons, find_lessons
from dartslab.cli.main import main
from sentences import refusal

FIRST, SECOND = b"lesson, version 1", b"lesson, version 2"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {KEPT}


def test_the_lessons_are_the_learners_notebooks() -> None:
    found = find_lessons()
    assert {"00_first_search.ipynb", "06_genotype.ipynb"} <= set(found)
    assert not any(name.startswith("solutions") for name in found)


def test_a_new_folder_gets_all_lessons(tmp_path: Path) -> None:
    copied = copy_lessons(tmp_path / "mine", {"00.ipynb": FIRST, "01.ipynb": FIRST})
    assert copied.new == ("00.ipynb", "01.ipynb") and not copied.beside
    assert names(tmp_path / "mine") == {"00.ipynb", "01.ipynb"}


@pytest.mark.parametrize(
    ("there", "lesson", "after", "beside"),
    [
        (FIRST, FIRST, FIRST, None),
        (FIRST, SECOND, SECOND, None),
        (b"mine", FIRST, b"mine", None),
        (b"mine", SECOND, b"mine", SECOND),
        (None, SECOND, SECOND, None),
    ],
    ids=["unchanged, same", "unchanged, newer", "changed, same", "changed, newer", "removed"],
)
def test_what_a_second_copy_does(there, lesson, after, beside, tmp_path: Path) -> None:
    copy_lessons(tmp_path, {"00.ipynb": FIRST})
    (tmp_path / "00.ipynb").unlink() if there is None else (tmp_path / "00.ipynb").write_bytes(there)
    for _ in range(2):  # and a third time nothing is different
        copied = copy_lessons(tmp_path, {"00.ipynb": lesson})
    assert (tmp_path / "00.ipynb").read_bytes() == after
    assert dict(copied.beside) == ({"00.ipynb": "00.new.ipynb"} if beside else {})
    assert names(tmp_path) == {"00.ipynb"} | set(copied.beside.values())
    assert beside is None or (tmp_path / "00.new.ipynb").read_bytes() == beside


def test_a_file_of_that_name_that_was_never_copied_counts_as_changed(tmp_path: Path) -> None:
    (tmp_path / "00.ipynb").write_bytes(b"mine")
    assert dict(copy_lessons(tmp_path, {"00.ipynb": FIRST}).beside) == {"00.ipynb": "00.new.ipynb"}
    assert (tmp_path / "00.ipynb").read_bytes() == b"mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is a file; name a folder" in refusal(copy_lessons, tmp_path / "file", {})


def test_the_command_copies_and_says_so(tmp_path: Path, capsys) -> None:
    main(["lab", str(tmp_path / "mine"), "--no-start"])
    (tmp_path / "mine" / "00_first_search.ipynb").write_text("mine")
    (tmp_path / "mine" / KEPT).unlink()
    main(["lab", str(tmp_path / "mine"), "--no-start"])
    said = capsys.readouterr().out
    assert f"lessons copied into {tmp_path / 'mine'}" in said and "0 lessons copied" in said
    assert "00_first_search.ipynb was changed by you and is left as it is" in said


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_does_not_exist_is_refused_before_anything_is_copied(port: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="a port lies between 1 and 65535"):
        main(["lab", str(tmp_path / "mine"), "--port", port])
    assert not (tmp_path / "mine").exists()


def test_jupyter_opens_in_the_learners_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    class Server:
        def __init__(self, words: list[str]) -> None:
            seen.append(words)
            self.interrupts = 1

        def wait(self) -> int:
            if self.interrupts:  # the first Ctrl-C asks JupyterLab, which goes on until it has an answer
                self.interrupts -= 1
                raise KeyboardInterrupt
            return 3

    monkeypatch.setattr(lab.subprocess, "Popen", Server)
    with pytest.raises(SystemExit) as left:
        main(["lab", str(tmp_path / "mine"), "--no-browser", "--port", "8899"])
    assert left.value.code == 3
    assert f"--ServerApp.root_dir={(tmp_path / 'mine').resolve()}" in seen[0]
    assert "--no-browser" in seen[0] and "--port=8899" in seen[0]
    assert "--LabApp.default_url=/lab/tree/00_first_search.ipynb" in seen[0]
    assert ("--allow-root" in seen[0]) == (hasattr(os, "geteuid") and os.geteuid() == 0)
    with pytest.raises(SystemExit):
        main(["lab", str(tmp_path / "mine")])
    assert not any(word.startswith(("--no-browser", "--port")) for word in seen[1])


def test_a_newer_version_that_the_learner_changed_stays_too(tmp_path: Path) -> None:
    copy_lessons(tmp_path, {"a.ipynb": b"1"})
    (tmp_path / "a.ipynb").write_bytes(b"mine")
    copy_lessons(tmp_path, {"a.ipynb": b"2"})
    assert copy_lessons(tmp_path, {"a.ipynb": b"3"}).beside == {"a.ipynb": "a.new.ipynb"}  # nobody changed that one
    (tmp_path / "a.new.ipynb").write_bytes(b"mine, too")
    assert copy_lessons(tmp_path, {"a.ipynb": b"4"}).beside == {"a.ipynb": "a.new.new.ipynb"}
    found = {path.name: path.read_bytes() for path in tmp_path.glob("*.ipynb")}
    assert found == {"a.ipynb": b"mine", "a.new.ipynb": b"mine, too", "a.new.new.ipynb": b"4"}


@pytest.mark.parametrize("after", [None, b"mine, too"], ids=["removed", "changed"])
def test_the_same_version_is_not_laid_beside_a_lesson_twice(after: bytes | None, tmp_path: Path) -> None:
    copy_lessons(tmp_path, {"a.ipynb": FIRST})
    (tmp_path / "a.ipynb").write_bytes(b"mine")
    assert copy_lessons(tmp_path, {"a.ipynb": SECOND}).beside == {"a.ipynb": "a.new.ipynb"}
    (tmp_path / "a.new.ipynb").unlink() if after is None else (tmp_path / "a.new.ipynb").write_bytes(after)
    left = names(tmp_path)
    for _ in range(2):
        assert copy_lessons(tmp_path, {"a.ipynb": SECOND}).beside == {} and names(tmp_path) == left
    offered = "a.new.ipynb" if after is None else "a.new.new.ipynb"
    assert copy_lessons(tmp_path, {"a.ipynb": b"3"}).beside == {"a.ipynb": offered}
    assert (tmp_path / offered).read_bytes() == b"3"


def test_a_version_that_was_removed_stays_away_when_the_one_before_goes_too(tmp_path: Path) -> None:
    copy_lessons(tmp_path, {"a.ipynb": b"1"})
    (tmp_path / "a.ipynb").write_bytes(b"mine")
    copy_lessons(tmp_path, {"a.ipynb": b"2"})
    (tmp_path / "a.new.ipynb").write_bytes(b"mine, too")
    copy_lessons(tmp_path, {"a.ipynb": b"3"})
    (tmp_path / "a.new.ipynb").unlink()
    (tmp_path / "a.new.new.ipynb").unlink()
    assert copy_lessons(tmp_path, {"a.ipynb": b"3"}).beside == {} and names(tmp_path) == {"a.ipynb"}
