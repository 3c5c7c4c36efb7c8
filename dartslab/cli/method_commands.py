"""The commands of `dartslab` about methods and rankings. Their fields are their flags.

Each loads what it needs when it runs, so that `--help` does without torch.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tyro.conf import Positional

from ..base.by_file import own_place
from ..base.messages import UserError, require, short
from ..methods import METHODS
from ..methods.rankings import RANKINGS, require_method, require_ranking
from ..run.config import SEARCH_PRESETS, SearchConfig

if TYPE_CHECKING:
    from ..run.search_state import SearchState

Preset = Literal["lesson", "quick", "published"]
# Settings of a search that are flags of `rank`.
SETTINGS = ("tied", "data", "image_size", "nodes", "operations", "channels", "layers", "batch_size", "seed")
HOW = "give nothing for the table, or `check` and the file of your method"


def preset_of(name: str | None, data: str | None) -> str:
    """Where the other flags start from, as for `search`: lesson with fashion-mini, else published."""
    return name or ("lesson" if data == "fashion-mini" else "published")


@dataclass(frozen=True)
class Methods:
    """List the published searches and the rankings, or check a method of your own: `dartslab methods check mine.py`.

    Printed are the paper, what a method changes about DARTS, and the paper's numbers with what they become in a search
    of the given length. --preset, --data, --epochs and --steps are those of `search`.
    """

    words: Positional[tuple[str, ...]] = ()
    """Nothing for the table; or `check` and the file of your method, or the name of one."""
    preset: Preset | None = None
    """The search for which numbers are printed: lesson, quick or published."""
    data: str | None = None
    """Its pictures; without --preset, fashion-mini stands for the preset lesson."""
    epochs: int | None = None
    """Its epochs."""
    steps: int | None = None
    """Stop it after so many steps; 0 runs all epochs."""
    markdown: bool = False
    """Print the table for docs/methods.md, without numbers."""

    def run(self) -> None:
        """Print the table, or the checks with what they found; leave with status 1 if one fails."""
        if self.words:
            require(len(self.words) == 2 and self.words[0] == "check", f"got {' '.join(self.words)!r}; {HOW}.")
            if not check(self.words[1]):
                sys.exit(1)
            return
        from ..run.method_table import describe_method, describe_ranking, in_markdown, in_words

        given = {"data": self.data, "epochs": self.epochs, "steps": self.steps}
        changes = {name: value for name, value in given.items() if value is not None}
        make = SEARCH_PRESETS[preset_of(self.preset, self.data)]
        rows = [describe_method(METHODS[name], make(**({"method": name} | changes))) for name in METHODS]
        rows += [describe_ranking(RANKINGS[name]) for name in RANKINGS]
        print(in_markdown(rows) if self.markdown else "\n".join(map(in_words, rows)))


def check(name: str) -> bool:
    """Run the checks that every method must pass on one, print what they found, and say whether all passed.

    Args:
        name: of a method, or the path of a file that defines METHOD.
    """
    from ..run.check_method import CHECKS

    method, passed = METHODS[require_method(name)], True
    for what, look in CHECKS.items():
        try:
            look(method)
        except UserError as error:
            found = str(error)
        except (Exception, SystemExit) as error:  # of the method's own code: any
            place = own_place(error)
            where = "" if place is None else f", line {place[2]} of {place[1]}"
            found = f"{type(error).__name__}: {short(error, 200)}{where}"
        else:
            print(f"ok   {what}")
            continue
        print(f"no   {what}: {found}")
        passed = False
    return passed


@dataclass(frozen=True)
class Rank:
    """Score random cells of a space by a ranking, and print them, the best first.

    Cell n is what `dartslab.random_genotype(space, n)` gives. A ranking looks at one batch of the training pictures and
    at untrained networks, or, where it asks a supernet, at that of the search given with --search.
    """

    names: Positional[tuple[str, ...]] = ()
    """The ranking, as --ranking."""
    ranking: str = ""
    """Which one; `dartslab methods` lists them. Or the path of a file that defines RANKING."""
    cells: int = 20
    """How many cells."""
    first: int = 0
    """Number of the first cell."""
    search: Path | None = None
    """Folder of a search: its space, pictures, sizes, seed and supernet; in place of the flags below."""
    preset: Preset | None = None
    """Where the flags below start from: lesson, quick or published."""
    data: str | None = None
    """Pictures, as for `search`."""
    image_size: int | None = None
    """Resize pictures to this many pixels."""
    nodes: int | None = None
    """Nodes in a cell."""
    operations: tuple[str, ...] | None = None
    """Candidate operations on every edge."""
    tied: bool = False
    """One cell for both kinds, as for `search`."""
    channels: int | None = None
    """Channels of the first cell of the networks."""
    layers: int | None = None
    """Number of their cells."""
    batch_size: int | None = None
    """Pictures in the batch."""
    seed: int | None = None
    """Of the untrained weights, and of chance."""
    out: Path | None = None
    """File for the best cell, as JSON; `train --genotype` takes it."""

    def run(self) -> None:
        """Print a line for each cell."""
        from ..base.files import write_atomically
        from ..derive import random_genotype
        from ..run.rank import score_cells

        name = self.chosen()
        ranking = require_ranking(name)
        require(self.cells >= 1, f"cells must be 1 or more, got {self.cells}; its default is 20.")
        require(self.first >= 0, f"first must be 0 or more, got {self.first}; its default is 0.")
        state = None if self.search is None else self.load(self.search)
        config = self.config() if state is None else state.config
        numbers = range(self.first, self.first + self.cells)
        cells = [random_genotype(config.space, number) for number in numbers]
        scores = score_cells(name, cells, config, state=state)
        order = sorted(range(self.cells), key=lambda place: -scores[place])
        print(f"{'cell':>6}  {ranking.name}, seed {config.seed}")
        for place in order:
            print(f"{numbers[place]:>6}  {scores[place]:<12.6g}  {'; '.join(cells[place].to_lines())}")
        if self.out is not None:
            text = cells[order[0]].to_json() + "\n"
            write_atomically(self.out, lambda file: file.write(text.encode()))
            print(f"the best is in {self.out}")

    def chosen(self) -> str:
        """The name of the one ranking that is given, with its flag or without."""
        chosen = [*self.names, *([self.ranking] if self.ranking else [])]
        require(
            len(chosen) == 1,
            f"rank takes one ranking, got {', '.join(chosen) or 'none'}; give its name, as in `dartslab rank naswot`, "
            f"allowed are {', '.join(RANKINGS)}.",
        )
        return chosen[0]

    def load(self, folder: Path) -> "SearchState":
        """The search in a folder, which decides space, pictures, sizes and seed: no flag may ask for others."""
        from ..run.record import CHECKPOINT
        from ..run.search_state import SearchState

        given = ", ".join(f"--{name.replace('_', '-')}" for name in ("preset", *SETTINGS) if self.is_given(name))
        require(
            not given,
            f"got --search and {given}; with --search space, pictures, sizes and seed are those of the search, so "
            "leave one of them out.",
        )
        require(
            (folder / CHECKPOINT).is_file(),
            f"{folder} holds no search ({CHECKPOINT} is missing); give --search the folder that a search was given "
            "with --out.",
        )
        return SearchState.load(folder / CHECKPOINT)

    def config(self) -> SearchConfig:
        """The configuration that gives space, pictures, sizes and seed."""
        changes: dict[str, Any] = {name: getattr(self, name) for name in SETTINGS if self.is_given(name)}
        return SEARCH_PRESETS[preset_of(self.preset, self.data)](**changes)

    def is_given(self, name: str) -> bool:
        """Whether a flag is other than it is by default."""
        return getattr(self, name) is not getattr(Rank, name)
