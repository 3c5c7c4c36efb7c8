"""How tests give a command line: its words, what it prints, and the sentence it refuses with."""

import pytest

import dartslab.cli.main as command_line

SMALL = [
    "--data",
    "fashion-mini",
    "--image-size",
    "8",
    "--nodes",
    "1",
    "--channels",
    "2",
    "--layers",
    "3",
    "--operations",
    "none",
    "max_pool_3x3",
    "skip_connect",
    "--epochs",
    "1",
    "--steps",
    "12",
]
SMALL_TRAINING = [
    "--data",
    "fashion-mini",
    "--image-size",
    "8",
    "--channels",
    "2",
    "--layers",
    "2",
    "--epochs",
    "1",
    "--steps",
    "3",
]


def run(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """What a command prints."""
    command_line.main([str(word) for word in words])
    return capsys.readouterr().out


def refused(*words: object) -> str:
    """The sentence, of one line, that a command leaves with."""
    with pytest.raises(SystemExit) as left:
        command_line.main([str(word) for word in words])
    message = str(left.value)
    assert message.startswith("dartslab: ") and "\n" not in message
    return message
