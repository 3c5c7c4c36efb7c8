"""The right answer of an exercise is written once, in the lesson's folder, and copied into the notebook."""

import ast
from pathlib import Path

import pytest

from dartslab.base.messages import UserError
from dartslab.teach.build.answers import insert_answers
from dartslab.teach.build.notebooks import sources
from dartslab.teach.build.source import read_lesson
from dartslab.teach.registry import EXERCISES, LESSONS

ROOT = Path(__file__).parents[3]
SOURCES = [source for source in sources(ROOT) if source.stem[:2] in LESSONS]
ANSWERS = '''
def twice(x: float) -> float:
    """Twice x."""
    # add it to itself

    total: float = x + x  # exact
    return total
'''
TABLE = """
from . import answers
EXERCISES = (
    Exercise(name="01.double", reference=answers.twice),
    Exercise(name="01.half", reference=1 / 2),
    Exercise(name="01.lost", reference=elsewhere),
)
"""


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    (tmp_path / "lesson_01").mkdir()
    (tmp_path / "lesson_01" / "answers.py").write_text(ANSWERS, encoding="utf-8")
    (tmp_path / "lesson_01" / "exercises.py").write_text(TABLE, encoding="utf-8")
    return tmp_path


def test_a_marker_becomes_the_body_of_the_reference_at_its_own_indentation(lessons: Path) -> None:
    text = "def double(x):\n    # SOLUTION 01.double\n\n\nx = 1\n"
    assert insert_answers(text, lessons) == (
        "def double(x):\n    # BEGIN SOLUTION\n    # add it to itself\n\n    total: float = x + x  # exact\n"
        "    return total\n    # END SOLUTION\n\n\nx = 1\n"
    )


def test_a_value_becomes_an_assignment(lessons: Path) -> None:
    text = "half = ...\n# SOLUTION 01.half\n"
    assert insert_answers(text, lessons) == "half = ...\n# BEGIN SOLUTION\nhalf = 1 / 2\n# END SOLUTION\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("01.treble", "lesson_01 has no exercise of this name; correct the name"),
        ("09.double", "lesson_09 has no exercise of this name"),
        ("01.lost", "its answer 'elsewhere' is not a function in the lesson's folder; add it"),
    ],
)
def test_a_marker_without_an_answer_is_refused(lessons: Path, name: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        insert_answers(f"# SOLUTION {name}", lessons)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_lesson_writes_an_answer_of_its_own(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" not in text
    assert all(f"# SOLUTION {name}\n" in text for name in EXERCISES.of_lesson(source.stem[:2]))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_an_exercise_asks_for_the_parameters_of_its_reference_in_their_order(source: Path) -> None:
    """The body of the reference is run below the notebook's own first line, so both must use the same names."""
    cells = {cell.id: cell.source for cell in read_lesson(source).cells}
    for exercise in EXERCISES.of_lesson(source.stem[:2]).values():
        tree = ast.parse(cells[exercise.short.replace("_", "-")])
        defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        if exercise.is_function:
            code = exercise.reference.__code__
            wanted = list(code.co_varnames[: code.co_argcount])
            assert [argument.arg for argument in defined[exercise.short].args.args] == wanted
        else:
            assert defined == {}
