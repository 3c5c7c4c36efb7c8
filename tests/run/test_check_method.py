"""Every check of a method can fail: methods that are wrong in one respect, and the sentence that says so."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
import torch
from torch import Tensor

from dartslab.base.messages import UserError
from dartslab.derive import top_k
from dartslab.genotype import Cell, Genotype
from dartslab.methods import METHODS
from dartslab.methods.method import Method, Moment, Number
from dartslab.relaxation import Arch, Weights, softmax
from dartslab.run.check_method import CHECKS, known, tiny_config

RIGHT = Method("mine", "nobody, a test")


def change(edit) -> Method:
    """The softmax, each table changed by (table, moment) -> table."""

    def weights(arch: Arch, moment: Moment) -> Weights:
        return {kind: edit(table, moment) for kind, table in softmax(arch, moment.temperature).items()}

    return replace(RIGHT, weights=weights)


def from_torch(table: Tensor, moment: Moment) -> Tensor:
    return table * (1 + torch.rand(table.shape))


def in_every_phase(table: Tensor, moment: Moment) -> Tensor:
    return table * (1 + torch.rand(table.shape, generator=moment.generator()))


def other_at_each_call() -> Method:
    calls = count(1)
    return change(lambda table, moment: table * (1 + 0.01 * next(calls)))


def fades_with_the_calls() -> Method:
    """Something that a checkpoint does not hold: how often the weight step has asked."""
    calls = count(1)
    return change(lambda table, moment: table * (1 + 0.01 * next(calls)) if moment.phase == "w" else table)


def reads_numbers(table: Tensor, moment: Moment) -> Tensor:
    return table * float(table[0, 0])


def alternates() -> Method:
    calls = count()

    def derive(space, weights) -> Genotype:
        order = (-1) ** next(calls)
        return top_k(space, {kind: table[:, ::order] for kind, table in weights.items()})

    return replace(RIGHT, derive=derive)


def another_space(space, weights) -> Genotype:
    return Genotype(*(Cell(((2, 0, "noise"),), (2,), kind) for kind in space.kinds))


def from_both_kinds(space, weights) -> Genotype:
    return top_k(space, {"normal": weights["normal"], "reduce": weights["reduce"]})


BROKEN = {
    "names": [
        (replace(RIGHT, name="My Method"), "the name of a method is typed"),
        (replace(RIGHT, paper=" "), "names no paper"),
        (replace(RIGHT, defaults={"epoch": 3}), "no settings of a search are epoch"),
        (replace(RIGHT, defaults={"epochs": -3}), "epochs must be above 0"),
        (replace(RIGHT, numbers=(Number("waits", "15 epochs", 15.0),)), "above 0 and at most 1, got 15"),
    ],
    "weights": [
        (change(lambda table, moment: table[0]), r"of kind 'normal' must be a tensor of shape \(5, 8\), got \(8,\)"),
        (change(lambda table, moment: table.tolist()), "must be a tensor of shape .* got list"),
        (change(lambda table, moment: table / (moment.progress - 0.5)), "at 50% of the search .* are not all finite"),
        (change(lambda table, moment: table * 0), "are 0 on a whole edge"),
        (
            replace(RIGHT, weights=lambda arch, moment: {"normal": arch.alpha["normal"]}),
            "a table for each of the kinds",
        ),
    ],
    "chance": [
        (change(from_torch), "draws from torch's global random stream in phase 'look'"),
        (other_at_each_call(), "gives other mixing weights when asked twice in one step"),
        (change(in_every_phase), "in phase 'look' of another step"),
    ],
    "penalty": [
        (replace(RIGHT, penalty=lambda arch, weights, moment: arch.alpha["normal"]), "must be one finite number"),
        (replace(RIGHT, penalty=lambda arch, weights, moment: (arch.alpha["normal"] * 0).sqrt().sum()), "not finite"),
    ],
    "gradient": [
        (change(lambda table, moment: table.detach()), "the validation loss gives alpha.normal no gradient"),
        (replace(RIGHT, edge_parameters=True), "the validation loss gives beta.normal no gradient"),
    ],
    "memory": [(change(reads_numbers), "the memory of a step cannot be estimated")],
    "one sample": [(other_at_each_call(), "the passes of one hypergradient see different mixing weights")],
    "second order": [
        (other_at_each_call(), "exact and finite_difference differ by"),
        (
            change(lambda table, moment: table.detach()),
            "the exact gradient of alpha is 0; let the mixing weights depend",
        ),
    ],
    "run": [
        (
            replace(change(lambda table, moment: table.detach()), defaults={"alpha_weight_decay": 0.0}),
            "alpha.normal never moved in 20 steps, and `idle_settings` says nothing about it",
        ),
        (alternates(), "the last event holds another genotype than the state"),
        (replace(RIGHT, derive=another_space), "the genotype keeps noise on edge 0 to 2, which this space lacks"),
    ],
    "tied": [(replace(RIGHT, derive=from_both_kinds), "a tied space has no table 'reduce'; go over `space.kinds`")],
    "resume": [(fades_with_the_calls(), "has other losses; keep nothing outside `Arch` and the choices")],
    "record": [],  # what a record holds comes from the events: no method can spoil it alone
}
CASES = [(name, method, sentence) for name, cases in BROKEN.items() for method, sentence in cases]


def test_there_is_a_broken_method_for_each_check() -> None:
    assert BROKEN.keys() == CHECKS.keys()


@pytest.mark.parametrize(("check", "method", "sentence"), CASES, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_said_in_one_sentence(check: str, method: Method, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as error:
        CHECKS[check](method)
    assert "\n" not in str(error.value)
    assert "mine" not in METHODS  # it was known only while it was checked


@pytest.fixture
def darts_of_ones_own() -> Iterator[Method]:
    METHODS["darts"] = RIGHT
    yield RIGHT
    del METHODS["darts"]


def test_a_method_is_known_for_a_while_and_what_had_its_name_comes_back(darts_of_ones_own: Method) -> None:
    other = replace(RIGHT, name="darts")
    with known(other):
        assert METHODS["darts"] is other
    assert METHODS["darts"] is darts_of_ones_own


def test_a_method_that_refuses_small_networks_is_checked_with_larger_ones() -> None:
    def check(config) -> None:
        if config.channels < 8 or "none" in config.operations:
            raise UserError("mine needs 8 channels and no none.")

    method = replace(RIGHT, check=check)
    with known(method):
        config = tiny_config(method)
        assert config.channels == 8 and "none" not in config.operations
        with pytest.raises(UserError, match=r"mine accepts none of the searches .*: mine needs 8 channels"):
            tiny_config(method, channels=2)
