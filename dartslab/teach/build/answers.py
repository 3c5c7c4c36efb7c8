"""The right answer of an exercise, copied into a lesson's text: it is written once, in the lesson's folder.

The text of a notebook names the exercise where the answer stands in the solution:

    def mixed_op(x, ops, alpha):
        \"\"\"The sum of all operations, each weighted by its share in the softmax of alpha [O].\"\"\"
        # SOLUTION 02.mixed_op

The line becomes a solution block with the body of the function that is the exercise's `reference`. Where the reference
is a value, it becomes `mixed_op = ` and the value. Files are read and not imported, so that building loads no torch.
"""

import ast
import re
from importlib.resources import files
from pathlib import Path
from textwrap import dedent, indent

from ...base.messages import UserError

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
MARKER = re.compile(r"^( *)# SOLUTION (\d\d)\.(\w+)$", re.MULTILINE)


def insert_answers(text: str, lessons: Path | None = None) -> str:
    """The text of a lesson with every `# SOLUTION NN.name` replaced by a block that holds the answer.

    Args:
        text: of `notebooks/_source/NN_slug.py`.
        lessons: the folder with the folders `lesson_NN`; the one of this package where None.
    Raises:
        UserError: a marker names no exercise, or one whose answer cannot be found in its folder.
    """
    folder = Path(str(files("dartslab.teach.lessons"))) if lessons is None else lessons

    def block(marker: re.Match[str]) -> str:
        space, lesson, short = marker.groups()
        return indent(f"{BEGIN}\n{answer_of(folder / f'lesson_{lesson}', f'{lesson}.{short}')}\n{END}", space)

    return MARKER.sub(block, text)


def answer_of(folder: Path, name: str) -> str:
    """The answer of an exercise as code: the body of a function without its docstring, or `short = value`.

    Args:
        folder: `lesson_NN`, with the files that hold exercises and answers.
        name: of the exercise, for example "02.mixed_op".
    Raises:
        UserError: there is no such exercise, or its reference is no function of a file in the folder.
    """
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))]
    trees = [(text, ast.parse(text)) for text in texts]
    for text, tree in trees:
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", None) == "Exercise":
                given = {keyword.arg: keyword.value for keyword in call.keywords}
                if isinstance(given.get("name"), ast.Constant) and ast.literal_eval(given["name"]) == name:
                    return _code(trees, text, given["reference"], name)
    raise UserError(f"`# SOLUTION {name}`: {folder.name} has no exercise of this name; correct the name, or write it.")


def _code(trees: list[tuple[str, ast.Module]], text: str, reference: ast.expr, name: str) -> str:
    """The reference's code: of `answers.top_k` or `top_k` the body of that function, of a value an assignment."""
    function = reference.attr if isinstance(reference, ast.Attribute) else getattr(reference, "id", None)
    if function is None:
        return f"{name.partition('.')[2]} = {ast.get_source_segment(text, reference)}"
    for source, tree in trees:
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == function:
                return _body(source, node)
    raise UserError(f"`# SOLUTION {name}`: its answer {function!r} is not a function in the lesson's folder; add it.")


def _body(source: str, node: ast.FunctionDef) -> str:
    """All lines of a function below its first line and docstring, comments included."""
    documented = ast.get_docstring(node) is not None
    start = (node.body[0].end_lineno or 0) if documented else node.body[0].lineno - 1
    return dedent("\n".join(source.split("\n")[start : node.end_lineno])).strip("\n")
