"""The search: order of a step, reproducibility, resuming, and that it learns."""

import copy
import itertools
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import tiny
from dartslab import Arch, Recorder, SearchConfig, SearchState, search
from dartslab.architect import HYPERGRADIENTS
from dartslab.base.messages import UserError
from dartslab.bilevel import VirtualStep
from dartslab.data.datasets import DataSet
from dartslab.run.errors import NonFiniteLoss
from dartslab.run.search import alpha_step, one_step, weight_step
from dartslab.run.steps import cosine
from waits import Waits


@pytest.fixture(scope="module")
def data() -> DataSet:
    return tiny.pictures()


def everything(state: SearchState) -> list[torch.Tensor]:
    """All numbers of a state, in a fixed order: w, alpha, both optimisers, the step."""
    found: list[torch.Tensor] = []

    def walk(value: object) -> None:
        if isinstance(value, torch.Tensor):
            found.append(value.detach().clone())
        elif isinstance(value, dict):
            for key in sorted(value, key=str):
                walk(value[key])
        elif isinstance(value, (list, tuple)):
            for entry in value:
                walk(entry)
        elif isinstance(value, (int, float)):
            found.append(torch.tensor(value, dtype=torch.float64))

    walk([state.net.state_dict(), state.arch.state_dict(), state.optimizer.state_dict()])
    walk([state.alpha_optimizer.state_dict(), state.step])
    return found


def assert_same(left: SearchState, right: SearchState) -> None:
    for a, b in zip(everything(left), everything(right), strict=True):
        assert torch.equal(a, b)


def finished(config: SearchConfig, data: DataSet) -> SearchState:
    state = SearchState.create(config, data)
    for _ in search(state):
        pass
    return state


@pytest.mark.parametrize("cell", ["reference", "fused"])
def test_a_search_with_noise_is_reproducible_and_resumes(data: DataSet, tmp_path, cell: str) -> None:
    """The space S4 of RobustDARTS."""
    config = tiny.search_config(operations=("noise", "sep_conv_3x3"), cell=cell, steps=5)
    whole, state = finished(config, data), SearchState.create(config, data)
    list(itertools.islice(search(state), 2))
    state.save(tmp_path / "c.pt")
    resumed = SearchState.load(tmp_path / "c.pt", data)
    torch.randn(5)  # whatever else the process draws
    *_, last = search(resumed)
    assert_same(whole, resumed)
    assert last.val_loss == list(search(SearchState.create(config, data)))[-1].val_loss


def test_all_passes_of_one_hypergradient_meet_the_same_noise(data: DataSet) -> None:
    """Otherwise a finite difference would be one of noise."""
    state = SearchState.create(tiny.search_config(operations=("noise", "sep_conv_3x3")), data)
    w, alpha, batch = dict(state.net.named_parameters()), state.arch.parameters(), state.train(0)
    problem = state.problem(VirtualStep(0.05))
    first, second = (problem.train_loss(w, alpha, batch) for _ in range(2))
    state.step = 1
    later = state.problem(VirtualStep(0.05)).train_loss(w, alpha, batch)
    assert torch.equal(first, second) and not torch.equal(first, later)


def test_the_weight_optimiser_cannot_reach_alpha(data: DataSet) -> None:
    state = SearchState.create(tiny.search_config(), data)
    reachable = {p.data_ptr() for group in state.optimizer.param_groups for p in group["params"]}
    assert reachable.isdisjoint(alpha.data_ptr() for alpha in state.arch.parameters().values())


def test_the_weight_step_leaves_alpha_untouched(data: DataSet) -> None:
    state = SearchState.create(tiny.search_config(), data)
    before = state.arch.clone()
    weight_step(state, state.train(0), 0.1)
    for name, alpha in before.parameters().items():
        assert torch.equal(alpha, state.arch.parameters()[name])


@pytest.mark.parametrize("hypergradient", HYPERGRADIENTS)
def test_the_alpha_step_moves_alpha_and_leaves_the_weights_bit_equal(data: DataSet, hypergradient: str) -> None:
    state = SearchState.create(tiny.search_config(hypergradient=hypergradient, terms=2), data)
    next(search(state))  # so that there are momentum buffers
    arch, net = state.arch.clone(), copy.deepcopy(state.net.state_dict())
    buffers = copy.deepcopy(state.optimizer.state_dict())
    alpha_step(state, state.train(1), state.val(1), 0.05)
    assert any(not torch.equal(alpha, state.arch.parameters()[name]) for name, alpha in arch.parameters().items())
    assert all(torch.equal(tensor, state.net.state_dict()[name]) for name, tensor in net.items())
    momentum = state.optimizer.state_dict()["state"]
    assert all(torch.equal(buffers["state"][i]["momentum_buffer"], momentum[i]["momentum_buffer"]) for i in momentum)


def test_alpha_waits_while_w_learns_alone_also_when_the_search_is_resumed(data: DataSet, tmp_path: Path) -> None:
    config = tiny.search_config(epochs=2, alpha_waits=1)
    state = SearchState.create(config, data)
    first = state.arch.clone().alpha["normal"]
    moved = []
    for event in search(state):
        moved.append(not np.array_equal(event.alpha["normal"], first.numpy()))
        if event.step == state.train.per_epoch - 1:
            state.save(tmp_path / "state.pt")
    per_epoch = state.train.per_epoch
    assert moved == [False] * per_epoch + [True] * per_epoch
    again = SearchState.load(tmp_path / "state.pt", data)
    *_, last = search(again)
    assert all(np.array_equal(last.alpha[kind], event.alpha[kind]) for kind in last.alpha)


def test_xi_and_the_momentum_of_the_virtual_step_are_those_of_the_next_weight_step(data: DataSet, monkeypatch) -> None:
    seen = []

    def spy(problem, w, alpha, train_batch, val_batch):
        seen.append((problem.inner_step, {name: value.clone() for name, value in w.items()}))
        return HYPERGRADIENTS["first_order"](problem, w, alpha, train_batch, val_batch)

    config = tiny.search_config(hypergradient="exact", clip=1e9)
    state = SearchState.create(config, data)
    monkeypatch.setattr(SearchState, "hypergradient", property(lambda self: spy))
    rates = [event.learning_rate for event in search(state)]
    assert [step.xi for step, _ in seen] == rates
    per_epoch = state.train.per_epoch
    assert rates == [cosine(0.05, 0.001, epoch / 2) for epoch in (0, 1) for _ in range(per_epoch)]
    assert seen[0][0].buffer == {} and len(seen[1][0].buffer) == len(seen[1][1])

    # The virtual step, given the true gradient, lands where SGD landed: both know momentum and weight decay.
    (step, w), (_, w_next) = seen[3], seen[4]
    moved = {name: (w_next[name] - w[name]) / -step.xi for name in w}
    gradient = {n: moved[n] - step.momentum * step.buffer[n] - step.weight_decay * w[n] for n in w}
    for name, value in step(w, gradient).items():
        torch.testing.assert_close(value, w_next[name], rtol=1e-5, atol=1e-6)


def test_the_two_halves_share_no_picture_and_the_test_set_is_not_loaded(data: DataSet) -> None:
    state = SearchState.create(tiny.search_config(), data)
    assert len(state.train.part.labels) + len(state.val.part.labels) == len(data.train.labels)
    assert not any(value is data.test for value in vars(state).values())


def test_the_same_seed_gives_the_same_numbers_bit_for_bit_and_another_seed_does_not(data: DataSet) -> None:
    first, second = (finished(tiny.search_config(), data) for _ in range(2))
    assert_same(first, second)
    other = finished(tiny.search_config(seed=3), data)
    assert not torch.equal(first.arch.alpha["normal"], other.arch.alpha["normal"])


@pytest.mark.parametrize("stop", [0, 1, 3, 4, 6], ids=lambda step: f"after step {step}")
def test_a_search_that_was_stopped_ends_where_one_that_was_not_ends(data: DataSet, tmp_path, stop: int) -> None:
    config = tiny.search_config()
    whole = finished(config, data)
    state = SearchState.create(config, data)
    for _ in itertools.islice(search(state), stop):
        pass
    state.save(tmp_path / "c.pt")
    del state
    torch.rand(7)  # whatever else happened meanwhile
    resumed = SearchState.load(tmp_path / "c.pt", data)
    assert resumed.step == stop
    events = list(search(resumed))
    assert_same(whole, resumed)
    assert len(events) == whole.steps - stop


def test_leaving_the_loop_and_calling_search_again_goes_on(data: DataSet) -> None:
    config = tiny.search_config()
    state = SearchState.create(config, data)
    for event in search(state):
        if event.step == 2:
            break
    for _ in search(state):
        pass
    assert_same(state, finished(config, data))


def test_the_last_event_holds_the_genotype_after_the_last_step(data: DataSet) -> None:
    state = SearchState.create(tiny.search_config(), data)
    *_, last = search(state)
    assert last.step == last.steps == state.steps
    assert last.genotype == state.genotype()
    assert np.array_equal(last.alpha["normal"], state.arch.alpha["normal"].numpy())


def test_an_event_keeps_its_alpha_when_the_search_goes_on(data: DataSet) -> None:
    events = list(search(SearchState.create(tiny.search_config(), data)))
    assert not np.array_equal(events[0].alpha["normal"], events[-1].alpha["normal"])


@pytest.mark.parametrize(("every", "steps"), [(0, [4, 8]), (3, [3, 6, 8])])
def test_validation_is_measured_at_the_end_of_each_epoch_or_as_asked(data: DataSet, every: int, steps: list) -> None:
    events = list(search(SearchState.create(tiny.search_config(validate_every=every), data)))
    measured = [event.step for event in events if event.val_loss is not None]
    assert measured == steps  # 50 pictures in batches of 16: 4 steps an epoch
    assert [event.step for event in events if event.epoch_done] == [4, 8]


@pytest.mark.parametrize(
    "changes", [{}, {"precision": "bfloat16", "channels_last": True}], ids=["float32", "bfloat16, channels last"]
)
@pytest.mark.parametrize("hypergradient", HYPERGRADIENTS)
def test_between_reports_a_search_waits_for_no_device(data: DataSet, hypergradient: str, changes: dict) -> None:
    state = SearchState.create(
        tiny.search_config(hypergradient=hypergradient, terms=2, report_every=3, **changes), data
    )
    state.train(state.step), state.val(state.step)  # the order of the epoch
    with Waits() as steps:
        one_step(state)
        one_step(state)
    with Waits() as report:
        events = list(state.read_events())
    assert steps.count == 0
    assert report.count == 2 * len(events) == 4  # a loss and an accuracy each


def test_reporting_seldom_changes_no_number_and_loses_no_event(data: DataSet) -> None:
    often, seldom = (SearchState.create(tiny.search_config(report_every=n), data) for n in (1, 3))
    told, late = list(search(often)), []
    for event in search(seldom):
        late.append((event, seldom.step))
    assert_same(often, seldom)
    for one, (other, _) in zip(told, late, strict=True):
        assert (one.step, one.train_loss, one.val_loss, one.genotype) == (
            other.step,
            other.train_loss,
            other.val_loss,
            other.genotype,
        )
        assert all(np.array_equal(one.alpha[kind], other.alpha[kind]) for kind in one.alpha)
    assert [step for _, step in late[:4]] == [3, 3, 3, 4]  # 4 steps an epoch


def test_leaving_the_loop_amid_a_report_loses_no_row(data: DataSet) -> None:
    state = SearchState.create(tiny.search_config(report_every=3), data)
    recorder = Recorder(state)
    next(iter(recorder.watch(search(state))))  # the reader leaves after one of three
    assert recorder.record.columns["step"].tolist() == [1, 2, 3] and state.step == 3


def test_what_is_not_finite_amid_a_report_is_taken_back(data: DataSet) -> None:
    config = tiny.search_config(report_every=4, learning_rate=1e30, clip=1e30, hypergradient="first_order")
    one, four = (SearchState.create(replace(config, report_every=n), data) for n in (1, 4))
    for state in (one, four):
        with pytest.raises(NonFiniteLoss):
            list(search(state))
    assert one.step == four.step >= 1
    assert_same(one, four)


def test_the_random_state_of_the_caller_is_left_alone(data: DataSet) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    finished(tiny.search_config(steps=2), data)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("rate", [1e30, 1e38])
def test_a_loss_that_is_not_finite_stops_the_search_and_names_the_step(data: DataSet, rate: float) -> None:
    state = SearchState.create(tiny.search_config(learning_rate=rate, clip=1e30, hypergradient="first_order"), data)
    with pytest.raises(NonFiniteLoss, match=r"is not finite at step \d+ \(learning rate .*last finite training loss"):
        for _ in search(state):
            pass
    assert state.step < state.steps


def test_a_batch_larger_than_a_half_is_refused(data: DataSet) -> None:
    with pytest.raises(UserError, match="batch_size is 51, but there are only 50 training pictures; use 50 or less"):
        SearchState.create(tiny.search_config(batch_size=51), data)


def test_a_checkpoint_of_another_dartslab_is_refused(data: DataSet, tmp_path) -> None:
    state = SearchState.create(tiny.search_config(), data)
    state.save(tmp_path / "c.pt")
    stored = torch.load(tmp_path / "c.pt", weights_only=True)
    stored["config"]["new_flag"] = 1
    torch.save(stored, tmp_path / "c.pt")
    with pytest.raises(UserError, match=r"configuration of another version of dartslab .*new_flag"):
        SearchState.load(tmp_path / "c.pt", data)


@pytest.mark.parametrize("size", [8, 9, 14, 28])
def test_pictures_of_any_size_can_be_searched_on(size: int) -> None:
    state = SearchState.create(tiny.search_config(image_size=size, steps=1), tiny.pictures(size))
    (event,) = search(state)
    assert np.isfinite(event.train_loss) and np.isfinite(event.val_loss)


def test_alpha_starts_at_the_published_scale(data: DataSet) -> None:
    arch: Arch = SearchState.create(tiny.search_config(nodes=4), data).arch
    assert 3e-4 < float(arch.alpha["normal"].std()) < 3e-3


@pytest.mark.long
def test_a_search_on_fashion_mini_lowers_the_validation_loss_and_moves_alpha() -> None:
    state = SearchState.create(SearchConfig.lesson(nodes=1, steps=60))
    start_loss, _ = state.validate()
    start = state.arch.clone()
    *_, last = search(state)
    assert last.val_loss < start_loss - 0.3
    for kind, alpha in start.alpha.items():
        assert float((state.arch.alpha[kind] - alpha).abs().max()) > 0.1  # a hundred times the 1e-3 it started from


@pytest.mark.parametrize(("name", "value"), [("alpha_learning_rate", 0.2), ("temperature", 0.5)])
def test_a_search_can_be_steered_between_two_steps(data: DataSet, name: str, value: float) -> None:
    state = SearchState.create(tiny.search_config(), data)
    events = []
    for event in search(state):
        events.append(event)
        if event.step == 3:
            state.change(**{name: value})
    begun = getattr(tiny.search_config(), name)
    assert [getattr(event, name) for event in events] == [begun] * 3 + [value] * (len(events) - 3)
    assert state.alpha_optimizer.param_groups[0]["lr"] == state.config.alpha_learning_rate


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seed": 3}, "while a search runs: 'seed'; allowed are: alpha_learning_rate, temperature"),
        ({"temperature": 0}, "temperature must be above 0, got 0"),
        ({"alpha_learning_rate": float("nan")}, "alpha_learning_rate must be above 0, got nan"),
    ],
)
def test_a_change_that_is_not_allowed_changes_nothing(data: DataSet, change: dict, says: str) -> None:
    state = SearchState.create(tiny.search_config(), data)
    with pytest.raises(UserError, match=re.escape(says)):
        state.change(**change)
    assert state.config == tiny.search_config()


def test_a_search_can_be_taken_back_to_an_earlier_moment(data: DataSet) -> None:
    state = SearchState.create(tiny.search_config(), data)
    begun = copy.deepcopy(state.contents())
    first = [event.train_loss for event in search(state)]
    state.load_contents(copy.deepcopy(begun))
    assert state.step == 0 and [event.train_loss for event in search(state)] == first
