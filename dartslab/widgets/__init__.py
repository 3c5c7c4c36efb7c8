"""Live views for notebooks. Each is loaded from its module on first use."""

from typing import TYPE_CHECKING

from ..base.lazy import loader

if TYPE_CHECKING:  # for editors and mypy
    from .bilevel_explorer import BilevelExplorer
    from .cell_builder import CellBuilder
    from .discretization_gap import DiscretizationGap
    from .experiment_panel import ExperimentPanel
    from .finite_difference_dial import FiniteDifferenceDial
    from .relaxation_mixer import RelaxationMixer
    from .replay import Replay
    from .search_panel import SearchPanel

_MODULE_OF = {
    "SearchPanel": "search_panel",
    "Replay": "replay",
    "ExperimentPanel": "experiment_panel",
    "RelaxationMixer": "relaxation_mixer",
    "BilevelExplorer": "bilevel_explorer",
    "FiniteDifferenceDial": "finite_difference_dial",
    "CellBuilder": "cell_builder",
    "DiscretizationGap": "discretization_gap",
}
__all__ = [
    "BilevelExplorer",
    "CellBuilder",
    "DiscretizationGap",
    "ExperimentPanel",
    "FiniteDifferenceDial",
    "RelaxationMixer",
    "Replay",
    "SearchPanel",
]
__getattr__ = loader(__name__, _MODULE_OF)
