"""What is said about an answer: whatever it does becomes one clear sentence."""

import random
import re
import sys
import time
from typing import Any

import numpy as np
import pytest
import torch

from dartslab.teach import check, checks
from dartslab.teach.guard import SECONDS, global_state
from dartslab.teach.items import Exercise, Twin
from dartslab.teach.logbook import entry
from dartslab.teach.registry import EXERCISES
from dartslab.teach.values import is_unchanged
from softmax_answers import NAME, changes_its_input, right

pytestmark = pytest.mark.usefixtures("patience")


def only_prints(alpha, T):
    print(right(alpha, T))


def raises_in_its_third_line(alpha, T):
    alpha = alpha / T
    return alpha[:, :, 0]


def reads_what_is_not_there(alpha, T):
    return eval("weights / T")  # as text, so that no linter stumbles over it


def draws_from_torch(alpha, T):
    return right(alpha, T) + 0 * torch.rand(1)


def draws_from_numpy(alpha, T):
    np.random.rand()
    return right(alpha, T)


def seeds_torch(alpha, T):
    torch.manual_seed(0)
    return right(alpha, T)


def seeds_python(alpha, T):
    random.seed(3)
    return right(alpha, T)


def switches_gradients_off(alpha, T):
    torch.set_grad_enabled(False)
    return right(alpha, T)


def changes_the_default_dtype(alpha, T):
    torch.set_default_dtype(torch.float64)
    return right(alpha, T)


class Odd:
    def __eq__(self, other):
        raise ZeroDivisionError

    def __repr__(self):
        raise ZeroDivisionError


class Hostile(list):
    def __len__(self):
        raise SystemExit

    __iter__ = __len__


class Closed:
    def __getattribute__(self, name):
        raise ZeroDivisionError

    def __call__(self, alpha, T):
        return right(alpha, T)


class Endless:
    def __repr__(self):
        while True:
            time.sleep(0.01)


class Mute(Exception):
    def __str__(self):
        raise SystemExit


class Raising(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        raise ZeroDivisionError


TABLE = torch.eye(9)


def raises_without_a_text(alpha, T):
    raise Mute


def holds_itself(alpha, T):
    knot: list[Any] = []
    knot.append(knot)
    return knot


BAD: dict[str, tuple[Any, str]] = {
    "not a function": (3, "this is a whole number, and a function is expected: pass the function itself"),
    "a result": (right(torch.ones(2), 1), "this is a Tensor, and a function is expected: pass the function itself"),
    "too few parameters": (lambda alpha: alpha, "the function takes (alpha), but it is called with (alpha, T)"),
    "returns nothing": (lambda alpha, T: None, "it returns None for alpha = [1, 3] of shape [2], T = 1"),
    "prints": (only_prints, "it prints instead of returning"),
    "wrong shape": (lambda a, T: right(a, T)[..., :1], "the result has the shape [1] where [2] is expected"),
    "wrong rank": (lambda a, T: right(a, T)[None], "Its numbers are right, and their shape is not"),
    "bool": (lambda a, T: right(a, T) > 0.5, "the result holds True or False where numbers are expected"),
    "integers": (lambda a, T: right(a, T).long(), "the result holds whole numbers (torch.int64) where floating"),
    "a text": (lambda a, T: "0.1, 0.9", "the result is a text where a Tensor is expected"),
    "complex": (lambda a, T: right(a, T) * 1j, "the result holds complex numbers where numbers are expected"),
    "ragged": (lambda a, T: [[1.0], [1.0, 2.0]], "the result does not hold numbers in rows of equal"),
    "another device": (lambda a, T: right(a, T).to("meta"), "the result is on the device meta where its input is on"),
    "nan": (lambda a, T: right(a, T) * float("nan"), "the result holds nan, which is not a number"),
    "another value": (
        lambda a, T: right(a, T) ** 1.5,
        "the result is another value for alpha = [1, 3] of shape [2], T",
    ),
    "raises": (raises_in_its_third_line, "it raises IndexError: too many indices for tensor of dimension 1 in line 3"),
    "a missing name": (reads_what_is_not_there, "it raises NameError: name 'weights' is not defined in line 2 for"),
    "ends the program": (lambda a, T: sys.exit(3), "it raises SystemExit: 3"),
    "recursion": (lambda a, T: BAD["recursion"][0](a, T), "it raises RecursionError"),
    "changes its input": (changes_its_input, "The weights are right, but alpha itself has been divided by T"),
    "torch's randomness": (draws_from_torch, "it changes the global random state"),
    "numpy's randomness": (draws_from_numpy, "it changes the global random state"),
    "torch's randomness, with the commonest seed": (seeds_torch, "it changes the global random state"),
    "Python's randomness": (seeds_python, "it changes the global random state"),
    "gradients off": (switches_gradients_off, "it leaves torch's gradients switched on or off"),
    "default dtype": (changes_the_default_dtype, "it changes torch's default dtype: give"),
    "an odd object": (lambda a, T: Odd(), "the result is an Odd where a Tensor is expected"),
    "a list in itself": (holds_itself, "the result does not hold numbers in rows of equal"),
    "a list that raises": (lambda a, T: Hostile([1.0]), "the result is a Hostile where a Tensor is expected"),
    "an object that raises": (lambda a, T: Closed(), "the result is something that cannot be looked at"),
    "a tensor that raises": (lambda a, T: right(a, T).as_subclass(Raising), "the result is a Raising where a Tensor"),
    "a huge tensor": (lambda a, T: torch.zeros(1).expand(3_000_000, 1_000_000), "the result has the shape [3000000, "),
    "no text": (raises_without_a_text, "it raises Mute (its text cannot be read)"),
    "a long default": (lambda a, T, z, q=TABLE: a, "the function takes (a, T, z, q=Ellipsis), but"),
    "an odd default": (lambda a, T, z, q=Endless(): a, "the function takes (a, T, z, q=Ellipsis), but"),  # noqa: B008
    "a generator": (lambda a, T: (x for x in a), "the result is a generator where a Tensor is expected"),
}


@pytest.mark.parametrize("answer, sentence", BAD.values(), ids=BAD)
def test_every_mistake_is_one_clear_sentence(answer: Any, sentence: str, say: Any) -> None:
    assert say(answer)[0].startswith(f"{NAME}: {sentence}")


@pytest.mark.parametrize("answer", [answer for answer, _ in BAD.values()], ids=BAD)
def test_whatever_an_answer_does_the_kernel_is_as_before(answer: Any) -> None:
    torch.manual_seed(5)
    before = global_state()
    check(NAME, answer)
    assert is_unchanged(before, global_state())


def cells_with_none(nodes, operations):
    twins = {twin.name: twin.answer for twin in EXERCISES["01.all_cells"].twins}
    yield from twins["none kept"](nodes, operations)


def cells_for_ever(nodes, operations):
    while True:
        yield []


def stub_that_yields(nodes):
    yield from ()
    raise NotImplementedError


def moves_the_momentum(w, m, g, xi, mu, decay):
    step = EXERCISES["04.virtual_step"].reference(w, m, g, xi, mu, decay)
    m.update(g)
    return step


ELSEWHERE: dict[str, tuple[str, Any, str]] = {
    "a mistake in a generator": ("01.all_cells", cells_with_none, "Some of your cells hold `none`"),
    "a generator without end": ("01.all_cells", cells_for_ever, "the result holds 1000 cells where 1 are expected"),
    "a stub of a generator": ("01.edges", stub_that_yields, checks.UNWRITTEN),
    "no halves": ("05.split", lambda labels: None, "it returns None for labels = [0, 0, 1, 1] of shape [4]"),
    "one half": ("05.split", lambda labels: labels, "the result is not two lists of indices of pictures for labels"),
    "half a picture": ("05.split", lambda labels: ([0.5, 2], [1, 3]), "Your indices are floating-point numbers"),
    "too many pictures": ("05.split", lambda labels: ([0, 2], [1, 99]), "the result holds numbers that are no indices"),
    "half a node": (
        "06.arrows",
        lambda pairs: [(source, 2 + place / 2, name) for place, (name, source) in enumerate(pairs)],
        "Some of your nodes are number 2.5",
    ),
    "no entries": ("06.arrows", lambda pairs: [1] * len(pairs), "the result is a list of another form than expected"),
    "another input moved": (
        "04.virtual_step",
        moves_the_momentum,
        "it changes its input for w = ",
    ),
    "letters without an order": (
        "05.step_order",
        {"B", "D", "C", "A"},
        "A set has no order: write one text of four letters",
    ),
}


@pytest.mark.parametrize("name, answer, sentence", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_mistake_of_another_exercise_is_one_clear_sentence(name: str, answer: Any, sentence: str, say: Any) -> None:
    assert say(answer, name)[0].startswith(f"{name}: {sentence}")


def test_none_where_it_is_right_in_other_cases_is_no_missing_return(say: Any) -> None:
    first = say(lambda found, parameters, accuracies, within: None, "10.same_size")[0]
    assert "that is right in other cases; which condition fails here?" in first


def test_a_tensor_that_asks_for_no_gradient_is_looked_for(say: Any) -> None:
    def first_order(loss: Any, w: Any, alpha: Any, train: Any, val: Any, xi: float) -> Any:
        return torch.autograd.grad(loss(w, alpha, val), list(alpha.values()))

    assert "does that tensor ask for gradients (`requires_grad_`)?" in say(first_order, "11.first_order")[0]


def test_a_gradient_that_cannot_be_differentiated_again_is_told_how(say: Any) -> None:
    def hessian_vector(loss: Any, alpha: Any, v: Any) -> Any:
        point = alpha.detach().clone().requires_grad_()
        (gradient,) = torch.autograd.grad(loss(point), point)
        return torch.autograd.grad((gradient * v).sum(), point)[0]

    assert "only where it was made with create_graph=True" in say(hessian_vector, "07.hessian_vector")[0]


def test_a_result_that_is_written_into_is_not_said_to_be_cut_off(say: Any) -> None:
    def auxiliary_skip(alpha: Any, skip: int, epoch: int, epochs: int) -> Any:
        weights = torch.softmax(alpha, 1)
        weights[:, skip] += 1 - epoch / epochs  # softmax needs its old result on the way back
        return weights

    (first, *_) = say(auxiliary_skip, "08.auxiliary_skip")
    assert "something was changed in place" in first and "cut off" not in first


def test_a_value_that_is_asked_for_is_not_shown(say: Any) -> None:
    assert say(0.3, "00.share")[:2] == ["00.share: the result is another value.", "  got      0.3"]


def test_what_is_not_written_yet_is_no_failure(say: Any) -> None:
    def stub(alpha, T):
        raise NotImplementedError

    for answer in (stub, ..., None):
        assert say(answer) == [f"{NAME}: {checks.UNWRITTEN}"]
    assert entry("exercises", NAME) == {}


def test_what_torch_cannot_do_is_not_taken_for_a_blank_cell(say: Any) -> None:
    def answer(*arguments: Any) -> Any:
        return True - torch.ones(2)

    # torch 2.7 raises a RuntimeError, newer ones a NotImplementedError, which a blank cell raises, too
    assert re.search(r"it raises (RuntimeError|NotImplementedError): Subtraction", say(answer)[0])


def test_the_smallest_case_that_fails_is_shown_with_expected_and_got(say: Any) -> None:
    first, expected, got, last = say(lambda a, T: right(a, T) + 0.1 * (a.ndim == 2))
    assert first.startswith(f"{NAME}: the result is another value for alpha = [")
    assert expected.startswith("  expected [[") and got.startswith("  got      [[")
    assert "of shape [1, 3]" in got  # the first fixed table is 2 x 3; a later one is smaller
    assert last == f'Another try, or hint("{NAME}").'


def test_a_known_mistake_gets_its_sentence_and_no_numbers(say: Any) -> None:
    first, last = say(lambda alpha, T: torch.softmax(alpha, -1))
    assert first == f"{NAME}: Your weights do not depend on the temperature: where does T enter?"
    assert last.startswith("Another try")


def test_a_mistake_that_two_known_ones_share_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    exercise = Exercise(
        name="02.twice",
        title="Twice",
        reference=lambda x: 2 * x,
        hints=("one", "two", "three"),
        harder="Three times.",
        fixed=(lambda: (2.0,),),
        twins=(Twin("once", lambda x: x, "first"), Twin("two", lambda x: 2.0, "second")),
    )
    assert checks.examine(exercise, lambda x: x)[0] == "the result is another value for x = 2."


def test_a_function_that_hides_its_parameters_may_be_right() -> None:
    assert check(NAME, Closed())


def test_what_cannot_be_compared_in_time_is_one_sentence(say: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dartslab.teach.trial.COMPARING_S", 0.2)
    wide: Any = [1.0]
    for _ in range(7):
        wide = [wide] * 1000
    assert say(lambda alpha, T: wide)[0].startswith(f"{NAME}: the result cannot be compared in time for alpha = [1, 3]")


def test_a_gradient_that_never_ends_is_not_right(say: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(torch.autograd.Function):
        @staticmethod
        def forward(ctx, alpha, T):
            return right(alpha, T)

        @staticmethod
        def backward(ctx, gradient):
            while True:
                time.sleep(0.01)

    monkeypatch.setenv(SECONDS, "0.5")
    assert "their gradient is still being computed" in say(Endless.apply)[0]
