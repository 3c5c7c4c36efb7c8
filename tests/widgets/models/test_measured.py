"""Curves of instruments: grouped, without gaps, thinned, and JSON-able."""

import json

import numpy as np

from dartslab.widgets.models.measured import columns_of, instrument_curves, last_numbers
from dartslab.widgets.models.moments import POINTS, describe_moment

NAN = float("nan")
COLUMNS = {
    "step": [1, 2, 3, 4],
    "train_loss": [1.0, 1.0, 1.0, 1.0],
    "instrument.own": [NAN, NAN, 7.0, NAN],
    "instrument.lambda_max": [NAN, 0.25, NAN, 0.5],
    "instrument.skips.normal": [NAN, 0.0, NAN, 1.0],
    "instrument.skips.reduce": [NAN, 0.5, NAN, NAN],
    "instrument.gap.edges": [NAN, NAN, NAN, NAN],
}


def test_the_parts_of_an_instrument_are_lines_of_one_curve() -> None:
    found = instrument_curves(COLUMNS, 4)
    assert list(found) == ["skips", "lambda_max", "own"]  # in the order of the table; what nothing was measured of, not
    assert found["lambda_max"] == {"unit": "nats", "lines": [{"name": "", "x": [2, 4], "y": [0.25, 0.5]}]}
    assert found["skips"]["lines"] == [
        {"name": "normal", "x": [2, 4], "y": [0, 1]},
        {"name": "reduce", "x": [2], "y": [0.5]},
    ]
    assert found["own"]["unit"] == ""
    json.dumps(found, allow_nan=False)


def test_nothing_later_than_the_row_is_shown() -> None:
    assert instrument_curves(COLUMNS, 2)["lambda_max"]["lines"][0]["x"] == [2]
    assert instrument_curves(COLUMNS, 1) == {} and last_numbers(COLUMNS, 1) == {}
    assert last_numbers(COLUMNS, 3) == {"skips.normal": 0, "skips.reduce": 0.5, "lambda_max": 0.25, "own": 7}


def test_a_long_curve_is_thinned() -> None:
    steps = np.arange(1000)
    (line,) = instrument_curves({"step": steps, "instrument.lambda_max": steps / 7}, 1000)["lambda_max"]["lines"]
    assert 100 <= len(line["x"]) <= POINTS


def test_a_run_without_instruments_has_no_curves() -> None:
    assert columns_of(["step", "alpha.normal"]) == {} == instrument_curves({"step": [1]}, 1)


def test_the_numbers_are_told_in_words() -> None:
    shown = {"title": "a", "step": 4, "steps": 8, "last": {}, "cells": [], "measured": {"skips.normal": 0.5}}
    assert describe_moment(shown).endswith("measured skips normal 0.5")
