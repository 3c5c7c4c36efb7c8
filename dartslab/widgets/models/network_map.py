"""What is where in the supernet: its cells with what they read, their sizes, their edges. Plain numbers, without torch.

`map_data` says it for the whole network, `map_frame` for what is chosen, `map_words` in sentences.
`network_map_model.js` is the same as the last two. A size is [C, H, W]; place -1 is the stem.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...base.messages import counted, is_number, require
from ...draw.style import KIND_NAMES
from ...draw.words import tables
from ...space import INPUTS, STEM_MULTIPLIER, Edge, SearchSpace, skeleton

LEVELS = ("network", "cell", "edge")
MOST_PIXELS = 1_000_000  # on a side, more than any picture has
MOST_LAYERS = 24  # that can be told apart in a notebook


def map_data(
    space: SearchSpace,
    layers: int,
    channels: int,
    picture: Sequence[int],
    classes: int,
    weights: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The supernet in numbers, as a dictionary that JSON can hold.

    A cell of C channels and N nodes gives [N C, H, W], with H and W of the cell before; a reduction cell has twice the
    C of the cell before and gives [N C, ceil(H / 2), ceil(W / 2)]. The stem gives STEM_MULTIPLIER times `channels`.

    Args:
        space: edges and operations of its cells.
        layers, channels, classes: as in `Supernet`.
        picture: [C, H, W] of the pictures.
        weights: mixing weights {kind: [E, O]}; all alike where None, as at the start of a search.
    Raises:
        UserError: more cells than can be drawn, a picture of no size, no class, mixing weights that do not fit.
    """
    require(
        layers <= MOST_LAYERS,
        f"a map shows up to {MOST_LAYERS} cells, got layers={layers}; cells of a kind are alike, so take fewer.",
    )
    sizes = list(picture) if isinstance(picture, Sequence) else []
    require(
        len(sizes) == 3 and all(is_number(size, 1, MOST_PIXELS, whole=True) for size in sizes),
        f"picture is {picture!r}; channels, height and width are needed, for example picture=(3, 32, 32).",
    )
    sizes = [int(size) for size in sizes]
    require(
        is_number(classes, 1, MOST_PIXELS, whole=True),
        f"classes is {classes!r}; a whole number of at least 1 is needed, for example classes=10.",
    )
    stem = [STEM_MULTIPLIER * channels, *sizes[1:]]
    outputs, cells = {-1: stem}, []
    for number, place in enumerate(skeleton(layers, channels, dict.fromkeys(space.table_of, space.nodes), stem[0])):
        reads = [max(-1, number - 2), number - 1]
        high, wide = outputs[number - 1][1:]
        if place.reduction:  # an odd size is halved and rounded up
            high, wide = -(-high // 2), -(-wide // 2)
        outputs[number] = [space.nodes * place.channels, high, wide]
        cells.append({"kind": place.kind, "reads": reads, "channels": place.channels, "output": outputs[number]})
    edges, operations = len(space.edges), len(space.operations)
    alike = {kind: np.full((edges, operations), 1 / operations) for kind in space.kinds}
    given = {kind: table for kind, (table, _) in tables(space, weights).items()} if weights is not None else {}
    return {
        "picture": sizes,
        "stem": stem,
        "classes": classes,
        "nodes": space.nodes,
        "cells": cells,
        "edges": [[edge.source, edge.target] for edge in space.edges],
        "operations": list(space.operations),
        "tables": space.table_of,
        "weights": {kind: table.round(6).tolist() for kind, table in (alike | given).items()},
    }


def edge_name(ends: Sequence[int]) -> str:
    """An edge (source, target) of `map_data` as it is written everywhere: "2 → 3"."""
    source, target = ends
    return Edge(target, source).name


def map_frame(settings: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """What is chosen, with all sizes.

    Args:
        settings: "level", one of `LEVELS`; "cell", counted from 0; "edge", as `edge_name` writes it.
        data: of `map_data`.
    Returns:
        Besides level, cell and edge: "inputs", what the cell reads; "inside", what both inputs become; "output";
        "state" and "result", what goes into the operations of the edge and what comes out; their "weights"; "row" of
        the edge in alpha.
    """
    cell = data["cells"][settings["cell"]]
    row = [edge_name(ends) for ends in data["edges"]].index(settings["edge"])
    ends = data["edges"][row]
    inputs = [data["stem"] if place < 0 else data["cells"][place]["output"] for place in cell["reads"]]
    inside, node = [cell["channels"], *inputs[1][1:]], [cell["channels"], *cell["output"][1:]]
    return {
        "level": settings["level"],
        "cell": settings["cell"],
        "kind": cell["kind"],
        "reads": cell["reads"],
        "inputs": inputs,
        "inside": inside,
        "output": cell["output"],
        "row": row,
        "edge": ends,
        "state": inside if ends[0] < INPUTS else node,
        "result": node,
        "weights": data["weights"][data["tables"][cell["kind"]]][row],
    }


def map_words(frame: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """What the level shows, in sentences."""
    name, kind = f"cell {frame['cell']}", KIND_NAMES[frame["kind"]]
    counts = {k: sum(cell["kind"] == k for cell in data["cells"]) for k in KIND_NAMES}
    same, whose = readers(frame["kind"], data)
    table = f"{len(data['edges'])} edges × {len(data['operations'])} operations"
    if frame["level"] == "network":
        stack = " and ".join(counted(n, f"{KIND_NAMES[k]} cell") for k, n in counts.items() if n)
        older, newer = (_place(place) for place in frame["reads"])
        reads = f"{older} twice" if older == newer else f"{older} and {newer}"
        shared = f"{whose[0].upper()}{whose[1:]} {'read one' if same > 1 else 'has a'} table"
        return (
            f"The supernet: a stem, {stack}, the mean over all pixels, {data['classes']} classes. "
            f"{name.capitalize()} is a {kind} cell. It reads {reads}, and gives {_sized(frame['output'])}. "
            f"{shared} of alpha: {table}."
        )
    if frame["level"] == "cell":
        older, newer = (
            f"input {i} is {_place(place)}, {_sized(size)}"
            for i, (place, size) in enumerate(zip(frame["reads"], frame["inputs"], strict=True))
        )
        halved = "Every edge from an input halves them. " if frame["kind"] == "reduce" else ""
        edges = f"what {len(data['edges'])} edges bring"
        joined = f"add up {edges}; side by side they are the output"
        joined = f"adds up {edges}; it is the output" if data["nodes"] == 1 else joined
        return (
            f"{name.capitalize()}, a {kind} cell: {older}; {newer}. Both become {_sized(frame['inside'])}. {halved}"
            f"{counted(data['nodes'], 'node')} {joined}, {_sized(frame['output'])}."
        )
    first, last = frame["edge"]
    weights = frame["weights"]
    parts = ", ".join(f"{_told(p)} {name}" for name, p in zip(data["operations"], weights, strict=True))
    parts = f"each with mixing weight {_told(weights[0])}" if max(weights) - min(weights) < 1e-6 else parts
    halved = ", and halve them" if frame["kind"] == "reduce" and first < INPUTS else ""
    return (
        f"Edge {first} → {last} of {name}: {counted(len(weights), 'operation')} get state {first}, "
        f"{_sized(frame['state'])}{halved}; their outputs are mixed, {parts}, and go into node {last}. "
        f"The weights come from row {frame['row']} of the alpha of {whose}."
    )


def readers(kind: str, data: Mapping[str, Any]) -> tuple[int, str]:
    """How many cells read the table of alpha that cells of a kind read, and in words which: all cells where tied."""
    tables = data["tables"]
    count = sum(tables[cell["kind"]] == tables[kind] for cell in data["cells"])
    name = "" if len(set(tables.values())) < len(tables) else f" {KIND_NAMES[kind]}"
    return count, f"the only{name} cell" if count == 1 else f"{'both' if count == 2 else f'all {count}'}{name} cells"


def _sized(size: Sequence[int]) -> str:
    return f"{counted(size[0], 'channel')} of {size[1]}×{size[2]}"


def _place(number: int) -> str:
    return "the stem" if number < 0 else f"cell {number}"


def _told(weight: float) -> str:
    return f"{weight + 1e-9:.3f}"  # a half is rounded up, as JavaScript does
