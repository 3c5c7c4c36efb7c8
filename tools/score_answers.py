"""How good are the checks of the exercises? Score them on answers that were written without knowing the checks.

    python tools/score_answers.py tests/teach/answers/first [--show]

A folder holds NN.name.json for each exercise: {"exercise": ..., "answers": [{"code", "right", "what", "mistake"}]}. The
code is run as the learner's cell is: with the imports, functions and space of the cells above it in the blank notebook,
and with right answers in place of exercises that come before. Reported are

    rejected    wrong answers that are refused
    accepted    right answers that pass
    named       wrong answers that a known mistake recognises
    helpful     wrong answers whose sentence says more than that the value is another
"""

import argparse
import ast
import contextlib
import io
import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from dartslab.teach.examine import examine
from dartslab.teach.items import Exercise
from dartslab.teach.registry import EXERCISES

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
QUICK = ("config", "space")  # values of the cells above that an answer may use, and that take no time to make
VAGUE = ("is another value", "has other numbers")


@dataclass(frozen=True)
class Score:
    """What a check said about one answer.

    Args:
        exercise, right, what, mistake: of the answer.
        passed: whether it was accepted.
        named: whether the sentence is that of a known mistake.
        lines: what was said.
    """

    exercise: str
    right: bool
    what: str
    mistake: str
    passed: bool
    named: bool
    lines: tuple[str, ...]

    @property
    def helpful(self) -> bool:
        """Whether the sentence says more than that the value is another."""
        return bool(self.lines) and not any(words in self.lines[0] for words in VAGUE)


@cache
def cells_above(exercise: str) -> tuple[str, ...]:
    """The code of all cells of the blank notebook before the one of an exercise."""
    lesson, short = exercise.split(".")
    (path,) = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    names = [cell.metadata.get("name") for cell in cells]
    return tuple(cell.source for cell in cells[: names.index(short.replace("_", "-")) + 1])


def names_of(exercise: str) -> dict[str, Any]:
    """What a learner's cell may use: the imports and functions of the cells above it."""
    found: dict[str, Any] = {}
    for source in cells_above(exercise):
        lines = [line for line in source.split("\n") if not line.startswith(("%", "!", "await "))]
        with contextlib.suppress(SyntaxError):
            for statement in ast.parse("\n".join(lines)).body:
                if isinstance(statement, KEPT) or _is_quick(statement) or _is_pasted(statement):
                    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
                        exec(compile(ast.Module([statement], []), "cell", "exec"), found)
    for other in EXERCISES.values():
        if other.lesson == exercise[:2] and other.short in found and other.is_function:
            found[other.short] = other.reference
    return found


def _is_quick(statement: ast.stmt) -> bool:
    """Whether a statement gives a value to one of the names in QUICK."""
    return isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", None) in QUICK


def _is_pasted(statement: ast.stmt) -> bool:
    """Whether a statement brings answers along that the notebook goes on with: `softmax = mine("02.softmax")`."""
    if not isinstance(statement, ast.Assign):
        return False
    value = statement.value
    calls = value.elts if isinstance(value, ast.Tuple) else [value]
    return all(isinstance(call, ast.Call) and getattr(call.func, "id", None) == "mine" for call in calls)


def score(exercise: Exercise, answer: dict[str, Any]) -> Score:
    """What the check says about one answer."""
    names = names_of(exercise.name)
    names.pop(exercise.short, None)
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(compile(answer["code"], "answer", "exec"), names)
            lines = tuple(examine(exercise, names.get(exercise.short)))
        except Exception as error:  # the cell itself fails: the learner sees this error, and no check is reached
            lines = (f"the cell raises {type(error).__name__}: {error}",)
    named = any(twin.sentence in lines for twin in exercise.twins)
    mistake = answer.get("mistake") or ""
    return Score(exercise.name, answer["right"], answer["what"], mistake, not lines, named, lines)


def score_folder(folder: Path) -> list[Score]:
    """The scores of all answers in a folder."""
    scores = []
    for path in sorted(folder.glob("*.json")):
        given = json.loads(path.read_text(encoding="utf-8"))
        scores += [score(EXERCISES[given["exercise"]], answer) for answer in given["answers"]]
    return scores


def summary(scores: list[Score]) -> str:
    """Four shares in one line."""
    wrong, right = [s for s in scores if not s.right], [s for s in scores if s.right]
    parts = {
        "rejected": (sum(not s.passed for s in wrong), len(wrong)),
        "accepted": (sum(s.passed for s in right), len(right)),
        "named": (sum(s.named for s in wrong), len(wrong)),
        "helpful": (sum(s.helpful for s in wrong), len(wrong)),
    }
    return ", ".join(f"{name} {n} of {of} ({n / max(1, of):.1%})" for name, (n, of) in parts.items())


def main() -> None:
    """Score the answers in a folder and print a line for each exercise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="what was said about every answer")
    asked = parser.parse_args()
    scores = score_folder(asked.folder)
    for exercise in Counter(s.exercise for s in scores):
        own = [s for s in scores if s.exercise == exercise]
        print(f"{exercise}: {summary(own)}")
        for s in own:
            if asked.show or s.passed != s.right:
                verdict = "passes" if s.passed else "named" if s.named else "refused"
                print(f"    {'right' if s.right else 'wrong'} {verdict}: {s.what}")
                if asked.show and s.lines:
                    print(f"        {s.lines[0]}")
    print(f"all: {summary(scores)}")


if __name__ == "__main__":
    main()
