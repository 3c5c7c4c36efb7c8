"""Train every cell of a small space, and write the table that ships with the package.

    python benchmarks/truth.py --table lesson --root data [--minutes 60] [--jobs 2]

Takes the original Fashion-MNIST: the four files, unpacked, in data/FashionMNIST/raw/. Stopped, or out of time, it goes
on with the same command: finished trainings are kept. A table says how much of it is done.
"""

from dataclasses import dataclass
from pathlib import Path

import tyro

from dartslab.truth.make import make_table
from measure import ROOT


@dataclass(frozen=True)
class Making:
    """Which trainings are made.

    Args:
        table: name of the table, of which those are made that it lacks.
        root: folder with FashionMNIST/raw/.
        minutes: no training is begun later.
        jobs: processes at a time.
    """

    table: str = "lesson"
    root: Path = Path("data")
    minutes: float = 60
    jobs: int = 2


if __name__ == "__main__":
    options = tyro.cli(Making, description=__doc__)
    file = ROOT / "dartslab" / "truth" / f"{options.table}.csv.gz"
    make_table(options.table, file, str(options.root), options.jobs, options.minutes)
