"""What operations make while a network runs."""

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode


class Made(TorchDispatchMode):
    """All tensors that operations make, by the operation's name."""

    def __init__(self) -> None:
        super().__init__()
        self.tensors: list[tuple[str, tuple[Tensor, ...]]] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        all_ = made if isinstance(made, (tuple, list)) else (made,)
        self.tensors.append((str(func), tuple(t for t in all_ if isinstance(t, Tensor))))
        return made

    def of(self, name: str) -> list[tuple[Tensor, ...]]:
        return [tensors for func, tensors in self.tensors if name in func]
