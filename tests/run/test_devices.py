"""All tensors of a batch and of a forward pass on one GPU, where there is none: torch's FakeTensor knows devices.

It refuses an operation on tensors of two devices, as a GPU would. Gradients need a GPU even so, and up to torch 2.8 the
forward pass too.
"""

from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

import tiny
from dartslab import PUBLISHED, Arch, Network, SearchSpace, Supernet
from dartslab.base.seeds import stream
from dartslab.data.batches import Batches, Normalize
from dartslab.data.datasets import Labelled
from dartslab.relaxation import softmax
from dartslab.run.guard import Guard
from dartslab.run.networks import CELLS, numerics_of, training_loss
from dartslab.run.steps import accuracy
from fake_gpu import works_without_driver

GPU = torch.device("cuda", 0)


@pytest.fixture(autouse=True)
def no_numbers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda x: x)
    with FakeTensorMode(), torch.no_grad():
        yield


def on_gpu(net: nn.Module) -> nn.Module:
    """A network there; made anew, as a parameter cannot be moved from one device to another without numbers."""

    def there(x: torch.Tensor) -> torch.Tensor:
        return torch.empty(x.shape, dtype=x.dtype, device=GPU)

    for part in net.modules():
        part._parameters.update({k: nn.Parameter(there(w)) for k, w in part._parameters.items() if w is not None})
        part._buffers.update({k: there(b) for k, b in part._buffers.items() if b is not None})
    return net


def batches(**how: int) -> Batches:
    part = Labelled(torch.empty(20, 3, 16, 16, dtype=torch.uint8), torch.empty(20, dtype=torch.int64)).to(GPU)
    return Batches(part, Normalize(*torch.empty(2, 3, 1, 1, device=GPU)), 8, 0, "training", 2, **how)


def test_two_devices_in_one_operation_are_refused_here_too() -> None:
    with pytest.raises(RuntimeError, match=r"two (different )?devices,? cuda:0(,| and) cpu"):
        torch.empty(3, device=GPU) + torch.empty(3)


@works_without_driver
@pytest.mark.parametrize("cell", ["fused", "reference"])
def test_a_search_computes_on_its_gpu(cell: str) -> None:
    space = SearchSpace(2)
    net = on_gpu(Supernet(space, 4, 3, 10, 3, CELLS[cell]))
    weights = softmax(Arch.create(space, 1e-3, stream(0, "alpha")).to(GPU))
    batch = batches()(0)
    logits = numerics_of(tiny.search_config())(net, batch.images, weights)
    assert accuracy(logits, batch.labels).device == GPU


@works_without_driver
def test_a_training_computes_on_its_gpu() -> None:
    config = tiny.train_config(drop_path=0.2)
    net = on_gpu(Network(PUBLISHED["DARTS_V2"], 4, 3)).train()
    batch = batches(cutout_length=4)(0)
    logits, auxiliary = numerics_of(config)(net, batch.images, config.drop_path)
    loss = training_loss(config, logits, auxiliary, batch.labels)
    guard = Guard(GPU)
    guard.look(loss, "the training loss", 1, 0.1)
    assert {loss.device, guard.broken.device, guard.first.device} == {GPU}
