"""No test asserts what cannot be false: `assert a == b if c else d` compares nothing where c is false."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
ALWAYS_TRUE = (ast.IfExp, ast.Tuple, ast.List, ast.Dict, ast.GeneratorExp, ast.Lambda, ast.JoinedStr)


def empty(text: str) -> list[int]:
    """Lines of assertions and comparisons that cannot fail, whatever the code does."""
    nodes = list(ast.walk(ast.parse(text)))
    asserted = [node for node in nodes if isinstance(node, ast.Assert) and isinstance(node.test, ALWAYS_TRUE)]
    compared = [node for node in nodes if isinstance(node, ast.Expr) and isinstance(node.value, ast.Compare)]
    return sorted(node.lineno for node in [*asserted, *compared])


@pytest.mark.parametrize(
    "text", ["assert a == b if c else d", "assert (a, b)", "assert (x for x in a)", "a == b"], ids=lambda text: text
)
def test_what_cannot_fail_is_found(text: str) -> None:
    assert empty(text) == [1]


@pytest.mark.parametrize("path", sorted(ROOT.rglob("test_*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_assertion_can_fail(path: Path) -> None:
    assert empty(path.read_text(encoding="utf-8")) == []
