"""In which format pictures and weights lie in memory: it moves no number, and a run may change it."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn import functional as F

import tiny
from dartslab import Arch, Network, SearchSpace, SearchState, Supernet, TrainState, search, train
from dartslab.base.numerics import Numerics, batch_norm, match_formats
from dartslab.data.datasets import DataSet
from dartslab.fast.plans import FEW_CALLS, Plan
from dartslab.relaxation import softmax
from dartslab.run.networks import CELLS as CELL_CLASSES
from fake_gpu import works_without_driver
from made_tensors import Made
from tiny import WITHOUT_NOISE


@pytest.fixture(scope="module")
def data() -> DataSet:
    return tiny.pictures()


def searched(last: bool, cell: str) -> dict[str, Tensor]:
    """Logits and gradients of a supernet in float64."""
    torch.manual_seed(0)
    net = Supernet(SearchSpace(2, WITHOUT_NOISE), 4, 3, input_channels=3, cell=CELL_CLASSES[cell]).double()
    alpha = {kind: table.double().requires_grad_() for kind, table in Arch.create(net.space).alpha.items()}
    numerics = Numerics(channels_last=last)
    logits = numerics(numerics.prepare(net), torch.randn(4, 3, 9, 8).double(), softmax(Arch(alpha)))
    F.cross_entropy(logits, torch.arange(4)).backward()
    learned = dict(net.named_parameters()) | alpha
    return {"logits": logits.detach()} | {name: tensor.grad for name, tensor in learned.items()}


def trained(last: bool, stem: str) -> dict[str, Tensor]:
    """Logits, auxiliary logits and gradients of a derived network in float64."""
    torch.manual_seed(0)
    net = Network(tiny.genotype(), 4, 3, input_channels=3, stem=stem).double()
    numerics = Numerics(channels_last=last)
    logits, auxiliary = numerics(numerics.prepare(net), torch.randn(4, 3, 32, 32).double())
    (F.cross_entropy(logits, torch.arange(4)) + F.cross_entropy(auxiliary, torch.arange(4))).backward()
    return {"logits": logits, "auxiliary": auxiliary} | {n: p.grad for n, p in net.named_parameters()}


def assert_near(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    for name, tensor in one.items():
        assert float((other[name] - tensor).detach().norm() / tensor.detach().norm()) < 1e-10, name


def test_channels_last_changes_no_number_of_a_supernet(cell: str) -> None:
    assert_near(searched(False, cell), searched(True, cell))


@pytest.mark.parametrize("stem", ["cifar", "imagenet"])
def test_channels_last_changes_no_number_of_a_derived_network(stem: str) -> None:
    assert_near(trained(False, stem), trained(True, stem))


@pytest.mark.parametrize("plan", [None, FEW_CALLS], ids=["reference", "few calls"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_channels_last_network_stays_so_from_the_stem_to_the_end(plan: Plan | None, precision: str) -> None:
    net = Supernet(SearchSpace(2, WITHOUT_NOISE), 4, 3, cell=CELL_CLASSES["fused" if plan else "reference"])
    for one in net.cells:
        one.plan = plan
    numerics = Numerics(precision, channels_last=True)
    with Made() as made:
        numerics(numerics.prepare(net), torch.randn(4, 3, 8, 8), softmax(Arch.create(net.space))).sum().backward()
    for name in ("convolution.default", "native_batch_norm.default", "convolution_backward.default"):
        states = [tensors[0] for tensors in made.of(name) if tensors and min(tensors[0].shape) > 1]
        assert len(states) > 30
        assert all(state.is_contiguous(memory_format=torch.channels_last) for state in states)


@works_without_driver
@pytest.mark.parametrize("channels_last", [False, True])
def test_on_a_gpu_pictures_lie_in_memory_as_was_asked_however_they_were_cropped(channels_last: bool) -> None:
    with FakeTensorMode():  # a tensor of a GPU that is not here
        cropped = torch.empty(4, 8, 8, 3, device="cuda").permute(0, 3, 1, 2)
        given = Numerics(channels_last=channels_last)(lambda images: images, cropped)
    assert given.is_contiguous(memory_format=torch.channels_last) == channels_last
    assert given.is_contiguous() != channels_last


@pytest.mark.parametrize("change", ["channels_last", "contiguous"])
def test_a_search_may_go_on_in_the_other_format(change: str, data: DataSet, tmp_path) -> None:
    operations = ("none", "skip_connect", "conv_7x1_1x7")  # its weights lie differently in the two formats
    config = tiny.search_config(
        operations=operations, channels_last=change == "contiguous", hypergradient="first_order"
    )
    state = SearchState.create(config, data)
    steps = search(state)
    next(steps), next(steps)
    state.save(tmp_path / "c.pt")
    other = SearchState.load(tmp_path / "c.pt", data, channels_last=change == "channels_last")
    for _ in range(2):
        here, there = next(steps), next(search(other))
        assert there.train_loss == pytest.approx(here.train_loss, rel=1e-4)
    for name, tensor in state.net.state_dict().items():
        torch.testing.assert_close(other.net.state_dict()[name], tensor, rtol=1e-3, atol=1e-4)


def test_a_training_may_go_on_in_the_other_format(tmp_path) -> None:
    small = tiny.pictures(16)
    state = TrainState.create(tiny.train_config(stem="imagenet", auxiliary=0.0), tiny.genotype(), small)
    steps = train(state)
    next(steps), next(steps)
    state.save(tmp_path / "c.pt")
    other = TrainState.load(tmp_path / "c.pt", small, channels_last=True)
    here, there = next(steps), next(train(other))
    assert there.train_loss == pytest.approx(here.train_loss, rel=1e-4)
    for name, tensor in state.net.state_dict().items():
        torch.testing.assert_close(other.net.state_dict()[name], tensor, rtol=1e-3, atol=1e-4)


def test_momentum_lies_in_memory_as_its_weight_does() -> None:
    """Fused optimisers read both from end to end: with different formats numbers of different places would meet."""
    weight = torch.nn.Parameter(torch.randn(2, 3, 2, 2).contiguous(memory_format=torch.channels_last))
    optimizer = torch.optim.SGD([weight], 0.1, 0.9, fused=True)
    buffer = torch.randn(2, 3, 2, 2)
    optimizer.state[weight]["momentum_buffer"] = buffer
    match_formats(optimizer)
    matched = optimizer.state[weight]["momentum_buffer"]
    assert matched.stride() == weight.stride() and torch.equal(matched, buffer)


def as_last(x: Tensor) -> Tensor:
    """A picture stored pixel by pixel, with the batch beside the channels, as a permuted view has it."""
    return x.permute(2, 3, 0, 1).contiguous().permute(2, 3, 0, 1)


FORMATS: dict[str, Callable[[Tensor], Tensor]] = {
    "contiguous": Tensor.contiguous,
    "channels last": lambda x: x.contiguous(memory_format=torch.channels_last),
    "channels last, permuted": as_last,
    "part": lambda x: torch.cat([x, x], 1)[:, : x.shape[1]],
}


@pytest.mark.parametrize("size", [(4, 4), (1, 5), (3, 1)], ids=str)
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("above", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("below", FORMATS.values(), ids=FORMATS)
def test_a_batchnorm_has_one_gradient_in_whatever_format_it_comes(below, above, number: int, size: tuple) -> None:
    """PyTorch alone is wrong for one picture where only one of both is channels last."""
    x, g = torch.randn(2, number, 4, *size, dtype=torch.float64)
    centred = x - x.mean((0, 2, 3), keepdim=True)
    scale = (centred.square().mean((0, 2, 3), keepdim=True) + 1e-5).rsqrt()
    z_hat = centred * scale
    along = z_hat * (g * z_hat).mean((0, 2, 3), keepdim=True)
    right = scale * (g - g.mean((0, 2, 3), keepdim=True) - along)
    x = below(x).requires_grad_()
    y = batch_norm(x)
    torch.testing.assert_close(y, z_hat)
    torch.testing.assert_close(torch.autograd.grad(y, x, above(g))[0], right)
