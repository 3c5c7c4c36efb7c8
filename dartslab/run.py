"""What a search and a training run share: events, schedule, device, checks, checkpoints."""

import io
import platform
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .batches import Batch
from .cuda import cuda_trouble
from .distributed import local_device, mean, mean_numbers
from .files import write_atomically
from .genotype import Genotype
from .messages import UserError, require, unknown

VERSION = 1  # of checkpoints


@dataclass(frozen=True)
class Event:
    """What happened in one step. Losses in nats, accuracies in 0..1, None where nothing was measured.

    Args:
        step: steps done, 1 after the first.
        steps: steps of the whole run.
        epoch: 0-based epoch the step belonged to.
        learning_rate: of w, in this step.
        alpha_learning_rate, temperature: of alpha and of its softmax, in this step; both may be changed in between.
        train_loss, train_accuracy: on this step's training batch, before its update.
        val_loss, val_accuracy: on the whole validation part, at the end of an epoch or every `validate_every` steps.
        test_loss, test_accuracy: on the test set, once, after the last step of a training run.
        alpha: {kind: float32 [E, O]}, a copy; None when a derived network is trained.
        genotype: what would be derived now.
        epoch_done: this step was the last of its epoch.
        seconds: time spent in steps since the run began, over all resumptions.
    """

    step: int
    steps: int
    epoch: int
    learning_rate: float
    train_loss: float
    train_accuracy: float
    seconds: float
    alpha_learning_rate: float | None = None
    temperature: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None
    alpha: Mapping[str, np.ndarray] | None = None
    genotype: Genotype | None = None
    epoch_done: bool = False


class NonFiniteLoss(RuntimeError):
    """The loss or a gradient is no longer a finite number; the step that met it was not applied."""


class Guard:
    """Looks whether numbers are finite, without waiting for the device that computes them.

    Once something is not finite, the guarded optimisers change nothing any more, so that weights and alpha stay as they
    were before that step, however late `found` asks. (They read `found_inf`, torch's own way to leave out a step.)

    Args:
        device: where the numbers are.
        optimizers: with `fused=True`.
    """

    def __init__(self, device: torch.device, *optimizers: Any) -> None:
        self.broken = torch.zeros((), device=device)  # 1 once something was not finite
        self.first = torch.zeros((), dtype=torch.int64, device=device)  # which of `looked` it was, counted from 1
        self.looked: list[tuple[str, int, float]] = []
        for optimizer in optimizers:
            optimizer.found_inf = self.broken

    def begin(self) -> None:
        """Forget what was found."""
        self.looked.clear()
        self.broken.zero_()
        self.first.zero_()

    def look(self, value: Tensor, what: str, step: int, learning_rate: float) -> None:
        """Remember whether every number is finite; nothing is raised yet."""
        self.looked.append((what, step, learning_rate))
        bad = ~torch.isfinite(value.detach()).all()
        self.first.copy_(torch.where((self.broken == 0) & bad, len(self.looked), self.first))
        self.broken.copy_(torch.where(bad, 1.0, self.broken))

    def found(self) -> tuple[str, int, float] | None:
        """What was first not finite, at which step, with which learning rate. Waits for the device."""
        number = int(self.first)
        found = self.looked[number - 1] if number else None
        self.looked.clear()
        return found


def not_finite(what: str, step: int, learning_rate: float, last: float | None) -> NonFiniteLoss:
    """The error for what a `Guard` found; `last` is the training loss of the step before."""
    before = "there was no step before" if last is None else f"the last finite training loss was {last:.4g}"
    return NonFiniteLoss(
        f"{what} is not finite at step {step} (learning rate {learning_rate:.4g}; {before}); the run stopped and the "
        "last checkpoint is kept. Start again with a lower learning rate or a lower clip."
    )


def cosine(start: float, end: float, position: float) -> float:
    """Cosine schedule: end + (start - end) (1 + cos(pi position)) / 2, position in 0..1 (Loshchilov, Hutter 2017)."""
    return end + (start - end) * (1 + np.cos(np.pi * position)) / 2


def choose_device(name: str, threads: int = 0) -> torch.device:
    """Where to compute: "auto" takes CUDA, then MPS, then the CPU; any other name is taken at its word.

    A GPU that torch has no code for is left out by "auto", with a warning that says why.

    Args:
        name: of the device.
        threads: of torch on the processor, for the whole process; 0 leaves them.

    Raises:
        UserError: an unknown name, a device that this machine does not have, or a GPU that torch cannot use, with why.
    """
    if threads:
        torch.set_num_threads(threads)
    mps = torch.backends.mps.is_available()
    if name == "auto":
        cuda = torch.cuda.is_available()
        if cuda and (trouble := cuda_trouble()):
            warnings.warn(f"the GPU is not used: {trouble.found}; {trouble.fix}.", stacklevel=2)
            cuda = False
        return local_device(torch.device("cuda" if cuda else "mps" if mps else "cpu"))
    kind, _, number = name.partition(":")
    if kind not in ("cpu", "cuda", "mps") or not (number.isdigit() or (number == "" and ":" not in name)):
        raise unknown("device", name, ("auto", "cpu", "cuda", "cuda:0", "mps"))
    if kind == "cuda" and (trouble := cuda_trouble(int(number or 0))):
        raise UserError(f"device {name!r} was asked for, but {trouble.found}; {trouble.fix}, or use device 'cpu'.")
    count = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(mps)}[kind]
    require(
        int(number or 0) < count,
        f"device {name!r} was asked for, and this machine has {count} of kind {kind!r}; use device 'auto' or 'cpu', "
        "or run `python -m dartslab doctor` to see what torch finds.",
    )
    return local_device(torch.device(name))


def device_name(device: torch.device) -> str:
    """What a person would call the device, with the number of threads of a processor."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU (MPS)"
    name = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        lines = information.read_text(encoding="utf-8", errors="replace").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
    threads = torch.get_num_threads()
    return f"{name}, {threads} thread{'s' * (threads != 1)}"


def set_learning_rate(optimizer: torch.optim.Optimizer, learning_rate: float) -> None:
    """Give every group of an optimiser this learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate


def sgd_step(
    optimizer: torch.optim.SGD, loss: Tensor, clip: float, guard: Guard, step: int, learning_rate: float
) -> Tensor:
    """One step of SGD with the gradient clipped to a norm; none, if the loss or the gradient is not finite.

    Loss and gradient are the means over all processes before anything is decided, so all decide alike.

    Args:
        optimizer: owns all weights, guarded.
        loss: scalar with a gradient history.
        clip: largest norm of the whole gradient.
        guard: told whether loss and gradient are finite.
        step, learning_rate: for its message.
    Returns:
        The loss, without a gradient history.
    """
    optimizer.zero_grad()
    loss.backward()
    weights = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    learning = [weight for weight in weights if weight.grad is not None]
    value, *gradients = mean([loss.detach(), *(weight.grad for weight in learning)])
    for weight, gradient in zip(learning, gradients, strict=True):
        weight.grad = gradient
    guard.look(value, "the training loss", step, learning_rate)
    norm = torch.nn.utils.clip_grad_norm_(weights, clip)
    guard.look(norm, "the gradient of the weights", step, learning_rate)
    optimizer.step()
    return value


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Share of right answers in 0..1, on the device; logits [B, classes], labels [B]."""
    return (logits.argmax(1) == labels).float().mean()


def evaluate(forward: Callable[[Tensor], Tensor], batches: Iterable[Batch]) -> tuple[float, float]:
    """Mean loss and accuracy over batches, of all processes, without gradients; every picture counts the same."""
    loss = right = count = 0.0
    with torch.no_grad():
        for batch in batches:
            logits = forward(batch.images)
            loss += float(F.cross_entropy(logits, batch.labels, reduction="sum"))
            right += float((logits.argmax(1) == batch.labels).sum())
            count += len(batch.labels)
    loss, right, count = mean_numbers(loss, right, count)
    return loss / count, right / count


def save_checkpoint(path: str | Path, kind: str, config: Any, contents: Mapping[str, Any]) -> None:
    """Write everything a run needs to go on, atomically.

    torch's own writer turns a failing disk into a RuntimeError, so the bytes are made in memory first.
    """
    buffer = io.BytesIO()
    torch.save({"format": f"dartslab-{kind}", "version": VERSION, "config": asdict(config), **contents}, buffer)
    write_atomically(Path(path), lambda file: file.write(buffer.getbuffer()))


def load_checkpoint(path: str | Path, kind: str) -> dict[str, Any]:
    """Read what `save_checkpoint` wrote.

    Raises:
        UserError: no such file, a half-written or foreign one, one of another kind or version.
    """
    path = Path(path)
    advice = "start a new run in another folder, or name the folder of a run"
    require(path.is_file(), f"{path} does not exist, so there is nothing to resume; {advice}.")
    try:
        state: Any = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} is no complete checkpoint ({first_line[:120]}); {advice}.") from error
    got = state.get("format") if isinstance(state, dict) else None
    require(got == f"dartslab-{kind}", f"{path} holds {got or 'something foreign'}, not a dartslab {kind}; {advice}.")
    require(
        state.get("version") == VERSION,
        f"{path} is of version {state.get('version')!r}, this dartslab reads {VERSION}; resume with the dartslab that "
        "wrote it.",
    )
    return state
