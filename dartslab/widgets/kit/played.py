"""The base class of views that compute and move in the page.

Their frame is not sent: the page computes it from the values of the controls, without waiting for Python, and an
exported page does so without Python. Python computes the same frame where it is asked for words or a picture. What
plays is a control too, such as the step of a search, so all that `View` says of settings, state texts and several
pages holds. The page's side is `played.js`.
"""

from typing import Any, ClassVar

from .view import View


class PlayedView(View):
    """Base class of the views that a page computes. A subclass gives what a subclass of `View` gives.

    `frame` must give for all settings what the page shows; a test in a browser compares both.
    """

    EXPORTS: ClassVar[bool] = True
    _shown: tuple[dict[str, Any], dict[str, Any]] | None = None  # settings, and their frame

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
