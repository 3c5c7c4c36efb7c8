"""What searches and training share: schedule, device, checks, evaluation, checkpoints."""

import math
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import tiny
from dartslab.base.messages import UserError
from dartslab.data.batches import Batch
from dartslab.run.checkpoint import load_checkpoint, save_checkpoint
from dartslab.run.config import SearchConfig
from dartslab.run.device import choose_device
from dartslab.run.guard import Guard, non_finite_error
from dartslab.run.steps import cosine, evaluate, linear, scheduled_rate, sgd_step


def test_the_schedule_is_the_cosine_that_torch_steps_through() -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], 0.025)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 50, eta_min=0.001)
    for epoch in range(50):
        assert math.isclose(cosine(0.025, 0.001, epoch / 50), optimizer.param_groups[0]["lr"], rel_tol=1e-9)
        optimizer.step()
        scheduler.step()


def test_the_linear_schedule_rises_in_a_tenth_of_the_steps_and_falls_straight() -> None:
    rates = [linear(0.1, 0.0, step, 20) for step in range(20)]
    assert rates[:3] == pytest.approx([0.05, 0.1, 0.1])
    falls = [before - after for before, after in pairwise(rates[2:])]
    assert falls == pytest.approx([0.1 / 18] * 17) and rates[-1] == pytest.approx(0.1 / 18)
    assert linear(0.1, 0.02, 19, 20) == pytest.approx(0.02 + 0.08 / 18)
    assert linear(0.1, 0.0, 0, 1) == 0.1


def test_the_schedule_of_a_run_goes_over_all_its_epochs_whenever_it_ends() -> None:
    whole, short = (SearchConfig.quick(steps=steps) for steps in (0, 9))
    assert [scheduled_rate(short, step, 47) for step in range(9)] == [scheduled_rate(whole, s, 47) for s in range(9)]
    assert scheduled_rate(whole, 140, 47) == pytest.approx(0.1 / 127)


@pytest.mark.parametrize("name", ["cpu", "auto"])
def test_a_device_that_is_there_is_given(name: str) -> None:
    assert choose_device(name).type in ("cpu", "cuda", "mps")


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:x", "CPU", ""])
def test_an_unknown_device_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UserError, match=r"unknown device .* allowed are: .*auto"):
        choose_device(name)


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "cuda:99"])
def test_cuda_is_refused_where_there_is_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(UserError, match=f"device '{name}' was asked for, and this machine has 0 of kind 'cuda'"):
        choose_device(name)


def test_evaluation_counts_every_picture_once_also_in_a_smaller_last_batch() -> None:
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(7, 5, generator=generator), torch.arange(7) % 5
    loss, right = evaluate(lambda batch: batch, [Batch(x[:4], y[:4]), Batch(x[4:], y[4:])])
    assert math.isclose(loss, float(F.cross_entropy(x, y)), rel_tol=1e-6)
    assert math.isclose(right, float((x.argmax(1) == y).float().mean()), rel_tol=1e-6)


def test_a_step_is_clipped_sgd_as_torch_does_it() -> None:
    start = torch.tensor([3.0, -4.0])
    ours, theirs = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    first, second = (torch.optim.SGD([p], 0.1, 0.9, weight_decay=0.01, fused=True) for p in (ours, theirs))
    guard = Guard(torch.device("cpu"), first)
    for _ in range(3):
        sgd_step(first, (ours**2).sum(), 5.0, lambda value, what: guard.look(value, what, 1, 0.1))
        second.zero_grad()
        (theirs**2).sum().backward()
        nn.utils.clip_grad_norm_([theirs], 5.0)
        second.step()
    assert torch.equal(ours, theirs)
    assert guard.find_first() is None


@pytest.mark.parametrize(
    ("start", "loss", "what"),
    [
        (1.0, lambda w: (w * float("nan")).sum(), "the training loss"),
        (1.0, lambda w: (w * float("inf")).sum(), "the training loss"),
        (0.0, lambda w: w.sqrt().sum(), "the gradient of the weights"),
    ],
)
def test_from_a_step_that_is_not_finite_on_the_weights_stay_as_they_are(start: float, loss, what: str) -> None:
    weight = nn.Parameter(torch.full((2,), start))
    optimizer = torch.optim.SGD([weight], 0.5, 0.9, weight_decay=0.1, fused=True)
    guard = Guard(torch.device("cpu"), optimizer)
    sgd_step(optimizer, loss(weight), 5.0, lambda value, what: guard.look(value, what, 7, 0.5))
    sgd_step(
        optimizer, (weight**2).sum(), 5.0, lambda value, what: guard.look(value, what, 8, 0.5)
    )  # finite, and left out all the same
    assert torch.equal(weight, torch.full((2,), start))
    assert guard.find_first() == (what, 7, 0.5)


def test_after_a_new_beginning_steps_are_taken_again() -> None:
    weight = nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], 0.5, fused=True)
    guard = Guard(torch.device("cpu"), optimizer)
    guard.look(torch.tensor(float("nan")), "a number", 1, 0.5)
    guard.begin()
    sgd_step(optimizer, weight.sum(), 5.0, lambda value, what: guard.look(value, what, 2, 0.5))
    assert guard.find_first() is None and torch.equal(weight, torch.full((2,), 0.5))


def test_what_is_not_finite_is_told_with_step_rate_and_last_loss() -> None:
    error = non_finite_error("the training loss", 7, 0.5, 1.25)
    assert (
        "the training loss is not finite at step 7 (learning rate 0.5; the last finite training loss was 1.25)"
        in str(error)
    )
    assert "there was no step before" in str(non_finite_error("the training loss", 1, 0.5, None))


def test_a_checkpoint_comes_back_as_it_was(tmp_path) -> None:
    save_checkpoint(tmp_path / "c.pt", "search", tiny.search_config(), {"step": 3, "net": {"w": torch.ones(2)}})
    state = load_checkpoint(tmp_path / "c.pt", "search")
    assert state["step"] == 3 and torch.equal(state["net"]["w"], torch.ones(2))


def test_a_missing_checkpoint_is_named(tmp_path) -> None:
    with pytest.raises(UserError, match=r"c\.pt does not exist, so there is nothing to resume"):
        load_checkpoint(tmp_path / "c.pt", "search")


@pytest.mark.parametrize("keep", [0, 1, 100, -1], ids=["empty", "one byte", "beginning", "all but the last byte"])
def test_a_half_written_checkpoint_is_refused(tmp_path, keep: int) -> None:
    path = tmp_path / "c.pt"
    save_checkpoint(path, "search", tiny.search_config(), {"net": {"w": torch.ones(500)}})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UserError, match=r"c\.pt is not a complete checkpoint"):
        load_checkpoint(path, "search")


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [
        ({"weights": 1}, "holds something else, not a dartslab search"),
        ([1, 2], "holds something else, not a dartslab search"),
        ({"format": "dartslab-train", "version": 1}, "holds dartslab-train, not a dartslab search"),
        ({"format": "dartslab-search", "version": 99}, "of version 99, this dartslab reads 1 and 2"),
    ],
    ids=["foreign dictionary", "list", "other kind", "other version"],
)
def test_a_foreign_checkpoint_is_refused(tmp_path, contents: object, sentence: str) -> None:
    torch.save(contents, tmp_path / "c.pt")
    with pytest.raises(UserError, match=sentence):
        load_checkpoint(tmp_path / "c.pt", "search")


def test_a_weight_that_the_loss_does_not_depend_on_keeps_its_momentum_and_decay() -> None:
    used, unused = (torch.nn.Parameter(torch.ones(2)) for _ in range(2))
    optimizer = torch.optim.SGD([used, unused], 0.1, 0.9, weight_decay=0.5, fused=True)
    sgd_step(optimizer, used.sum(), 5.0)
    assert torch.allclose(unused, torch.full((2,), 1 - 0.1 * 0.5))
    sgd_step(optimizer, unused.sum(), 5.0)  # the other way round
    sgd_step(optimizer, used.sum(), 5.0)
    assert torch.isfinite(used).all() and not torch.allclose(used, unused)
