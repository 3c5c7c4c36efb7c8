"""A record of alpha that somebody's own loop has moved."""

from typing import Any

import numpy as np
import pytest
import torch

from dartslab import Recorder, SearchConfig, SearchState, search
from dartslab.run.record import Record
from dartslab.run.recorder import record_of
from sentences import refusal

CONFIG = SearchConfig.lesson(nodes=1, operations=("none", "skip_connect", "max_pool_3x3"), steps=3, batch_size=8)


def test_it_is_the_record_that_the_library_makes_of_the_same_alpha() -> None:
    state = SearchState.create(CONFIG)
    recorder, seen = Recorder(state), []
    for _ in recorder.watch(search(state)):
        seen.append({name: table.clone() for name, table in state.arch.parameters().items()})
    theirs, own = recorder.record, record_of(CONFIG, seen)
    assert len(own) == len(theirs) == 3 and own.space == theirs.space
    for kind in CONFIG.space.kinds:
        assert np.array_equal(own.alpha(kind), theirs.alpha(kind))
        assert np.allclose(own.mixing_weights(kind), theirs.mixing_weights(kind), atol=1e-6)
    assert [own.genotype(row) for row in range(3)] == [theirs.genotype(row) for row in range(3)]


def test_losses_are_left_open_and_it_can_be_saved(tmp_path) -> None:
    table = torch.zeros(2, 3)
    record = record_of(CONFIG, [{"alpha.normal": table, "alpha.reduce": table}] * 2)
    assert np.isnan(record.columns["train_loss"]).all() and record.columns["step"].tolist() == [1, 2]
    record.save(tmp_path)
    assert Record.load(tmp_path).genotype() == record.genotype()


def test_no_step_and_tables_of_another_space_are_refused() -> None:
    assert "give that of one step at least" in refusal(record_of, CONFIG, [])
    wrong = {"alpha.normal": torch.zeros(5, 3), "alpha.reduce": torch.zeros(5, 3)}
    assert "this space needs (2, 3)" in refusal(record_of, CONFIG, [wrong])


TABLE = torch.zeros(2, 3)
STEP = {"alpha.normal": TABLE, "alpha.reduce": TABLE}


@pytest.mark.parametrize(
    ("alpha", "sentence"),
    [
        ([STEP, {"alpha.normal": TABLE}], "alpha after step 2 has no alpha.reduce"),
        ([STEP, {"alpha.normal": TABLE, "alpha.reduce": TABLE[:1]}], "have shape (1, 3) after step 2"),
        ([{"alpha.normal": TABLE, "alpha.reduce": TABLE / 0}], "are not finite after step 1"),
        ([{"alpha.normal": TABLE, "alpha.reduce": "x"}], "a table of numbers [E, O] is needed"),
        ([TABLE], "alpha after step 1 is tensor("),
        (STEP, "alpha is no list"),
        (None, "alpha is no list"),
    ],
)
def test_alpha_of_another_form_is_one_sentence(alpha: Any, sentence: str) -> None:
    assert sentence in refusal(record_of, CONFIG, alpha)


def test_alpha_may_still_ask_for_gradients() -> None:
    asking = {name: table.clone().requires_grad_() for name, table in STEP.items()}
    assert len(record_of(CONFIG, [asking])) == 1
