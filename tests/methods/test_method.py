"""The seam of methods: toy searches run, resume, are recorded, replayed and drawn, known to no other file."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

import tiny
import toy_methods
from dartslab import Record, Recorder, SearchConfig, SearchState, search
from dartslab.architect import finite_difference
from dartslab.base.messages import UserError
from dartslab.bilevel import VirtualStep
from dartslab.cli.main import main
from dartslab.data.datasets import DataSet
from dartslab.derive import top_k
from dartslab.methods import METHODS
from dartslab.methods.method import Moment, Stop
from dartslab.relaxation import Arch, softmax
from dartslab.run.check_method import CHECKS
from dartslab.run.method_words import idle_settings
from dartslab.run.record import CHECKPOINT
from dartslab.space import SearchSpace
from dartslab.widgets import Replay
from toy_methods import CHOSEN, SAMPLED, STOPPED, TOYS, WEIGHED, last_edges

SPACE = SearchSpace(2, tiny.OPERATIONS)


@pytest.fixture(autouse=True)
def toys() -> Iterator[None]:
    with toy_methods.known():
        yield


@pytest.fixture(scope="module")
def data() -> DataSet:
    return tiny.pictures()


def make(data: DataSet, name: str, **changes: object) -> SearchState:
    return SearchState.create(tiny.search_config(method=name, nodes=2, **changes), data)


def test_every_file_is_a_method_under_its_own_name() -> None:
    assert "darts" in METHODS and all(METHODS[name].name == name for name in METHODS)


def test_a_method_of_ones_own_takes_a_place_in_the_table_and_leaves_it_again() -> None:
    names, darts = list(METHODS), METHODS["darts"]
    METHODS["mine"] = METHODS["darts"] = WEIGHED
    assert list(METHODS) == [*names, "mine"] and METHODS["mine"] is METHODS["darts"] is WEIGHED
    del METHODS["mine"], METHODS["darts"]
    assert list(METHODS) == names and "mine" not in METHODS and METHODS["darts"] is darts


def test_darts_is_every_default() -> None:
    darts, arch = METHODS["darts"], Arch.create(SPACE, 1.0, torch.Generator().manual_seed(0))
    moment = Moment("w", 0.5, 2.0, SPACE)
    for kind, table in darts.weights(arch, moment).items():
        assert torch.equal(table, softmax(arch, 2.0)[kind])
    assert darts.derive is top_k and not darts.edge_parameters and darts.penalty is None
    assert not any(darts.frozen(progress) for progress in (0.0, 0.5, 1.0))
    assert darts.cell is None and darts.keep == () and darts.defaults == {}
    assert darts.stop is None and darts.choices is None


def test_one_step_and_phase_draw_one_sample() -> None:
    draws = [
        torch.rand(3, generator=Moment(phase, 0.0, 1.0, SPACE, seed, step).generator())
        for phase, seed, step in (("alpha", 0, 1), ("alpha", 0, 1), ("w", 0, 1), ("alpha", 1, 1), ("alpha", 0, 2))
    ]
    assert torch.equal(draws[0], draws[1])
    assert all(not torch.equal(draws[0], other) for other in draws[2:])


def test_all_passes_of_a_finite_difference_see_the_same_sample(data: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    state = make(data, SAMPLED.name)
    seen: list[torch.Tensor] = []
    original = state.net.forward

    def forward(x: torch.Tensor, weights: dict[str, torch.Tensor]) -> torch.Tensor:
        seen.append(weights["normal"].detach().clone())
        return original(x, weights)

    monkeypatch.setattr(state.net, "forward", forward)
    finite_difference(
        state.problem(VirtualStep(0.1)), dict(state.net.named_parameters()), state.arch.parameters(),
        state.train(0), state.val(0),
    )  # fmt: skip
    assert len(seen) == 4 and all(torch.equal(seen[0], other) for other in seen[1:])
    assert not torch.equal(seen[0], state.weights()["normal"])  # a sample, not the softmax


@pytest.mark.parametrize("method", TOYS, ids=lambda method: method.name)
def test_a_stopped_search_goes_on_bit_for_bit(method, data: DataSet, tmp_path: Path) -> None:
    whole, stopped = (make(data, method.name, alpha_learning_rate=0.1) for _ in range(2))
    expected = [event.train_loss for event in search(whole)]
    steps = len(expected)
    for event in search(stopped):
        if event.step == steps * 3 // 4:  # after the first operations are switched off
            break
    stopped.save(tmp_path / CHECKPOINT)
    resumed = SearchState.load(tmp_path / CHECKPOINT, data)
    assert [event.train_loss for event in search(resumed)] == expected[steps * 3 // 4 :]
    for name, table in whole.arch.parameters().items():
        assert torch.equal(table, resumed.arch.parameters()[name])
    assert whole.genotype() == resumed.genotype() and whole.step == resumed.step
    assert (whole.choices, whole.measurements, whole.taken) == (resumed.choices, resumed.measurements, resumed.taken)
    assert whole.arch.mask.keys() == resumed.arch.mask.keys()
    assert all(torch.equal(mask, resumed.arch.mask[kind]) for kind, mask in whole.arch.mask.items())


def test_alpha_waits_as_long_as_it_is_frozen(data: DataSet) -> None:
    state = make(data, WEIGHED.name)
    alpha, beta = ({kind: t.clone() for kind, t in part.items()} for part in (state.arch.alpha, state.arch.beta))
    total = state.steps
    for event in search(state):
        waits = event.step <= total / 4
        assert torch.equal(state.arch.alpha["normal"], alpha["normal"]) == waits
        assert torch.equal(state.arch.beta["normal"], beta["normal"]) == waits
        if event.step > total / 4 + 1:
            break


@pytest.mark.parametrize("waits", [0, 1, 3])
def test_all_that_a_method_does_comes_after_the_epochs_in_which_alpha_waits(data: DataSet, waits: int) -> None:
    """Before them alpha is random: a stage or an early stop would decide by chance."""
    state = make(data, WEIGHED.name, epochs=4, alpha_waits=waits)
    before, whole = state.waiting_steps, state.search_steps
    assert before == waits * state.train.per_epoch
    half = before + (whole - before) / 2
    assert [state.moment(step=step).progress for step in (0, before, half, whole)] == [0, 0, 0.5, 1]
    first = {"moves": 0, "switches off": 0}
    start = state.arch.alpha["normal"].clone()
    for event in search(state):
        for name, begun in (
            ("moves", not torch.equal(state.arch.alpha["normal"], start)),
            ("switches off", "normal" in state.arch.mask),
        ):
            first[name] = first[name] or event.step * begun
    assert before + (whole - before) * 0.25 < first["moves"] <= before + (whole - before) * 0.25 + 1
    assert before + (whole - before) * 0.5 <= first["switches off"] <= before + (whole - before) * 0.5 + 1
    stopped = make(data, STOPPED.name, epochs=4, alpha_waits=waits)
    for _ in search(stopped):
        pass
    every = (whole - before) * 0.2
    steps = [one.step for one in stopped.measurements]
    assert steps == [pytest.approx(before + every * number, abs=number / 2) for number in (1, 2, 3)]


def test_operations_are_switched_off_in_stages_and_stay_off(data: DataSet) -> None:
    state = make(data, WEIGHED.name)
    counts, masks = [], []
    for event in search(state):
        mask = state.arch.mask.get("normal")
        counts.append(4 if mask is None else int(mask[0].sum()))
        masks.append(torch.ones(5, 4, dtype=torch.bool) if mask is None else mask.clone())
        assert (event.weights["normal"] > 0).sum(1).tolist() == [counts[-1]] * 5
    assert sorted(set(counts)) == [2, 3, 4] and counts == sorted(counts, reverse=True)
    assert all(bool((later <= earlier).all()) for earlier, later in pairwise(masks))


def test_a_method_derives_by_its_own_rule(data: DataSet) -> None:
    state = make(data, SAMPLED.name, steps=2)
    *_, event = search(state)
    assert event.genotype == state.genotype() == last_edges(state.config.space, state.weights())
    assert {c.predecessor for c in event.genotype.normal.into(3)} == {1, 2}  # the latest two, whatever they weigh


@pytest.mark.parametrize("method", TOYS, ids=lambda method: method.name)
def test_a_search_is_recorded_replayed_and_drawn(method, data: DataSet, tmp_path: Path, capsys) -> None:
    state = make(data, method.name, epochs=1)
    recorder = Recorder.create(state, tmp_path / "run")
    events = list(recorder.watch(search(state)))
    record = Record.load(tmp_path / "run")
    for row, event in enumerate(events):
        for kind in record.space.kinds:
            np.testing.assert_array_equal(record.weights(row)[kind], event.weights[kind])
        assert record.genotype(row) == event.genotype
    assert record.rows_sum_to_one == (method is not WEIGHED)
    assert (record.beta("normal") is not None) == method.edge_parameters
    view = Replay(tmp_path / "run")
    (frame,) = view.canvas.frame["runs"]
    shown = frame["cells"][0]
    np.testing.assert_allclose(shown["weights"], record.weights(-1)["normal"], atol=1e-4)
    assert (shown["entropy"] is None) == (shown["margin"] is None) == (method is WEIGHED)
    kept = {(record.space.edges[row].target, record.space.edges[row].source) for row, _ in shown["kept"]}
    assert kept == {(c.node, c.predecessor) for c in record.genotype().normal.connections}
    assert view.still().alt
    main(["draw", str(tmp_path / "run"), "--out", str(tmp_path / "drawn")])
    assert {path.name for path in (tmp_path / "drawn").iterdir()} == {"genotype.png", "curves.png", "alpha.png"}


@pytest.mark.parametrize("report_every", [1, 3])
def test_a_method_stops_the_search_and_goes_back_to_an_earlier_cell(report_every: int, data: DataSet) -> None:
    state = make(data, STOPPED.name, report_every=report_every, alpha_learning_rate=0.5)
    every = max(1, round(0.2 * state.search_steps))
    events = []
    for event in search(state):
        events.append(event)
        if event.step == 2 * every:  # from here on another cell would be derived
            last = state.config.space.operations.index("sep_conv_3x3")
            state.arch.alpha["normal"].copy_(torch.arange(5.0)[:, None] * 20 + 10.0 * (torch.arange(4) == last))
    assert [event.step for event in events if event.instruments] == [every, 2 * every, 3 * every]
    assert events[-1].step == events[-1].steps == state.step == state.steps == 3 * every < state.search_steps
    for event in events:
        if event.instruments:
            largest = max(abs(table).max() for table in event.alpha.values())
            assert event.instruments == {"largest": pytest.approx(float(largest))}
    assert events[-1].genotype == state.genotype() == events[every - 1].genotype
    assert events[-1].genotype != top_k(state.config.space, events[-1].weights)  # it would not be derived now
    assert events[-1].val_accuracy is not None and list(search(state)) == []


def test_what_a_method_measures_is_a_column_of_the_record(data: DataSet, tmp_path: Path) -> None:
    recorder = Recorder.create(make(data, STOPPED.name), tmp_path / "run")
    events = list(recorder.watch(search(recorder.state)))
    record = Record.load(tmp_path / "run")
    column = record.columns["instrument.largest"]
    expected = [(event.instruments or {}).get("largest", np.nan) for event in events]
    np.testing.assert_array_equal(column, expected)
    assert record.genotype() == recorder.state.genotype()


def test_a_derivation_makes_its_choices_while_training_goes_on(data: DataSet) -> None:
    state = make(data, CHOSEN.name)
    length, between = state.search_steps, max(1, round(0.1 * state.search_steps))
    count = 2 * len(SPACE.edges)
    events = list(search(state))
    assert len(events) == events[-1].step == length + (count - 1) * between
    decided = [sum(int(np.sum(table.max(1) == 1)) for table in event.weights.values()) for event in events]
    due = [max(0, 1 + (event.step - length) // between) if event.step >= length else 0 for event in events]
    assert decided == due and decided[-1] == count == len(state.choices)
    for kind, row, column in state.choices:
        assert state.weights()[kind][row].argmax() == column
        kept = {(SPACE.edges[r].target, SPACE.edges[r].source): c for k, r, c in state.choices if k == kind}
        for connection in state.genotype().cells[kind].connections:
            assert SPACE.operations[kept[connection.node, connection.predecessor]] == connection.operation
    rates = [event.learning_rate for event in events[length:]]
    assert rates[0] == pytest.approx(0.1 * state.config.learning_rate)
    assert all(later < earlier for earlier, later in pairwise(rates))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, None),
        ({"keep": ((0.9, 2),)}, None),
        ({"keep": ((0.95, 2),)}, "keeping 2 operations begins at step 11, and the search has 10"),
        ({"keep": ((0.5, 4),)}, "keeping 4 of 4 operations changes nothing"),
        ({"stop": Stop("lambda", toy_methods.largest_alpha, 0.5, toy_methods.after_three, 3)}, "needs 3 measurements"),
        ({"stop": Stop("lambda", toy_methods.largest_alpha, 0.3, toy_methods.after_three, 3)}, None),
    ],
)
def test_what_a_method_cannot_do_in_a_short_search_is_said(change, sentence) -> None:
    found = idle_settings(replace(METHODS["darts"], **change), SPACE, 10)
    assert len(found) == (sentence is not None)
    assert all(sentence in text for text in found)


def test_what_is_said_counts_from_where_alpha_begins() -> None:
    staged = replace(METHODS["darts"], keep=((0.5, 2),))
    (keeps,) = idle_settings(staged, SPACE, 20, 15, waits=10)
    assert "keeping 2 operations begins at step 16, and the search has 15" in keeps
    assert idle_settings(staged, SPACE, 20, 16, waits=10) == []
    stops = replace(METHODS["darts"], stop=Stop("x", toy_methods.largest_alpha, 0.25, toy_methods.after_three, 3))
    (needs,) = idle_settings(stops, SPACE, 20, 15, waits=10)  # one every 2 steps, and alpha learns in 5
    assert "needs 3 measurements of x, and 15 steps give 2" in needs


def test_a_search_that_ends_early_does_not_come_to_what_begins_later() -> None:
    method = replace(METHODS["darts"], keep=((0.6, 2),))
    assert idle_settings(method, SPACE, 10) == idle_settings(method, SPACE, 10, 7) == []
    (keeps,) = idle_settings(method, SPACE, 10, 5)
    assert "keeping 2 operations begins at step 7, and the search has 5" in keeps


@pytest.mark.parametrize(("steps", "made"), [(5, 0), (9, 0), (10, 1), (12, 3), (18, 9), (19, None), (0, None)])
def test_choices_for_which_a_search_is_too_short_are_said(data: DataSet, steps: int, made: int | None) -> None:
    """10 steps of search and 10 choices with a step between them: the last is made after 19."""
    state = make(data, CHOSEN.name, epochs=2, batch_size=10, steps=steps)
    assert (state.search_steps, state.all_steps) == (10, 19)
    said = [f"chosen-toy: {made} of 10 choices are made in {steps} steps; the last comes after 19"]
    assert state.idle_settings() == ([] if made is None else said)
    *_, _ = search(state)
    assert len(state.choices) == (10 if made is None else made)


def test_a_search_is_said_to_be_stopped_by_its_method_only_where_it_was(tmp_path: Path, capsys) -> None:
    flags = ["--data", "fashion-mini", "--device", "cpu", "--nodes", "1", "--channels", "2", "--image-size", "8"]
    flags += ["--epochs", "1", "--batch-size", "80", "--instruments", "skips"]
    main(["search", "--out", str(tmp_path / "stopped"), *flags, "--method", STOPPED.name])
    said = capsys.readouterr().out
    record = Record.load(tmp_path / "stopped")
    every = int(record.columns["step"][~np.isnan(record.columns["instrument.largest"])][0])
    assert f"note: stopped-toy stopped the search after step {3 * every} of " in said
    assert (
        f", where largest is {record.columns['instrument.largest'][-1]:.4g}; the cell is that of step {every}." in said
    )
    for name in ("darts", "robust-darts"):  # measured after the last step, too
        main(["search", "--out", str(tmp_path / name), *flags, "--steps", "3", "--method", name])
        assert "stopped the search" not in capsys.readouterr().out


def test_a_stop_and_stages_that_cannot_be_are_refused() -> None:
    for every in (0.0, -0.1, 1.1):
        with pytest.raises(UserError, match="part of the search between two measurements, is above 0 and at most 1"):
            replace(STOPPED.stop, every=every)
    for keep in (((0.5, 0),), ((0.3, 2), (0.6, 3))):
        with pytest.raises(UserError, match="how many operations stay on an edge, at least 1 and later fewer"):
            replace(WEIGHED, keep=keep)


@pytest.mark.parametrize(
    ("name", "is_refused"), [("lambda_max", True), ("skips.normal", True), ("lambda", False), ("eigenvalue", False)]
)
def test_a_stop_that_would_share_its_column_with_an_instrument_is_refused(
    data: DataSet, name: str, is_refused: bool
) -> None:
    METHODS["mine"] = replace(STOPPED, name="mine", stop=replace(STOPPED.stop, name=name))
    try:
        for use in (lambda: make(data, "mine"), lambda: CHECKS["names"](METHODS["mine"])):
            with (
                pytest.raises(UserError, match=f"'{name}', which is the name of an instrument")
                if is_refused
                else nullcontext()
            ):
                use()
    finally:
        del METHODS["mine"]


def test_the_command_says_what_cannot_act_before_it_begins(tmp_path: Path, capsys) -> None:
    METHODS["asleep"] = replace(METHODS["darts"], name="asleep", frozen=lambda progress: True)
    try:
        flags = ["--data", "fashion-mini", "--steps", "1", "--device", "cpu", "--method", "asleep"]
        main(["search", "--out", str(tmp_path / "run"), *flags])
    finally:
        del METHODS["asleep"]
    assert "note: asleep: alpha waits in all" in capsys.readouterr().out


def test_the_penalty_counts_where_alpha_learns_and_nowhere_else(data: DataSet) -> None:
    state = make(data, WEIGHED.name)
    problem, w, alpha = state.problem(VirtualStep(0.1)), dict(state.net.named_parameters()), state.arch.parameters()
    batch = state.train(0)
    alpha = {name: table + 1 for name, table in alpha.items()}
    added = problem.val_loss(w, alpha, batch) - problem.train_loss(w, alpha, batch)
    large = sum(float((table**2).sum()) for name, table in alpha.items() if name.startswith("alpha."))
    assert added.item() == pytest.approx(1e-3 * large, rel=1e-3)


@pytest.mark.parametrize(
    ("make_config", "changes", "epochs", "radius"),
    [
        (SearchConfig.published, {}, 7, 0.02),
        (SearchConfig.published, {"epochs": 9}, 9, 0.02),
        (SearchConfig.lesson, {}, 3, 0.02),
        (SearchConfig.lesson, {"radius": 0.5}, 3, 0.5),
    ],
    ids=["the method's", "the user's first", "the preset's sizes before the method's", "the user's before all"],
)
def test_settings_come_from_the_user_then_the_presets_sizes_then_the_method(
    make_config, changes, epochs, radius
) -> None:
    config = make_config(method=SAMPLED.name, **changes)
    assert (config.epochs, config.radius) == (epochs, radius)


def test_a_method_refuses_at_the_start_what_it_cannot_work_with(data: DataSet) -> None:
    def check(config: SearchConfig) -> None:
        raise UserError(f"fussy needs more than {config.nodes} nodes; take 3.")

    METHODS["fussy"] = replace(METHODS["darts"], name="fussy", check=check)
    try:
        with pytest.raises(UserError, match="fussy needs more than 2 nodes; take 3"):
            make(data, "fussy")
    finally:
        del METHODS["fussy"]


def test_an_unknown_method_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        UserError, match=r"unknown method 'dart'; allowed are: darts, .*sampled-toy.* Did you mean 'darts'"
    ):
        SearchConfig(method="dart")
    with pytest.raises(UserError, match=r"must be a published search, and .* is a hypergradient; use hypergradient"):
        SearchConfig(method="exact")
