"""What instruments measured in a run, as JSON-able columns: curves over the steps, and the last numbers. No torch."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import numpy as np

from ...instruments import INSTRUMENTS
from ...run.record import INSTRUMENT
from .moments import POINTS

UNDECIDED = "undecided"  # the curve that every run has: how undecided its edges are


def columns_of(columns: Iterable[str]) -> dict[str, list[str]]:
    """The columns of each instrument, {"skips": ["instrument.skips.normal", ...]}; known ones in their order first."""
    found: dict[str, list[str]] = {}
    for column in columns:
        if column.startswith(INSTRUMENT):
            found.setdefault(column.removeprefix(INSTRUMENT).partition(".")[0], []).append(column)
    known = [name for name in INSTRUMENTS if name in found]
    return {name: found[name] for name in (*known, *(found.keys() - set(known)))}


def instrument_curves(columns: Mapping[str, Any], rows: int) -> dict[str, dict[str, Any]]:
    """What each instrument measured up to a row, at most `POINTS` points a line.

    Args:
        columns: of a record or a recorder, "step" and "instrument.<name>" or "instrument.<name>.<part>".
        rows: how many entries of them.
    Returns:
        {name: {"unit": text, "lines": [{"name": part or "", "x": steps, "y": numbers}]}}; nothing for what was not
        measured yet.
    """
    steps = np.asarray(columns["step"][:rows], dtype=np.float64)
    found: dict[str, dict[str, Any]] = {}
    for name, parts in columns_of(columns).items():
        lines = []
        for column in parts:
            values = np.asarray(columns[column][:rows], dtype=np.float64)
            there = np.flatnonzero(np.isfinite(values))
            there = there[:: max(1, -(-len(there) // POINTS))]
            y = [float(f"{value:.5g}") for value in values[there]]
            lines.append({"name": part_of(column), "x": steps[there].tolist(), "y": y})
        if any(line["x"] for line in lines):
            unit = INSTRUMENTS[name].unit if name in INSTRUMENTS else ""
            found[name] = {"unit": unit, "lines": lines}
    return found


def last_numbers(columns: Mapping[str, Any], rows: int) -> dict[str, float]:
    """The last number of each column within some rows, {"skips.normal": 0.5}."""
    found = {}
    for column in chain.from_iterable(columns_of(columns).values()):
        values = columns[column][:rows]
        last = next((value for value in reversed(values) if np.isfinite(value)), None)
        if last is not None:
            found[column.removeprefix(INSTRUMENT)] = float(f"{last:.5g}")
    return found


def part_of(column: str) -> str:
    """What stands after the name of the instrument: "normal" of "instrument.skips.normal"."""
    return column.removeprefix(INSTRUMENT).partition(".")[2]
