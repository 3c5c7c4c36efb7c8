"""What is shown of a truth table at some settings, and in words; `truth_model.js` makes the same. Pure, no torch."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...base.messages import counted

RANK = "rank"
ESTIMATE, MEAN = "estimate", "mean of its seeds"
ALL, ANYWHERE = "all operations", "any edge"


def explorer_frame(data: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """What is drawn.

    Args:
        data: of `explore`, with the groups and the marks of `marks_of`.
        settings: measure, way (estimate, mean or seed), against (a size or the rank), operation, edge, cell (its
            number) and bars (whether every cell has its bar).
    Returns:
        measure, way, against, bars; x, y, low and high of each cell; lit: whether each cell has the operation, as text
        of 0 and 1, "" where none is chosen; brush: what this says; best: the place of the best cell and what this says;
        chosen: of the cell; state: how much of the table there is.
    """
    columns = data["measures"][settings["measure"]]
    y, (low, high) = values_shown(columns, settings["way"]), bars_shown(columns, settings["way"])
    against, operation, edge = settings["against"], settings["operation"], settings["edge"]
    best = columns["best"][settings["way"]]
    lit = "" if operation == ALL else data["cuts"][operation][edge]
    return {
        "measure": settings["measure"],
        "way": settings["way"],
        "against": against,
        "bars": settings["bars"],
        "x": list(data["ranks"] if against == RANK else data["sizes"][against]),
        "y": y,
        "low": low,
        "high": high,
        "operation": operation,
        "edge": edge,
        "lit": lit,
        "means": data["means"][operation][edge][settings["measure"]][settings["way"]] if lit else [None, None],
        "brush": brush_in_words(data, settings) if lit else "",
        "best": best,
        "best_words": best_in_words(data, settings, best),
        "chosen": chosen_cell(data, data["cells"].index(int(settings["cell"]))),
        "state": state_in_words(data),
    }


def chosen_cell(data: Mapping[str, Any], place: int) -> dict[str, Any]:
    """What is told of the cell at a place: its words, its operations by kind and edge, a row for each measure, and the
    code that builds it."""
    space = data["space"]
    rows = []
    for name, columns in data["measures"].items():
        numbers = (columns[part][place] for part in ("estimate", "mean", "spread"))
        rows.append([name, *(in_digits(value, name) for value in numbers)])
    marks = [mark for mark in data["marks"] if mark["place"] == place]
    return {
        "place": place,
        "number": data["cells"][place],
        "rank": rank_in_words(data, place),
        "better_than": data["better_than"][place],
        "trainings": data["counts"][place],
        "sizes": [[name, values[place]] for name, values in data["sizes"].items()],
        "rows": rows,
        "found": searches_in_words(marks),
        "lines": lines_of(data, place),
        "code": data["code"].replace("NUMBER", str(data["cells"][place])),
        "operations": {kind: space["operations"][kind][which[place]] for kind, which in space["which"].items()},
    }


def values_shown(columns: Mapping[str, Any], way: str) -> list[int]:
    """The height of each dot: the estimates, the means, or the trainings with one seed."""
    if way in (ESTIMATE, MEAN):
        return list(columns["estimate" if way == ESTIMATE else "mean"])
    seed = int(way.removeprefix("seed "))
    return [one[seed] for one in columns["trainings"]]


def bars_shown(columns: Mapping[str, Any], way: str) -> tuple[list[int], list[int]]:
    """The ends of each bar: the 95 % interval of an estimate, else the smallest and the largest training of a cell."""
    if way == ESTIMATE:
        return list(columns["low"]), list(columns["high"])
    return [min(one) for one in columns["trainings"]], [max(one) for one in columns["trainings"]]


def in_digits(value: int, measure: str) -> str:
    """A number in ten thousandths as it is written: nats with three digits, accuracies in % with one; halves go up."""
    thousandths = (value + 5) // 10
    return f"{thousandths / 10:.1f} %" if measure.endswith("accuracy") else f"{thousandths / 1000:.3f}"


def rank_in_words(data: Mapping[str, Any], place: int) -> str:
    """A rank with its interval."""
    low, high = data["intervals"][place]
    return f"rank {data['ranks'][place]} of {len(data['cells'])} (95 %: {low} to {high})"


def searches_in_words(marks: Sequence[Mapping[str, Any]]) -> str:
    """Which searches these are: "darts seed 0, 2; gdas seed 3"."""
    seeds: dict[str, list[str]] = {}
    for mark in marks:
        seeds.setdefault(mark["group"], []).append(str(mark["seed"]))
    return "; ".join(f"{group} seed {', '.join(own)}" for group, own in seeds.items())


def lines_of(data: Mapping[str, Any], place: int) -> list[str]:
    """A line of text for each kind of cell, as in `Genotype.to_lines`."""
    space, found = data["space"], []
    for kind, which in space["which"].items():
        name = "both kinds" if space["tied"] else kind
        found.append(f"{name}: {space['lines'][kind][which[place]]}")
    return found


def state_in_words(data: Mapping[str, Any]) -> str:
    """How much of the table there is; what a partial table cannot say."""
    words = f"Table {data['name']}, {data['state']}."
    if len(data["cells"]) < data["of"]:
        drawn = f"the {len(data['cells'])} cells that are drawn"
        words += f" Ranks and means are among {drawn}; a better cell may be missing."
    if data["left"]:
        fewer = f"{data['left']} more {'has' if data['left'] == 1 else 'have'} fewer than"
        words += f" {fewer} {counted(data['least'], 'seed')} and are left out."
    return words


def best_in_words(data: Mapping[str, Any], settings: Mapping[str, Any], best: int) -> str:
    """Which cell would be taken, and where it really stands."""
    seen = f"{settings['measure']}, {settings['way']}"
    return f"Best by {seen}: cell {data['cells'][best]}. By estimated test loss it has {rank_in_words(data, best)}."


def brush_in_words(data: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """How many cells have an operation, and the means of those that have it and of the others."""
    operation, edge, measure = (settings[name] for name in ("operation", "edge", "measure"))
    inside = data["cuts"][operation][edge].count("1")
    told = []
    counts = (inside, len(data["cells"]) - inside)
    means = data["means"][operation][edge][measure][settings["way"]]
    for word, count, mean in zip(("with", "without"), counts, means, strict=True):
        told.append(f"{counted(count, 'cell')} {word} it{'' if mean is None else f', mean {in_digits(mean, measure)}'}")
    return f"{operation} on {edge}: {'; '.join(told)}."


def describe_explorer(frame: Mapping[str, Any]) -> str:
    """A frame in words."""
    chosen = frame["chosen"]
    sizes = " and ".join(f"{value:,} {name}" for name, value in chosen["sizes"])
    told = [f"{name} {estimate} (mean {mean}, spread {spread})" for name, estimate, mean, spread in chosen["rows"]]
    found = f" Found by {chosen['found']}." if chosen["found"] else ""
    brush = f" {frame['brush']}" if frame["brush"] else ""
    return (
        f"Cell {chosen['number']}, {chosen['rank']}, better than {chosen['better_than']} % of the others; "
        f"{'; '.join(chosen['lines'])}; {sizes}; {counted(chosen['trainings'], 'training')}: {', '.join(told)}.{found}"
        f"{brush} {frame['best_words']} {frame['state']}"
    )
