"""The values of a view's controls as a short text, and back."""

import json
from collections.abc import Mapping
from typing import Any

import traitlets

from ...base.messages import UserError, require, short, unknown

VERSION = 1  # of the state texts


def write_state(view: str, changed: Mapping[str, Any], fingerprint: str = "") -> str:
    """A state as text: `Replay.1:{"step":40}#1234abcd`.

    Args:
        view: name of its class.
        changed: the settings that differ from the defaults.
        fingerprint: tells what is shown from others of its kind; "" for none.
    """
    text = f"{view}.{VERSION}:{json.dumps(changed, separators=(',', ':'), ensure_ascii=False)}"
    return f"{text}#{fingerprint}" if fingerprint else text


def read_state(view: str, text: str, known: Mapping[str, Any], fingerprint: str = "") -> dict[str, Any]:
    """The changed settings in a state text.

    Args:
        view: name of the class that must have written it.
        text: what `write_state` gave.
        known: the view's settings by name.
        fingerprint: the one the text must have.
    Raises:
        UserError: no state text, one of another view, version or fingerprint, or an unknown setting.
    """
    advice = f"pass what {view}.state() gave."
    require(isinstance(text, str), f"a state is a text, got {type(text).__name__}; {advice}")
    head, colon, body = text.strip().partition(":")
    owner, dot, version = head.partition(".")
    require(bool(colon and dot), f"{text.strip()[:40]!r} is not the state of a view; {advice}")
    require(owner == view, f"this is the state of a {short(owner)}, not of a {view}; {advice}")
    require(version == str(VERSION), f"the state is of version {version[:10]}, this dartslab reads {VERSION}; {advice}")
    if fingerprint:
        body, _, mark = body.rpartition("#")
        require(
            mark == fingerprint,
            f"the state was made with something else ({mark[:12]!r}, this is {fingerprint!r}); open what it was made "
            "with.",
        )
    try:
        values = json.loads(body)
        assert isinstance(values, dict)
    except (ValueError, AssertionError, RecursionError) as error:
        raise UserError(f"the state {text.strip()[:40]!r} is damaged or cut off; {advice}") from error
    for key in values:
        if key not in known:
            raise unknown(f"setting in the state of a {view}:", key, known)
    return values


def tidy(value: Any) -> Any:
    """A float to 12 digits: a browser's slider answers 0.25 with 0.24999999999999997; anything else as it is."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def set_value(name: str, control: Any, value: Any) -> None:
    """Give a control a value.

    Raises:
        UserError: it cannot have this value.
    """
    refused = f"setting {name!r} cannot be {short(repr(value))}; {describe_allowed(control)}."
    require(value is not None, refused)  # a list takes None for "nothing is chosen", which no view can draw
    try:
        control.value = value
        now = list(control.value) if isinstance(value, list) else control.value
    except (traitlets.TraitError, TypeError, ValueError) as error:
        raise UserError(refused) from error
    require(now == value, refused)


def describe_allowed(control: Any) -> str:
    """The values that a control can take, in words."""
    if hasattr(control, "options"):
        values = [option[1] if isinstance(option, tuple) else option for option in control.options]
        return f"allowed are {', '.join(map(repr, values[:12]))}{' and more' * (len(values) > 12)}"
    if hasattr(control, "base"):
        return f"allowed is {control.base**control.min:g} to {control.base**control.max:g}"
    if hasattr(control, "min"):
        return f"allowed is {control.min:g} to {control.max:g}"
    return f"a {type(control.value).__name__} is wanted"
