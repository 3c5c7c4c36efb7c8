"""The command line itself: where flags start from, and what is refused in one sentence."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

import dartslab.cli.main as command_line
import toy_methods
from command_lines import refused


def test_fashion_mini_starts_from_the_lesson_and_other_data_from_the_published_search() -> None:
    assert command_line._starting_point("search", command_line.SearchConfig, ["--data", "fashion-mini"]).channels == 4
    assert command_line._starting_point("search", command_line.SearchConfig, ["--data", "cifar10"]).channels == 16
    words = ["--data", "fashion-mini", "--preset", "published"]
    assert command_line._starting_point("search", command_line.SearchConfig, words).channels == 16


def test_a_method_brings_its_own_settings() -> None:
    with toy_methods.known():
        words = ["--method", "sampled-toy", "--data", "cifar10"]
        assert command_line._starting_point("search", command_line.SearchConfig, words).epochs == 7


@pytest.mark.parametrize(
    ("words", "layers", "data", "schedule"),
    [
        ("", 20, "cifar10", "cosine"),
        ("--data cifar100", 20, "cifar10", "cosine"),  # the flag itself comes after the starting point
        ("--preset cifar100", 20, "cifar100", "cosine"),
        ("--preset imagenet --data folder:x", 14, "folder:imagenet", "exponential"),
        ("--preset lesson", 3, "fashion-mini", "cosine"),
        ("--data fashion-mini", 3, "fashion-mini", "cosine"),
        ("--data fashion-mini --preset imagenet", 14, "folder:imagenet", "exponential"),
    ],
)
def test_training_starts_from_its_preset(words: str, layers: int, data: str, schedule: str) -> None:
    config = command_line._starting_point("train", command_line.TrainConfig, words.split())
    assert (config.layers, config.data, config.schedule) == (layers, data, schedule)


def test_every_field_of_the_configuration_is_a_flag_with_help(capsys) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.main(["search", "--help"])
    text = capsys.readouterr().out
    assert left.value.code == 0
    for field in (one.name for one in fields(command_line.SearchConfig)):
        assert re.search(rf"--{field.replace('_', '-')}[ ,]", text)


@pytest.mark.parametrize(
    ("command", "words", "advice"),
    [
        (command_line.Search, ["search", "--out", "a"], "continue with --resume"),
        (command_line.Reproduce, ["reproduce", "cifar10", "--out", "a"], "give the same command again"),
    ],
)
def test_ctrl_c_in_mid_step_says_how_to_go_on(command, words: list[str], advice: str, monkeypatch) -> None:
    def interrupted(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run", interrupted)
    assert refused(*words) == f"dartslab: stopped in the middle of a step; {advice} to go on from the last checkpoint"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--data", "imagenet"], "unknown data set 'imagenet'; allowed are: fashion-mini"),
        (["--data", "fashion-mini", "--hypergradient", "second"], "unknown hypergradient 'second'"),
        (["--data", "fashion-mini", "--operations", "conv"], "unknown operation 'conv'"),
        (["--data", "fashion-mini", "--device", "cuda:7"], "device 'cuda:7' was asked for"),
        (["--data", "fashion-mini", "--batch-size", "4000"], "batch_size is 4000, but there are only 3000"),
        (["--data", "folder:nowhere"], "nowhere has no folder 'train'"),
        (["--data", "fashion-mini", "--resume"], "a is not a folder"),
        (["--data", "fashion-mini", "--learning-rate", "1e30", "--clip", "1e30"], "is not finite at step"),
    ],
    ids=["data", "hypergradient", "operation", "device", "batch", "folder", "nothing to resume", "not finite"],
)
def test_a_search_that_cannot_be_is_refused_in_one_sentence(tmp_path: Path, words: list[str], sentence: str) -> None:
    assert sentence in refused("search", "--out", tmp_path / "a", *words)


@pytest.mark.parametrize(
    "words",
    [["--nodes", "many"], ["--no-such-flag", "1"], ["--preset", "huge"]],
    ids=["value", "flag", "choice"],
)
def test_a_flag_that_cannot_be_is_refused_with_what_is_allowed(tmp_path: Path, words: list[str], capsys) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.main(["search", "--out", str(tmp_path / "a"), *words])
    assert left.value.code == 2
    message = capsys.readouterr().err
    assert words[0] in message and "help" in message
