"""Results of benchmarks: each says what was measured, where and how often; pages and documents quote nothing else."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
RESULTS = sorted((ROOT / "benchmarks/results").glob("*.json"))
FIELDS = {"date", "command", "source", "machine", "threads", "versions", "n", "spread", "tables", "earlier"}
RATIOS = {"first_order_ratio", "second_order_ratio", "calls_ratio", "saved_bytes_ratio", "lesson_ratio"}


def load(name: str) -> dict[str, Any]:
    return json.loads((ROOT / f"benchmarks/results/{name}.json").read_text(encoding="utf-8"))


def run_benchmark(*arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("name", [path.stem for path in RESULTS])
def test_a_result_says_what_was_measured_and_where(name: str) -> None:
    result = load(name)
    assert set(result) >= FIELDS
    assert set(result["machine"]) >= {"processor", "cores"}
    assert re.match(r"measured|transcribed from the (page|result) of \d{4}-\d\d-\d\d", result["source"])
    assert (ROOT / result["command"].split()[1]).is_file()
    assert "/home" not in json.dumps(result) and str(ROOT) not in json.dumps(result)


def test_the_result_of_a_step_has_its_ratios() -> None:
    assert set(load("search_step")) >= RATIOS


def test_every_page_is_made_from_a_result() -> None:
    assert {path.with_suffix(".md") for path in RESULTS} == set((ROOT / "benchmarks/results").glob("*.md"))
    assert run_benchmark("benchmarks/measure.py", "--check") == ""


@pytest.mark.parametrize(
    ("document", "words", "name", "field"),
    [
        ("dartslab/fast/depthwise.py", r"up to (\d+) times slower", "kernels", "weight_gradient_ratio"),
        ("docs/decisions.md", r"up to (\d+) times slower", "kernels", "weight_gradient_ratio"),
        ("dartslab/fast/explicit_gradients.py", r"takes (\d+)\s+instead", "kernels", "microseconds_of_a_call"),
        ("dartslab/fast/explicit_gradients.py", r"of (\d+) microsec", "kernels", "microseconds_of_torchs_call"),
        ("docs/gpu.md", r"`, (\d+) kills", "kill_test", "n"),
    ],
)
def test_documents_quote_the_newest_result(document: str, words: str, name: str, field: str) -> None:
    (quoted,) = re.findall(words, (ROOT / document).read_text(encoding="utf-8"))
    assert int(quoted) == round(load(name)[field])


@pytest.mark.long
def test_a_benchmark_measures_each_variant_in_turn() -> None:
    command = ["--preset", "lesson", "--against", "none", "--repeats", "2", "--json"]
    result = json.loads(run_benchmark("benchmarks/search_step.py", *command))
    assert set(result) >= FIELDS - {"earlier"}
    assert result["n"] == {"lesson: fused": 2, "lesson: fused, exact": 2}
    assert "--json" not in result["command"]


@pytest.mark.long
def test_the_benchmark_of_methods_measures_each_beside_darts() -> None:
    result = json.loads(run_benchmark("benchmarks/methods.py", "--methods", "darts", "--steps", "2", "--json"))
    assert set(result) >= FIELDS - {"earlier"}
    ((row,),) = result["tables"].values()
    assert row["method"] == "darts" and row["x calls"] == row["x passes"] == 1 and row["x step"] > 0
    assert row["passes"] == "51 + 4"  # two passes in each of two steps, and 47 batches of validation
    assert row["could act"] == "yes" and row["calls"] > 1000


def test_the_document_on_the_table_has_the_tables_of_the_report() -> None:
    page, document = ((ROOT / path).read_text() for path in ("benchmarks/results/truth_report.md", "docs/truth.md"))
    found = re.findall(r"(?:^\|.*\n)+", page, flags=re.MULTILINE)
    tables = [table for table in found if "| newest |" not in table]
    assert len(tables) == len(load("truth_report")["tables"]) > 0
    assert [table for table in tables if table not in document] == []


def test_the_report_follows_from_the_table_and_the_searches() -> None:
    again = json.loads(run_benchmark("benchmarks/truth_report.py", "--rankings", "-", "--json"))["tables"]
    kept = load("truth_report")["tables"]
    assert again == {name: kept[name] for name in again}
