"""The base class of all live views: controls, a drawing, its description, its picture, its state as a short text.

A view is one `Canvas`, an anywidget that shows controls and buttons and draws a `frame`. A frame is a
dictionary that JSON can hold, computed by a pure function from the values of the controls. Python computes the frame;
the module beside it (`name.js`) draws it. A control may be changed in Python and in several pages at the same time:
`order.py` says which change counts.
"""

import os
import threading
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import ipywidgets

from ...base.files import write_atomically
from ...base.messages import UserError, require
from ...draw.picture import Picture
from .canvas import Canvas
from .controls import controls_of
from .notebook import flush_after_cells, unsettled
from .page import html_page, module, style
from .state import read_state, set_value, tidy, write_state

# a search at one step
RUN_MODULES = tuple(f"kit/run_{part}.js" for part in ("graph", "looks", "table", "strip", "view"))
RUN_STYLES = ("kit/run_view.css",)
SETTLE_S = 1.0  # seconds from the last change to a new static picture


class View(ipywidgets.VBox):
    """Base class of the views.

    A subclass defines `MODULES`, `frame`, `describe` and `still_png`, and ends its `__init__` with `self.ready()`.

    Args:
        settings: {name: control}; the values of these controls are the state of the view.
        rows: the controls and buttons of each row, from top to bottom. A control that is no setting goes by its
            description.
        data: what the drawing needs and what never changes.
        more: controls and buttons that stand behind "more", after the last row.
    """

    MODULES: ClassVar[tuple[str, ...]] = ()  # JavaScript files, the one that draws last
    STYLES: ClassVar[tuple[str, ...]] = ()  # style sheets besides that of all views
    EXPORTS: ClassVar[bool] = False  # whether `export_html` works
    PLAYS: ClassVar[str] = ""  # name of the slider that a button beside it moves on by itself
    _timer: threading.Timer | None = None

    def __init__(
        self,
        settings: Mapping[str, Any],
        rows: list[list[Any]],
        data: dict[str, Any] | None = None,
        more: Sequence[Any] = (),
    ) -> None:
        name = type(self).__name__
        look = {"_esm": module(*self.MODULES), "_css": style(*self.STYLES)}
        self.canvas: Canvas = type(f"{name}Canvas", (Canvas,), look)(data=data or {})
        self.controls = dict(settings)
        self._defaults = self.settings
        self._handles: list[tuple[Any, Any]] = []
        self._held = 0
        self._lock = threading.RLock()  # see `Canvas.connect`
        names = {id(control): name for name, control in self.controls.items()}
        shown = [{names.get(id(w), w.description): w for w in row} for row in (*rows, more)]
        super().__init__([self.canvas])
        self.add_class("dartslab")
        self.canvas.connect(
            shown[:-1], shown[-1], self.controls, self.PLAYS, lambda values: self.hear(values), self._lock
        )
        for control in self.controls.values():
            control.observe(self._on_change, "value")

    # what a subclass gives

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """What is drawn for these settings: a dictionary that JSON can hold."""
        raise NotImplementedError

    def describe(self, frame: dict[str, Any]) -> str:
        """The frame in words."""
        raise NotImplementedError

    def still_png(self, frame: dict[str, Any]) -> bytes:
        """The frame as PNG, for viewers that run no JavaScript."""
        raise NotImplementedError

    def page_data(self) -> dict[str, Any]:
        """What an exported page needs besides the first frame."""
        return dict(self.canvas.data)

    @property
    def fingerprint(self) -> str:
        """Eight digits in the state text that identify what is shown; "" where that is always the same."""
        return ""

    def hear(self, values: dict[str, Any]) -> None:
        """Set the controls to what a person chose, {name: value}; unknown names are ignored."""
        settings = {name: value for name, value in values.items() if name in self.controls}
        if settings:
            self._set(settings)
        for name in values.keys() & self.canvas.inputs.keys() - self.controls.keys():
            widget = self.canvas.inputs[name]
            if isinstance(widget, ipywidgets.Button):
                widget.click()
            else:
                widget.value = values[name]

    # what every view can do

    @property
    def settings(self) -> dict[str, Any]:
        """The values of the controls by name."""
        return {name: tidy(control.value) for name, control in self.controls.items()}

    @property
    def shown(self) -> dict[str, Any]:
        """The frame that is shown now."""
        return dict(self.canvas.frame)

    @property
    def text(self) -> str:
        """What the view shows now, in words."""
        return self.canvas.text

    def redraw(self) -> None:
        """Draw the frame of the present settings."""
        with self._lock:  # else an older frame could be shown after a newer one
            frame = self.frame(self.settings)
            self.publish(frame, settled=not frame.get("moving", False))

    def publish(self, frame: dict[str, Any], settled: bool = True) -> None:
        """Show a frame.

        Args:
            frame: a dictionary that JSON can hold.
            settled: whether no other frame follows at once; the static picture is then redrawn too.
        """
        with self.canvas.hold_sync():  # one message, so that drawing and words agree
            self.canvas.frame = frame
            self.canvas.text = self.describe(frame)
        if settled:
            self._settle_later()

    def state(self) -> str:
        """The settings as a short text; `restore` shows the same in another notebook."""
        changed = {name: value for name, value in self.settings.items() if value != self._defaults[name]}
        return write_state(type(self).__name__, changed, self.fingerprint)

    def restore(self, text: str) -> None:
        """Show what `state` described.

        Raises:
            UserError: no state text, one of another view or version, or a setting that this view does not have or
                cannot take. The view then stays as it was.
        """
        wanted = self._defaults | self.read_state(text)
        before = self.settings
        try:
            self._set(wanted)
        except UserError:
            self._set(before)
            raise

    def read_state(self, text: str) -> dict[str, Any]:
        """The changed settings in a state text; form and names are checked."""
        return read_state(type(self).__name__, text, self._defaults, self.fingerprint)

    def still(self) -> Picture:
        """The view as it is now: a PNG with alternative text."""
        return Picture(self.still_png(self.shown), self.text)

    def freeze(self) -> None:
        """Replace the live view by its static picture, which stays in the saved notebook and needs no kernel."""
        self._cancel()
        data, metadata = self.still()._repr_mimebundle_()
        for view, picture in self._handles:
            view.update(data, metadata=metadata, raw=True)
            picture.update({"text/plain": ""}, raw=True)
        self._handles = []
        self.remove_class("dartslab-shown")

    def export_html(self, path: str | Path) -> Path:
        """Write one HTML file that shows the view in any browser, without a server, network or kernel.

        Raises:
            UserError: this view cannot work without Python, or the file cannot be written.
        """
        name = type(self).__name__
        require(
            self.EXPORTS, f"a {name} needs a running Python and cannot be exported; show it with still() or freeze()."
        )
        named = isinstance(path, str | os.PathLike)
        require(named, f"a page is written into a file, got {path!r}; pass its name, for example '{name}.html'.")
        path = Path(path)
        require(path.suffix.lower() in (".html", ".htm"), f"{path} does not end in .html; change the suffix.")
        controls = [spec | {"plays": spec["name"] == self.PLAYS} for spec in controls_of(self.controls)]
        shown = dict(self.canvas.frame), self.text, self.still()
        text = html_page(name, self.MODULES, self.STYLES, controls, self.page_data(), *shown)
        write_atomically(path, lambda file: file.write(text.encode()))
        return path

    # how notebooks show it

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.text or 'nothing to show yet'}"

    def _repr_mimebundle_(self, **settings: Any) -> dict[str, str]:
        """The live view, and its picture and words for viewers that cannot run it."""
        live = super()._repr_mimebundle_(**settings)
        return {**live, "image/png": b64encode(self.still().png).decode("ascii"), "text/plain": repr(self)}

    def _ipython_display_(self) -> None:
        """Two outputs: the live view, and its picture, which the live view hides (see view.css).

        The picture is kept up to date, so that a saved notebook holds the last state; updating the output of the live
        view itself would rebuild the view, and keyboard users would lose the focus.
        """
        from IPython.display import display

        bundle = dict(super()._repr_mimebundle_())
        bundle["text/plain"] = (
            f"{type(self).__name__}: live in a running JupyterLab; elsewhere a picture is shown here."
        )
        self.add_class("dartslab-shown")
        flush_after_cells()
        view = display(bundle, raw=True, display_id=True)
        data, metadata = self.still()._repr_mimebundle_()
        picture = display(data, metadata=metadata, raw=True, display_id=True)
        if view is not None and picture is not None:  # None where no notebook listens, as in a terminal
            self._handles.append((view, picture))

    def settle(self) -> None:
        """Redraw the static picture where the view is shown."""
        self._cancel()
        if self._handles:
            data, metadata = self.still()._repr_mimebundle_()
            for _, picture in self._handles:
                picture.update(data, metadata=metadata, raw=True)

    def close(self) -> None:
        """Remove the view."""
        self._cancel()
        if "canvas" in vars(self):  # not if the constructor raised
            self.canvas.close()
        super().close()

    # inside

    def ready(self) -> None:
        """Draw for the first time. A subclass calls this at the end of its `__init__`."""
        self._defaults = self.settings
        self.redraw()

    def _on_change(self, change: Any) -> None:
        if not self._held:
            self.redraw()

    def _set(self, values: dict[str, Any]) -> None:
        """Set controls, {name: value}, and draw once."""
        with self._lock:
            self._held += 1
            try:
                for name, value in values.items():
                    set_value(name, self.controls[name], value)
            finally:
                self._held -= 1
            self.redraw()

    def _settle_later(self) -> None:
        self._cancel()
        if self._handles:
            unsettled.add(self)
            self._timer = threading.Timer(SETTLE_S, self.settle)
            self._timer.daemon = True
            self._timer.start()

    def _cancel(self) -> None:
        unsettled.discard(self)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
