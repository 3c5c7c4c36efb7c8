"""The columns of a record as a flat table: CSV text, or a pandas DataFrame where pandas is installed. No torch."""

from __future__ import annotations

import csv
import io
import json
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from ..base.messages import UserError

if TYPE_CHECKING:
    from .record import Record


def flat_columns(record: Record) -> dict[str, list[Any]]:
    """Every column as a list of T values; a table per step becomes one column for each of its numbers.

    The number of alpha that belongs to skip_connect on the edge from state 0 to node 2 of the normal cell is in the
    column `alpha.normal.0->2.skip_connect`. The genotype is JSON on one line, empty where there is none.
    """
    genotypes = [json.dumps(json.loads(text)) for text in record.genotypes]
    flat: dict[str, list[Any]] = {}
    for name, column in record.columns.items():
        if name == "genotype":
            flat[name] = ["" if row < 0 else genotypes[int(row)] for row in column]
        elif column.ndim == 1:
            flat[name] = column.tolist()
        else:
            edges = [f"{edge.source}->{edge.target}" for edge in record.space.edges]
            parts = [edges, record.space.operations][: column.ndim - 1]  # [T, E] or [T, E, O]
            for words, values in zip(product(*parts), column.reshape(len(column), -1).T, strict=True):
                flat[".".join([name, *words])] = values.tolist()
    return flat


def to_csv(record: Record) -> str:
    """The table as CSV, one line per step below a line of names. What was not measured is left empty."""
    flat = flat_columns(record)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(flat)
    for row in zip(*flat.values(), strict=True):
        writer.writerow(["" if isinstance(value, float) and np.isnan(value) else value for value in row])
    return text.getvalue()


def to_frame(record: Record) -> Any:
    """The table as a pandas DataFrame, one row per step.

    Raises:
        UserError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise UserError(
            "a table as a DataFrame needs pandas, which is not installed; run `pip install pandas`, or write CSV with "
            "`dartslab table RUN --out FILE`."
        ) from error
    return pandas.DataFrame(flat_columns(record))
