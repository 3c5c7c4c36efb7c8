"""The base class of views that compute and move in the page.

Their frame is not sent: the page computes it from the values of the controls, without waiting for Python, and an
exported page does so without Python. Python computes the same frame where it is asked for words or a picture. What
plays is a control too, such as the step of a search, so all that `View` says of settings, state texts and several
pages holds. The page's side is `played.js`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from ...base.messages import unknown
from .view import View


class PlayedView(View):
    """Base class of the views that a page computes. A subclass gives what a subclass of `View` gives.

    `frame` must give for all settings what the page shows; a test in a browser compares both.

    Args:
        settings: {name: control}, with the values that a view without arguments begins with.
        data: what the page needs and what never changes.
        first: {name: value} of controls that this view begins with instead. They are part of its state text.
    Raises:
        UserError: a control that does not exist, or a value that it cannot have.
    """

    EXPORTS: ClassVar[bool] = True
    _shown: tuple[dict[str, Any], dict[str, Any]] | None = None  # settings, and their frame

    def __init__(
        self, settings: Mapping[str, Any], data: dict[str, Any] | None = None, first: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(settings, [list(settings.values())], data)
        self.ready()
        for name in first or ():
            if name not in settings:
                raise unknown(f"setting of a {type(self).__name__}:", name, settings)
        if first:
            self._set(dict(first))

    @property
    def shown(self) -> dict[str, Any]:
        """The frame of the present settings, computed in Python."""
        with self._lock:
            settings = self.settings
            if self._shown is None or self._shown[0] != settings:
                self._shown = settings, self.frame(settings)
            return self._shown[1]

    @property
    def text(self) -> str:
        """What the view shows now, in words."""
        return self.describe(self.shown)

    def redraw(self) -> None:
        """The page draws by itself; the static picture follows when nothing moves any more."""
        self._settle_later()
