"""Lists of choices, of which one is always chosen. No torch.

Those of ipywidgets take None for "nothing is chosen", which no view can draw. These refuse it.
"""

from typing import Any

import ipywidgets
import traitlets

from .state import describe_allowed


class _Chosen(ipywidgets.DOMWidget):
    """What both lists have in common. One that offers nothing has nothing chosen."""

    def notify_change(self, change: Any) -> None:
        """Tell those who observe the list, but not that nothing is chosen: it keeps its choice.

        Raises:
            traitlets.TraitError: nothing was to be chosen. (traitlets asks no validator about None.)
        """
        chosen = change["name"] in ("index", "value", "label")
        if chosen and change["new"] is None and change["old"] is not None and self.options:
            setattr(self, change["name"], change["old"])
            raise traitlets.TraitError(f"{self.description!r} cannot be None; {describe_allowed(self)}.")
        super().notify_change(change)


class Dropdown(_Chosen, ipywidgets.Dropdown):
    """A list that opens, of which one is always chosen."""


class ToggleButtons(_Chosen, ipywidgets.ToggleButtons):
    """A row of buttons, of which one is always pressed."""
