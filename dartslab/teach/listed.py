"""`listing(softmax, mixed_op, ...)`: functions one below the other, and how many lines they are together."""

import ast
import inspect
from collections.abc import Callable
from textwrap import dedent
from typing import Any


def listing(*functions: Callable[..., Any]) -> None:
    """Print the code of functions without docstrings, annotations and lines of comment, and the number of its lines.

    Args:
        functions: those of a notebook, or of a module.
    """
    parts = [code_of(function) for function in functions]
    print("\n\n".join(parts))
    print(f"\n{sum(part.count(chr(10)) + 1 for part in parts)} lines in {len(parts)} functions")


def code_of(function: Callable[..., Any]) -> str:
    """The code of a function without docstring, annotations and lines of comment; comments beside code stay."""
    text = dedent(inspect.getsource(function))
    node = ast.parse(text).body[0]
    if not isinstance(node, ast.FunctionDef):  # a lambda stands in the middle of a line
        return text.strip()
    documented = ast.get_docstring(node) is not None
    first = (node.body[0].end_lineno or 0) if documented else node.body[0].lineno - 1
    lines = text.split("\n")[first : node.end_lineno]
    body = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    bare = [ast.arg(each.arg) for each in node.args.args]
    node.args.args, node.returns, node.body, node.decorator_list = bare, None, [ast.Pass()], []
    return "\n".join([ast.unparse(node).split("\n")[0], *body])
