"""Which folder may import which, read from the files themselves."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import dartslab

ROOT = Path(dartslab.__file__).parent
BOOK = ""  # the modules of dartslab itself
MAY = {
    "base": set(),
    BOOK: {"base"},
    "data": {"base"},
    "fast": {BOOK, "base"},
    "problems": {BOOK, "base", "data"},
    "draw": {BOOK, "base"},
    "methods": {BOOK, "base", "fast"},
    "instruments": {BOOK, "base", "fast"},
    "run": {BOOK, "base", "data", "fast", "problems", "methods", "instruments"},
    "experiment": {BOOK, "base", "data", "methods", "instruments", "run"},
    "truth": {BOOK, "base", "data", "methods", "instruments", "run", "experiment"},
    "widgets": {BOOK, "base", "data", "draw", "problems", "instruments", "run", "experiment", "truth"},
    "teach": {BOOK, "base", "data", "draw", "problems", "methods", "instruments", "run", "experiment", "truth"},
    "cli": {BOOK, "base", "data", "draw", "methods", "instruments", "run", "experiment", "truth", "teach"},
}
ONLY = {  # modules, or folders inside a wing, that may import less than their wing
    "bilevel": {"relaxation", "base"},
    "architect": {"relaxation", "bilevel", "base"},
    "draw": {"space", "genotype", "derive", "base", "draw"},
    **{f"teach.{name}": {BOOK, "base", "teach"} for name in ("checks", "examine", "diagnose", "trial", "guard")},
    "teach.items": {BOOK, "base", "teach"},
    "teach.values": {BOOK, "base", "teach"},
}
NO_PACKAGE = {"widgets.models": {"ipywidgets", "anywidget", "IPython"}, "draw": {"torch"}, "teach.build": {"torch"}}
WITHOUT_TORCH = (
    *("space", "genotype", "derive", "base.messages", "base.files", "run.events", "run.record", "run.config"),
    *("experiment.config", "cli.main", "cli.doctor", "cli.lab", "teach.build"),
    *("draw.style", "draw.picture", "draw.dot", "draw.cells", "draw.figures", "draw.curves", "draw.words"),
)
FRONT_ENDS = ("matplotlib", "IPython", "ipywidgets", "anywidget", "tyro")


def wing_of(module: str) -> str:
    """The folder a module (without "dartslab.") is in; BOOK for those in the root."""
    first = module.split(".")[0]
    return first if (ROOT / first).is_dir() else BOOK


@cache
def modules() -> dict[str, ast.Module]:
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if name not in ("__init__", "__main__"):
            found[name.removesuffix(".__init__")] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def named(module: str, nodes: Iterable[ast.AST]) -> set[str]:
    """What the import statements among these nodes of a module name in dartslab, relative or absolute."""
    found = set()
    package = module.split(".") if (ROOT / Path(*module.split("."))).is_dir() else module.split(".")[:-1]
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            if node.level:
                above = package[: len(package) - node.level + 1]
                source = ".".join([*above, *([node.module] if node.module else [])])
            elif node.module and node.module.split(".")[0] == "dartslab":
                source = node.module.removeprefix("dartslab").lstrip(".")
            else:
                continue
            found |= {f"{source}.{alias.name}".lstrip(".") for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.removeprefix("dartslab.") for a in node.names if a.name.startswith("dartslab.")}
    return found


def imports(name: str, tree: ast.Module) -> set[str]:
    """Modules of dartslab (without "dartslab.") that a module names, wherever in it."""
    return named(name, ast.walk(tree))


def at_the_top(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: none inside a function, none for type checkers alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from at_the_top(child)


def in_functions(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes inside a function."""
    for child in ast.walk(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ast.walk(child)


def module_of(name: str) -> str | None:
    """The module that holds a name; None where the package itself does."""
    while name and name not in modules():
        name = name.rpartition(".")[0]
    return name or None


@cache
def graph() -> dict[str, set[str]]:
    """{module: modules that it loads when it is imported}."""
    return {
        name: {found for one in named(name, at_the_top(tree)) if (found := module_of(one)) and found != name}
        for name, tree in modules().items()
    }


@cache
def loaded_by(name: str) -> frozenset[str]:
    """All modules that importing one loads, itself only where it is in a circle."""
    found: set[str] = set()
    waiting = list(graph()[name])
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += graph()[one]
    return frozenset(found)


def outside(tree: ast.Module) -> set[str]:
    """First words of the other packages that a module imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
    return found


def inside(name: str, place: str) -> bool:
    return name == place or name.startswith(place + ".")


def test_every_folder_has_its_line() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    assert folders <= set(MAY)


def test_the_root_is_small_enough_to_be_read_as_a_book() -> None:
    assert len(list(ROOT.glob("*.py"))) <= 12


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert [name for name in modules() if name in loaded_by(name)] == []


def test_no_import_hides_in_a_function_to_get_round_a_circle() -> None:
    hidden = [
        f"{name} -> {found}"
        for name, tree in modules().items()
        for one in named(name, in_functions(tree))
        if (found := module_of(one)) and (found == name or name in loaded_by(found))
    ]
    assert hidden == []


@pytest.mark.parametrize("name", modules())
def test_a_module_imports_only_what_its_folder_may(name: str) -> None:
    wing = wing_of(name)
    broken = {m for m in imports(name, modules()[name]) if wing_of(m) not in MAY[wing] | {wing}}
    assert not broken


@pytest.mark.parametrize("place", ONLY)
def test_some_places_import_less(place: str) -> None:
    broken = {}
    for name, tree in modules().items():
        if inside(name, place):
            wrong = {m for m in imports(name, tree) if not any(inside(m, ok) or wing_of(m) == ok for ok in ONLY[place])}
            if wrong:
                broken[name] = wrong
    assert not broken


@pytest.mark.parametrize("place", NO_PACKAGE)
def test_some_places_do_without_a_package(place: str) -> None:
    broken = {n: outside(t) & NO_PACKAGE[place] for n, t in modules().items() if inside(n, place)}
    assert not {name for name, found in broken.items() if found}


def test_no_test_imports_a_benchmark() -> None:
    tests = Path(__file__).parent
    benchmarks = {path.stem for path in (tests.parent / "benchmarks").glob("*.py")}
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in tests.rglob("*.py")}
    assert trees and benchmarks
    assert [path.name for path, tree in trees.items() if outside(tree) & (benchmarks | {"benchmarks"})] == []


@pytest.fixture(scope="module")
def missed() -> dict[str, str]:
    """{module: what it said when it was imported in a process in which torch cannot be}, those that did well apart."""
    program = f"""
import importlib, json, sys
sys.modules["torch"] = None
said = {{}}
for module in {WITHOUT_TORCH}:
    try:
        importlib.import_module("dartslab." + module)
    except ImportError as error:
        said[module] = str(error)
print(json.dumps(said))"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("module", WITHOUT_TORCH)
def test_some_modules_load_no_torch(module: str, missed: dict[str, str]) -> None:
    assert missed.get(module) is None


def test_the_book_and_a_run_load_no_front_end() -> None:
    program = (
        f"import sys, dartslab.run.search, dartslab.network; sys.exit(any(m in sys.modules for m in {FRONT_ENDS}))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("name", dartslab.__all__)
def test_every_public_name_can_be_had_from_the_package(name: str) -> None:
    assert getattr(dartslab, name) is not None
