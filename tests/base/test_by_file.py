"""What is found by the name of its file: in a folder of the package, and in a file of one's own."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from dartslab.base import by_file
from dartslab.base.by_file import ByFile, is_own_file
from dartslab.base.messages import UserError
from dartslab.methods import METHODS
from dartslab.methods.method import Method

OWN = """from dataclasses import dataclass
from dartslab.methods.method import Method
METHOD = Method("mine", "nobody, a test")
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(OWN)
    return path


def test_things_are_found_by_their_files_in_the_order_of_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pc_darts.py", "gdas.py", "method.py", "__init__.py", "_shared.py", "table.json"):
        (tmp_path / name).touch()
    loaded: list[str] = []
    monkeypatch.setattr(by_file, "files", lambda package: tmp_path)
    monkeypatch.setattr(by_file, "import_module", lambda name: loaded.append(name) or SimpleNamespace(METHOD="it"))
    found: ByFile[str] = ByFile("dartslab.methods", "method")
    assert list(found) == ["gdas", "pc-darts"] and "pc-darts" in found and loaded == []
    assert found["pc-darts"] == "it" and loaded == ["dartslab.methods.pc_darts"]
    with pytest.raises(KeyError):
        found["nothing"]


@pytest.mark.parametrize(
    ("name", "own"),
    [("a/mine.py", True), ("mine.py@0123456789ab", True), ("mine.py@0123", False), ("pc-darts", False), (3, False)],
)
def test_a_file_of_ones_own_is_told_by_its_ending(name: object, own: bool) -> None:
    assert is_own_file(name) == own
    assert (name in METHODS) == own or name == "pc-darts"


def test_a_file_of_ones_own_gives_what_it_defines(mine: Path) -> None:
    method = METHODS[str(mine)]
    assert isinstance(method, Method) and method.name == "mine"
    assert METHODS[str(mine)] is method  # the file is run once
    assert str(mine) not in list(METHODS)  # and is in no list of names


def test_a_pinned_name_keeps_what_the_file_was(mine: Path) -> None:
    pinned = METHODS.pin(str(mine))
    assert pinned.startswith(f"{mine}@") and METHODS.pin(pinned) == pinned and METHODS.pin("darts") == "darts"
    before = METHODS[pinned]
    mine.write_text(OWN.replace('"mine"', '"changed"'))
    assert METHODS[pinned] is before  # a search that runs is not touched
    assert METHODS[str(mine)].name == "changed" and METHODS.pin(str(mine)) != pinned


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda path: path.unlink(), r"there is no file .*mine\.py that this run was started with; put it back there"),
        (
            lambda path: path.write_text(OWN + "# more"),
            r"mine\.py was changed since this run was started; put the file",
        ),
    ],
    ids=["moved", "changed"],
)
def test_another_process_says_that_a_file_was_moved_or_changed(mine: Path, change, sentence: str) -> None:
    pinned = METHODS.pin(str(mine))
    change(mine)
    with pytest.raises(UserError, match=sentence):
        ByFile("dartslab.methods", "method")[pinned]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("import nothing_like_it", r"cannot be imported \(ModuleNotFoundError: No module named .*, line 1\); mend it"),
        ("a = 1\ndef f():\n    return 1 / 0\n\nf()", r"cannot be imported \(ZeroDivisionError: .*, line 3\); mend it"),
        ("METHOD = (", r"cannot be imported \(SyntaxError: .*line 1\)"),
        ("import sys; sys.exit(3)", r"cannot be imported \(SystemExit: 3, line 1\)"),
        ("\x00", r"cannot be imported \((ValueError|SyntaxError): "),
        ("a = 1", r"defines no METHOD; write METHOD = Method\(\.\.\.\), see docs/methods\.md"),
        ("METHOD = {}", r"METHOD of .*mine\.py is of type dict, not a Method; write METHOD = Method"),
    ],
    ids=["package", "code", "syntax", "exit", "bytes", "lacks", "type"],
)
def test_a_file_that_is_no_method_is_refused_in_a_sentence(mine: Path, text: str, sentence: str) -> None:
    mine.write_text(text)
    modules = set(sys.modules)
    with pytest.raises(UserError, match=sentence):
        METHODS[str(mine)]
    assert {name for name in set(sys.modules) - modules if name.startswith("own_")} <= {"own_method_" + digest(mine)}


def digest(path: Path) -> str:
    return METHODS.pin(str(path)).rpartition("@")[2]


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"there is no file .*lost\.py; "):
        METHODS[str(tmp_path / "lost.py")]
