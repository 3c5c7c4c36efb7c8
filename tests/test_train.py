"""Training a derived network: one loss, one schedule, one look at the test set."""

import itertools

import pytest
import torch
from torch.nn import functional as F

import tiny
from dartslab import PUBLISHED, TrainState, train
from dartslab.data import DataSet
from dartslab.run import NonFiniteLoss
from dartslab.train import scheduled, training_loss


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
        assert scheduled(config, epoch) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
        optimizer.step()
        scheduler.step()


def test_the_exponential_schedule_moves_by_epoch(data: DataSet) -> None:
    config = tiny.train_config(learning_rate=0.1, schedule="exponential", learning_rate_decay=0.5, epochs=3)
    state = TrainState.create(config, tiny.genotype(), data)
    rates = [event.learning_rate for event in train(state)]
    assert rates == [rate for rate in (0.1, 0.05, 0.025) for _ in range(state.train.per_epoch)]


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


def test_training_lowers_the_loss_on_real_pictures() -> None:
    config = tiny.train_config(epochs=1, batch_size=64, auxiliary=0.0, drop_path=0.0, cutout=0, steps=40)
    events = list(train(TrainState.create(config, PUBLISHED["DARTS_V2"])))
    first, last = (sum(e.train_loss for e in part) / 5 for part in (events[:5], events[-5:]))
    assert last < first - 0.3
    assert events[-1].test_accuracy > 0.2
