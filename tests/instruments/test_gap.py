"""The gap in stages: what each costs, and that the last stages of the view are among them."""

from dataclasses import replace

import numpy as np
import pytest

from dartslab import SearchSpace, top_k
from dartslab.derive import softmax
from dartslab.instruments import INSTRUMENTS, Subject
from dartslab.instruments.gap import derived_weights, discretization_steps, strongest_operations

SPACE = SearchSpace(2, ("none", "max_pool_3x3", "skip_connect", "sep_conv_3x3"))
ALPHA = {kind: np.random.default_rng(seed).normal(size=(5, 4)) for seed, kind in enumerate(SPACE.kinds)}
WEIGHTS = {kind: softmax(table) for kind, table in ALPHA.items()}


def test_one_operation_on_each_edge_is_where_the_dropping_of_operations_ends() -> None:
    found = strongest_operations(SPACE, WEIGHTS)
    _, last = discretization_steps(SPACE, ALPHA, 1.0)["drop"][-2]
    for kind in SPACE.kinds:
        np.testing.assert_array_equal(found[kind], last[kind])
        assert found[kind].sum(1).tolist() == [1.0] * 5 and not found[kind][:, 0].any()


def test_what_is_derived_is_the_last_stage_of_both_ways() -> None:
    found = derived_weights(SPACE, top_k(SPACE, WEIGHTS))
    for stages in discretization_steps(SPACE, ALPHA, 1.0).values():
        for kind in SPACE.kinds:
            np.testing.assert_array_equal(found[kind], stages[-1][1][kind])
            assert found[kind].sum() == 4


def test_the_stages_sum_to_the_whole_gap(subject: Subject) -> None:
    accuracies = iter([0.9, 0.6, 0.5])
    seen = []

    def evaluate(weights: dict[str, np.ndarray]) -> tuple[float, float]:
        seen.append(weights)
        return 1.0, next(accuracies)

    found = INSTRUMENTS["gap"].measure(replace(subject, evaluate=evaluate))
    assert found == pytest.approx({"gap.operations": 0.3, "gap.edges": 0.1})
    assert len(seen) == 3 and seen[0] is subject.weights
