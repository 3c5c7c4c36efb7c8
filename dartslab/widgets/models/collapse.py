"""Recorded searches that collapse, and those with one thing changed, as JSON-able columns. Pure, no torch."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np

from ...base.messages import counted
from ...derive import kept_entries
from ...genotype import Genotype
from ...run.record import Record
from ...space import SKIP
from .moments import cell_tables

MANY = 0.75  # a search has collapsed whose kept edges hold skip connections in at least this part
SCALE = 10_000  # mixing weights are whole numbers of ten thousandths
CURVES = ("skips", "lambda_max", "train", "val")  # of a search, over its steps
FIXED = ("kind", "tied", "title", "edges", "nodes", "pairs", "operations")  # what is the same of a cell at every step


class RecordedSearch:
    """One recorded search, ready to be shown at any row.

    Args:
        record: of the search.
        pictures: from which w learned, which says how many steps an epoch has.
    Attributes:
        steps: of each row, [T].
        planned: steps of the whole search; the last row is before it where the method stopped early.
    """

    def __init__(self, record: Record, pictures: int) -> None:
        self.record, self.space = record, record.space
        self.steps = [int(step) for step in record.columns["step"]]
        config = record.config
        self.planned = max(self.steps[-1], config["epochs"] * -(-pictures // config["batch_size"]))
        self._genotypes = [Genotype.from_json(text) for text in record.genotypes]
        self._cells = {
            kind: np.rint(SCALE * np.asarray(record.mixing_weights(kind), dtype=np.float64)).astype(int)
            for kind in self.space.kinds
        }

    @property
    def last(self) -> int:
        """The last step that was made."""
        return self.steps[-1]

    @property
    def stopped(self) -> bool:
        """Whether the method stopped the search early."""
        return self.last < self.planned

    def row(self, step: int) -> int:
        """The row whose step is nearest; the first of two."""
        return int(np.abs(np.array(self.steps) - step).argmin())

    @cached_property
    def kept(self) -> list[tuple[int, int]]:
        """(skip connections, all kept edges) of all cells, at every row."""
        counted_once = []
        for genotype in self._genotypes:
            names = [one.operation for cell in genotype.cells.values() for one in cell.connections]
            counted_once.append((names.count(SKIP), len(names)))
        return [counted_once[int(place)] for place in self.record.columns["genotype"]]

    @cached_property
    def skips(self) -> list[float]:
        """The fraction of skip connections among the kept edges, at every row."""
        return [found / max(1, edges) for found, edges in self.kept]

    @cached_property
    def columns(self) -> dict[str, list[float | None]]:
        """{name in `CURVES`: a number for each row, None where there is none}; accuracies in tenths of a percent."""
        nothing = np.full(len(self.steps), np.nan)
        read = self.record.columns
        accuracies: dict[str, list[float | None]] = {
            name: [_tenths(value) for value in read.get(f"{name}_accuracy", nothing)] for name in ("train", "val")
        }
        eigenvalues = [_three_digits(value) for value in read.get("instrument.lambda_max", nothing)]
        return {"skips": [round(part, 4) for part in self.skips], "lambda_max": eigenvalues, **accuracies}

    def curves(self) -> dict[str, list[list[float]]]:
        """{name in `CURVES`: [steps, numbers]}, of what was measured."""
        found: dict[str, list[list[float]]] = {}
        for name, values in self.columns.items():
            there = [(step, value) for step, value in zip(self.steps, values, strict=True) if value is not None]
            found[name] = [[step for step, _ in there], [value for _, value in there]]
        return found

    def measured(self, row: int) -> dict[str, float]:
        """The last number of lambda_max and both accuracies up to a row."""
        found: dict[str, float] = {}
        for name in CURVES[1:]:
            known = [value for value in self.columns[name][: row + 1] if value is not None]
            found |= {name: known[-1]} if known else {}
        return found

    def cells(self, row: int) -> list[dict[str, Any]]:
        """What is drawn of each cell at a row: `FIXED`, weights [E, O], leads [E], kept [row, column].

        An edge is led by its largest mixing weight; of equal ones by what is kept, then by the first.
        """
        genotype = self._genotypes[int(self.record.columns["genotype"][row])]
        weights = {kind: table[row] / SCALE for kind, table in self._cells.items()}
        found = []
        for cell in cell_tables(self.space, weights, genotype):
            table = np.array(cell["weights"])
            leads = list(cell["leads"])
            for edge, column in cell["kept"]:
                if table[edge, column] == table[edge, self.space.choices].max():
                    leads[edge] = column
            shown = {name: cell[name] for name in FIXED}
            found.append(shown | {"weights": cell["weights"], "leads": leads, "kept": cell["kept"]})
        return found

    def page(self) -> dict[str, Any]:
        """All that a page needs to show any row: mixing weights as 16-bit numbers in base64, kept edges by genotype."""
        tables = {kind: b64encode(table.astype("<u2").tobytes()).decode("ascii") for kind, table in self._cells.items()}
        choices = [
            [np.argwhere(kept_entries(self.space, one.cells[kind])).tolist() for kind in self.space.kinds]
            for one in self._genotypes
        ]
        return {
            "steps": self.steps,
            "planned": self.planned,
            "columns": self.columns,
            "kept": [list(pair) for pair in self.kept],
            "genotype": [int(place) for place in self.record.columns["genotype"]],
            "choices": choices,
            "weights": tables,
        }


def _tenths(value: float) -> float | None:
    return int(np.floor(1000 * float(value) + 0.5)) if np.isfinite(value) else None


def _three_digits(value: float) -> float | None:  # never -0, which a page writes as 0
    return round(float(f"{value:.3g}"), 4) + 0.0 if np.isfinite(value) else None


def mean_curve(curves: Sequence[Sequence[Sequence[float]]]) -> list[list[float]]:
    """The mean of [steps, numbers] over searches, at the steps at which all of them have a number."""
    tables = [dict(zip(steps, values, strict=True)) for steps, values in curves]
    steps = sorted(set.intersection(*(set(table) for table in tables))) if tables else []
    return [list(steps), [round(sum(table[step] for table in tables) / len(tables), 4) for step in steps]]


def notes_of(searches: Mapping[int, RecordedSearch], usual: int) -> dict[str, str]:
    """What a chart must say of a variant: where its lines end, and what was never measured.

    Args:
        searches: by seed.
        usual: steps of a search in which nothing is changed.
    Returns:
        {"ends": text or "", and for a name in `CURVES` "not measured"}.
    """
    stopped = [one for one in searches.values() if one.stopped]
    planned = max(one.planned for one in searches.values())
    ends = ""
    if stopped:
        ends = f"✕ {len(stopped)} of {len(searches)} stopped early"
    elif planned < 0.9 * usual:
        ends = f"ends at step {planned}"
    nothing = [name for name in CURVES if not any(one.curves()[name][0] for one in searches.values())]
    return {"ends": ends, **dict.fromkeys(nothing, "not measured")}


def result_of(
    name: str,
    searches: Mapping[str, Sequence[RecordedSearch]],
    retrained: Mapping[str, Sequence[Sequence[float]]],
    control: str = "collapse",
) -> str:
    """What came of a variant, in two sentences, beside the search that is unchanged.

    Args:
        name: of the variant.
        searches: {variant: one search for each seed}.
        retrained: test accuracies in % of the found cells, {variant: a list for each seed}, and of random cells.
        control: the variant in which nothing is changed.
    """
    ends, edges = [one.kept[-1][1] for one in searches[name]], max(one.kept[-1][1] for one in searches[control])
    many, mean = _collapsed(searches[name]), sum(one.skips[-1] for one in searches[name]) / len(ends)
    keep = "search keeps" if len(ends) == 1 else "searches keeps" if many == 1 else "searches keep"
    least = f"{ceil(MANY * edges)} of {edges} edges ({edges * mean:.1f} of {edges} on average)"
    if set(ends) != {edges}:  # a node may have lost an edge
        few = f"{min(ends)} to {max(ends)} edges" if len(set(ends)) > 1 else counted(ends[0], "edge")
        least = (
            f"{100 * MANY:.0f} % of their edges ({100 * mean:.0f} % on average; each keeps {few} instead of {edges})"
        )
    first = f"{many} of {len(ends)} {keep} skips on at least {least}"
    if name != control:
        first += f"; nothing changed: {_collapsed(searches[control])} of {len(searches[control])}"
    told = [f"{_mean(retrained[name])} %"] if retrained.get(name) else []
    if told and retrained.get("random"):
        told.append(f"random cells {_mean(retrained['random'])} %")
    if told and name != control and retrained.get(control):
        told.append(f"those of the collapse {_mean(retrained[control])} %")
    return f"{first}." + (f" Their cells, trained from scratch: {', '.join(told)}." if told else "")


def _collapsed(searches: Sequence[RecordedSearch]) -> int:
    return sum(one.skips[-1] >= MANY for one in searches)


def _mean(accuracies: Sequence[Sequence[float]]) -> str:
    flat = [value for each in accuracies for value in each]
    return f"{sum(flat) / len(flat):.1f}"


def recorded_of(seconds: Sequence[float]) -> str:
    """What the recording of some searches took."""
    each = " each" if len(seconds) > 1 else ""
    many = f"{len(seconds)} searches" if len(seconds) != 1 else "1 search"
    return f"Recorded: {many} of about {sum(seconds) / len(seconds):.0f} s of processor time{each}."


def live_call(name: str, seed: int | str) -> str:
    """The line of Python that begins such a search."""
    return f'SearchState.create(collapse_config("{name}", seed={seed}), collapse_data("{name}"))'


def head_of(frame: Mapping[str, Any]) -> str:
    """Which search is seen at which step, and how many skips it keeps there; `collapse_model.js` says the same."""
    where = f"step {frame['step']} of {frame['planned']}"
    if frame["stopped"] and frame["step"] == frame["last"]:
        where = f"stopped after {where}, its cell is from before"
    kept = counted(frame["edges"], "kept edge")
    are = "is a skip connection" if frame["skips"] == 1 else "are skip connections"
    return f"{frame['label']}, seed {frame['seed']}, {where}: {frame['skips']} of {kept} {are}"


def describe_collapse(frame: Mapping[str, Any]) -> str:
    """A frame in words; `collapse_model.js` says the same."""
    sentences = [head_of(frame)]
    for cell in frame["cells"]:
        edges = [edge.replace(" ", "") for edge in cell["edges"]]
        told = [
            f"{edges[row]} {cell['operations'][column]} {hundredths(cell['weights'][row][column])}"
            for row, column in cell["kept"]
        ]
        sentences.append(f"{cell['title']} keeps {', '.join(told) or 'no edge'}")
    numbers = frame["measured"]
    if "lambda_max" in numbers:
        sentences.append(f"lambda_max {numbers['lambda_max']:g}")
    told = [
        f"{(numbers[name] + 5) // 10} % on the pictures of {learns}"
        for name, learns in (("train", "w"), ("val", "alpha"))
        if name in numbers
    ]
    if told:
        sentences.append(f"accuracy {' and '.join(told)}")
    return f"{'; '.join(sentences)}. {frame['result']} {frame['recorded']}"


def hundredths(weight: float) -> str:
    """A mixing weight with two digits; halves go up, in a page as in Python."""
    return f"{(round(SCALE * weight) + 50) // 100 / 100:.2f}"
