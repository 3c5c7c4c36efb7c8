"""The cells that searches found, as marks among the cells of a truth table. Pure, no torch.

A mark is what one search found, or the path of one recorded search through the cells that it would have derived.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...base.messages import UserError, require
from ...genotype import Genotype
from ...run.record import Record
from ...truth.rank import number_of, ranks_of_record
from ...truth.table import TruthTable

if TYPE_CHECKING:
    from ...truth.found import Found


def marks_of(
    table: TruthTable, places: Mapping[int, int], found: "Sequence[Found | Record]"
) -> tuple[list[str], list[dict[str, Any]]]:
    """The marks of some searches.

    Args:
        table: complete or not.
        places: {number of a cell: its place among the cells that are drawn}.
        found: what searches found, or their records.
    Returns:
        The names of the groups, each of one method; and a mark for each search: group, seed, cell (its number), place
        (None if the cell is not trained yet), trail (the places that a recorded search passed, each change once) and
        ranks (the first and the last rank that a recorded search had; None where the cell is not trained yet) and
        passed (how many cells it passed).
    Raises:
        UserError: something that is no search of this table's space, or a cell that is not in the table.
    """
    require(
        isinstance(found, list | tuple),
        f"found is a {type(found).__name__}; pass a list of what find_cells gave, or of records.",
    )
    read = [_of_record(table, one) if isinstance(one, Record) else _of_found(table, one) for one in found]
    variants = {(one["method"], one["variant"]) for one in read}
    several = {method for method, _ in variants if sum(method == other for other, _ in variants) > 1}
    marks = []
    for one in read:
        group = f"{one['method']}, {one['variant']}" if one["method"] in several else one["method"]
        trail = [places[cell] for cell in one["trail"] if cell in places]
        marks.append(
            {
                "group": group,
                "seed": one["seed"],
                "cell": one["cell"],
                "place": places.get(one["cell"]),
                "trail": [place for place, before in zip(trail, [None, *trail], strict=False) if place != before],
                "ranks": one["ranks"],
                "passed": len(set(one["trail"])),
            }
        )
    return list(dict.fromkeys(mark["group"] for mark in marks)), marks


def _of_found(table: TruthTable, one: "Found") -> dict[str, Any]:
    from ...truth.found import Found

    require(
        isinstance(one, Found),
        f"found holds a {type(one).__name__}; pass what find_cells gave, or the record of a search.",
    )
    known = table.plan.numbers.get(one.texts)
    require(
        known is not None and known == one.cell,
        f"{one.method} with seed {one.seed} found the cell {'; '.join(one.texts)}, which is not in the table "
        f"{table.plan.name} as cell {one.cell}; leave it out, or open the table of the space that was searched.",
    )
    return {
        "method": one.method,
        "variant": one.hypergradient + (f", {one.changed}" if one.changed else ""),
        "seed": one.seed,
        "cell": one.cell,
        "trail": [],
        "ranks": [],
    }


def _of_record(table: TruthTable, record: Record) -> dict[str, Any]:
    config = record.config
    try:
        ranks = ranks_of_record(table, record)
    except UserError as error:
        raise UserError(f"the record of {config.get('method', 'darts')} does not fit: {error}") from error
    numbers = [number_of(table, Genotype.from_json(text)) for text in record.genotypes]
    cells = [numbers[row] for row in record.columns["genotype"].astype(int)]
    return {
        "method": config.get("method", "darts"),
        "variant": config.get("hypergradient", ""),
        "seed": config["seed"],
        "cell": cells[-1],
        "trail": cells,
        "ranks": [None if np.isnan(rank) else int(rank) for rank in (ranks[0], ranks[-1])],
    }


def signs_of(groups: Sequence[str], marks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is drawn at the found cells: one sign for all searches of a group that found the same cell.

    Args:
        groups, marks: of `marks_of`.
    Returns:
        For each sign its place, the number of its group, the seeds of its searches, and aside: by how many widths it is
        moved, so that the signs of one cell stand beside each other.
    """
    seeds: dict[int, dict[int, list[int]]] = {}
    for mark in marks:
        if mark["place"] is not None:
            seeds.setdefault(mark["place"], {}).setdefault(groups.index(mark["group"]), []).append(mark["seed"])
    return [
        {"place": place, "group": group, "seeds": own, "aside": number - (len(each) - 1) / 2}
        for place, each in seeds.items()
        for number, (group, own) in enumerate(each.items())
    ]
