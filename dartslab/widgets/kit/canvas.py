"""The part of a view that a browser shows: its controls, and the drawing of a frame. The code is `*.js` beside it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
import traitlets

from .controls import controls_of, from_page, to_page
from .order import PYTHON, Order


class Canvas(anywidget.AnyWidget):
    """Controls and drawing of a view. Pages send a message when a control is moved or something drawn is clicked.

    Attributes:
        inputs: the controls that are shown, {name: ipywidgets control}.
    """

    data = traitlets.Dict().tag(sync=True)  # what does not change; sent once
    frame = traitlets.Dict().tag(sync=True)  # what is drawn now
    text = traitlets.Unicode().tag(sync=True)  # the frame in words
    controls: Any = traitlets.List().tag(sync=True)  # rows of controls, see `controls_of`
    settings = traitlets.Dict().tag(sync=True)  # their values, the revision, and the messages that these include

    def connect(
        self,
        rows: Sequence[Mapping[str, Any]],
        more: Mapping[str, Any],
        others: Mapping[str, Any],
        plays: str,
        hear: Callable[[dict[str, Any]], None],
        lock: "threading.RLock",
    ) -> None:
        """Show controls, and keep their values the same in Python and in every page.

        Args:
            rows: {name: ipywidgets control or button} for each row.
            more: those behind "more".
            others: {name: control} of those that are drawn and not shown, but set by messages.
            plays: name of the slider that a button beside it moves on by itself; "" for none.
            hear: takes what a person chose, {name: value}.
            lock: messages and controls may be answered in different threads.
        """
        self._rows, self._more = [row for row in rows if row], more
        self._plays, self._hear, self._lock = plays, hear, lock
        self.inputs = {name: control for row in (*rows, more) for name, control in row.items()}
        self._order = Order()
        self._author: tuple[str, float | None] = (PYTHON, None)  # who changes controls now, and when that was
        for name, control in {**others, **self.inputs}.items():
            control.observe(lambda _, name=name: self._note(name), "value")
        for control in self.inputs.values():
            control.observe(lambda _: self._send_controls(), ["min", "max", "options", "disabled"])
        self._send_controls()
        self.on_msg(lambda _, content, buffers: self._receive(content))
        _answer_in_main_shell(self.comm)

    def _receive(self, content: dict[str, Any]) -> None:
        """Pass on a message of a page, without the values that somebody has set later."""
        sender, number, seen, at = content["sender"], content["number"], content["seen"], content["at"]
        with self._lock:
            values = {n: v for n, v in content["set"].items() if self._order.accept(n, sender, number, seen, at)}
            if content.get("by") == "control":
                values = {name: from_page(self.inputs[name], value) for name, value in values.items()}
            self._author = sender, at
            try:
                if values:
                    self._hear(values)
            finally:
                self._author = PYTHON, None
                self._order.hear(sender, number)
                self._send_settings()

    def _note(self, name: str) -> None:
        """Note a change of a control, and tell the pages."""
        with self._lock:
            self._order.note(name, *self._author)
            if self._author[0] == PYTHON:  # else `_receive` does it in the end
                self._send_settings()

    def _send_controls(self) -> None:
        """Send the controls to the pages, and their values."""
        with self._lock:
            rows = [controls_of(row, live=True) for row in self._rows]
            behind = [spec | {"more": True} for spec in controls_of(self._more, live=True)]
            rows = [*rows[:-1], [*(rows[-1] if rows else []), *behind]] if behind else rows
            for spec in (spec for row in rows for spec in row):
                spec["plays"] = spec["name"] == self._plays
                del spec["value"]  # that is in `settings`
            self.controls = rows
            self._send_settings()

    def _send_settings(self) -> None:
        values = {name: to_page(control) for name, control in self.inputs.items() if hasattr(control, "value")}
        self.settings = {"values": values, "revision": self._order.revision, "heard": dict(self._order.heard)}


def _answer_in_main_shell(comm: Any) -> None:
    """Have what a page sends answered in the main shell of the kernel, which is always there, in turn with the cells.

    ipykernel 7.4 hands it to the subshell that asked last when the view sent a frame. Frames come from a thread, so
    that may be any subshell, even one that is gone: the message is then lost.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, named: None
