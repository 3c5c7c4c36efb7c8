"""How long a solution ran, in words and in a file."""

from pathlib import Path

import pytest

from dartslab.messages import UserError
from dartslab.teach.times import FILE, Time, read_times


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (Time(37.6, 2, None), "ran in 38 s when this notebook was built, on 2 processor cores.*"),
        (Time(0.2, 1, 1), "ran in 1 s when this notebook was built, on 1 processor core with 1 thread.*"),
        (Time(130.2, 8, 4), "ran in 130 s when this notebook was built, on 8 processor cores with 4 threads.*"),
    ],
    ids=["threads not set", "one of each", "several"],
)
def test_a_time_is_told_in_whole_seconds(time: Time, words: str) -> None:
    assert time.sentence() == f"*All cells together {words}"


@pytest.mark.parametrize("text", ["<<<<<<<", "[]", '{"01_twice": 7}', '{"01_twice": {"seconds": 7}}'])
def test_times_that_cannot_be_read_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"times.json cannot be read .* remove it and run `make notebooks`"):
        read_times(tmp_path)


def test_before_the_first_run_there_are_no_times(tmp_path: Path) -> None:
    assert read_times(tmp_path) == {}


@pytest.mark.parametrize(("setting", "threads"), [("3", 3), ("", None), ("4,2", None)])
def test_the_number_of_threads_is_the_one_that_was_set(monkeypatch, setting: str, threads: int | None) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", setting)
    assert Time.of(1.23).threads == threads and Time.of(1.23).seconds == 1.2
