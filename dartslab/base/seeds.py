"""Random numbers as a function of (seed, purpose, step): nothing to save, nothing to restore.

Every random decision of a search or a training run draws from a generator that is made for it from these three. So a
run that is resumed at a step makes the same decisions as one that was never stopped.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_one_at_a_time = threading.RLock()  # torch has one global random state for all threads


def derive_seed(seed: int, *purpose: str | int) -> int:
    """A seed for one purpose, for example `derive_seed(2, "order", epoch)`; a 63-bit number."""
    digest = hashlib.sha256(repr((seed, *purpose)).encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def stream(seed: int, *purpose: str | int) -> torch.Generator:
    """A CPU random generator for one purpose; the same on every device."""
    return torch.Generator().manual_seed(derive_seed(seed, *purpose))


def gumbel(shape: torch.Size | tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    """Gumbel noise: argmax_o (log p_o + g_o) is o with probability p_o. g = -log(-log u), u ~ U(0, 1)."""
    return -torch.rand(shape, generator=generator).clamp_min(1e-30).log().neg().log()


def set_seed(seed: int) -> None:
    """Set torch's global random state, as `torch.manual_seed` does, on every device that this machine has.

    That function also seeds devices that are not there, and keeps the stack of its caller for each. In a notebook or a
    test, where stacks are deep, this takes longer than what is seeded.
    """
    if torch.accelerator.is_available():
        torch.manual_seed(seed)
    else:
        torch.default_generator.manual_seed(seed)


@contextmanager
def seeded(seed: int, *purpose: str | int) -> Iterator[None]:
    """Run a block with torch's global random state set for one purpose, and put the caller's state back.

    Blocks of several threads take turns, so that a search made beside one that runs begins with its own weights.
    """
    devices = [torch.cuda.current_device()] if torch.cuda.is_available() and torch.cuda.is_initialized() else []
    with _one_at_a_time, torch.random.fork_rng(devices=devices):
        set_seed(derive_seed(seed, *purpose))
        yield
