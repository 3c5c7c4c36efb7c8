"""What to say about an answer: nothing if it is right, else one to three lines that help."""

import inspect
from dataclasses import dataclass
from traceback import walk_tb
from typing import Any

import numpy as np

from ..base.messages import refusing_signature
from .diagnose import Trial, diagnose, right_cases
from .guard import time_limit
from .items import Case, Exercise, Twin
from .trial import (
    INCOMPARABLE,
    Outcome,
    arguments_of,
    attempt,
    compare,
    derivatives,
    in_time,
    same_derivatives,
    same_outcome,
)
from .values import a_kind, as_array, brief, size_of, told_apart

WIDTH = 240  # letters of a case in a message
DIAGNOSING_S = 20.0  # looking for what is wrong takes no longer
UNWRITTEN = "not written yet: replace the line that raises or the three dots, or go on without it for now."

WRONG_GRADIENTS = {  # what `same_derivatives` finds, after "the numbers are right, but"
    "cut": "the result is cut off: no gradient flows back from it to alpha and the other inputs. Use torch's "
    "operations, without detach, no_grad, item or numpy; `torch.autograd.grad` needs create_graph=True.",
    "in place": "no gradient can be computed: something was changed in place that the way back still needs. Make a new "
    "tensor instead of writing into one (`a = a + b`, not `a += b`).",
    "late": "their gradient is still being computed when the time is over.",
    "other": "their gradient is not: is one part of the formula cut off by detach?",
}


@dataclass(frozen=True)
class Failure:
    """The smallest case in which an answer was wrong, and both outcomes where there are some to compare."""

    case: Case
    wanted: Outcome | None = None
    got: Outcome | None = None


failing: dict[str, Failure] = {}  # by exercise, where the last answer was wrong


def examine(exercise: Exercise, answer: Any) -> list[str]:
    """What to say about an answer: nothing if it is right, else one to three lines.

    Raises:
        RuntimeError: the reference itself fails; then no answer can be judged.
    """
    if refusal := in_time(lambda: _unusable(exercise, answer), None):
        return [refusal]
    cases = list(exercise.cases())
    wanted: list[Outcome] = []
    outcomes: list[Outcome] = []
    for case in cases:
        wanted.append(_right_outcome(exercise, case))
        outcomes.append(attempt(exercise, answer, case, as_list=isinstance(wanted[-1].value, (list, tuple))))
        if _is_unwritten(outcomes[-1].error):
            return [UNWRITTEN]
        if outcomes[-1].kind == "late":
            failing[exercise.name] = Failure(case, wanted[-1], outcomes[-1])
            return [
                f"still running after {time_limit(exercise.seconds):g} seconds for {describe_case(exercise, case)}, "
                "and was stopped: does every loop come to an end?"
            ]
    wrong = []
    for k, got in enumerate(outcomes):
        phrase = compare(exercise, wanted[k].value, got.value) if got.kind == "value" else got.kind
        if phrase == INCOMPARABLE:  # nor will it be in the other cases
            failing[exercise.name] = Failure(cases[k])
            return [f"the result {phrase}{_here(exercise, cases[k])}: give back plain tensors, numbers or lists."]
        if phrase is not None:
            wrong.append(k)
    if not wrong:
        return gradient_finding(exercise, answer, cases)
    smallest = min(wrong, key=lambda k: (size_of(arguments_of(cases[k])), k))
    failing[exercise.name] = Failure(cases[smallest], wanted[smallest], outcomes[smallest])
    if sentence := twin_sentence(exercise, cases, outcomes, wanted):
        return [sentence]
    trial = Trial(exercise, answer, cases, wanted, outcomes)
    lines = explain(exercise, answer, cases[smallest], wanted[smallest], outcomes[smallest])
    if sentence := in_time(lambda: diagnose(trial, smallest), None, DIAGNOSING_S):
        return [sentence, *lines][:3] if exercise.is_function else [sentence, *lines[1:]]
    if exercise.is_function and (right := len(right_cases(trial))):
        lines[0] += f" (Right in {right} of {len(cases)} cases.)"
    return lines


def _is_unwritten(error: BaseException | None) -> bool:
    """Whether an error is that of the blank cell. Torch raises one of this type too, and says what it cannot do."""
    return isinstance(error, NotImplementedError) and not error.args


def _right_outcome(exercise: Exercise, case: Case) -> Outcome:
    outcome = attempt(exercise, exercise.reference, case)
    if outcome.kind != "value":
        raise RuntimeError(
            f"the check of {exercise.name} is broken: its own answer ends as {outcome.kind!r} ({outcome.error}); no "
            "answer can be judged. Please report this."
        )
    return outcome


def gradient_finding(exercise: Exercise, answer: Any, cases: list[Case]) -> list[str]:
    """What is wrong with the gradients of an answer whose values are right; nothing where none are asked for."""
    if not exercise.gradients:
        return []
    for case in cases:
        wanted, got = (derivatives(exercise, function, case) for function in (exercise.reference, answer))
        found = same_derivatives(wanted, got) if wanted.kind == "value" else None
        if found is not None:
            failing[exercise.name] = Failure(case)
            return [f"the numbers are right, but {WRONG_GRADIENTS[found]}"]
    return []


def twin_sentence(
    exercise: Exercise, cases: list[Case], outcomes: list[Outcome], wanted: list[Outcome] | None = None
) -> str | None:
    """The sentence of the one known wrong answer with the same outcome; None for none or several.

    First in every case. Then, since a second slip may hide the first, in those cases in which the answer gives numbers;
    there must be two of them, and in one of these the known answer must be wrong.
    """
    wanted = wanted or [_right_outcome(exercise, case) for case in cases]
    pairs = [(a.value, b.value) for a, b in zip(wanted, outcomes, strict=True) if b.kind == "value"]
    for twin in exercise.twins:
        if twin.shows is not None and len(pairs) == len(cases) and _shows(twin, pairs):
            return twin.sentence
    known: dict[tuple[str, int], Outcome] = {}

    def theirs(twin: Twin, k: int) -> Outcome:  # most known answers differ in the first case: no other is tried
        if (twin.name, k) not in known:
            known[twin.name, k] = attempt(exercise, twin.answer, cases[k])
        return known[twin.name, k]

    everywhere = list(range(len(cases)))
    clean = [k for k in everywhere if _is_clean(outcomes[k])]
    for numbers in (everywhere, clean) if 2 <= len(clean) < len(cases) else (everywhere,):
        found = [
            twin.sentence
            for twin in exercise.twins
            if all(same_outcome(exercise, theirs(twin, k), outcomes[k]) for k in numbers)
            and any(not same_outcome(exercise, wanted[k], theirs(twin, k)) for k in numbers)
        ]
        if len(found) == 1:
            return found[0]
    return None


def _shows(twin: Twin, pairs: list[tuple[Any, Any]]) -> bool:
    assert twin.shows is not None
    shows = twin.shows
    return in_time(lambda: shows(pairs), False)  # another kind of value may raise


def _is_clean(outcome: Outcome) -> bool:
    """Whether a call gave numbers without nan or infinity, or something that is no number."""

    def is_finite() -> bool:
        array = as_array(outcome.value)
        return array is None or array.dtype.kind != "f" or bool(np.isfinite(array).all())

    return outcome.kind == "value" and in_time(is_finite, True)


def explain(exercise: Exercise, answer: Any, case: Case, wanted: Outcome, got: Outcome) -> list[str]:
    """What went wrong in one case, in one to three lines."""
    here = _here(exercise, case)
    if got.error is not None:
        what = _text_of(got.error)
        advice = ""
        if isinstance(got.error, NameError) and not isinstance(got.error, UnboundLocalError):
            advice = " Is it misspelt, or has a cell above not been run?"
        elif isinstance(got.error, RuntimeError) and "not require grad" in what:
            advice = (
                " By what do you differentiate, and does that tensor ask for gradients (`requires_grad_`)? A gradient "
                "can be differentiated again only where it was made with create_graph=True."
            )
        elif isinstance(got.error, SystemExit):
            advice = " An answer returns; it does not end the program."
        return [f"it raises {what.rstrip('.')}{line_of(got.error, answer)}{here}.{advice}"]
    disturbed = {
        "input": f"it changes its input{here}: work on a copy, because other code may still need the input.",
        "gradients": "it leaves torch's gradients switched on or off: use a `with` block, which switches them back.",
        "dtype": "it changes torch's default dtype: give the dtype where you make a tensor.",
        "thread": "it leaves a thread running: wait for it with `join`, or do without.",
    }
    if got.kind in disturbed:
        return [disturbed[got.kind]]
    if got.kind.startswith("random"):
        return ["it changes the global random state, which other code uses too: no randomness is needed here."]
    if got.value is None and wanted.value is not None:
        told = "it prints instead of returning" if got.printed else "it returns None"
        why = "does every path through the function end with `return`?"
        if not got.printed and _may_be_none(exercise):
            why = "that is right in other cases; which condition fails here?"
        return [f"{told}{here}: {why}"]
    phrase = compare(exercise, wanted.value, got.value) or "is another value"
    shown = ["  expected {}", "  got      {}"]
    shown = [line.format(text) for line, text in zip(shown, both_brief(wanted.value, got.value), strict=True)]
    return [f"the result {phrase}{here}.", *shown[not exercise.is_function :]]  # a value expected is the solution


def _may_be_none(exercise: Exercise) -> bool:
    """Whether None is the right answer in some case."""
    return any(_right_outcome(exercise, case).value is None for case in exercise.cases())


def _here(exercise: Exercise, case: Case) -> str:
    return f" for {described}" if (described := describe_case(exercise, case)) else ""


def describe_case(exercise: Exercise, case: Case) -> str:
    """The arguments of a case with their names: "alpha = [0, 1], T = 2"."""
    if not exercise.is_function:
        return ""
    text = ", ".join(f"{name} = {brief(value)}" for name, value in named_arguments(exercise, case).items())
    return (text if len(text) <= WIDTH else f"{text[:WIDTH]}…") or "no arguments"


def named_arguments(exercise: Exercise, case: Case) -> dict[str, Any]:
    """The arguments of a case by name, "argument 1" where they have none."""
    arguments = arguments_of(case)
    count = len(arguments)
    names = list(inspect.signature(exercise.reference).parameters)
    if len(names) < count or (exercise.use is not None and len(names) > count):
        names = [f"argument {k + 1}" for k in range(count)]
    return dict(zip(names, arguments, strict=False))


def _text_of(error: BaseException) -> str:
    """An exception in one line; its own text may raise."""
    name = type(error).__name__
    text = in_time(lambda: f"{name}: {error}", f"{name} (its text cannot be read)")
    return " ".join(text.split())[:160].rstrip(": ")


def both_brief(wanted: Any, got: Any) -> tuple[str, str]:
    """Both values on one line each, with as many digits as it takes to tell them apart."""

    def texts() -> tuple[str, str]:
        return told_apart(lambda digits: (brief(wanted, digits), brief(got, digits)))[1]

    return in_time(texts, (brief(wanted), "something that cannot be printed, or takes too long"))


def line_of(error: BaseException, answer: Any) -> str:
    """Where a function failed: " in line 3", counted from the `def` as line 1; "" if that is unknown."""
    code = in_time(lambda: getattr(answer, "__code__", None), None)
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code is code]
    return f" in line {lines[-1] - code.co_firstlineno + 1}" if code and lines else ""


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
        signature = refusing_signature(answer, arguments_of(next(exercise.cases())))
        if signature is not None:
            names = ", ".join(inspect.signature(exercise.reference).parameters) or "no arguments"
            taken = _brief_signature(signature)
            return f"the function takes {taken}, but it is called with ({names}): correct its first line."
    return None


def _brief_signature(signature: inspect.Signature) -> str:
    """The parameters of a function on one line, their defaults shown where they are short."""
    shown = [
        part.replace(annotation=part.empty, default=part.default if _is_plain(part.default) else ...)
        for part in signature.parameters.values()
    ]
    text = str(inspect.Signature(shown))
    return text if len(text) <= WIDTH else f"{text[:WIDTH]}…"


def _is_plain(default: Any) -> bool:
    return default is inspect.Parameter.empty or type(default) in (bool, int, float, str, type(None))
