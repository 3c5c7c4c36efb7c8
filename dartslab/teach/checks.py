"""`check("02.mixed_op", mixed_op)`: is the answer right, and if not, which mistake is it?

A check never stops the notebook: whatever an answer does becomes one sentence. Set DARTSLAB_STRICT=1 to have a failing
check raise `CheckFailed`, as automatic grading wants it.
"""

import html
import inspect
from typing import Any

from ..base.messages import UserError, counted, require
from .box import Box, boxed, ladder, note, paragraph, prose, say
from .examine import UNWRITTEN, describe_case, examine, failing, named_arguments
from .items import Exercise
from .lesson import STRICT, is_set
from .logbook import Entry, entry, update
from .registry import EXERCISES
from .smallest_case import smallest_case

LENT = "this is dartslab's answer, which `mine` gave you instead of yours: run the cell with your own, then this one."

_passed: dict[str, Any] = {}  # the learner's answers that were right in this kernel
_borrowed: set[str] = set()  # exercises whose answer `mine` handed out in this kernel


class CheckFailed(Exception):
    """A check was not passed; raised only where DARTSLAB_STRICT is set."""


class Verdict(int):
    """The result of a check, 1 or 0, for use in an `if`. As the last line of a cell it shows nothing more."""

    def _ipython_display_(self) -> None:
        """Show nothing: the check has printed its result."""


def check(name: str, answer: Any) -> Verdict:
    """Try an answer on all cases of an exercise, and show the result: a box, or at most four lines of text.

    Args:
        name: the exercise, for example "02.mixed_op".
        answer: the learner's function itself, not called; or the value where a value is asked for.
    Returns:
        Whether it is right: true or false in an `if`.
    Raises:
        CheckFailed: it is not, and DARTSLAB_STRICT is set.
    """
    try:
        exercise = EXERCISES.find(name)
    except UserError as error:
        return _refuse(_unknown(error))
    # Otherwise a check cell that ends with `mine` would pass when it is run a second time.
    borrowed = exercise.is_function and name in _borrowed and answer is exercise.reference
    before = failing.get(name)
    findings = [LENT] if borrowed else examine(exercise, answer)
    if findings in ([UNWRITTEN], [LENT]):
        word = "Not yours" if borrowed else "Not written yet"
        body = paragraph(_capital(findings[0].removeprefix("not written yet: ")))
        return _refuse(Box(boxed("open", word, body, exercise.title, name), f"{name}: {findings[0]}"))
    if findings:
        noted = update("exercises", name, _count_failure)
        return _refuse(_failed(exercise, findings, noted, failing.get(name) is not before))
    update("exercises", name, lambda old: _count_try(old) | {"passed": True})
    _passed[name] = answer
    points = counted(exercise.points, "point")
    foot = f"<b>One harder:</b> {prose(exercise.harder)}"
    text = f"{name}: right, {points}. A harder one: {exercise.harder}"
    say(Box(boxed("right", "Right", "", exercise.title, name, points, foot), text))
    return Verdict(True)


def case(name: str) -> dict[str, Any]:
    """The arguments, by name, of the case in which the last answer failed; of the first case where none did.

    `f(**case("02.softmax"))` calls the learner's function as the check did.

    Raises:
        UserError: there is no such exercise, or one that asks for a value.
    """
    exercise = EXERCISES.find(name)
    require(exercise.is_function, f"{name} asks for a value, so it has no cases; look at what the text asks for.")
    return named_arguments(exercise, failing[name].case if name in failing else next(exercise.cases()))


def hint(name: str) -> None:
    """Show the next of the three hints of an exercise, in a notebook below those before it."""
    try:
        exercise = EXERCISES.find(name)
    except UserError as error:
        say(_unknown(error))
        return
    number = update("exercises", name, _count_hint)["hints"]
    again = f'`hint("{name}")` again shows the {"last" if number == 2 else "next"} one.'
    foot = prose(again if number < 3 else f'The last one; `solution("{name}")` shows an answer.')
    steps = ladder(exercise.hints, number)
    say(Box(boxed("told", f"Hint {number} of 3", steps, exercise.title, name, "", foot), _hint_line(exercise, number)))


def solution(name: str) -> None:
    """Show one right answer to an exercise."""
    try:
        exercise = EXERCISES.find(name)
    except UserError as error:
        say(_unknown(error))
        return
    source = inspect.getsource(exercise.reference).rstrip() if exercise.is_function else repr(exercise.reference)
    body = f"<pre>{html.escape(source)}</pre><p>One right answer among many.</p>"
    text = f"# {exercise.name}: one right answer among many\n{source}"
    say(Box(boxed("open", "Solution", body, exercise.title, name), text))


def mine(name: str) -> Any:
    """The learner's answer if it was right in this kernel, else the library's; says which.

    Raises:
        UserError: there is no such exercise.
    """
    exercise = EXERCISES.find(name)
    if name in _passed:
        say(note(f"{name}: continuing with yours"))
        return _passed[name]
    _borrowed.add(name)
    say(note(f"{name}: continuing with dartslab's; yours is used once it has passed here"))
    return exercise.reference


def _count_try(old: Entry) -> Entry:
    return old | {"tries": _number(old, "tries") + 1}


def _number(old: Entry, name: str) -> int:
    """A number in an entry; 0 where something else stands there, since anybody may edit the file."""
    found = old.get(name)
    return max(0, found) if type(found) is int else 0


def _count_failure(old: Entry) -> Entry:
    """One more try and failure; from the second failure on one more hint."""
    failures = _number(old, "failures") + 1
    hints = min(3, _number(old, "hints") + (failures > 1))
    return _count_try(old) | {"failures": failures, "hints": hints, "passed": old.get("passed") is True}


def _count_hint(old: Entry) -> Entry:
    return old | {"hints": min(3, _number(old, "hints") + 1)}


def _help(exercise: Exercise, noted: Entry) -> list[str]:
    if noted["failures"] > 1:
        return [_hint_line(exercise, noted["hints"])]
    return [f'Another try, or hint("{exercise.name}").']


def _hint_line(exercise: Exercise, number: int) -> str:
    last = f' (The last one; solution("{exercise.name}") shows an answer.)' if number == 3 else ""
    return f"Hint {number} of 3: {exercise.hints[number - 1]}{last}"


def _failed(exercise: Exercise, findings: list[str], noted: Entry, has_case: bool) -> Box:
    """What a learner reads about a wrong answer; in a notebook the case stands below the sentences, as a table."""
    helped = _help(exercise, noted)
    text = "\n".join([f"{exercise.name}: {findings[0]}", *findings[1:], *helped])
    failure = failing.get(exercise.name) if has_case else None
    inside = f" for {describe_case(exercise, failure.case)}" if failure else ""
    sentences = [line.replace(inside, "", 1) if inside else line for line in findings]
    shown = [paragraph(_capital(line)) for line in sentences if not line.startswith("  ")]
    stopped = bool(failure and failure.got and failure.got.kind in ("raises", "late"))
    body = "".join(shown) + (smallest_case(exercise, failure) if failure else "")
    words = ("stopped", "Stopped") if stopped else ("wrong", "Not yet")
    foot = " ".join(map(prose, helped))
    return Box(boxed(*words, body, exercise.title, exercise.name, f"try {noted['tries']}", foot), text)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _unknown(error: UserError) -> Box:
    return Box(boxed("stopped", "Another name", paragraph(str(error))), str(error))


def _refuse(box: Box) -> Verdict:
    if is_set(STRICT):
        raise CheckFailed(box.text)
    say(box)
    return Verdict(False)


def has_passed(name: str) -> bool:
    """Whether the logbook says that an exercise was ever passed."""
    return entry("exercises", name).get("passed") is True
