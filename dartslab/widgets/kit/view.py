"""What all live views have in common: controls, a drawing, its words, its picture, its state as a short text.

A view is a column of ipywidgets controls and one `Canvas`, an anywidget that draws a `frame`: a dictionary that JSON
can hold, made by a pure function of the controls' values. A view never touches a model. Python makes the frame; the
module beside it (`name.js`) draws it.
"""

import json
import threading
import weakref
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import ipywidgets
import traitlets

from ...base.files import write_atomically
from ...base.messages import UserError, require, short, unknown
from ...draw.picture import Picture
from .page import controls_of, html_page, module, style

VERSION = 1  # of the state texts
SETTLE_S = 1.0  # after the last change the static picture is made anew


class Canvas(anywidget.AnyWidget):
    """The drawing of a view: shows `frame` and sends what is clicked in it as messages."""

    data = traitlets.Dict().tag(sync=True)  # what stays the same, sent once
    frame = traitlets.Dict().tag(sync=True)  # what is drawn now
    text = traitlets.Unicode().tag(sync=True)  # the same in words


class View(ipywidgets.VBox):
    """Base of the views. A subclass gives `MODULES`, `frame`, `describe` and `still_png`, and calls `ready` last.

    Args:
        settings: {name: control}; their values together are the view's state.
        rows: the controls as they are laid out, each row a list of widgets.
        data: what the drawing needs once.
    """

    MODULES: ClassVar[tuple[str, ...]] = ()  # JavaScript files, the one that draws last
    EXPORTS: ClassVar[bool] = False  # whether `export_html` works
    _timer: threading.Timer | None = None

    def __init__(self, settings: Mapping[str, Any], rows: list[list[Any]], data: dict[str, Any] | None = None) -> None:
        name = type(self).__name__
        look = {"_esm": module(*self.MODULES), "_css": style()}
        self.canvas: Canvas = type(f"{name}Canvas", (Canvas,), look)(data=data or {})
        self.controls = dict(settings)
        self._defaults = self.settings
        self._handles: list[tuple[Any, Any]] = []
        self._held = 0
        self._lock = threading.RLock()  # messages and controls may be answered in different threads
        self._latest: dict[tuple[Any, str], int] = {}  # (sender, control) -> number of the latest message that set it
        boxes = [ipywidgets.Box(row, layout={"flex_flow": "row wrap", "overflow": "visible"}) for row in rows]
        super().__init__([*boxes, self.canvas])
        self.add_class("dartslab")
        for widget in (widget for row in rows for widget in row):
            if isinstance(widget, ipywidgets.Checkbox):
                widget.layout.width, widget.layout.margin = "auto", "2px 18px 2px 2px"
            elif hasattr(widget.style, "description_width"):
                widget.style.description_width = "initial"  # as wide as the words; else they are cut off
        for control in self.controls.values():
            control.observe(self._on_change, "value")
        self.canvas.on_msg(lambda _, content, buffers: self._receive(content))

    # what a subclass gives

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """What is drawn for these settings; JSON-able, made by a pure function."""
        raise NotImplementedError

    def describe(self, frame: dict[str, Any]) -> str:
        """The frame in words."""
        raise NotImplementedError

    def still_png(self, frame: dict[str, Any]) -> bytes:
        """The frame as PNG, for viewers that run nothing."""
        raise NotImplementedError

    def page_data(self) -> dict[str, Any]:
        """What an exported page needs besides the first frame."""
        return dict(self.canvas.data)

    @property
    def fingerprint(self) -> str:
        """Eight digits of the state that tell what is shown from others of its kind; "" where there are none."""
        return ""

    def hear(self, values: dict[str, Any]) -> None:
        """What was clicked in the drawing, as values of controls by name; other names are passed over."""
        self._set({name: value for name, value in values.items() if name in self.controls})

    # what every view can do

    @property
    def settings(self) -> dict[str, Any]:
        """The values of the controls by name."""
        return {name: tidy(control.value) for name, control in self.controls.items()}

    @property
    def text(self) -> str:
        """The view in words, as it is now."""
        return self.canvas.text

    def redraw(self) -> None:
        """Draw the frame of the present settings; while it says `moving`, others follow at once."""
        with self._lock:  # else an older frame could be shown after a newer one
            frame = self.frame(self.settings)
            self.publish(frame, settled=not frame.get("moving", False))

    def publish(self, frame: dict[str, Any], settled: bool = True) -> None:
        """Show a frame.

        Args:
            frame: JSON-able.
            settled: nothing else follows at once, so that words and static picture are worth making anew.
        """
        with self.canvas.hold_sync():  # one message: drawing and words agree
            self.canvas.frame = frame
            self.canvas.text = self.describe(frame)
        if settled:
            self._settle_later()

    def state(self) -> str:
        """What is shown as a short text: `restore` it in another notebook to show the same."""
        changed = {name: value for name, value in self.settings.items() if value != self._defaults[name]}
        text = f"{type(self).__name__}.{VERSION}:{json.dumps(changed, separators=(',', ':'), ensure_ascii=False)}"
        return f"{text}#{self.fingerprint}" if self.fingerprint else text

    def restore(self, text: str) -> None:
        """Show what `state` described.

        Raises:
            UserError: no such text, one of another view or version, a setting this view has not or cannot have.
                The view then is as it was before.
        """
        wanted = self._defaults | self.read_state(text)
        before = self.settings
        try:
            self._set(wanted)
        except UserError:
            self._set(before)
            raise

    def read_state(self, text: str) -> dict[str, Any]:
        """The changed settings in a state text, checked for form and names."""
        name = type(self).__name__
        advice = f"pass what {name}.state() gave."
        require(isinstance(text, str), f"a state is a text, got {type(text).__name__}; {advice}")
        head, colon, body = text.strip().partition(":")
        owner, dot, version = head.partition(".")
        require(bool(colon and dot), f"{text.strip()[:40]!r} is no state of a view; {advice}")
        require(owner == name, f"this is the state of a {short(owner)}, and here is a {name}; {advice}")
        require(
            version == str(VERSION), f"the state is of version {version[:10]}, this dartslab reads {VERSION}; {advice}"
        )
        if self.fingerprint:
            body, _, mark = body.rpartition("#")
            require(
                mark == self.fingerprint,
                f"the state was made with something else ({mark[:12]!r}, this is {self.fingerprint!r}); open what it "
                "was made with.",
            )
        try:
            values = json.loads(body)
            assert isinstance(values, dict)
        except (ValueError, AssertionError, RecursionError) as error:
            raise UserError(f"the state {text.strip()[:40]!r} is damaged or cut off; {advice}") from error
        for key in values:
            if key not in self._defaults:
                raise unknown(f"setting in the state of a {name}:", key, self._defaults)
        return values

    def still(self) -> Picture:
        """The view as it is now: a PNG with alternative text."""
        return Picture(self.still_png(self.canvas.frame), self.text)

    def freeze(self) -> None:
        """Put the static picture where the view is shown; it stays in the saved notebook and needs no kernel."""
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
            self.EXPORTS, f"a {name} needs Python behind it and cannot be exported; show it with still() or freeze()."
        )
        path = Path(path)
        require(path.suffix.lower() in (".html", ".htm"), f"{path} does not end in .html; change the suffix.")
        text = html_page(
            name, self.MODULES, controls_of(self.controls), self.page_data(), self.canvas.frame, self.text, self.still()
        )
        write_atomically(path, lambda file: file.write(text.encode()))
        return path

    # how notebooks show it

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.text or 'nothing to show yet'}"

    def _repr_mimebundle_(self, **settings: Any) -> dict[str, str]:
        """The live view, and for viewers that cannot run it the picture and the words."""
        live = super()._repr_mimebundle_(**settings)
        return {**live, "image/png": b64encode(self.still().png).decode("ascii"), "text/plain": repr(self)}

    def _ipython_display_(self) -> None:
        """Two outputs: the live view, and its picture, which the live view hides (see view.css).

        The picture is kept up to date, so that a saved notebook holds the last state; updating the output of the live
        view itself would build the view anew and take the focus away from who works with the keyboard.
        """
        from IPython.display import display

        bundle = dict(super()._repr_mimebundle_())
        bundle["text/plain"] = f"{type(self).__name__}: live in a running JupyterLab; elsewhere a picture stands here."
        self.add_class("dartslab-shown")
        flush_after_cells()
        view = display(bundle, raw=True, display_id=True)
        data, metadata = self.still()._repr_mimebundle_()
        picture = display(data, metadata=metadata, raw=True, display_id=True)
        if view is not None and picture is not None:  # None where no notebook listens, as in a terminal
            self._handles.append((view, picture))

    def settle(self) -> None:
        """Make the static picture anew where the view is shown."""
        self._cancel()
        if self._handles:
            data, metadata = self.still()._repr_mimebundle_()
            for _, picture in self._handles:
                picture.update(data, metadata=metadata, raw=True)

    def close(self) -> None:
        """Take the view away."""
        self._cancel()
        if "canvas" in vars(self):  # not if the constructor raised
            self.canvas.close()
        super().close()

    # inside

    def ready(self) -> None:
        """To be called at the end of a subclass's `__init__`: draws for the first time."""
        self._defaults = self.settings
        self.redraw()

    def _receive(self, content: dict[str, Any]) -> None:
        """Pass a message of the drawing to `hear`, without the values that a later message has set already.

        Messages can arrive out of order. JupyterLab sends them over a subshell of the kernel; ipykernel 7.4 handles the
        first ones in its main thread and, as soon as that has answered, later ones in the subshell's thread.
        """
        sender, number = content["sender"], content["number"]
        with self._lock:
            new = {n: value for n, value in content["set"].items() if self._latest.get((sender, n), -1) < number}
            self._latest |= {(sender, name): number for name in new}
            if new:
                self.hear(new)

    def _on_change(self, change: Any) -> None:
        if not self._held:
            self.redraw()

    def _set(self, values: dict[str, Any]) -> None:
        """Give the controls values and draw once."""
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
            _unsettled.add(self)
            self._timer = threading.Timer(SETTLE_S, self.settle)
            self._timer.daemon = True
            self._timer.start()

    def _cancel(self) -> None:
        _unsettled.discard(self)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


_unsettled: "weakref.WeakSet[View]" = weakref.WeakSet()


def flush() -> None:
    """Make every static picture anew that waits for it."""
    for view in list(_unsettled):
        view.settle()


@cache
def flush_after_cells() -> None:
    """Have IPython call `flush` at the end of each cell: what a cell changed is then in the saved notebook."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.events.register("post_run_cell", lambda result: flush())


def tidy(value: Any) -> Any:
    """A float to 12 digits: a browser's slider answers 0.25 with 0.24999999999999997; anything else as it is."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def set_value(name: str, control: Any, value: Any) -> None:
    """Give a control a value.

    Raises:
        UserError: it cannot have this value.
    """
    refused = f"setting {name!r} cannot be {short(repr(value))}; {allowed(control)}."
    require(value is not None, refused)  # a list takes None for "nothing is chosen", which no view can draw
    try:
        control.value = value
        now = list(control.value) if isinstance(value, list) else control.value
    except (traitlets.TraitError, TypeError, ValueError) as error:
        raise UserError(refused) from error
    require(now == value, refused)


def allowed(control: Any) -> str:
    """What a control can be set to, in words."""
    if hasattr(control, "options"):
        values = [option[1] if isinstance(option, tuple) else option for option in control.options]
        return f"allowed are {', '.join(map(repr, values[:12]))}{' and more' * (len(values) > 12)}"
    if hasattr(control, "base"):
        return f"allowed is {control.base**control.min:g} to {control.base**control.max:g}"
    if hasattr(control, "min"):
        return f"allowed is {control.min:g} to {control.max:g}"
    return f"a {type(control.value).__name__} is wanted"
