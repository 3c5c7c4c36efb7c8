"""The commands of `dartslab` that make a run or use one. Their fields are their flags.

Each loads what it needs when it runs, so that `--help` does without torch.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from tyro.conf import Positional, arg

from ..base.messages import require
from ..experiment.config import Experiment
from ..run.config import SearchConfig, TrainConfig
from ..run.sources import read_genotype
from .results import find_stage

SearchPreset = Literal["lesson", "quick", "published"]
TrainPreset = Literal["lesson", "quick", "published", "cifar100", "imagenet"]


@dataclass(frozen=True)
class Search:
    """Search a cell: alternate between the architecture parameters alpha and the network weights w.

    With --data fashion-mini the other flags start from the small preset `lesson` (about a minute on two cores), with
    any other data from `published` (the CIFAR-10 search of the paper, which needs a GPU).
    """

    out: Path
    """Folder for the record; new or empty."""
    config: Annotated[SearchConfig, arg(name="")]
    preset: SearchPreset | None = None
    """Where the other flags start from: lesson, quick (one node, alpha waits) or published."""
    resume: bool = False
    """Continue the run in --out from its last checkpoint."""

    def run(self) -> None:
        """Search, record, and print what was found."""
        from ..run.distributed import join, leave
        from ..run.search import search
        from ..run.search_state import SearchState
        from .runs import Run, carry_out

        join()
        try:
            carry_out(
                Run(
                    "search",
                    self.config,
                    self.out,
                    self.resume,
                    create=lambda: SearchState.create(self.config),
                    load=SearchState.load,
                    loop=search,
                )
            )
        finally:
            leave()


@dataclass(frozen=True)
class Train:
    """Train the network a genotype stands for, from scratch, and test it once at the end.

    With --data fashion-mini the other flags start from the small preset `lesson`, else from `published` (600 epochs of
    20 cells). `--preset cifar100` and `--preset imagenet` are the published networks for those data sets.
    """

    genotype: str
    """A run folder, the folder of `reproduce`, a file or text with a genotype, or a published cell such as DARTS_V2."""
    config: Annotated[TrainConfig, arg(name="")]
    out: Path | None = None
    """Folder for the record; new or empty. Without it nothing is kept."""
    preset: TrainPreset | None = None
    """Where the other flags start from: lesson, quick, published (CIFAR-10), cifar100, imagenet (give --data too)."""
    resume: bool = False
    """Continue the run in --out from its last checkpoint."""

    def run(self) -> None:
        """Train, record, test, and print the accuracy."""
        from ..run.distributed import is_started_by_torchrun
        from ..run.train import TrainState, train
        from .runs import Run, carry_out

        require(
            not is_started_by_torchrun(),
            "`train` runs in one process, but torchrun started several; start it without torchrun, once per network.",
        )
        genotype = read_genotype(find_stage(self.genotype, "search"))

        def load(path: Path, **free: Any) -> TrainState:
            state = TrainState.load(path, **free)
            require(
                genotype == state.genotype,
                f"{self.out} trains a genotype that is not {self.genotype}; name the one it was started with, or "
                "start again in another folder.",
            )
            return state

        carry_out(
            Run(
                "train",
                self.config,
                self.out,
                self.resume,
                create=lambda: TrainState.create(self.config, genotype),
                load=load,
                loop=train,
            )
        )


@dataclass(frozen=True)
class Reproduce:
    """The published experiment from start to end: searches, choice, evaluation, reference points, report.

    Give the same command again to go on after a stop of any kind; what is finished is not done twice.
    """

    experiment: Positional[Literal["cifar10"]]
    """Which experiment; --data runs it on other pictures."""
    out: Path
    """Folder for everything; new, empty, or begun with the same flags."""
    config: Annotated[Experiment, arg(name="")]
    preset: str = "published"
    """Where the other flags start from: published, or tiny, which is small enough for a processor."""
    dry_run: bool = False
    """Only print the forecast: the stages, what is done of them, the time (from a few timed steps), and memory."""

    def run(self) -> None:
        """Run what is not yet done, or print the forecast."""
        from ..experiment.background import GO_ON
        from ..experiment.forecast import forecast
        from ..experiment.reproduce import reproduce
        from ..run.console import interrupts

        if self.dry_run:
            print(forecast(self.config, self.out))
            return
        with interrupts() as interrupted:
            stopped = reproduce(self.config, self.out, interrupted)
        if stopped:
            at = "" if stopped.startswith("before ") else "at "
            sys.exit(f"dartslab: stopped {at}{stopped}; {GO_ON}")
