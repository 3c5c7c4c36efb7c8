"""Controls in words that a page understands, and the values that go there and come back.

A control is an ipywidgets object that is never shown itself: it holds and checks a value. `view.js` shows a native
input of the browser for it. Such an input sends what a person did and nothing else; the sliders of ipywidgets also
send back, rounded, what Python has set.
"""

from collections.abc import Mapping
from typing import Any

import ipywidgets

from .state import tidy


def controls_of(controls: Mapping[str, Any], live: bool = False) -> list[dict[str, Any]]:
    """Controls as dictionaries that JSON can hold.

    Args:
        controls: ipywidgets controls by name.
        live: for a view in a notebook, where choices are numbered; an exported page has no Python, and gets the values
            themselves.
    """
    return [_spec(name, control, live) for name, control in controls.items()]


def _spec(name: str, control: Any, live: bool) -> dict[str, Any]:
    spec: dict[str, Any] = {"name": name, "label": control.description or name}
    if isinstance(control, ipywidgets.Button):
        return spec | {"kind": "press", "tip": control.tooltip, "disabled": control.disabled, "value": None}
    spec["value"] = control.value
    if live:
        lazy = not getattr(control, "continuous_update", True)
        spec |= {"value": to_page(control), "lazy": lazy, "disabled": bool(getattr(control, "disabled", False))}
    if isinstance(control, ipywidgets.Checkbox | ipywidgets.ToggleButton):
        return spec | {"kind": "check"}
    if isinstance(control, ipywidgets.SelectMultiple):
        return spec | {"kind": "many", "options": _options(control, live), "value": list(spec["value"])}
    if hasattr(control, "options"):
        kind = "buttons" if isinstance(control, ipywidgets.ToggleButtons) else "choice"
        return spec | {"kind": kind, "options": _options(control, live)}
    if hasattr(control, "base"):
        bounds = {"min": control.min, "max": control.max, "step": control.step if live else "any"}
        return spec | {"kind": "log", "base": control.base, **bounds}
    kind = "number" if isinstance(control, ipywidgets.BoundedFloatText | ipywidgets.BoundedIntText) else "range"
    return spec | {"kind": kind, "min": control.min, "max": control.max, "step": control.step}


def _pairs(control: Any) -> list[tuple[str, Any]]:
    """The choices of a list as (label, value)."""
    return [option if isinstance(option, tuple) else (str(option), option) for option in control.options]


def _options(control: Any, live: bool) -> list[tuple[str, Any]]:
    pairs = _pairs(control)
    return [(label, number) for number, (label, _) in enumerate(pairs)] if live else pairs


def to_page(control: Any) -> Any:
    """The value of a control for a live page: the number of a choice, since its value may be anything."""
    if isinstance(control, ipywidgets.SelectMultiple):
        return list(control.index)
    return control.index if hasattr(control, "options") else tidy(control.value)


def from_page(control: Any, value: Any) -> Any:
    """What a value from a live page stands for; numbers are kept between the bounds of the control.

    Raises:
        IndexError, TypeError: the number of no choice.
    """
    if isinstance(control, ipywidgets.Button):
        return True
    if isinstance(control, ipywidgets.SelectMultiple):
        return [_pairs(control)[number][1] for number in value]
    if hasattr(control, "options"):
        return _pairs(control)[value][1]
    if hasattr(control, "base"):  # the last digit of a power is not the same in every language
        return min(max(value, control.base**control.min), control.base**control.max)
    return min(max(value, control.min), control.max) if hasattr(control, "min") else value
