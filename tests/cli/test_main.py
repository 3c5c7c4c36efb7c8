"""The command line itself: where flags start from, and what is refused in one sentence."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import dartslab.cli.main as command_line
import toy_methods
from command_lines import SMALL, refused, run
from dartslab import Record


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
    ("words", "rate", "alpha_rate"),
    [
        ("", 0.025, 3e-4),  # darts
        ("--method pc-darts", 0.1, 6e-4),
        ("--method pc-darts --learning-rate=0.05", 0.05, 6e-4),
        ("--method pc-darts --learning_rate 0.025", 0.025, 6e-4),
        ("--method pc-darts --search-learning-rate 0.2", 0.2, 6e-4),
        ("--method pc-darts --alpha-learning-rate 0.01", 0.1, 0.01),
        ("--method pc-darts --preset tiny", 0.05, 0.05),
    ],
)
def test_the_experiment_has_the_settings_of_its_method(
    words: str, rate: float, alpha_rate: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    monkeypatch.setattr(command_line.Reproduce, "run", lambda self: read.append(self.config.search_config(0)))
    command_line.main(["reproduce", "cifar10", "--out", "somewhere", *words.split()])
    assert [(config.learning_rate, config.alpha_learning_rate) for config in read] == [(rate, alpha_rate)]


@pytest.mark.parametrize(
    ("words", "layers", "data", "schedule"),
    [
        ("", 20, "cifar10", "cosine"),
        ("--data cifar100", 20, "cifar10", "cosine"),  # the flag itself comes after the starting point
        ("--preset cifar100", 20, "cifar100", "cosine"),
        ("--preset imagenet --data folder:x", 14, "folder:imagenet", "exponential"),
        ("--preset lesson", 3, "fashion-mini", "linear"),
        ("--preset quick", 3, "fashion-mini", "linear"),
        ("--data fashion-mini", 3, "fashion-mini", "linear"),
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


def test_ctrl_c_in_an_experiment_says_how_to_go_on(tmp_path: Path, monkeypatch) -> None:
    def interrupted(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line.Reproduce, "run", interrupted)
    said = refused("reproduce", "cifar10", "--out", tmp_path / "a")
    assert said == "dartslab: stopped at once; give the same command again to go on from the last checkpoint"


@pytest.mark.parametrize("words", [["search", "--out"], ["train", "--genotype", "DARTS_V2", "--out"]], ids=" ".join)
def test_ctrl_c_before_the_first_step_advises_nothing_that_cannot_be(tmp_path: Path, monkeypatch, words) -> None:
    def pressed(*anything: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dartslab.run.run_data.load_data", pressed)
    message = refused(*words, tmp_path / "a")
    assert message == "dartslab: stopped at once; nothing was kept, so give the same command again"
    assert not (tmp_path / "a").exists()


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


@pytest.mark.parametrize("words", ["search --out", "search --out x --preset", "reproduce cifar10 --out x --method",
                                   "reproduce cifar10 --out x --learning-rate"])  # fmt: skip
def test_a_flag_without_its_value_is_refused_by_its_name(words: str, capsys) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.main(words.split())
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert "Missing value for argument" in said and f"'{words.split()[-1]}'" in said


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("draw|", "argument 2 is ''"),
        ("draw| ", "argument 2 is ' '"),
        ("draw|DARTS_V2|--out|", "what stands after --out is ''"),
        ("draw|DARTS_V2|--out=", "what stands after --out is ''"),
        ("table|", "argument 2 is ''"),
        ("export||--out|x", "argument 2 is ''"),
        ("search|--out|x|--data|folder:", "what stands after --data is 'folder:'"),
        ("train|--genotype||--out|x", "what stands after --genotype is ''"),
        ("reproduce|cifar10|--out|x|--preset|", "what stands after --preset is ''"),
        ("lab|", "argument 2 is ''"),
        ("", "argument 1 is ''"),
    ],
)
def test_an_empty_word_is_refused_before_it_is_taken_for_the_current_folder(
    tmp_path: Path, monkeypatch, words: str, what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused(*words.split("|")).startswith(f"dartslab: {what}, which names nothing; give a name or a path")
    assert not list(tmp_path.iterdir())


# a word as the program gets it -> what it stands for, in the home folder H
WORDS = {
    "~": "H",
    "~/x": "H/x",
    "--out=~/x": "H/x",
    "folder:~/x": "folder:H/x",
    "--data=folder:~/x": "folder:H/x",
    "--search.batch-size=~": "H",
    "~x": "~x",
    "a~/x": "a~/x",
    "--out=a/~/x": "a/~/x",
}


@pytest.mark.parametrize("word", WORDS)
def test_the_home_folder_is_found_where_a_shell_leaves_its_sign(monkeypatch, word: str) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("H"))
    assert command_line.expand_home(word).rpartition("=")[2].replace(os.sep, "/") == WORDS[word]


def test_a_run_in_the_home_folder_is_there(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    run(capsys, "search", "--out=~/a", *SMALL, "--steps", "1")
    assert len(Record.load(tmp_path / "home" / "a")) == 1 and not (tmp_path / "~").exists()


LONG = "x" * 300


@pytest.mark.parametrize(
    "words",
    [
        ["search", "--data", "fashion-mini", "--steps", "1", "--out", LONG],
        ["search", "--data", "fashion-mini", "--out", LONG, "--resume"],
        ["search", "--data", f"folder:{LONG}", "--out", "a"],
        ["train", "--data", "fashion-mini", "--genotype", LONG],
        ["draw", LONG],
        ["draw", "DARTS_V2", "--out", LONG],
        ["export", LONG, "--out", "a"],
        ["table", LONG],
        ["reproduce", "cifar10", "--preset", "tiny", "--data", "fashion-mini", "--out", LONG],
        ["lab", LONG, "--no-start"],
    ],
    ids=lambda words: " ".join(words).replace(LONG, "LONG"),
)
def test_a_name_that_no_system_allows_is_refused_in_a_sentence(tmp_path: Path, monkeypatch, words: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert "x" * 70 in refused(*words)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_terminal_that_knows_few_letters_gets_every_message(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "läufe-日本"
    words = [sys.executable, "-m", "dartslab", "search", *SMALL, "--steps", "1", "--out", str(folder)]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(words, capture_output=True, env=environment, check=True)
    assert b"recorded in" in done.stdout and len(Record.load(folder)) == 1
    done = subprocess.run([*words[:4], "--out", str(folder)], capture_output=True, env=environment, check=False)
    assert done.returncode == 1 and b"already holds a run; add --resume" in done.stderr
    assert b"Traceback" not in done.stderr
