"""dartslab: understand Differentiable Architecture Search by running it, watching it and taking it apart.

The names a reader needs are importable from here; each is loaded from its room the first time it is used, so that
reading a record or drawing a cell does not wait for torch.
"""

import sys
from types import ModuleType
from typing import Any

from .lazy import loader

__version__ = "0.1.0"

_ROOM_OF = {
    "SearchSpace": "space",
    "Genotype": "genotype",
    "PUBLISHED": "genotype",
    "PUBLISHED_RECURRENT": "genotype",
    "Arch": "arch",
    "Supernet": "supernet",
    "Network": "network",
    "count_parameters": "supernet",
    "count_multiply_adds": "network",
    "Bilevel": "bilevel",
    "SearchConfig": "config",
    "SearchState": "search_state",
    "search": "search",
    "TrainConfig": "train_config",
    "TrainState": "train",
    "train": "train",
    "Record": "record",
    "Recorder": "record",
}
__all__ = ["__version__", *_ROOM_OF]


class _Package(ModuleType):
    """`dartslab.search` and `dartslab.train` are functions that live in rooms of the same name.

    Importing a room binds it as an attribute of the package, which would hide the function; this keeps the function.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        same_name = name in _ROOM_OF and isinstance(value, ModuleType)
        super().__setattr__(name, getattr(value, name) if same_name else value)


sys.modules[__name__].__class__ = _Package

__getattr__ = loader(__name__, _ROOM_OF)
