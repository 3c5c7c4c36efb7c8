"""`check("02.mixed_op", mixed_op)`: is the answer right, and if not, which mistake is it?

A check never stops the notebook: whatever an answer does becomes one sentence. Set DARTSLAB_STRICT=1 to have a failing
check raise `CheckFailed`, as automatic grading wants it.
"""

import inspect
from traceback import walk_tb
from typing import Any

from ..base.messages import UserError
from .items import Case, Exercise
from .lesson import STRICT, is_set
from .logbook import Entry, entry, update
from .registry import EXERCISES
from .trial import Outcome, arguments_of, attempt, compare, limit, same_outcome
from .values import a_kind, brief, size_of

WIDTH = 240  # letters of a case in a message
UNWRITTEN = (
    "not written yet: replace the line that raises, or the three dots, then run both cells again, or go on without it "
    "for now."
)

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
    """Try an answer on all cases of an exercise, and print the result in at most four lines.

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
        return _refuse([str(error)])
    # Otherwise a check cell that ends with `mine` would pass when it is run a second time.
    borrowed = exercise.is_function and name in _borrowed and answer is exercise.reference
    findings = [LENT] if borrowed else examine(exercise, answer)
    if findings in ([UNWRITTEN], [LENT]):
        return _refuse([f"{name}: {findings[0]}"])
    if findings:
        noted = update("exercises", name, _count_failure)
        return _refuse([f"{name}: {findings[0]}", *findings[1:], *_help(exercise, noted)])
    update("exercises", name, lambda old: _count_try(old) | {"passed": True})
    _passed[name] = answer
    points = f"{exercise.points} point{'s' * (exercise.points != 1)}"
    print(f"{name}: right, {points}. A harder one: {exercise.harder}")
    return Verdict(True)


def examine(exercise: Exercise, answer: Any) -> list[str]:
    """What to say about an answer: nothing if it is right, else one to three lines."""
    if refusal := _unusable(exercise, answer):
        return [refusal]
    cases = list(exercise.cases())
    wanted: list[Outcome] = []
    outcomes: list[Outcome] = []
    for case in cases:
        wanted.append(attempt(exercise, exercise.reference, case))
        outcomes.append(attempt(exercise, answer, case, as_list=isinstance(wanted[-1].value, (list, tuple))))
        if isinstance(outcomes[-1].error, NotImplementedError):
            return [UNWRITTEN]
        if outcomes[-1].kind == "late":
            return [
                f"still running after {limit(exercise):g} seconds for {describe_case(exercise, case)}, and was "
                "stopped: does every loop come to an end?"
            ]
    wrong = [k for k in range(len(cases)) if not same_outcome(exercise, wanted[k], outcomes[k])]
    if not wrong:
        return []
    if sentence := twin_sentence(exercise, cases, outcomes):
        return [sentence]
    smallest = min(wrong, key=lambda k: (size_of(arguments_of(cases[k])), k))
    return explain(exercise, answer, cases[smallest], wanted[smallest], outcomes[smallest])


def twin_sentence(exercise: Exercise, cases: list[Case], outcomes: list[Outcome]) -> str | None:
    """The sentence of the one known wrong answer with the same outcome in every case; None for none or several."""
    found = [
        twin.sentence
        for twin in exercise.twins
        if all(
            same_outcome(exercise, attempt(exercise, twin.answer, case), got)
            for case, got in zip(cases, outcomes, strict=True)
        )
    ]
    return found[0] if len(found) == 1 else None


def explain(exercise: Exercise, answer: Any, case: Case, wanted: Outcome, got: Outcome) -> list[str]:
    """What went wrong in one case, in one to three lines."""
    here = f" for {described}" if (described := describe_case(exercise, case)) else ""
    if got.error is not None:
        what = " ".join(f"{type(got.error).__name__}: {got.error}".split())[:160].rstrip(": ")
        advice = ""
        if isinstance(got.error, NameError) and not isinstance(got.error, UnboundLocalError):
            advice = " Is it misspelt, or has a cell above not been run?"
        elif isinstance(got.error, SystemExit):
            advice = " An answer returns; it does not end the program."
        return [f"it raises {what.rstrip('.')}{line_of(got.error, answer)}{here}.{advice}"]
    disturbed = {
        "input": f"it changes its input{here}: work on a copy, because other code may still need the input.",
        "gradients": "it leaves torch's gradients switched on or off: use a `with` block, which switches them back.",
        "dtype": "it changes torch's default dtype: give the dtype where you make a tensor.",
    }
    if got.kind in disturbed:
        return [disturbed[got.kind]]
    if got.kind.startswith("random"):
        return ["it changes the global random state, which other code uses too: no randomness is needed here."]
    if got.value is None and wanted.value is not None:
        told = "it prints instead of returning" if got.printed else "it returns None"
        return [f"{told}{here}: does every path through the function end with `return`?"]
    phrase = compare(exercise, wanted.value, got.value) or "is another value"
    shown = [f"  expected {brief(wanted.value)}", f"  got      {brief(got.value)}"]
    return [f"the result {phrase}{here}.", *shown[not exercise.is_function :]]  # a value expected is the solution


def describe_case(exercise: Exercise, case: Case) -> str:
    """The arguments of a case with their names: "alpha = [0, 1], T = 2"."""
    if not exercise.is_function:
        return ""
    arguments = arguments_of(case)
    names = list(inspect.signature(exercise.reference).parameters)
    if len(names) < len(arguments) or (exercise.use is not None and len(names) > len(arguments)):
        names = [f"argument {k + 1}" for k in range(len(arguments))]
    text = ", ".join(f"{name} = {brief(value)}" for name, value in zip(names, arguments, strict=False))
    return (text if len(text) <= WIDTH else f"{text[:WIDTH]}…") or "no arguments"


def line_of(error: BaseException, answer: Any) -> str:
    """Where a function failed: " in line 3", counted from the `def` as line 1; "" if that is unknown."""
    code = getattr(answer, "__code__", None)
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code is code]
    return f" in line {lines[-1] - code.co_firstlineno + 1}" if code and lines else ""


def hint(name: str) -> None:
    """Print the next of the three hints of an exercise."""
    try:
        exercise = EXERCISES.find(name)
    except UserError as error:
        print(error)
        return
    noted = update("exercises", name, _count_hint)
    print(_hint_line(exercise, noted["hints"]))


def solution(name: str) -> None:
    """Print one right answer to an exercise."""
    try:
        exercise = EXERCISES.find(name)
    except UserError as error:
        print(error)
        return
    print(f"# {exercise.name}: one right answer among many")
    print(inspect.getsource(exercise.reference).rstrip() if exercise.is_function else repr(exercise.reference))


def mine(name: str) -> Any:
    """The learner's answer if it was right in this kernel, else the library's; prints which.

    Raises:
        UserError: there is no such exercise.
    """
    exercise = EXERCISES.find(name)
    if name in _passed:
        print(f"{name}: continuing with yours")
        return _passed[name]
    _borrowed.add(name)
    print(f"{name}: continuing with dartslab's; yours is used once it has passed here")
    return exercise.reference


def _unusable(exercise: Exercise, answer: Any) -> str | None:
    """Why an answer cannot even be tried; None where it can."""
    if answer is Ellipsis or (answer is None and exercise.reference is not None):
        return UNWRITTEN
    if not exercise.is_function:
        return "this is a function, and its result is expected: call it." if callable(answer) else None
    if not callable(answer):
        kind = a_kind(answer)
        return f"this is {kind}, and a function is expected: pass the function itself, by its name, without calling it."
    if exercise.use is None:
        arguments = arguments_of(next(exercise.cases()))
        try:
            signature = inspect.signature(answer)
        except (TypeError, ValueError):  # some functions written in C have none to look at
            return None
        try:
            signature.bind(*arguments)
        except TypeError:
            names = ", ".join(inspect.signature(exercise.reference).parameters) or "no arguments"
            return f"the function takes {signature}, but it is called with ({names}): correct its first line."
    return None


def _count_try(old: Entry) -> Entry:
    return old | {"tries": old.get("tries", 0) + 1}


def _count_failure(old: Entry) -> Entry:
    """One more try and failure; from the second failure on one more hint."""
    failures = old.get("failures", 0) + 1
    hints = min(3, old.get("hints", 0) + (failures > 1))
    return _count_try(old) | {"failures": failures, "hints": hints, "passed": old.get("passed", False)}


def _count_hint(old: Entry) -> Entry:
    return old | {"hints": min(3, old.get("hints", 0) + 1)}


def _help(exercise: Exercise, noted: Entry) -> list[str]:
    if noted["failures"] > 1:
        return [_hint_line(exercise, noted["hints"])]
    return [f'Another try, or hint("{exercise.name}").']


def _hint_line(exercise: Exercise, number: int) -> str:
    last = f' (The last one; solution("{exercise.name}") shows an answer.)' if number == 3 else ""
    return f"Hint {number} of 3: {exercise.hints[number - 1]}{last}"


def _refuse(lines: list[str]) -> Verdict:
    text = "\n".join(lines)
    if is_set(STRICT):
        raise CheckFailed(text)
    print(text)
    return Verdict(False)


def has_passed(name: str) -> bool:
    """Whether the logbook says that an exercise was ever passed."""
    return bool(entry("exercises", name).get("passed"))
