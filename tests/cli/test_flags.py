"""Flags that people have in their scripts stay: every flag of version 1 is there, or the table says what it is now."""

import contextlib
import io
import re
from functools import cache
from pathlib import Path

import pytest

import dartslab.cli.main as command_line

# What `COMMAND --help` listed in version 1, one flag a line.
BEFORE = [tuple(line.split()) for line in (Path(__file__).parent / "flags_version_1.txt").read_text().splitlines()]
RENAMED = {("search", "--method"): "--hypergradient"}  # --method now names a published search


@cache
def flags(command: str) -> frozenset[str]:
    """The flags that the help of a command lists."""
    text = io.StringIO()
    with pytest.raises(SystemExit), contextlib.redirect_stdout(text):
        command_line.main([command, "--help"])
    return frozenset(re.findall(r"(?:^[│| ]*|, )(--[a-z][a-z0-9.-]*)", text.getvalue(), re.MULTILINE))


@pytest.mark.parametrize(("command", "flag"), BEFORE)
def test_a_flag_of_version_1_is_still_there(command: str, flag: str) -> None:
    assert RENAMED.get((command, flag), flag) in flags(command)


def test_method_names_a_published_search(capsys) -> None:
    assert "--method" in flags("search")
    with pytest.raises(SystemExit) as left:
        command_line.main(["search", "--out", "nowhere", "--method", "dartz"])
    assert "'dartz'" in str(left.value) and "darts" in str(left.value)
