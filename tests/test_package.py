"""What `from dartslab import ...` promises: names that are there, with their types, loaded when they are used."""

import os
import subprocess
import sys
import types
from importlib import import_module
from pathlib import Path

import pytest

import dartslab

PACKAGES = ("dartslab", "dartslab.widgets", "dartslab.teach")

RIGHT = """\
from dartslab import Record, SearchConfig, SearchState, draw_genotype, read_genotype, render, search

config = SearchConfig.lesson(steps=2)
state = SearchState.create(config)
for event in search(state):
    loss: float = event.train_loss
weights = state.weights()
record: Record = Record.load("runs/a")
render(draw_genotype(read_genotype("DARTS_V2")), "cell.svg")
reveal_type(search(state))
"""
WRONG = """\
from dartslab import SearchConfig, SearchState, search
from dartslab import nonsense
from dartslab.widgets import nothing
from dartslab.teach import nobody

config = SearchConfig(nonsense=1)
state = SearchState.create(config)
for event in search(state):
    event.train_lots
state.steep
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What mypy says, in its strictest form, about two files that use the package as it is installed."""
    folder = tmp_path_factory.mktemp("user")
    for name, text in (("right", RIGHT), ("wrong", WRONG)):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    quiet = ["--strict", "--no-error-summary", "--no-color-output", "--no-incremental", "--config-file="]
    quiet += ["--follow-imports=silent", "--ignore-missing-imports"]
    command = [sys.executable, "-m", "mypy", *quiet, "right.py", "wrong.py"]
    paths = os.environ | {"MYPYPATH": str(Path(dartslab.__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=paths, check=False)
    assert not done.stderr
    lines = done.stdout.splitlines()
    return {
        name: [line.partition(":")[2] for line in lines if line.startswith(f"{name}.py")] for name in ("right", "wrong")
    }


def test_a_users_file_is_typed(said: dict[str, list[str]]) -> None:
    (line,) = said["right"]
    assert line.startswith("10: note: Revealed type is ") and line.endswith('Iterator[dartslab.run.events.Event]"')


def test_a_users_mistakes_are_found(said: dict[str, list[str]]) -> None:
    found = said["wrong"]
    assert [line.partition(":")[0] for line in found] == ["2", "3", "4", "6", "9", "10"]
    assert 'Unexpected keyword argument "nonsense" for "SearchConfig"' in found[3]
    assert '"Event" has no attribute "train_lots"' in found[4]


@pytest.mark.parametrize(
    "name", [f"{package}.{name}" for package in PACKAGES for name in import_module(package).__all__]
)
def test_no_name_is_promised_and_missing(name: str) -> None:
    package, _, last = name.rpartition(".")
    assert getattr(import_module(package), last) is not None


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_typed_is_what_is_loaded(package: str) -> None:
    """The imports that type checkers read name the modules that the names are loaded from."""
    text = Path(str(import_module(package).__file__)).read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if line.startswith("    from .")]
    typed = {line[-1]: line[1].lstrip(".") for line in lines}
    assert typed == import_module(package)._MODULE_OF


def test_no_module_bears_the_name_of_a_public_function() -> None:
    root = Path(dartslab.__file__).parent
    modules = {path.stem for path in root.iterdir() if path.is_dir() or path.suffix == ".py"}
    functions = {name for name in dartslab.__all__ if isinstance(getattr(dartslab, name), types.FunctionType)}
    assert "search" in functions and not functions & modules


def test_another_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(AttributeError, match=r"'dartslab' has no attribute 'serch'; it offers: SearchSpace, Genotype"):
        _ = dartslab.serch


def test_importing_the_package_loads_nothing_else() -> None:
    program = "import sys, dartslab; sys.exit(any(name in sys.modules for name in ('torch', 'numpy', 'matplotlib')))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_softmax_is_the_one_of_the_relaxation() -> None:
    assert dartslab.softmax.__module__ == "dartslab.relaxation"
