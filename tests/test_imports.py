"""Which room may import what, read from the files themselves."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dartslab

ROOMS = Path(dartslab.__file__).parent
PICTURES = {"graph", "draw", "dot", "curves", "describe", "picture"}
CORE = {path.stem for path in ROOMS.glob("*.py")} - PICTURES - {"doctor", "progress", "__main__"}
FRONT_ENDS = {"matplotlib", "IPython", "ipywidgets", "anywidget", "graphviz"}
WITHOUT_TORCH = PICTURES | {"record", "genotype", "space", "skeleton", "discretization", "counting", "mixing"}
WITHOUT_TORCH |= {"messages", "files"}


def imported(room: str, everywhere: bool) -> set[str]:
    """What a room imports, packages and rooms by their first name; at module level, or in functions too."""
    tree = ast.parse((ROOMS / f"{room}.py").read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if everywhere else tree.body
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module.split(".")[0]} if node.module else {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("room", sorted(CORE))
def test_the_core_knows_no_front_end(room: str) -> None:
    assert imported(room, everywhere=True).isdisjoint(FRONT_ENDS)


@pytest.mark.parametrize("room", ["bilevel", "architect"])
def test_the_hypergradients_know_no_network(room: str) -> None:
    assert imported(room, everywhere=True).isdisjoint({"cell", "supernet", "network", "search"})


@pytest.mark.parametrize("room", sorted(WITHOUT_TORCH))
def test_drawing_and_reading_load_no_torch(room: str) -> None:
    program = f"import sys, dartslab.{room}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_search_and_train_are_functions_whatever_was_imported_before() -> None:
    program = (
        "import dartslab.search, dartslab.train\n"
        "from dartslab import search, train, SearchConfig\n"
        "assert callable(search) and callable(train) and callable(dartslab.search)\n"
        "from dartslab.search import search as same\n"
        "assert same is search"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", dartslab.__all__)
def test_every_public_name_can_be_had_from_the_package(name: str) -> None:
    assert getattr(dartslab, name) is not None


def test_an_unknown_name_is_an_attribute_error_that_lists_what_there_is() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'Supermarket'; it offers: SearchSpace"):
        _ = dartslab.Supermarket
