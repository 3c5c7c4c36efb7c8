"""dartslab: understand Differentiable Architecture Search by running it, watching it and taking it apart.

The names a reader needs are importable from here; each is loaded from its room the first time it is used, so that
reading a record or drawing a cell does not wait for torch.
"""

from .base.lazy import loader

__version__ = "0.1.0"

_ROOM_OF = {
    "SearchSpace": "space",
    "Genotype": "genotype",
    "PUBLISHED": "genotype",
    "PUBLISHED_RECURRENT": "genotype",
    "Arch": "relaxation",
    "Supernet": "supernet",
    "Network": "network",
    "count_parameters": "supernet",
    "count_multiply_adds": "network",
    "Bilevel": "bilevel",
    "SearchConfig": "run.config",
    "SearchState": "run.search_state",
    "search": "run.search",
    "TrainConfig": "run.config",
    "TrainState": "run.train",
    "train": "run.train",
    "Record": "run.record",
    "Recorder": "run.recorder",
}
__all__ = ["__version__", *_ROOM_OF]


__getattr__ = loader(__name__, _ROOM_OF)
