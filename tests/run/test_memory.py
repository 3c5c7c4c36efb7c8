"""The memory of a step, estimated without making it, against what real steps hold."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.autograd.graph import saved_tensors_hooks
from torch.profiler import ProfilerActivity, profile

import tiny
from dartslab import SearchState, TrainState
from dartslab.base.messages import UserError
from dartslab.base.numerics import PRECISIONS
from dartslab.instruments.curvature import lambda_max
from dartslab.run.device import free_memory
from dartslab.run.measuring import subject_of
from dartslab.run.memory import Memory, describe_bytes, estimate, require_memory
from dartslab.run.networks import training_loss
from dartslab.run.search import alpha_step, weight_step

CPU = torch.device("cpu")


class Counted:
    """What a real forward pass keeps for backward, each memory once, without the tensors that are there anyway."""

    def __init__(self, there: list[torch.Tensor]) -> None:
        self.known = {tensor.untyped_storage().data_ptr() for tensor in there}
        self.sizes: dict[int, int] = {}

    def keep(self, tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in self.known:
            self.sizes[storage.data_ptr()] = storage.nbytes()
        return tensor

    def __call__(self) -> saved_tensors_hooks:
        return saved_tensors_hooks(self.keep, lambda tensor: tensor)

    @property
    def bytes(self) -> int:
        return sum(self.sizes.values())


def allocated(step: Any) -> int:
    """The most that a real call held at one moment, as torch's own allocator reports it."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True, acc_events=True) as profiler:
        step()
    now = most = 0
    events = [event for event in profiler.profiler.kineto_results.events() if event.name() == "[memory]"]
    for event in sorted(events, key=lambda event: event.start_ns()):
        now += event.nbytes()
        most = max(most, now)
    return most


@pytest.mark.parametrize("changes", [{}, {"channels_last": True}, {"precision": "bfloat16"}], ids=str)
@pytest.mark.parametrize("cell", ["fused", "reference"])
def test_what_a_search_keeps_for_backward_is_counted_exactly(cell: str, changes: dict[str, Any]) -> None:
    data, config = tiny.pictures(), tiny.search_config(cell=cell, hypergradient="first_order", **changes)
    state = SearchState.create(config, data)
    batch = state.train(0)
    counted = Counted([*state.net.parameters(), *state.arch.parameters().values(), *batch[:2]])
    with counted():
        logits = state.numerics(state.net, batch.images, state.relaxation(state.arch))
        loss = torch.nn.functional.cross_entropy(logits, batch.labels)
    assert loss.requires_grad
    # FakeTensors have the mean and scale of a bfloat16 BatchNorm in bfloat16, where they are float32.
    share = 0.005 if config.precision == "bfloat16" else 0
    assert estimate(config, data).kept == pytest.approx(counted.bytes, rel=share, abs=0)


def test_what_training_keeps_for_backward_is_counted_exactly() -> None:
    data, config = tiny.pictures(16), tiny.train_config()
    state = TrainState.create(config, tiny.genotype(), data)
    batch = state.train(0)
    counted = Counted([*state.net.parameters(), *state.net.buffers(), *batch[:2]])
    with counted():
        loss = training_loss(config, *state.net(batch.images, config.drop_path), batch.labels)
    assert loss.requires_grad
    assert estimate(config, data, tiny.genotype()).kept == counted.bytes


@pytest.mark.parametrize("hypergradient", ["first_order", "finite_difference", "exact"])
def test_the_fullest_moment_of_a_step_is_what_the_allocator_saw(hypergradient: str) -> None:
    data, config = (
        tiny.pictures(),
        tiny.search_config(hypergradient=hypergradient, channels=4, batch_size=32, crop_padding=0),
    )
    state = SearchState.create(config, data)
    train, val = state.train(0), state.val(0)
    weight_step(state, train, 0.1)  # makes momentum and Adam's averages
    alpha_step(state, train, val, 0.1)
    needed = estimate(config, data)
    for step, expected in (
        (lambda: alpha_step(state, train, val, 0.1), needed.alpha_step),
        (lambda: (state.optimizer.zero_grad(), weight_step(state, train, 0.1)), needed.weight_step),
    ):
        assert allocated(step) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize(
    ("changes", "is_measured"),
    [({}, False), ({"instruments": ("skips",)}, False), ({"instruments": ("lambda_max",)}, True),
     ({"method": "robust-darts"}, True)],
)  # fmt: skip
def test_an_eigenvalue_is_counted_where_one_is_measured(changes: dict[str, Any], is_measured: bool) -> None:
    """It needs a graph of the gradient, beside that of the loss: at first order it is the fullest moment."""
    data = tiny.pictures()
    config = tiny.search_config(hypergradient="first_order", channels=4, batch_size=32, crop_padding=0, **changes)
    needed = estimate(config, data)
    assert (needed.eigenvalue > 0) == is_measured
    if is_measured:
        subject = subject_of(SearchState.create(config, data))
        assert allocated(lambda: lambda_max(subject)) == pytest.approx(needed.eigenvalue, rel=0.1)
        assert needed.moving == needed.gradients + needed.eigenvalue > needed.weight_step


@pytest.mark.parametrize(("cell", "device"), [("fused", "cpu"), ("fused", "cuda"), ("reference", "cpu")])
def test_a_search_in_bfloat16_needs_far_less(cell: str, device: str) -> None:
    data, config = tiny.pictures(), tiny.search_config(cell=cell, hypergradient="exact", channels=8, batch_size=32)
    full, low = (estimate(replace(config, precision=name), data, device=device) for name in PRECISIONS)
    assert low.kept < 0.65 * full.kept
    assert low.weight_step < 0.75 * full.weight_step and low.alpha_step < full.alpha_step
    assert (low.weights, low.momentum, low.alpha) == (full.weights, full.momentum, full.alpha)


def test_a_finite_difference_in_float32_is_counted_as_such() -> None:
    data, config = tiny.pictures(), tiny.search_config(channels_last=True, channels=8)
    low = replace(config, precision="bfloat16")
    assert estimate(low, data).alpha_step == estimate(config, data).alpha_step


def test_training_in_bfloat16_keeps_far_less_for_backward() -> None:
    data, config = tiny.pictures(16), tiny.train_config(channels=8, channels_last=True)
    kept = [estimate(replace(config, precision=name), data, tiny.genotype()).kept for name in PRECISIONS]
    assert kept[1] < 0.75 * kept[0]


def test_other_devices_follow_the_plan_of_few_calls() -> None:
    data, config = tiny.pictures(), tiny.search_config()
    assert estimate(config, data, device="cuda").kept != estimate(config, data).kept


def test_too_little_memory_is_said_with_a_batch_size_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    data, config = tiny.pictures(), tiny.search_config(hypergradient="first_order")
    needed = estimate(config, data).total
    with pytest.raises(
        UserError, match=r"a step needs about .* KiB on device 'cpu', and .* KiB are free; lower "
    ) as info:
        require_memory(config, data, CPU, free=int(needed * 0.7))
    found = str(info.value).split("from 16 to ")[1].split(" ")[0]
    assert str(info.value).endswith("or channels (now 2) or layers (now 3).")
    assert 1 <= int(found) < 16
    require_memory(
        tiny.search_config(hypergradient="first_order", batch_size=int(found)), data, CPU, free=int(needed * 0.7)
    )
    with pytest.raises(UserError, match=r"are free; lower channels \(now 2\) or layers \(now 3\)\.$"):
        require_memory(config, data, CPU, free=1000)
    monkeypatch.setattr("dartslab.run.memory.free_memory", lambda device: 1000)
    with pytest.raises(UserError, match="1000 bytes are free"):
        SearchState.create(config, data)
    with pytest.raises(UserError, match="1000 bytes are free"):
        TrainState.create(tiny.train_config(), tiny.genotype(), tiny.pictures(16))


def test_what_torch_has_freed_on_a_gpu_and_keeps_counts_as_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the second of two searches in one process would be refused for the memory of the first."""
    gpu = {"mem_get_info": (2, 16), "memory_reserved": 13, "memory_allocated": 1}
    for name, size in gpu.items():
        monkeypatch.setattr(torch.cuda, name, lambda device, size=size: size)
    assert free_memory(torch.device("cuda", 0)) == 2 + (13 - 1)


def test_a_small_run_on_a_processor_is_not_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dartslab.run.memory.estimate", lambda *given: pytest.fail("was estimated"))
    require_memory(tiny.search_config(), tiny.pictures(), CPU, free=2**30)


def test_the_table_adds_up() -> None:
    needed = Memory(1, 2 * 2**20, 5, 3 * 2**30, 7, 11, 13, 17)
    assert needed.total == 1 + 2 * 2**20 + 3 * 2**30 + 7 + 5 + 17
    assert "weights w                              2.0 MiB" in str(needed)
    assert describe_bytes(0) == "0 bytes"
    assert free_memory(CPU) > 2**20
