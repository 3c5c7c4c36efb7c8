"""Copy what an experiment recorded, so that it is small enough to come with dartslab: without checkpoints, and of each
search every 8th step, those at which the validation half was measured, and the last.

python tools/pack_experiment.py runs/c10 dartslab/experiment/recorded/cifar10_reduced
"""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from dartslab.base.messages import UserError, require
from dartslab.experiment.config import HEAD
from dartslab.experiment.folder import read_experiment
from dartslab.experiment.stages import DONE, stages
from dartslab.run.record import COLUMNS, CONFIG, GENOTYPE, Record

WHOLE, PART = (HEAD, "report.json", "report.md"), (CONFIG, COLUMNS, GENOTYPE, DONE)

EVERY = 8  # steps of a search, of which one is kept


def thin(record: Record) -> Record:
    """The record with every 8th step, those at which the validation half was measured, and the last; a note says so."""
    step, measured = record.columns["step"], np.isfinite(record.columns["val_loss"])
    kept = np.flatnonzero((step % EVERY == 0) | measured | (np.arange(len(step)) == len(step) - 1))
    columns = {name: column[kept] for name, column in record.columns.items()}
    derived, columns["genotype"] = np.unique(columns["genotype"], return_inverse=True)
    note = f"This copy of a record keeps every {EVERY}th step, and those at which the validation half was measured."
    genotypes = tuple(record.genotypes[number] for number in derived)
    return replace(record, columns=columns, genotypes=genotypes, notes=(*record.notes, note))


def pack(source: Path, target: Path) -> int:
    """Copy a finished experiment; gives the bytes that were copied.

    Raises:
        UserError: no experiment, an unfinished one, or a target that is there already.
    """
    experiment = read_experiment(source)
    require(experiment is not None, f"{source} holds no experiment; name the folder that was given with --out.")
    assert experiment is not None
    require((source / "report.json").is_file(), f"{source} is not finished; run it to its end first.")
    require(not target.exists(), f"{target} is there already; remove it first.")
    wanted = [Path(name) for name in WHOLE]
    wanted += [Path(stage.name) / name for stage in stages(experiment) for name in PART]
    for path in wanted:
        if (source / path).is_file():  # a training has no genotype.json
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / path, target / path)
    for stage in stages(experiment):
        record = Record.load(target / stage.name)
        if record.kind == "search":
            thin(record).save(target / stage.name)
    return sum(path.stat().st_size for path in target.rglob("*") if path.is_file())


if __name__ == "__main__":
    try:
        print(f"{pack(Path(sys.argv[1]), Path(sys.argv[2])) / 1e6:.2f} MB in {sys.argv[2]}")
    except (UserError, IndexError) as error:
        sys.exit(str(error) if isinstance(error, UserError) else str(__doc__))
