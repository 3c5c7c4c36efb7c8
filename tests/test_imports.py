"""Which folder may import which, read from the files themselves."""

import ast
import subprocess
import sys
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
    "teach.checks": {BOOK, "base", "teach"},
    "teach.items": {BOOK, "base", "teach"},
    "teach.values": {BOOK, "base", "teach"},
}
NO_PACKAGE = {"widgets.models": {"ipywidgets", "anywidget", "IPython"}, "draw": {"torch"}, "teach.build": {"torch"}}
WITHOUT_TORCH = ("space", "genotype", "derive", "base.messages", "base.files", "run.events", "run.record", "run.config")
WITHOUT_TORCH += (
    "experiment.config",
    "cli.main",
    "cli.doctor",
    "teach.build",
    "draw.style",
    "draw.picture",
    "draw.dot",
)
WITHOUT_TORCH += ("draw.cells", "draw.figures", "draw.words")
FRONT_ENDS = ("matplotlib", "IPython", "ipywidgets", "anywidget", "tyro")


def wing_of(module: str) -> str:
    """The folder a module (without "dartslab.") is in; BOOK for those in the root."""
    first = module.split(".")[0]
    return first if (ROOT / first).is_dir() else BOOK


def modules() -> dict[str, ast.Module]:
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if name not in ("__init__", "__main__"):
            found[name.removesuffix(".__init__")] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(name: str, tree: ast.Module) -> set[str]:
    """Modules of dartslab (without "dartslab.") that a module names, wherever in it, relative or absolute."""
    found = set()
    package = name.split(".") if (ROOT / Path(*name.split("."))).is_dir() else name.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            if node.level:
                above = package[: len(package) - node.level + 1]
                module = ".".join([*above, *([node.module] if node.module else [])])
            elif node.module and node.module.split(".")[0] == "dartslab":
                module = node.module.removeprefix("dartslab").lstrip(".")
            else:
                continue
            found |= {f"{module}.{alias.name}".lstrip(".") for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.removeprefix("dartslab.") for a in node.names if a.name.startswith("dartslab.")}
    return found


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


@pytest.mark.parametrize("module", WITHOUT_TORCH)
def test_some_modules_load_no_torch(module: str) -> None:
    program = f"import sys, dartslab.{module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_book_and_a_run_load_no_front_end() -> None:
    program = (
        f"import sys, dartslab.run.search, dartslab.network; sys.exit(any(m in sys.modules for m in {FRONT_ENDS}))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("name", dartslab.__all__)
def test_every_public_name_can_be_had_from_the_package(name: str) -> None:
    assert getattr(dartslab, name) is not None
