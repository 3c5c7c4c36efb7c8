"""What a search says about its method before it begins: alpha that cannot move, and settings that change nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import tiny
from dartslab import SearchState, search
from dartslab.methods import METHODS
from dartslab.methods.method import Method, Moment
from dartslab.relaxation import Arch, Weights
from dartslab.run.errors import NonFiniteLoss
from dartslab.run.method_probes import largest_change
from dartslab.run.method_words import slow_alpha, unused_settings, what_cannot_act

DARTS = METHODS["darts"]
CONFIG = tiny.search_config(nodes=2)
NEVER = "alpha waits in all {} steps, so nothing is learned about operations"


def waiting(part: float) -> Method:
    """DARTS, whose alpha waits during the first part of a search."""
    return replace(DARTS, frozen=lambda progress: progress < part)


@pytest.mark.parametrize(
    ("method", "alpha_waits", "steps", "waits_in_all"),
    [
        (DARTS, 0, 10, False),
        (waiting(0.9), 0, 10, False),
        (waiting(0.95), 0, 10, True),
        (waiting(0.3), 0, 4, False),
        (waiting(0.3), 0, 3, True),
        (DARTS, 1, 6, False),  # one of two epochs
        (DARTS, 1, 5, True),
        (waiting(0.5), 1, 9, False),  # after them, alpha waits half of the other epoch: 3 of 5 steps
        (waiting(0.5), 1, 8, True),
        (METHODS["drnas"], 0, 7, False),  # alpha learned before it waits again
        (METHODS["drnas"], 0, 2, True),
    ],
)
def test_alpha_that_never_moves_is_said(method: Method, alpha_waits: int, steps: int, waits_in_all: bool) -> None:
    found = slow_alpha(method, replace(CONFIG, alpha_waits=alpha_waits), 10, steps)
    assert found == [f"{method.name}: {NEVER.format(steps)}"] * waits_in_all


@pytest.mark.parametrize(
    ("name", "rate", "temperature", "percent"),
    [
        ("darts", 0.05, 1.0, None),
        ("darts", 3e-4, 1.0, "1.1"),  # 24 steps: exp(2 * 3e-4 * 24) is 1.0145, at 4 operations 3 / 4 of it
        ("darts", 3e-4, 0.25, "4.4"),
        ("darts", 3e-4, 0.2, None),
        ("pc-darts", 6e-4, 1.0, "2.8"),  # 16 steps; beta counts as well
        ("fair-darts", 3e-3, 1.0, "3.6"),  # sigmoid(0.072) / 0.5
        ("drnas", 6e-4, 1.0, "1.1"),  # 14 steps; (1 + d) / (3 - d) for 1 / 3
    ],
)
def test_alpha_that_can_hardly_move_is_said_with_the_numbers(
    name: str, rate: float, temperature: float, percent: str | None
) -> None:
    operations = tiny.OPERATIONS[1:] if name in ("fair-darts", "drnas") else tiny.OPERATIONS
    config = replace(CONFIG, alpha_learning_rate=rate, temperature=temperature, operations=operations)
    found = slow_alpha(METHODS[name], config, 24, 24)
    assert len(found) == (percent is not None)
    for sentence in found:
        assert f"at most about its rate of {rate:g} in each" in sentence
        assert f"changes by more than about {percent} % of itself; raise alpha_learning_rate (to 0.0" in sentence


def test_the_advised_rate_lets_a_weight_double_and_a_search_stays_below_what_is_said() -> None:
    config = replace(CONFIG, alpha_learning_rate=1e-3, hypergradient="first_order", layers=3, channels=2)
    state = SearchState.create(config, tiny.pictures())
    (sentence,) = state.idle_settings()
    rate = float(sentence.split("(to ")[1].split(" or")[0])
    assert largest_change(DARTS, config, rate * state.steps) == pytest.approx(1.0, abs=0.2)
    before = state.weights()
    for _ in search(state):
        pass
    moved = max(float((table / before[kind] - 1).max()) for kind, table in state.weights().items())
    assert 0 < moved < float(sentence.split("about ")[-1].split(" %")[0]) / 100


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("darts", {"cell": "reference", "temperature": 2.0}, []),
        ("pc-darts", {"cell": "reference"}, ["cell reference changes nothing"]),
        ("gdas", {"cell": "reference", "temperature": 2.0}, ["cell reference changes nothing"]),
        ("darts-minus", {"cell": "reference"}, ["cell reference changes nothing"]),
        ("drnas", {"temperature": 2.0}, ["temperature 2 changes nothing"]),
        ("drnas", {}, []),
        ("fair-darts", {"temperature": 2.0, "cell": "reference"}, []),
    ],
)
def test_a_setting_that_a_method_does_not_look_at_is_said_where_it_was_changed(
    name: str, changes: dict[str, Any], said: list[str]
) -> None:
    found = unused_settings(METHODS[name], replace(CONFIG, **changes))
    assert len(found) == len(said) and all(words in text for words, text in zip(said, found, strict=True))
    assert set(found) <= set(what_cannot_act(METHODS[name], replace(CONFIG, **changes), 100, 100))


def test_mixing_weights_that_give_alpha_no_gradient_are_said() -> None:
    def constant(arch: Arch, moment: Moment) -> Weights:
        return {kind: torch.full_like(table, 1 / table.shape[1]) for kind, table in arch.alpha.items()}

    found = what_cannot_act(replace(DARTS, weights=constant), CONFIG, 100, 100)
    assert found == [
        "darts: no gradient reaches alpha, so nothing is learned about operations; "
        "let the method's `weights` depend on alpha"
    ]


def test_one_operation_leaves_alpha_nothing_to_learn_and_that_is_said() -> None:
    (found,) = what_cannot_act(DARTS, replace(CONFIG, operations=("skip_connect",)), 100, 100)
    assert found.endswith("so nothing is learned about operations; search among two or more operations")


BROKEN = {  # what a method's file changes about DARTS -> the function that is named
    "weights=lambda arch, now: {k: t * (1, nan)[now.phase == 'w'] for k, t in softmax(arch, 1).items()}": "weights",
    "weights=lambda arch, moment: {k: t.softmax(-1) + 0 * (t * 0).sqrt() for k, t in arch.alpha.items()}": "weights",
    "penalty=lambda arch, weights, moment: weights['normal'].sum() * nan": "penalty",
}


@pytest.mark.parametrize("change", BROKEN)
def test_a_method_that_gives_nan_is_named_as_the_cause(change: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "from math import nan\nfrom dartslab.methods.method import Method\nfrom dartslab.relaxation import softmax\n"
        f"METHOD = Method('mine', 'nobody, a test', {change})\n"
    )
    state = SearchState.create(tiny.search_config(method=str(path), hypergradient="first_order"), tiny.pictures())
    with pytest.raises(NonFiniteLoss) as caught:
        list(search(state))
    assert f"what the `{BROKEN[change]}` of the method {path} gives" in str(caught.value)
    assert "learning rate or" not in str(caught.value) and f"`dartslab methods check {path}`" in str(caught.value)


def test_a_search_that_diverges_blames_no_method() -> None:
    config = tiny.search_config(learning_rate=1e30, clip=1e30, hypergradient="first_order")
    with pytest.raises(NonFiniteLoss, match="Start again with a lower learning rate or a lower clip"):
        list(search(SearchState.create(config, tiny.pictures())))
