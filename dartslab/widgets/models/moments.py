"""A run at one moment, as JSON-able columns and in words: what views of runs show. Pure, no torch."""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ...base.messages import UserError
from ...derive import entropy, rows_sum_to_one
from ...draw.cells import draw_genotype
from ...draw.dark import dark_graph
from ...draw.dot import to_svg
from ...draw.style import title_of
from ...draw.words import describe_entries, tables
from ...genotype import Genotype
from ...space import SearchSpace
from ..kit.stills import kept_entries

UNSEEN = re.compile(r"<!--.*?-->|<title>.*?</title>|\n", re.DOTALL)  # in Graphviz' SVG, a third of it
POINTS = 150  # of a curve that are drawn
CURVES = (  # column, name, tone, dash, mark
    ("train_loss", "training", 0, None, None),
    ("val_loss", "validation", 1, "6 3", "square"),
    ("train_accuracy", "training", 0, None, None),
    ("val_accuracy", "validation", 1, "6 3", "square"),
)


def cell_tables(
    space: SearchSpace, weights: Mapping[str, Any], genotype: Genotype | None = None
) -> list[dict[str, Any]]:
    """Mixing weights with what is derived from them, entropy and margin of every edge.

    entropy = - sum_o p_o log p_o in nats, from 0 (one operation) to log O (all the same). margin = the largest weight
    minus the second largest, over the operations other than `none`: how far the edge is from another choice.

    Args:
        space: names edges and operations.
        weights: {kind: [E, O]}.
        genotype: what is derived from them; what `top_k` keeps where None.
    Returns:
        One table for each kind: kind, tied, title, edges, nodes, pairs (source and target of each edge), operations,
        weights, leads (the column of the largest weight of each edge, which rounded weights need not show), kept (pairs
        of row and column), entropy, margin. The last two are None where the weights of an edge do not sum to 1.
    Raises:
        UserError: weights that do not fit the space or are not finite.
    """
    choices = space.choices
    found = []
    for kind, (table, kept) in tables(space, weights, genotype).items():
        sum_to_one = rows_sum_to_one(table)
        ordered = np.sort(table[:, choices], axis=1)
        margin = ordered[:, -1] - ordered[:, -2] if len(choices) > 1 else ordered[:, -1]
        found.append(
            {
                "kind": kind,
                "tied": space.tied,
                "title": title_of(kind, space.tied),
                "edges": [edge.name for edge in space.edges],
                "nodes": [edge.target for edge in space.edges],
                "pairs": [[edge.source, edge.target] for edge in space.edges],
                "operations": list(space.operations),
                "weights": table.round(4).tolist(),
                "leads": np.array(choices)[table[:, choices].argmax(axis=1)].tolist(),
                "kept": np.argwhere(kept).tolist(),
                "entropy": entropy(table).round(3).tolist() if sum_to_one else None,
                "margin": margin.round(3).tolist() if sum_to_one else None,
            }
        )
    return found


def curves(columns: Mapping[str, Any], rows: int) -> dict[str, list[dict[str, Any]]]:
    """Losses and accuracies up to a row, at most `POINTS` points a line; a point of training is a mean of its steps.

    Args:
        columns: of a record or a recorder: "step" and some of "train_loss", "val_loss", ..., T entries each.
        rows: how many of them.
    Returns:
        {"loss": lines, "accuracy": lines}; a line has name, x, y, tone, dash, mark. Accuracies are in percent.
    """
    found: dict[str, list[dict[str, Any]]] = {"loss": [], "accuracy": []}
    steps = np.asarray(columns["step"][:rows], dtype=np.float64)
    for column, name, tone, dash, mark in CURVES:
        values = np.asarray(columns.get(column, ())[:rows], dtype=np.float64)
        there = np.isfinite(values)
        if not there.any():
            continue
        x, y = steps[there], values[there] * (100 if column.endswith("accuracy") else 1)
        parts = min(POINTS, len(x))
        x, y = (np.array([part.mean() for part in np.array_split(values, parts)]) for values in (x, y))
        line = {"name": name, "x": x.round(1).tolist(), "y": y.round(4).tolist(), "tone": tone, "dash": dash}
        found[column.partition("_")[2]].append(line | {"mark": mark if parts <= 30 else None})
    return found


def changes(genotypes: Any) -> list[int]:
    """Rows at which another genotype would be derived than at the row before, of int [T]; the first is always one."""
    index = np.asarray(genotypes)
    return [0, *(np.flatnonzero(np.diff(index)) + 1).tolist()] if len(index) else []


def changed_cells(before: Genotype, after: Genotype) -> str:
    """What is different between two genotypes: "normal cell, node 2: now 1 → 2 sep_conv_3x3, no more 0 → 2 noise"."""
    parts = []
    for kind, cell in after.cells.items():
        for node in sorted({*cell.nodes, *before.cells[kind].nodes}):
            old, new = before.cells[kind].into(node), cell.into(node)
            come = ", ".join(f"{c.predecessor} → {node} {c.operation}" for c in new if c not in old)
            gone = ", ".join(f"{c.predecessor} → {node} {c.operation}" for c in old if c not in new)
            told = ", ".join([*([f"now {come}"] if come else []), *([f"no more {gone}"] if gone else [])])
            if told:
                parts.append(f"{title_of(kind, after.tied)}, node {node}: {told}")
    return "; ".join(parts) or "order of the connections"


@lru_cache(maxsize=64)
def layout_svg(genotype: Genotype, dark: bool = False) -> str:
    """The cells of a genotype as SVG, without its invisible parts. Takes some 20 ms, so the last ones are cached."""
    graph = draw_genotype(genotype, steady=True)
    svg = to_svg(dark_graph(graph) if dark else graph)
    return UNSEEN.sub("", svg[svg.index("<svg") :])


def graph_svg(genotype: Genotype, dark: bool = False) -> str:
    """The cells of a genotype as SVG; a sentence in a picture where there is no Graphviz.

    Args:
        genotype: its cells.
        dark: in colours for a dark ground.
    """
    try:
        return layout_svg(genotype, dark)
    except UserError as error:
        text = str(error).replace("&", "&amp;").replace("<", "&lt;")
        head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 24" fill="currentColor">'
        return f'{head}<text x="4" y="16">{text}</text></svg>'


def moment(
    title: str,
    space: SearchSpace,
    weights: Mapping[str, Any],
    columns: Mapping[str, Any],
    row: int,
    steps: int,
    genotype: Genotype | None = None,
) -> dict[str, Any]:
    """One run at one row; what is drawn over all steps, such as `curves`, is added by the view.

    Args:
        title: stands above it.
        space: of the search.
        weights: mixing weights at this row, {kind: [E, O]}.
        columns: see `curves`.
        row: 0-based; -1 before the first step.
        steps: of the whole run, the right end of the curves.
        genotype: what would be derived; what `top_k` keeps where None.
    """
    last = {name: columns[name][row] for name in SHOWN if name in columns and row >= 0}
    return {
        "title": title,
        "step": int(columns["step"][row]) if row >= 0 else 0,
        "steps": steps,
        "cells": cell_tables(space, weights, genotype),
        "last": last_measured(columns, row + 1),
        "facts": [
            f"{label} {value:.3g}" for name, label in SHOWN.items() if np.isfinite(value := last.get(name, np.nan))
        ],
    }


SHOWN = {
    "learning_rate": "learning rate of w",
    "alpha_learning_rate": "learning rate of alpha",
    "temperature": "temperature",
}


def last_measured(columns: Mapping[str, Any], rows: int) -> dict[str, float]:
    """The last loss and accuracy that was measured within some rows, {column: value}; accuracies are in percent."""
    found = {}
    for column, *_ in CURVES:
        values = columns.get(column, ())[:rows]
        there = next((value for value in reversed(values) if np.isfinite(value)), None)
        if there is not None:
            found[column] = round(float(there) * (100 if column.endswith("accuracy") else 1), 4)
    return found


def describe_moment(shown: Mapping[str, Any]) -> str:
    """A moment in words: step, last losses and accuracies, what is kept on which edge, how decided the edges are."""
    sentences = [f"{shown['title']}, step {shown['step']} of {shown['steps']}"]
    for column, name, *_ in CURVES:
        if column in shown["last"]:
            what = column.partition("_")[2]
            sentences.append(f"{name} {what} {shown['last'][column]:.3g} {'%' if what == 'accuracy' else 'nats'}")
    for cell in shown["cells"]:
        table = np.array(cell["weights"])
        kept = kept_entries(cell)
        nodes = max(cell["nodes"]) - 1
        words = describe_entries(SearchSpace(nodes, tuple(cell["operations"])), table, kept)
        sentences.append(f"{cell['title']} keeps {words}")
        if cell["entropy"] is not None:
            most = math.log(len(cell["operations"]))
            sentences.append(
                f"mean entropy {np.mean(cell['entropy']):.2f} of at most {most:.2f} nats, smallest margin "
                f"{min(cell['margin']):.3f}"
            )
    if shown.get("measured"):
        numbers = (
            f"{name.replace('_', ' ').replace('.', ' ')} {value:.3g}" for name, value in shown["measured"].items()
        )
        sentences.append(f"measured {', '.join(numbers)}")
    return "; ".join(sentences)


def describe_duration(seconds: float) -> str:
    """A time to go in words: "1 min 5 s"."""
    if not math.isfinite(seconds):
        return "unknown"
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
