"""Live views for notebooks. Each is loaded from its room on first use."""

from importlib import import_module
from typing import Any

_ROOM_OF = {
    "SearchPanel": "search_panel",
    "Replay": "replay",
    "RelaxationMixer": "relaxation_mixer",
    "BilevelExplorer": "bilevel_explorer",
    "FiniteDifferenceDial": "finite_difference_dial",
    "CellBuilder": "cell_builder",
    "DiscretizationGap": "discretization_gap",
}
__all__ = list(_ROOM_OF)


def __getattr__(name: str) -> Any:
    """Load a view on first use."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'dartslab.widgets' has no attribute {name!r}; it offers: {', '.join(_ROOM_OF)}")
    return getattr(import_module(f"dartslab.widgets.{_ROOM_OF[name]}"), name)
