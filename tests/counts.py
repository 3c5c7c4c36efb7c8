"""Counts of what a step costs, which no machine changes: aten calls, and bytes that autograd keeps for backward."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode


class CountCalls(TorchDispatchMode):
    """Counts aten calls; those that only make a view are also counted apart."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.views = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Count one call and let it through."""
        self.calls += 1
        self.views += function.is_view
        return function(*args, **(kwargs or {}))


def count_calls(step: Callable[[], Any]) -> int:
    """Aten calls of a step, with views."""
    with CountCalls() as count:
        step()
    return count.calls


def saved_bytes(forward: Callable[[], Tensor], parameters: set[int]) -> int:
    """Bytes of all storages that autograd keeps for backward; the parameters themselves are not counted."""
    storages: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            storages[storage.data_ptr()] = storage.nbytes()
        return tensor.detach()  # an output that keeps itself, history and all, would never be freed

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        kept = forward()  # alive while the storages are counted, so that none is used twice
    del kept
    return sum(storages.values())
