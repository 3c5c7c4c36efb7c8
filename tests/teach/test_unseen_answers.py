"""Answers that nobody fitted to the checks (tests/teach/answers): what the checks said about them, they still say."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from dartslab.teach.registry import EXERCISES

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests" / "teach" / "answers").glob("*/*.json"))
REFUSED = {  # right answers that lessons have changed under: exercise, how many of them are refused now, and why
    ("first", "03.virtual_step"): (3, "they cut the gradient, and since then the lesson says that none may be cut"),
    ("first", "00.share"): (2, "they count the operations of the lesson's space, which had eight then and has six now"),
    ("second", "00.share"): (1, "the same"),
}
PASSED = {  # wrong answers that pass: no value is another
    ("second", "02.entropy"): ["gradient cut"],
}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_answers", ROOT / "tools" / "score_answers.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.long
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_right_answers_pass_and_wrong_ones_are_refused(path: Path, tool: ModuleType) -> None:
    given = json.loads(path.read_text(encoding="utf-8"))
    scores = [tool.score(EXERCISES[given["exercise"]], answer) for answer in given["answers"]]
    where = path.parent.name, given["exercise"]
    assert [score.what for score in scores if not score.right and score.passed] == PASSED.get(where, [])
    refused, _ = REFUSED.get(where, (0, ""))
    assert len([score.what for score in scores if score.right and not score.passed]) == refused
