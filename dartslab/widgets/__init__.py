"""Live views for notebooks. Each is loaded from its room on first use."""

from ..base.lazy import loader

_ROOM_OF = {
    "SearchPanel": "search_panel",
    "Replay": "replay",
    "ExperimentPanel": "experiment_panel",
    "RelaxationMixer": "relaxation_mixer",
    "BilevelExplorer": "bilevel_explorer",
    "FiniteDifferenceDial": "finite_difference_dial",
    "CellBuilder": "cell_builder",
    "DiscretizationGap": "discretization_gap",
}
__all__ = list(_ROOM_OF)
__getattr__ = loader(__name__, _ROOM_OF)
