"""The command line: `dartslab search | train | reproduce | methods | rank | truth | export | draw | table | ...`.

`dartslab COMMAND --help` lists the flags of a command.
"""

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Annotated, Any

import tyro
from tyro.conf import subcommand

from ..base.by_file import own_failure
from ..base.messages import UserError, require, short
from ..experiment.config import Experiment, preset
from ..methods import METHODS
from ..run.config import SEARCH_PRESETS, TRAIN_PRESETS, SearchConfig, TrainConfig
from ..run.errors import NonFiniteLoss, RankError
from ..run.record import CHECKPOINT, Record
from ..run.stored import read_config
from .commands import Reproduce, Search, Train
from .course_commands import Doctor, Exercises, Lab
from .method_commands import Methods, Rank
from .results import Draw, Export, Table
from .truth_commands import Truth

PRESETS: dict[str, dict[str, Any]] = {"search": SEARCH_PRESETS, "train": TRAIN_PRESETS}


def _given(words: list[str], *flags: str) -> dict[str, str]:
    """What stands after these flags, {name of the field: word}, before all flags are read.

    A flag with no value after it is left out here, and refused with all the other flags.
    """
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for flag in flags:
        first.add_argument(flag, flag[:2] + flag[2:].replace("-", "_"), nargs="?")
    seen, _ = first.parse_known_args(words)
    return {name: word for name, word in vars(seen).items() if word is not None}


def _method(given: dict[str, str]) -> dict[str, Any]:
    """The method among the flags, whose settings a preset takes; one that is unknown is refused with other flags."""
    return {"method": given["method"]} if given.get("method") in METHODS else {}


def _starting_point(kind: str, config_class: Any, words: list[str]) -> Any:
    """The configuration that flags change: the stored one when resuming, else the preset's."""
    given = _given(words, "--preset", "--data", "--out", "--method")
    if "--resume" in words and "out" in given:
        out = given["out"]
        record = Record.load(out)
        require(
            record.kind == kind,
            f"{out} holds a run of `{record.kind}`, not of `{kind}`; resume it with `dartslab {record.kind} --resume`.",
        )
        return read_config(config_class, record.config, out)
    preset = given.get("preset", "lesson" if given.get("data") == "fashion-mini" else "published")
    method = _method(given) if kind == "search" else {}
    return PRESETS[kind].get(preset, config_class)(**method)  # what is unknown is refused with all the other flags


def _experiment(words: list[str]) -> Experiment:
    """The experiment that flags change: the preset's, with the settings of the method where it has its own."""
    given = _given(words, "--preset", "--method", "--learning-rate")
    changes = _method(given)
    if "learning_rate" in given:  # then it is that of all stages; which one it is, is read with all the other flags
        changes["learning_rate"] = Experiment.learning_rate
    return preset(given.get("preset", "published"), **changes)


def expand_home(word: str) -> str:
    """A word with the home folder in place of ~; in `--out=~/x` and `folder:~/x` a shell leaves it as it is."""
    beginning = re.match(r"(--[\w.-]+=)?(folder:)?(?=~($|[/\\]))", word)
    return word if beginning is None else f"{beginning[0]}{Path.home()}{word[beginning.end() + 1 :]}"


def _refuse_empty(words: list[str]) -> None:
    """Raise `UserError` where a word is empty: as a path it would stand for the current folder."""
    for before, word in zip(["", *words], words, strict=False):
        flag, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
        if (equals or not flag) and value.strip() in ("", "folder:"):
            given = flag or (before if before.startswith("--") and "=" not in before else "")
            what = f"what stands after {given}" if given else f"argument {words.index(word) + 1}"
            raise UserError(
                f"{what} is {value!r}, which names nothing; give a name or a path (a shell variable that is not set is "
                "empty)."
            )


def _kept_in(words: list[str]) -> str:
    """The folder that is given with --out, where it holds a checkpoint; else ""."""
    out = _given(words, "--out").get("out", "")
    return out if out and os.path.isfile(Path(out) / CHECKPOINT) else ""


def _how_to_go_on(name: str, words: list[str]) -> str:
    """What to do after a command was stopped in the middle of a step, or before the first."""
    if name == "reproduce":
        return "give the same command again to go on from the last checkpoint"
    if name in PRESETS and _kept_in(words):
        return "give the same command again with --resume to go on from the last checkpoint"
    return "nothing was kept, so give the same command again"


def main(words: list[str] | None = None) -> None:
    """Run the command line.

    Flags come from the fields of the configurations and of the commands.

    Args:
        words: the arguments; None takes those of the process.
    """
    words = [expand_home(word) for word in (sys.argv[1:] if words is None else words)]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a letter that the terminal does not know is written as its number
            stream.reconfigure(errors="backslashreplace")
    name = words[0] if words else ""
    try:
        _refuse_empty(words)
        search_config = _starting_point("search", SearchConfig, words[1:] if name == "search" else [])
        train_config = _starting_point("train", TrainConfig, words[1:] if name == "train" else [])
        experiment = _experiment(words[1:] if name == "reproduce" else [])
        missing: Any = tyro.MISSING
        commands = (
            Annotated[Search, subcommand("search", default=Search(out=missing, config=search_config))]
            | Annotated[Train, subcommand("train", default=Train(genotype=missing, config=train_config))]
            | Annotated[Reproduce, subcommand("reproduce", default=Reproduce(missing, missing, experiment))]
            | Annotated[Methods, subcommand("methods")]
            | Annotated[Rank, subcommand("rank")]
            | Annotated[Truth, subcommand("truth")]
            | Annotated[Export, subcommand("export")]
            | Annotated[Draw, subcommand("draw")]
            | Annotated[Table, subcommand("table")]
            | Annotated[Doctor, subcommand("doctor")]
            | Annotated[Exercises, subcommand("exercises")]
            | Annotated[Lab, subcommand("lab")]
        )
        tyro.cli(commands, args=words, prog="dartslab", description=__doc__).run()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, `head` for example, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains when it ends
        sys.exit(1)
    except (UserError, NonFiniteLoss, RankError) as error:
        sys.exit(f"dartslab: {error}")
    except OSError as error:
        if error.filename is None:
            raise
        what = short(error.filename)
        sys.exit(f"dartslab: {what} cannot be used ({error.strerror or error}); name another file or folder")
    except (Exception, SystemExit) as error:  # a file of one's own may call sys.exit in the middle of a search
        failure = own_failure(error, _kept_in(words))
        if failure is None:
            raise
        sys.exit(f"dartslab: {failure}")
    except KeyboardInterrupt:
        sys.exit(f"dartslab: stopped at once; {_how_to_go_on(name, words)}")


if __name__ == "__main__":
    main()
