"""The table of a record: one line per step, one column per number, with pandas and without."""

import csv
import io
import sys

import numpy as np
import pytest

from dartslab import PUBLISHED, Genotype, Record, SearchSpace
from dartslab.base.messages import UserError
from dartslab.run.table import to_csv, to_frame

SPACE = SearchSpace(1, ("none", "skip_connect"))
ALPHA = np.arange(8.0).reshape(2, 2, 2)  # [T, E, O]


def record() -> Record:
    columns = {
        "step": np.array([1, 2]),
        "val_loss": np.array([np.nan, 0.5]),
        "alpha.normal": ALPHA,
        "beta.normal": ALPHA[:, :, 0],
        "genotype": np.array([-1, 0]),
    }
    config = {"nodes": SPACE.nodes, "operations": SPACE.operations}
    return Record("search", config, columns, (PUBLISHED["DARTS_V2"].to_json(),))


def test_csv_has_a_line_per_step_and_a_column_per_number() -> None:
    first, second = csv.DictReader(io.StringIO(to_csv(record())))
    assert (first["step"], first["val_loss"], first["genotype"]) == ("1", "", "")
    assert (second["step"], second["val_loss"]) == ("2", "0.5")
    assert "\n" not in second["genotype"] and Genotype.from_json(second["genotype"]) == PUBLISHED["DARTS_V2"]
    for row, values in enumerate((first, second)):
        for number, edge in enumerate(SPACE.edges):
            place = f"{edge.source}->{edge.target}"
            assert float(values[f"beta.normal.{place}"]) == ALPHA[row, number, 0]
            for column, operation in enumerate(SPACE.operations):
                assert float(values[f"alpha.normal.{place}.{operation}"]) == ALPHA[row, number, column]


def test_without_pandas_a_sentence_says_what_to_do(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UserError, match="needs pandas, which is not installed; run `pip install pandas`"):
        record().table()


def test_with_pandas_it_is_a_frame() -> None:
    frame = pytest.importorskip("pandas") and to_frame(record())
    assert frame["step"].tolist() == [1, 2] and frame["alpha.normal.0->2.none"].tolist() == [0.0, 4.0]
