"""Every check of a search by a method can fail: methods that are wrong in one respect, and the sentence for it."""

from dataclasses import replace
from itertools import count

import pytest

from dartslab.base.messages import UserError
from dartslab.derive import top_k
from dartslab.genotype import Cell, Genotype
from dartslab.methods import METHODS
from dartslab.methods.method import Method, Stop
from dartslab.relaxation import softmax
from dartslab.run.check_search import SEARCH_CHECKS
from dartslab.run.record import Record
from wrong_methods import RIGHT, change


def fades_with_the_calls() -> Method:
    """Something that a checkpoint does not hold: how often the weight step has asked."""
    calls = count(1)
    return change(lambda table, moment: table * (1 + 0.01 * next(calls)) if moment.phase == "w" else table)


def alternates() -> Method:
    calls = count()

    def derive(space, weights) -> Genotype:
        order = (-1) ** next(calls)
        return top_k(space, {kind: table[:, ::order] for kind, table in weights.items()})

    return replace(RIGHT, derive=derive)


def learns_one_kind(arch, moment) -> dict:
    return {kind: table.detach() if kind == "normal" else table for kind, table in softmax(arch, 1.0).items()}


def another_space(space, weights) -> Genotype:
    return Genotype(*(Cell(((2, 0, "noise"),), (2,), kind) for kind in space.kinds))


def one_kind(space, weights) -> Genotype:
    return Genotype(top_k(space, weights).normal)


def measures_one(problem, w, alpha, batch) -> float:
    return 1.0


def from_both_kinds(space, weights) -> Genotype:
    return top_k(space, {"normal": weights["normal"], "reduce": weights["reduce"]})


BROKEN = {
    "run": [
        (
            replace(RIGHT, weights=learns_one_kind, defaults={"alpha_weight_decay": 0.0}),
            "alpha.normal never moved in 20 steps, and `idle_settings` says nothing about it",
        ),
        (replace(RIGHT, derive=one_kind), "derives cells of the kinds normal, and the space has normal, reduce"),
        (
            replace(RIGHT, stop=Stop("none", measures_one, 0.25, lambda values: 7)),
            "`go_back` of its stop gives 7 after",
        ),
        (alternates(), "the last event holds another genotype than the state"),
        (
            replace(RIGHT, derive=another_space),
            "mine derives noise on edge 0 to 2, which the space lacks; mend the method's `derive`",
        ),
    ],
    "tied": [(replace(RIGHT, derive=from_both_kinds), "a tied space has no table 'reduce'; go over `space.kinds`")],
    "resume": [(fades_with_the_calls(), "has other losses; keep nothing outside `Arch` and the choices")],
    "record": [],  # what a record holds comes from the events: no method can spoil it alone, see below
}
CASES = [(name, method, sentence) for name, cases in BROKEN.items() for method, sentence in cases]


def test_there_is_a_broken_method_for_each_check() -> None:
    assert BROKEN.keys() == SEARCH_CHECKS.keys()


@pytest.mark.parametrize(("check", "method", "sentence"), CASES, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_said_in_one_sentence(check: str, method: Method, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as error:
        SEARCH_CHECKS[check](method)
    assert "\n" not in str(error.value)
    assert "mine" not in METHODS  # it was known only while it was checked


def test_another_missing_key_is_not_taken_for_a_table() -> None:
    def looks_up(space, weights) -> Genotype:
        return {}["a"]

    with pytest.raises(KeyError, match="a"):
        SEARCH_CHECKS["tied"](replace(RIGHT, derive=looks_up))


@pytest.mark.parametrize(
    ("read", "wrong", "sentence"),
    [
        (
            "genotype",
            lambda record, row=-1: Genotype(Cell(((2, 0, "noise"),), (2,))),
            "the record gives another genotype for step 1 than the search did",
        ),
        (
            "weights",
            lambda record, row: {kind: record.alpha(kind)[row] for kind in record.space.kinds},
            "gives other mixing weights for step 1 than the search",
        ),
    ],
)
def test_a_record_that_tells_something_else_is_noticed(
    monkeypatch: pytest.MonkeyPatch, read: str, wrong: object, sentence: str
) -> None:
    monkeypatch.setattr(Record, read, wrong)
    with pytest.raises(UserError, match=sentence):
        SEARCH_CHECKS["record"](RIGHT)
