"""The figures of `dartslab.draw` in words, and the checked numbers that words and figures are made from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..base.messages import UserError, require, unknown
from ..derive import kept_entries, read_table, softmax, top_k_mask
from ..genotype import Cell, Genotype
from ..space import SearchSpace
from .style import TITLES, title_of

MEASURES = tuple(f"{part}_{what}" for what in ("loss", "accuracy") for part in ("train", "val", "test"))


def tables(
    space: SearchSpace, weights: Mapping[str, Any], genotype: Genotype | None = None
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Mixing weights, checked, with the entries that are kept.

    Args:
        space: the space of the search.
        weights: {kind: [E, O]}, one kind or more of the space.
        genotype: what is derived from them, as a record keeps it; what `top_k` keeps where None.
    Returns:
        {kind: (weights float64 [E, O], derived bool [E, O])}.
    Raises:
        UserError: no table, a kind the space lacks, a table that does not fit the space, is negative or not finite.
    """
    require(
        isinstance(weights, Mapping) and len(weights) > 0,
        f"mixing weights must be {{kind: [E, O]}}, got {type(weights).__name__}"
        f"{' without entries' if isinstance(weights, Mapping) else ''}; pass for example {{'normal': table}}.",
    )
    found = {}
    for kind, table in weights.items():
        if kind not in space.kinds:
            raise unknown("cell kind", kind, space.kinds)
        array = read_table(kind, table)
        kept = top_k_mask(space, array)  # checks the table, too
        found[kind] = (array, kept if genotype is None else kept_entries(space, genotype.cells[kind]))
    return found


def mixing_history(space: SearchSpace, alpha: Any, kind: str, weights: Any = None) -> np.ndarray:
    """The mixing weights of every edge at every step.

    Args:
        space: the space of the search.
        alpha: raw alpha, [T, E, O].
        kind: the kind of cell it belongs to.
        weights: the mixing weights, [T, E, O], as a record keeps them; the softmax of alpha where None.
    Returns:
        float64 [T, E, O].
    Raises:
        UserError: a kind the space lacks, a shape that does not fit the space, no step, or values not finite.
    """
    if kind not in space.kinds:
        raise unknown("cell kind", kind, space.kinds)
    name, array = ("alpha", alpha) if weights is None else ("the history of mixing weights", weights)
    array = np.asarray(array, dtype=np.float64)
    shape = (len(space.edges), len(space.operations))
    require(
        array.ndim == 3 and array.shape[1:] == shape and len(array) > 0,
        f"{name} has shape {array.shape}, this space needs (steps, {shape[0]}, {shape[1]}) with at least one step; use "
        "the space the search ran in.",
    )
    require(
        bool(np.isfinite(array.max(axis=2)).all()),
        f"{name} is not finite at some step (NaN, infinite, or an edge without any operation); draw the steps before "
        "it.",
    )
    return softmax(array) if weights is None else array


def measurements(columns: Mapping[str, Any]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """What was measured and when; steps without a measurement (NaN) are left out.

    Args:
        columns: of a record: "step" [T] and some of "train_loss", "train_accuracy" (0 to 1), "val_...", "test_...",
            each [T]; other columns are ignored.
    Returns:
        {name: (steps, values)} for every measure with at least one value.
    Raises:
        UserError: no step, nothing measured, a column of another length, an accuracy outside 0 to 1.
    """
    require("step" in columns, f"the columns lack 'step'; got {sorted(columns)}, add the step of each row.")
    steps = np.asarray(columns["step"])
    require(steps.ndim == 1 and len(steps) > 0, "the columns hold no step; run at least one step first.")
    found = {}
    for name in MEASURES:
        if name not in columns:
            continue
        values = np.asarray(columns[name], dtype=np.float64)
        require(
            values.shape == steps.shape,
            f"column {name!r} has shape {values.shape}, 'step' has {steps.shape}; give one value per step.",
        )
        there = np.isfinite(values)
        if there.any():
            found[name] = (steps[there], values[there])
            if name.endswith("accuracy"):
                fractions(name, values[there])
    require(bool(found), f"nothing was measured; columns that can be drawn are: {', '.join(MEASURES)}. Add one.")
    return found


def fractions(name: str, values: Any) -> np.ndarray:
    """Accuracies, checked to be at least one number, each from 0 to 1."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UserError(f"{name!r} has entries that are not numbers ({error}); give accuracies from 0 to 1.") from error
    require(array.ndim == 1 and len(array) > 0, f"{name!r} holds no list of accuracies; give at least one number.")
    outside = array[~((array >= 0) & (array <= 1))]
    require(
        len(outside) == 0,
        f"{name!r} holds the accuracy {outside[0] if len(outside) else 0:g}; accuracies are fractions from 0 to 1. "
        "Divide percentages by 100.",
    )
    return array


def groups_of(groups: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Groups of accuracies, checked: at least one group, each with at least one fraction."""
    require(len(groups) > 0, "there is no group to draw; give {name: accuracies}, one accuracy per seed.")
    return {name: fractions(name, values) for name, values in groups.items()}


def mean_and_deviation(accuracies: np.ndarray) -> str:
    """Mean and sample standard deviation in percent with the number of seeds: "91.30 ± 0.42 %, n = 4"."""
    deviation = f" ± {100 * accuracies.std(ddof=1):.2f}" if len(accuracies) > 1 else ""
    return f"{100 * accuracies.mean():.2f}{deviation} %, n = {len(accuracies)}"


def describe_heatmap(space: SearchSpace, weights: Mapping[str, Any], genotype: Genotype | None = None) -> str:
    """`draw.alpha_heatmap` in words: what is derived from each table, with its weight."""
    sentences = []
    for kind, (table, kept) in tables(space, weights, genotype).items():
        sentences.append(
            f"mixing weights of the {title_of(kind, space.tied)}, {len(table)} edges by {table.shape[1]} operations, "
            f"from {table.min():.2f} to {table.max():.2f}; kept: {describe_entries(space, table, kept)}"
        )
    return ". ".join(sentences)


def describe_alpha_curves(space: SearchSpace, alpha: Any, kind: str, weights: Any = None) -> str:
    """`draw.alpha_curves` in words: the strongest operation of every edge at the first and the last step."""
    history = mixing_history(space, alpha, kind, weights)
    entries = []
    for row, edge in enumerate(space.edges):
        best = int(history[-1, row].argmax())
        entries.append(
            f"{edge.source} to {edge.target} {space.operations[best]} from {history[0, row, best]:.2f} to "
            f"{history[-1, row, best]:.2f}"
        )
    title = title_of(kind, space.tied)
    return f"mixing weights of the {title} over {len(history)} steps; strongest at the end: {', '.join(entries)}"


def describe_curves(columns: Mapping[str, Any]) -> str:
    """`draw.loss_curves` in words: first and last value of every measure."""
    words = {"train": "training", "val": "validation", "test": "test"}
    sentences = []
    for name, (steps, values) in measurements(columns).items():
        part, what = name.split("_")
        texts = [f"{100 * value:.1f} %" if what == "accuracy" else f"{value:.3f} nats" for value in values]
        change = f"{texts[0]} at step {steps[0]}" + (f", {texts[-1]} at step {steps[-1]}" if len(texts) > 1 else "")
        sentences.append(f"{words[part]} {what} {change}")
    return "; ".join(sentences)


def describe_images(labels: Sequence[int], classes: Sequence[str]) -> str:
    """`draw.image_grid` in words: how many pictures of which class."""
    counts = Counter(class_names(labels, classes))
    return f"{sum(counts.values())} pictures: " + ", ".join(f"{number} {name}" for name, number in counts.items())


def class_names(labels: Sequence[int], classes: Sequence[str]) -> list[str]:
    """The name of every label.

    Raises:
        UserError: a label that is no index into the classes.
    """
    numbers = np.asarray(labels)
    for number in numbers.ravel():
        require(
            0 <= number < len(classes) and number == int(number),
            f"label {number} has no class; allowed are 0 to {len(classes) - 1}. Pass the data set's own class names.",
        )
    return [classes[int(number)] for number in numbers.ravel()]


def describe_dots(groups: Mapping[str, Any]) -> str:
    """`draw.accuracy_dots` in words: mean, standard deviation, number and range of every group."""
    return "; ".join(
        f"{name}: {mean_and_deviation(values)}"
        + f", from {100 * values.min():.2f} to {100 * values.max():.2f} %" * (len(values) > 1)
        for name, values in groups_of(groups).items()
    )


def describe_cell(cell: Cell, tied: bool = False) -> str:
    """A cell in words: "normal cell: node 2 adds sep_conv_3x3 of input 0 and ...; the output concatenates ..."."""
    sentences = []
    for node in cell.nodes:
        terms = [
            f"{operation} of {'input' if source < cell.inputs else 'node'} {source}"
            for _, source, operation in cell.into(node)
        ]
        sentences.append(f"node {node} {'adds' if len(terms) > 1 else 'is'} {' and '.join(terms)}")
    sentences += [
        f"node {node} has no input and is left out"
        for node in range(cell.inputs, cell.nodes[-1])
        if node not in cell.nodes
    ]
    verb = "averages" if cell.inputs == 1 else "concatenates"
    many = "nodes" if len(cell.concat) > 1 else "node"
    sentences.append(f"the output {verb} {many} {', '.join(map(str, cell.concat))}")
    title = title_of(cell.name, tied) if cell.name in TITLES else f"cell {cell.name}"
    return f"{title}: {'; '.join(sentences)}"


def describe_genotype(genotype: Genotype) -> str:
    """All cells of a genotype in words."""
    return ". ".join(describe_cell(cell, genotype.tied) for cell in genotype.cells.values())


def describe_supernet_cell(space: SearchSpace, weights: Any = None, k: int = 2) -> str:
    """A search space in words; with mixing weights also what would be derived from them now."""
    size = f"supernet cell: {space.nodes} nodes, {len(space.edges)} edges, each mixing {', '.join(space.operations)}"
    if weights is None:
        return size
    table = np.asarray(weights, dtype=np.float64)
    return f"{size}; kept by top-{k}: {describe_entries(space, table, top_k_mask(space, table, k))}"


def describe_entries(space: SearchSpace, table: np.ndarray, kept: np.ndarray) -> str:
    """The kept entries of a table [E, O]: "0 to 2 sep_conv_3x3 0.31, 1 to 2 ..."."""
    return ", ".join(
        f"{edge.source} to {edge.target} {space.operations[column]} {table[row, column]:.2f}"
        for row, edge in enumerate(space.edges)
        for column in np.flatnonzero(kept[row])
    )
