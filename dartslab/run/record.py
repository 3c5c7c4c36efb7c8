"""The record of a run: its events as columns, kept in a folder. Reading needs no torch.

    runs/a/config.json      what was asked for, with versions, and digests of the pictures
    runs/a/columns.npz      one entry per step: step, epoch, losses, accuracies, seconds, genotype, and for each kind
                            of cell alpha.normal, weights.normal, and beta.normal where edges have parameters;
                            instrument.<name> where instruments, or the method, measure something
    runs/a/genotype.json    what is derived after the last recorded step, or what is trained
    runs/a/checkpoint.pt    everything needed to go on (this one is torch's)

Every file is written to a temporary name and renamed. The columns are written before the checkpoint, so they always
reach at least as far; what lies beyond the checkpoint is dropped on resuming.
"""

import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..base.files import read_text, write_atomically
from ..base.messages import UserError, require, short
from ..derive import rows_sum_to_one, softmax
from ..genotype import Genotype
from ..space import SearchSpace
from .stored import VERSION, check_version, upgrade_config
from .table import to_frame

FORMAT = "dartslab-record"
CONFIG, COLUMNS, GENOTYPE, CHECKPOINT = "config.json", "columns.npz", "genotype.json", "checkpoint.pt"
NUMBERS = (  # columns that are one number per step; NaN where nothing was measured
    "step",
    "epoch",
    "learning_rate",
    "alpha_learning_rate",
    "temperature",
    "train_loss",
    "train_accuracy",
    "val_loss",
    "val_accuracy",
    "test_loss",
    "test_accuracy",
    "seconds",
)
ALPHA, WEIGHTS, BETA = "alpha.", "weights.", "beta."  # columns that are one table per step, for each kind of cell
INSTRUMENT = "instrument."  # columns of what instruments and methods measured: a number per step, NaN for none


@dataclass(frozen=True)
class Record:
    """A recorded run.

    Args:
        kind: "search" or "train".
        config: the fields of its configuration.
        columns: {name: array}, T rows each; numbers [T]; "alpha.<kind>" and "weights.<kind>" float32 [T, E, O];
            "beta.<kind>" float32 [T, E] where edges have parameters; "genotype" int [T], an index into `genotypes`
            (-1: none).
        genotypes: every genotype that was ever derived, as JSON, each once.
        versions: of what the run was made with.
        pictures: that it was made with, see `describe_pictures`; empty where the run kept nothing.
        notes: what a reader must know besides, as sentences.
    """

    kind: str
    config: dict[str, Any]
    columns: dict[str, np.ndarray]
    genotypes: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return np.size(self.columns.get("step", ()))

    @property
    def space(self) -> SearchSpace:
        """The space a search ran in."""
        require(
            self.kind == "search",
            "this is the record of a training, and only that of a search has a search space; load that one.",
        )
        return SearchSpace.with_reduction(
            self.config["nodes"], self.config["operations"], self.config.get("tied", False)
        )

    def alpha(self, kind: str) -> np.ndarray:
        """The history of alpha, float32 [T, E, O]."""
        known = [name.removeprefix(ALPHA) for name in self.columns if name.startswith(ALPHA)]
        require(kind in known, f"the record has no alpha of kind {kind!r}; it has {known or 'none at all'}.")
        return self.columns[ALPHA + kind]

    def weights(self, row: int = -1) -> dict[str, np.ndarray]:
        """The mixing weights at a row, {kind: [E, O]}."""
        require(len(self) > 0, "the record is empty; run at least one step.")
        return {kind: self.mixing_weights(kind)[row] for kind in self.space.kinds}

    def mixing_weights(self, kind: str) -> np.ndarray:
        """The history of the mixing weights, [T, E, O].

        Early records have no such columns; those are of DARTS, and their weights are the softmax of alpha at the
        temperature of each step.
        """
        if WEIGHTS + kind in self.columns:
            return self.columns[WEIGHTS + kind]
        alpha = self.alpha(kind)
        temperature = np.asarray(self.columns.get("temperature", np.full(len(alpha), np.nan)), dtype=np.float64)
        temperature = np.where(np.isfinite(temperature), temperature, self.config["temperature"])
        return softmax(alpha / temperature[:, None, None])

    def beta(self, kind: str) -> np.ndarray | None:
        """The history of the edge parameters, float32 [T, E]; None where the method has none."""
        return self.columns.get(BETA + kind)

    @property
    def rows_sum_to_one(self) -> bool:
        """Whether the mixing weights of an edge always sum to 1, as a softmax's do; only then have they an entropy."""
        tables = [column for name, column in self.columns.items() if name.startswith(WEIGHTS)]
        return all(map(rows_sum_to_one, tables))

    def genotype(self, row: int = -1) -> Genotype:
        """What would have been derived at a row; the last one by default."""
        require(len(self) > 0 and len(self.genotypes) > 0, "the record holds no genotype; run a search first.")
        return Genotype.from_json(self.genotypes[int(self.columns["genotype"][row])])

    def table(self) -> Any:
        """The columns as a pandas DataFrame, one row per step; see `to_frame`."""
        return to_frame(self)

    def first(self, rows: int) -> "Record":
        """The same record, cut after a number of rows."""
        return replace(self, columns={name: column[:rows] for name, column in self.columns.items()})

    def save(self, folder: str | Path) -> None:
        """Write the columns and the last genotype, then the configuration; each file atomically.

        Raises:
            UserError: the folder cannot be written or the disk is full.
        """
        folder = Path(folder)
        arrays: Any = dict(self.columns) | {"genotypes": np.array(self.genotypes, dtype=np.str_)}
        write_atomically(folder / COLUMNS, lambda file: np.savez_compressed(file, **arrays))
        if self.genotypes and len(self):  # none where a run resumes from before its first step
            write_text(folder / GENOTYPE, self.genotype().to_json())
        head = {"format": FORMAT, "version": VERSION, "kind": self.kind, "config": self.config}
        if self.kind == "search":
            head["rows_sum_to_one"] = self.rows_sum_to_one
        known = {"versions": self.versions, "pictures": self.pictures, "notes": self.notes}
        write_text(folder / CONFIG, json.dumps(head | known, indent=1))

    @classmethod
    def load(cls, folder: str | Path) -> "Record":
        """Read a run folder, finished or not.

        Raises:
            UserError: no folder, a foreign or half-written one, another version.
        """
        folder = Path(folder)
        advice = "name the folder that a run was given with --out"
        require(os.path.isdir(folder), f"{folder} is not a folder; {advice}.")
        require(os.path.isfile(folder / CONFIG), f"{folder} holds no dartslab run ({CONFIG} is missing); {advice}.")
        try:
            head = json.loads(read_text(folder / CONFIG))
            assert isinstance(head, dict)
        except (OSError, ValueError, AssertionError, RecursionError) as error:
            why = str(error) or "it holds no object"
            raise UserError(f"{folder / CONFIG} is damaged ({why}); {advice}.") from error
        require(head.get("format") == FORMAT, f"{folder / CONFIG} was not written by dartslab; {advice}.")
        version = check_version(head.get("version"), folder, "a record")
        try:
            with open(folder / COLUMNS, "rb") as opened, np.load(opened, allow_pickle=False) as file:
                columns = {name: file[name] for name in file.files}
            genotypes = tuple(str(text) for text in columns.pop("genotypes"))
            config = upgrade_config(dict(head["config"]), version)
            notes = tuple(head.get("notes", ()))
            kind, versions, pictures = head["kind"], head.get("versions", {}), head.get("pictures", {})
        except Exception as error:  # wrong bytes reach zipfile, zlib and, through numpy, a parser: they raise anything
            raise UserError(f"{folder} is half-written or damaged ({short(error)}); {advice}.") from error
        return cls(kind, config, columns, genotypes, versions, pictures, notes)


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically."""
    write_atomically(path, lambda file: file.write((text + "\n").encode(errors="backslashreplace")))
