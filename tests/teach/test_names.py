"""`from dartslab.teach import check`: known to type checkers, and loaded only when it is used."""

import ast
import subprocess
import sys
from pathlib import Path

import dartslab.teach as teach


def test_a_type_checker_reads_the_same_names_that_are_loaded_late() -> None:
    tree = ast.parse(Path(teach.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    typed = {name.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for name in node.names}
    assert typed == teach._MODULE_OF and sorted(typed) == sorted(teach.__all__)


def test_every_name_is_there() -> None:
    assert all(getattr(teach, name).__name__ == name for name in teach.__all__)


def test_importing_the_package_loads_nothing() -> None:
    code = "import sys, dartslab.teach; print('torch' in sys.modules, 'dartslab.teach.checks' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]
