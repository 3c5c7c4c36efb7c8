"""Training a derived network: one loss, one schedule, one look at the test set."""

import itertools
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

import tiny
from dartslab import PUBLISHED, Recorder, TrainState, train
from dartslab.data.datasets import DataSet, Labelled
from dartslab.run.errors import NonFiniteLoss
from dartslab.run.networks import training_loss
from dartslab.run.record import CHECKPOINT
from dartslab.run.steps import scheduled_rate
from dartslab.run.train import one_step
from waits import Waits


@pytest.fixture(scope="module")
def data() -> DataSet:
    return tiny.pictures(16)


def test_the_loss_adds_the_auxiliary_head_with_its_weight() -> None:
    generator = torch.Generator().manual_seed(0)
    logits, auxiliary = torch.randn(2, 6, 10, generator=generator)
    labels = torch.arange(6)
    config = tiny.train_config(label_smoothing=0.1, auxiliary=0.4)
    smooth = torch.full((6, 10), 0.01).scatter_(1, labels[:, None], 0.91)  # 0.9 on the class, 0.1 spread over all ten
    expected = sum(
        weight * -(smooth * F.log_softmax(x, 1)).sum(1).mean() for weight, x in ((1.0, logits), (0.4, auxiliary))
    )
    torch.testing.assert_close(training_loss(config, logits, auxiliary, labels), expected)


def test_the_test_set_is_looked_at_once_at_the_end(data: DataSet, monkeypatch) -> None:
    looks = []
    original = TrainState.evaluate_test
    monkeypatch.setattr(TrainState, "evaluate_test", lambda self: looks.append(self.step) or original(self))
    state = TrainState.create(tiny.train_config(), tiny.genotype(), data)
    events = list(train(state))
    assert looks == [state.steps]
    assert all(event.test_accuracy is None for event in events[:-1])
    assert 0 <= events[-1].test_accuracy <= 1


def test_the_drop_path_probability_rises_by_epoch(data: DataSet, monkeypatch) -> None:
    state = TrainState.create(tiny.train_config(epochs=4), tiny.genotype(), data)
    seen = []
    original = state.net.forward
    monkeypatch.setattr(state.net, "forward", lambda x, p=0.0: seen.append(p) or original(x, p))
    list(train(state))
    per_epoch = state.train.per_epoch
    assert seen[: 4 * per_epoch : per_epoch] == pytest.approx([0.0, 0.05, 0.1, 0.15])  # 0.2 * epoch / 4


# (schedule, what torch steps through)
SCHEDULES = [
    ({"schedule": "cosine"}, lambda sgd: torch.optim.lr_scheduler.CosineAnnealingLR(sgd, 250, eta_min=0.0)),
    (
        {"schedule": "exponential", "learning_rate_decay": 0.97},
        lambda sgd: torch.optim.lr_scheduler.StepLR(sgd, 1, 0.97),
    ),
]


@pytest.mark.parametrize(("changes", "make"), SCHEDULES, ids=["cosine", "exponential"])
def test_the_schedules_are_those_that_torch_steps_through(changes: dict, make) -> None:
    config = tiny.train_config(learning_rate=0.1, epochs=250, **changes)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 0.1)
    scheduler = make(optimizer)
    for epoch in range(250):
        assert scheduled_rate(config, epoch, 1) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
        optimizer.step()
        scheduler.step()


def test_the_exponential_schedule_moves_by_epoch(data: DataSet) -> None:
    config = tiny.train_config(learning_rate=0.1, schedule="exponential", learning_rate_decay=0.5, epochs=3)
    state = TrainState.create(config, tiny.genotype(), data)
    rates = [event.learning_rate for event in train(state)]
    assert rates == [rate for rate in (0.1, 0.05, 0.025) for _ in range(state.train.per_epoch)]


def own_pictures(count: int, side: int) -> DataSet:
    """So many training pictures of two classes, and four to test with."""
    generator = torch.Generator().manual_seed(0)
    parts = [
        Labelled(torch.randint(0, 256, (n, 3, side, side), dtype=torch.uint8, generator=generator), torch.arange(n) % 2)
        for n in (count, 4)
    ]
    return DataSet("own", *parts, ("a", "b"))


# (flags, side of the pictures, steps of an epoch of 9 pictures in batches of 4)
LONE_LAST_PICTURES = [
    ({"auxiliary": 0.4}, 32, 2),  # the head for CIFAR ends in a BatchNorm of one pixel
    ({"auxiliary": 0.0, "stem": "imagenet"}, 8, 2),  # the cells halve the pictures down to one pixel
    ({"auxiliary": 0.4, "stem": "imagenet"}, 64, 3),  # the head for ImageNet has no such BatchNorm
    ({"auxiliary": 0.0}, 32, 3),
]


@pytest.mark.parametrize(("flags", "side", "steps"), LONE_LAST_PICTURES)
def test_a_last_picture_that_cannot_be_normalised_joins_the_batch_before(flags: dict, side: int, steps: int) -> None:
    config = tiny.train_config(data="own", image_size=0, batch_size=4, epochs=1, **flags)
    state = TrainState.create(config, tiny.genotype(), own_pictures(9, side))
    events = list(train(state))
    assert len(events) == steps and events[-1].test_accuracy is not None
    assert (state.notes != ()) == (steps == 2)
    if state.notes:
        assert "the last 1 of 9 training pictures of an epoch join the batch before" in state.notes[0]


@pytest.mark.parametrize("stop", [0, 1, 7, 8, 13], ids=lambda step: f"after step {step}")
def test_a_run_that_was_stopped_ends_where_one_that_was_not_ends(data: DataSet, tmp_path, stop: int) -> None:
    config = tiny.train_config()
    whole = TrainState.create(config, tiny.genotype(), data)
    *_, expected = train(whole)
    state = TrainState.create(config, tiny.genotype(), data)
    for _ in itertools.islice(train(state), stop):
        pass
    state.save(tmp_path / "c.pt")
    resumed = TrainState.load(tmp_path / "c.pt", data)
    *_, last = train(resumed)
    assert (last.test_loss, last.test_accuracy) == (expected.test_loss, expected.test_accuracy)
    for name, tensor in whole.net.state_dict().items():
        assert torch.equal(tensor, resumed.net.state_dict()[name])


def test_another_seed_gives_other_weights(data: DataSet) -> None:
    first, second = (TrainState.create(tiny.train_config(seed=seed), tiny.genotype(), data) for seed in (0, 1))
    assert not torch.equal(first.net.classifier.weight, second.net.classifier.weight)


def test_a_loss_that_is_not_finite_stops_the_run(data: DataSet) -> None:
    state = TrainState.create(tiny.train_config(learning_rate=1e30, clip=1e30), tiny.genotype(), data)
    with pytest.raises(NonFiniteLoss, match="not finite at step"):
        list(train(state))


@pytest.mark.parametrize(
    "changes", [{}, {"precision": "bfloat16", "channels_last": True}], ids=["float32", "bfloat16, channels last"]
)
def test_between_reports_a_training_waits_for_no_device(data: DataSet, changes: dict) -> None:
    state = TrainState.create(tiny.train_config(report_every=3, **changes), tiny.genotype(), data)
    state.train(state.step)  # the order of the epoch
    with Waits() as steps:
        one_step(state)
        one_step(state)
    with Waits() as report:
        events = list(state.read_events())
    assert steps.count == 0
    assert report.count == 2 * len(events) == 4  # a loss and an accuracy each


def test_reporting_seldom_changes_no_number_and_loses_no_event(data: DataSet) -> None:
    often, seldom = (TrainState.create(tiny.train_config(report_every=n), tiny.genotype(), data) for n in (1, 3))
    told = list(train(often))
    late = [(event, seldom.step) for event in train(seldom)]
    assert seldom.step == seldom.steps
    for one, (other, _) in zip(told, late, strict=True):
        assert replace(one, seconds=0) == replace(other, seconds=0)
    assert [step for _, step in late[:7]] == [3, 3, 3, 6, 6, 6, 7]  # 7 steps an epoch
    for name, tensor in often.net.state_dict().items():
        assert torch.equal(tensor, seldom.net.state_dict()[name])


def test_leaving_the_loop_amid_a_report_loses_no_row(data: DataSet) -> None:
    state = TrainState.create(tiny.train_config(report_every=3), tiny.genotype(), data)
    recorder = Recorder(state)
    next(iter(recorder.watch(train(state))))  # the reader leaves after one of three
    assert recorder.record.columns["step"].tolist() == [1, 2, 3] and state.step == 3


def test_what_is_read_late_is_read_by_the_next_loop(data: DataSet) -> None:
    state = TrainState.create(tiny.train_config(report_every=4), tiny.genotype(), data)
    (first,) = itertools.islice(train(state), 1)
    assert [first.step, *(event.step for event in itertools.islice(train(state), 4))] == [1, 2, 3, 4, 5]


def test_a_save_is_a_report(data: DataSet, tmp_path) -> None:
    config = tiny.train_config(report_every=100, checkpoint_every=2)
    recorder = Recorder(TrainState.create(config, tiny.genotype(), data), tmp_path)
    for event in recorder.watch(train(recorder.state)):
        if event.step in (2, 4, 6):
            assert TrainState.load(tmp_path / CHECKPOINT, data).step == event.step == recorder.state.step


def test_what_is_not_finite_amid_a_report_is_taken_back(data: DataSet) -> None:
    config = tiny.train_config(learning_rate=1e30, clip=1e30)
    one, four = (TrainState.create(replace(config, report_every=n), tiny.genotype(), data) for n in (1, 4))
    seen = []
    for state in (one, four):
        with pytest.raises(NonFiniteLoss):
            seen.append([])
            for event in train(state):
                seen[-1].append(event.train_loss)
    assert one.step == four.step == len(seen[0]) >= 1 and seen[0] == seen[1]
    for ours, theirs in zip(one.net.parameters(), four.net.parameters(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.long
def test_training_lowers_the_loss_on_real_pictures() -> None:
    config = tiny.train_config(epochs=1, batch_size=64, auxiliary=0.0, drop_path=0.0, cutout=0, steps=40)
    events = list(train(TrainState.create(config, PUBLISHED["DARTS_V2"])))
    first, last = (sum(e.train_loss for e in part) / 5 for part in (events[:5], events[-5:]))
    assert last < first - 0.3
    assert events[-1].test_accuracy > 0.2
