"""How much memory a step needs, before the first one is made.

The step itself is run on tensors that have shapes but no numbers (FakeTensor), so this module repeats nothing about
cells, plans or hypergradients. The tensors are on the CPU, because autocast needs a GPU for others; for
another device the cells follow the plan that they have there. Every tensor is counted as long as it lives. Not counted
are instruments that differentiate once or never, the workspaces of kernels, gaps between allocations, and what CUDA
takes for itself.
"""

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from ..base.messages import UserError
from ..bilevel import VirtualStep, hessian_product
from ..data.batches import Batch
from ..data.datasets import DataSet
from ..fast.fused import FusedCell
from ..fast.plans import FEW_CALLS
from ..genotype import Genotype
from ..instruments import INSTRUMENTS
from ..methods import METHODS
from .config import SearchConfig, TrainConfig
from .device import free_memory
from .distributed import ranks
from .networks import alpha_numerics_of, arch_of, network_of, numerics_of, supernet_of, training_loss
from .problem import bilevel_problem, hypergradient_of, moment_of, penalty_of, relaxation_of

HEADROOM = 1.1  # for what is not counted; a guess, never measured on a GPU


@dataclass(frozen=True)
class Memory:
    """What a step needs on its device, in bytes.

    Args:
        data: pictures and labels that live there, and the batches of a step.
        weights, gradients, momentum: of w.
        alpha: alpha, its gradient and Adam's two averages.
        kept: what the forward pass of the weight step saves for backward.
        weight_step: peak memory of the step of w, with its gradients.
        alpha_step: peak memory of the step of alpha; the gradients of w still exist then.
        eigenvalue: peak memory of measuring one of the Hessian in alpha, which needs a second graph; the gradients of w
            still exist then. 0 where neither the method nor an instrument measures one.
    """

    data: int
    weights: int
    gradients: int
    momentum: int
    alpha: int
    kept: int
    weight_step: int
    alpha_step: int
    eigenvalue: int = 0

    @property
    def always(self) -> int:
        """Bytes held between steps."""
        return self.data + self.weights + self.momentum + self.alpha

    @property
    def moving(self) -> int:
        """Bytes that a step adds at its peak."""
        beside_gradients = max(self.alpha_step, self.eigenvalue)
        return max(self.weight_step, self.gradients + beside_gradients if beside_gradients else 0)

    @property
    def total(self) -> int:
        """Bytes at the peak of a step."""
        return self.always + self.moving

    def __str__(self) -> str:
        rows = {
            "pictures on the device": self.data,
            "weights w": self.weights,
            "momentum of w": self.momentum,
            "alpha, its gradient, Adam": self.alpha,
            "the step of w at its peak": self.weight_step,
            "- of it kept for backward": self.kept,
            "- of it gradients of w": self.gradients,
            "the step of alpha at its peak": self.alpha_step,
            "an eigenvalue at its peak": self.eigenvalue,
            "all in all": self.total,
        }
        return "\n".join(f"{name:<34}{describe_bytes(value):>12}" for name, value in rows.items() if value)


class Live(TorchDispatchMode):
    """Counts the bytes of all tensors that operations create, from creation until they are freed.

    Args:
        there: tensors that existed before; they and their views are not counted.
    Attributes:
        now, most: bytes now, and at the peak.
    """

    def __init__(self, there: Any = ()) -> None:
        super().__init__()
        self.now = self.most = 0
        self.storages = {tensor.untyped_storage()._cdata for tensor in tree_leaves(there) if isinstance(tensor, Tensor)}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run one operation and count what it made."""
        made = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(made):
            if isinstance(tensor, Tensor):
                self.add(tensor.untyped_storage())
        return made

    def add(self, storage: torch.UntypedStorage) -> None:
        """Count a storage once, until it is freed."""
        key, size = storage._cdata, storage.nbytes()
        if key not in self.storages:
            self.storages.add(key)
            self.now += size
            self.most = max(self.most, self.now)
            weakref.finalize(storage, self.free, key, size)

    def free(self, key: int, size: int) -> None:
        """Forget a storage."""
        self.storages.discard(key)
        self.now -= size


class SavedBytes(saved_tensors_hooks):
    """Counts the bytes that a forward pass saves for backward, each storage once.

    Args:
        there: tensors that existed before; not counted.
    """

    def __init__(self, there: Any = ()) -> None:
        known = {tensor.untyped_storage()._cdata for tensor in tree_leaves(there) if isinstance(tensor, Tensor)}
        self.storages: dict[int, torch.UntypedStorage] = {}

        def keep(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            if storage._cdata not in known:
                self.storages[storage._cdata] = storage
            return tensor

        super().__init__(keep, lambda tensor: tensor)

    @property
    def bytes(self) -> int:
        """The sum."""
        return sum(storage.nbytes() for storage in self.storages.values())


def estimate(
    config: SearchConfig | TrainConfig, data: DataSet, genotype: Genotype | None = None, device: str = "cpu"
) -> Memory:
    """The memory of one step.

    Args:
        config: of a search or of a training run.
        data: the data set; only its size matters.
        genotype: what is trained, for a training run.
        device: kind of the device, which decides how cells are computed; the machine need not have one.
    Returns:
        A `Memory`; as a text, a table.
    """
    from torch._subclasses.fake_tensor import FakeTensorMode  # takes long to load, and few runs need it

    with FakeTensorMode(allow_non_fake_inputs=True):
        count = -(-config.batch_size // ranks())  # of several processes each has its share
        batch = Batch(torch.empty(count, *data.train.images.shape[1:]), torch.zeros(count, dtype=torch.int64))
        if isinstance(config, SearchConfig):
            return _search_step(config, data, batch, few_calls=device != "cpu")
        assert genotype is not None, "a training run trains a genotype"
        return _training_step(config, data, genotype, batch)


def _search_step(config: SearchConfig, data: DataSet, batch: Batch, few_calls: bool) -> Memory:
    net, numerics = supernet_of(config, data), numerics_of(config)
    numerics.prepare(net)
    for cell in net.cells:
        if few_calls and isinstance(cell, FusedCell):
            cell.plan = FEW_CALLS
    method = METHODS[config.method]
    arch = arch_of(config, method)  # of which only the shapes matter
    arch = arch.with_parameters({name: torch.empty(table.shape) for name, table in arch.parameters().items()})
    moment = moment_of(config, "alpha")
    relaxation, hypergradient = relaxation_of(config, moment), hypergradient_of(config)
    w, alpha = dict(net.named_parameters()), arch.parameters()
    buffers = {name: torch.empty_like(value) for name, value in w.items()}

    def loss() -> Tensor:
        return F.cross_entropy(numerics(net, batch.images, relaxation(arch)), batch.labels)

    virtual = VirtualStep(config.learning_rate, config.momentum, config.weight_decay, buffers)
    penalty = penalty_of(config, moment)
    problem = bilevel_problem(net, arch, relaxation, virtual, alpha_numerics_of(config), penalty)

    def alpha_step() -> Any:
        return hypergradient(problem, w, alpha, batch, batch)

    def eigenvalue() -> Any:
        product = hessian_product(problem.val_loss, w, alpha, batch, problem.average)
        return product(torch.zeros(sum(table.numel() for table in alpha.values()), dtype=torch.float64))

    kept, weight_step = _weight_step(net, loss, (alpha, batch, buffers))
    there = (w, alpha, batch, buffers)
    measured = [method.stop, *(INSTRUMENTS[name] for name in config.instruments)]
    differentiates_twice = any(one is not None and one.twice for one in measured)
    once, parameters = size_of([data.train.images, data.train.labels]), size_of(w)
    return Memory(
        data=once + 2 * size_of(batch),
        weights=parameters,
        gradients=parameters,
        momentum=parameters,
        alpha=4 * size_of(alpha),
        kept=kept,
        weight_step=weight_step,
        alpha_step=peak_of(alpha_step, there),
        eigenvalue=peak_of(eigenvalue, there) if differentiates_twice else 0,
    )


def _training_step(config: TrainConfig, data: DataSet, genotype: Genotype, batch: Batch) -> Memory:
    numerics = numerics_of(config)
    net = numerics.prepare(network_of(config, genotype, data))

    def loss() -> Tensor:
        logits, auxiliary = numerics(net, batch.images, config.drop_path)
        return training_loss(config, logits, auxiliary, batch.labels)

    kept, weight_step = _weight_step(net, loss, batch)
    parameters = size_of(list(net.parameters()))
    once = size_of([data.train.images, data.train.labels, data.test.images, data.test.labels])
    return Memory(once + size_of(batch), parameters, parameters, parameters, 0, kept, weight_step, 0)


def _weight_step(net: nn.Module, loss: Callable[[], Tensor], there: Any) -> tuple[int, int]:
    """Bytes saved for backward, and the peak of one forward and backward pass beyond what existed before."""
    there = (there, list(net.parameters()), list(net.buffers()))
    with Live(there) as live:
        kept = SavedBytes(there)
        with kept:
            value = loss()
        size = kept.bytes
        kept.storages.clear()
        value.backward()
    return size, live.most


def peak_of(call: Callable[[], Any], there: Any) -> int:
    """The most bytes that a call holds at one moment, beyond what existed before."""
    with Live(there) as live:
        call()
    return live.most


def size_of(tensors: Any) -> int:
    """Bytes of tensors, however they are nested."""
    return sum(t.numel() * t.element_size() for t in tree_leaves(tensors) if isinstance(t, Tensor))


def describe_bytes(size: float) -> str:
    """Bytes in a unit that suits them."""
    for unit, power in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if size >= 2**power:
            return f"{size / 2**power:.1f} {unit}"
    return f"{size:.0f} bytes"


def require_memory(
    config: SearchConfig | TrainConfig,
    data: DataSet,
    device: torch.device,
    genotype: Genotype | None = None,
    free: int | None = None,
) -> None:
    """Raise `UserError` if the device has too little memory for a step; say what to lower.

    On a CPU the estimate is made only for large runs, since it takes as long as a small search.

    Args:
        config, data, genotype: as in `estimate`.
        device: where the run would be.
        free: bytes; what the device has free where None.
    """
    free = free_memory(device) if free is None else free
    if device.type != "cuda" and size_of(data.train.images[:1]) * 4 * config.batch_size * config.layers < free / 500:
        return
    needed = estimate(config, data, genotype, device.type)
    if needed.total * HEADROOM <= free:
        return
    fits = int((free / HEADROOM - needed.always) / needed.moving * config.batch_size)
    smaller = f"lower batch_size from {config.batch_size} to {fits} or" if fits >= 1 else "lower"
    raise UserError(
        f"a step needs about {describe_bytes(needed.total * HEADROOM)} on device {str(device)!r}, and "
        f"{describe_bytes(free)} are free; {smaller} channels (now {config.channels}) or layers (now {config.layers})."
    )
