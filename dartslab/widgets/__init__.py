"""Live views for notebooks. Each is loaded from its module when it is first used."""

from typing import TYPE_CHECKING

from ..base.lazy import loader

_MODULE_OF = {
    "PlantedSearch": "planted_search",
    "NetworkMap": "network_map",
    "SearchPanel": "search_panel",
    "Replay": "replay",
    "ExperimentPanel": "experiment_panel",
    "RelaxationMixer": "relaxation_mixer",
    "NoDerivative": "no_derivative",
    "AlphaRace": "alpha_race",
    "BilevelExplorer": "bilevel_explorer",
    "HypergradientBeats": "hypergradient_beats",
    "FiniteDifferenceDial": "finite_difference_dial",
    "CellBuilder": "cell_builder",
    "DiscretizationGap": "discretization_gap",
    "Collapse": "collapse",
    "TruthExplorer": "truth_explorer",
}
__all__ = list(_MODULE_OF)

if TYPE_CHECKING:
    from .alpha_race import AlphaRace as AlphaRace
    from .bilevel_explorer import BilevelExplorer as BilevelExplorer
    from .cell_builder import CellBuilder as CellBuilder
    from .collapse import Collapse as Collapse
    from .discretization_gap import DiscretizationGap as DiscretizationGap
    from .experiment_panel import ExperimentPanel as ExperimentPanel
    from .finite_difference_dial import FiniteDifferenceDial as FiniteDifferenceDial
    from .hypergradient_beats import HypergradientBeats as HypergradientBeats
    from .network_map import NetworkMap as NetworkMap
    from .no_derivative import NoDerivative as NoDerivative
    from .planted_search import PlantedSearch as PlantedSearch
    from .relaxation_mixer import RelaxationMixer as RelaxationMixer
    from .replay import Replay as Replay
    from .search_panel import SearchPanel as SearchPanel
    from .truth_explorer import TruthExplorer as TruthExplorer
else:
    __getattr__ = loader(__name__, _MODULE_OF)
