"""Data parallel searching: several processes, each with its share of every batch, compute the same step.

    python -m torch.distributed.run --nproc-per-node 2 -m dartslab search ...

DDP averages gradients in hooks of `backward`, and `torch.autograd.grad`, of which hypergradients are made, does not
run those hooks: gradients would silently not be averaged (pytorch issues 47562, 63812). So this module averages
each first-order result in the order in which the mathematics needs it: the gradient of L_train, from which w' is made;
then v and the direct term, taken at that w'; then the implicit term; and the gradient of the weight step. Every
derivative is linear in the loss and the loss of a batch is the mean over its pictures, so each mean over processes is
the derivative of the joined batch.

That holds as far as the loss of a picture does not depend on the others of its batch. BatchNorm's does: its statistics
are those of a process's own share, as they are in published multi-GPU searches, so a supernet's hypergradient on two
processes is another number than on one. `tests/run/test_distributed.py` shows both.

In one process everything here does nothing.
"""

import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import torch
import torch.distributed as dist
import torch.distributed.nn.functional
from torch import Tensor

from ..base.messages import require
from .errors import RankError

TIMEOUT = timedelta(minutes=10)  # compiling, reading data and saving all happen while others wait
LEADER = 0  # the rank that records, saves and prints
_sent: deque[Tensor] = deque(maxlen=8)  # what was exchanged last, see `run_collective`


def is_started_by_torchrun() -> bool:
    """Whether torchrun started this process together with others."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def join(timeout: timedelta = TIMEOUT) -> None:
    """Join the process group of torchrun; does nothing in a process that torchrun did not start.

    Args:
        timeout: how long a process may be waited for before the others end.
    Raises:
        RankError: they did not come.
    """
    if not is_started_by_torchrun() or dist.is_initialized():
        return
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    run_collective(dist.init_process_group, backend, timeout=timeout)


def leave() -> None:
    """Leave the process group: when this returns, the threads that exchanged tensors have ended.

    They must have: one that still lets go of a tensor while Python shuts down aborts the process (pytorch issue
    190489). `torch.distributed.nn.functional` has the group as default argument of its functions; imported later than
    the group was made, as making an optimiser does, it would keep group and threads for good.
    """
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()
    _sent.clear()


def rank() -> int:
    """The number of this process, 0 for a single one."""
    return dist.get_rank() if dist.is_available() and dist.is_initialized() else LEADER


def ranks() -> int:
    """How many processes share each batch."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def local_device(device: torch.device) -> torch.device:
    """The device of this process: CUDA without a number becomes the one with the number of the process on its machine.

    Raises:
        UserError: processes that cannot have one each, or MPS, over which processes cannot exchange tensors.
    """
    if ranks() == 1:
        return device
    require(
        device.type != "mps",
        f"{ranks()} processes were started, and they cannot exchange tensors on device 'mps'; add --device cpu, or "
        "start one process.",
    )
    if device.type != "cuda":
        return device
    number, count = int(os.environ.get("LOCAL_RANK", rank())), torch.cuda.device_count()
    require(
        device.index is None and number < count,
        f"process {number} of this machine was given device {str(device)!r}, and the machine has {count} CUDA devices; "
        f"use --device cuda and --nproc-per-node {count} at most.",
    )
    torch.cuda.set_device(number)
    return torch.device("cuda", number)


def mean(tensors: Sequence[Tensor]) -> list[Tensor]:
    """The mean of each tensor over all processes, (t_1 + ... + t_N) / N; the same bits everywhere, one message for all.

    Args:
        tensors: of one device, in the same order and shapes in every process.
    Returns:
        New tensors; in one process those given.
    Raises:
        RankError: another process ended or did not answer.
    """
    if ranks() == 1 or not tensors:
        return list(tensors)
    with torch.no_grad():
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        run_collective(dist.all_reduce, flat)
        parts = (flat / ranks()).split([tensor.numel() for tensor in tensors])
        return [torch.empty_like(t).copy_(part.view(t.shape)) for t, part in zip(tensors, parts, strict=True)]


def mean_numbers(*numbers: float) -> list[float]:
    """`mean` of plain numbers, in float64."""
    if ranks() == 1:
        return list(numbers)
    return mean([torch.tensor(numbers, dtype=torch.float64)])[0].tolist()


def mean_gradients(gradients: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`mean` of a dictionary of gradients: what `Bilevel.average` is in a data parallel search."""
    return dict(zip(gradients, mean(list(gradients.values())), strict=True))


def broadcast_(tensors: Sequence[Tensor]) -> None:
    """Overwrite every tensor with the one of process 0."""
    if ranks() > 1:
        with torch.no_grad():
            for tensor in tensors:
                whole = tensor.detach().contiguous()
                run_collective(dist.broadcast, whole, LEADER)
                tensor.copy_(whole)


def any_process_says(flag: bool) -> bool:
    """Whether the flag is set in any process, so that a stop requested of one process stops all."""
    if ranks() == 1:
        return flag
    flags = torch.tensor(int(flag))
    run_collective(dist.all_reduce, flags, dist.ReduceOp.MAX)
    return bool(flags)


def check_equal(tensors: Mapping[str, Tensor], step: int) -> None:
    """Compare checksums of all bits of these tensors over the processes. Waits for the device.

    Args:
        tensors: weights and alpha, by name.
        step: for the message.
    Raises:
        RankError: they differ; names the first that does.
    """
    if ranks() == 1:
        return
    sums = torch.stack([checksum(tensor) for tensor in tensors.values()])
    both = torch.stack([sums, -sums])
    run_collective(dist.all_reduce, both, dist.ReduceOp.MAX)
    differ = (both[0] != -both[1]).tolist()
    if any(differ):
        first = next(name for name, differs in zip(tensors, differ, strict=True) if differs)
        raise RankError(
            f"after step {step} the {ranks()} processes no longer hold the same numbers ({sum(differ)} of "
            f"{len(differ)} tensors differ, the first is {first}); the run stopped and the last checkpoint is kept. "
            "Use the same kind of device and the same versions everywhere, then continue with --resume."
        )


def checksum(tensor: Tensor) -> Tensor:
    """The sum of the bits of a tensor, read as integers; int64 []. Without rounding, the order is irrelevant."""
    return tensor.detach().flatten().view(torch.int32).sum(dtype=torch.int64)


def run_collective(exchange: Callable[..., object], *given: object, **named: object) -> None:
    """Call a collective operation; torch's various errors for a missing process become one sentence.

    The last tensors are kept until `leave`. A thread of gloo lets go of a tensor some time after the operation; if
    nobody else holds it, the thread needs Python's lock for that. `destroy_process_group` of torch 2.7 holds this lock
    while it waits for the thread: both would wait for ever.
    """
    _sent.extend(part for part in given if isinstance(part, Tensor))
    try:
        exchange(*given, **named)
    except RuntimeError as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise RankError(
            f"another process of this search ended or did not answer ({reason[:160]}); the run stopped and the last "
            "checkpoint is kept. Start all processes again and continue with --resume."
        ) from error.with_traceback(None)  # its frames hold the group, which `leave` is to end
