"""Every check of a method can fail: methods that are wrong in one respect, and the sentence that says so."""

from dataclasses import replace
from types import MappingProxyType

import pytest
import torch
from torch import Tensor

from dartslab.base.messages import UserError
from dartslab.methods import METHODS
from dartslab.methods.method import Method, Moment, Number
from dartslab.run.check_method import CHECKS
from dartslab.run.check_search import SEARCH_CHECKS
from wrong_methods import RIGHT, change, other_at_each_call


def from_torch(table: Tensor, moment: Moment) -> Tensor:
    return table * (1 + torch.rand(table.shape))


def in_every_phase(table: Tensor, moment: Moment) -> Tensor:
    return table * (1 + torch.rand(table.shape, generator=moment.generator()))


def reads_numbers(table: Tensor, moment: Moment) -> Tensor:
    return table * float(table[0, 0])


BROKEN = {
    "names": [
        (replace(RIGHT, name="My Method"), "the name of a method is typed"),
        (replace(RIGHT, paper=" "), "names no paper"),
        (replace(RIGHT, defaults={"epoch": 3}), "no settings of a search are epoch"),
        (replace(RIGHT, defaults={"epochs": -3}), "epochs must be above 0"),
        (replace(RIGHT, numbers=(Number("waits", "15 epochs", 15.0),)), "above 0 and at most 1, got 15"),
    ],
    "weights": [
        (
            change(lambda table, moment: table[0]),
            r"of kind 'normal' .* must be a tensor of shape \(5, 8\), .* got \(8,\)",
        ),
        (change(lambda table, moment: table.tolist()), "must be a tensor of shape .* got list"),
        (change(lambda table, moment: table / (moment.progress - 0.5)), "at 50% of the search .* are not all finite"),
        (change(lambda table, moment: table * 0), "are 0 on a whole edge"),
        (
            replace(RIGHT, weights=lambda arch, moment: {"normal": arch.alpha["normal"]}),
            "a table for each of the kinds",
        ),
        (replace(RIGHT, weights=lambda arch, moment: MappingProxyType(arch.alpha)), "must be a dict of tensors"),
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
}
CASES = [(name, method, sentence) for name, cases in BROKEN.items() for method, sentence in cases]


def test_there_is_a_broken_method_for_each_check() -> None:
    assert BROKEN.keys() == CHECKS.keys() - SEARCH_CHECKS.keys()


@pytest.mark.parametrize(("check", "method", "sentence"), CASES, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_said_in_one_sentence(check: str, method: Method, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as error:
        CHECKS[check](method)
    assert "\n" not in str(error.value)
    assert "mine" not in METHODS  # it was known only while it was checked
