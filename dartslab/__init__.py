"""dartslab: understand Differentiable Architecture Search by running it, watching it and taking it apart.

All public names are imported from here. Each is loaded from its module when it is first used, so reading a record or
drawing a cell does not wait for torch. Type checkers and editors read the imports below instead.
"""

from typing import TYPE_CHECKING

from .base.lazy import loader

__version__ = "0.1.0"

_MODULE_OF = {
    # the search itself
    "SearchSpace": "space",
    "Genotype": "genotype",
    "PUBLISHED": "genotype",
    "PUBLISHED_RECURRENT": "genotype",
    "read_genotype": "run.sources",
    "Arch": "relaxation",
    "softmax": "relaxation",
    "MixedOp": "cell",
    "SearchCell": "cell",
    "Supernet": "supernet",
    "count_parameters": "supernet",
    "Bilevel": "bilevel",
    "HYPERGRADIENTS": "architect",
    "top_k": "derive",
    "random_genotype": "derive",
    "Network": "network",
    "count_multiply_adds": "network",
    # the same cell, faster
    "FusedCell": "fast.fused",
    # published searches, by name
    "METHODS": "methods",
    # what can be measured while a search runs, by name
    "INSTRUMENTS": "instruments",
    "instruments_of": "instruments",
    # pictures
    "DataSet": "data.datasets",
    "Labelled": "data.datasets",
    "load_data": "data.datasets",
    # one run
    "SearchConfig": "run.config",
    "SearchState": "run.search_state",
    "search": "run.search",
    "TrainConfig": "run.config",
    "TrainState": "run.train",
    "train": "run.train",
    "Event": "run.events",
    "Record": "run.record",
    "Recorder": "run.recorder",
    "export": "run.export",
    "load_network": "run.export",
    # drawing, and checking this machine
    "draw_genotype": "draw.cells",
    "render": "draw.dot",
    "examine": "cli.doctor",
}
__all__ = ["__version__", *_MODULE_OF]

if TYPE_CHECKING:
    from .architect import HYPERGRADIENTS as HYPERGRADIENTS
    from .bilevel import Bilevel as Bilevel
    from .cell import MixedOp as MixedOp
    from .cell import SearchCell as SearchCell
    from .cli.doctor import examine as examine
    from .data.datasets import DataSet as DataSet
    from .data.datasets import Labelled as Labelled
    from .data.datasets import load_data as load_data
    from .derive import random_genotype as random_genotype
    from .derive import top_k as top_k
    from .draw.cells import draw_genotype as draw_genotype
    from .draw.dot import render as render
    from .fast.fused import FusedCell as FusedCell
    from .genotype import PUBLISHED as PUBLISHED
    from .genotype import PUBLISHED_RECURRENT as PUBLISHED_RECURRENT
    from .genotype import Genotype as Genotype
    from .instruments import INSTRUMENTS as INSTRUMENTS
    from .instruments import instruments_of as instruments_of
    from .methods import METHODS as METHODS
    from .network import Network as Network
    from .network import count_multiply_adds as count_multiply_adds
    from .relaxation import Arch as Arch
    from .relaxation import softmax as softmax
    from .run.config import SearchConfig as SearchConfig
    from .run.config import TrainConfig as TrainConfig
    from .run.events import Event as Event
    from .run.export import export as export
    from .run.export import load_network as load_network
    from .run.record import Record as Record
    from .run.recorder import Recorder as Recorder
    from .run.search import search as search
    from .run.search_state import SearchState as SearchState
    from .run.sources import read_genotype as read_genotype
    from .run.train import TrainState as TrainState
    from .run.train import train as train
    from .space import SearchSpace as SearchSpace
    from .supernet import Supernet as Supernet
    from .supernet import count_parameters as count_parameters
else:
    __getattr__ = loader(__name__, _MODULE_OF)
