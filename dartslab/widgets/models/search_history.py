"""When each edge changed its mind, and when the derived cell changed: what is drawn over the steps of a search."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...derive import entropy, rows_sum_to_one
from ...draw.style import title_of
from ...draw.words import tables
from ...genotype import Genotype
from ...space import NONE, SearchSpace

COLUMNS = 240  # of a drawing over the steps; a longer search is thinned to so many
LASTING = 20  # steps for which a choice has to stay before it counts as unchanged
NEARLY_EVEN = 0.03  # an edge is called so where its two strongest operations are closer
EQUAL = 0.01  # mixing weights of an edge that differ by less are called nearly the same

Segment = tuple[int, int, bool]  # first step, leading operation, whether the edge is kept
Since = Mapping[tuple[str, int, int], int]


class SearchHistory:
    """The leading operation of every edge and the changes of the derived cell, step by step.

    Args:
        space: of the search.
    Attributes:
        since: {(kind, row of the edge, column of the operation): step since which it is derived}.
        begun: the first step that was added, or None.
    """

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self.since: Since = {}
        self.begun: int | None = None
        self._choices = np.array([name != NONE for name in space.operations])
        self._segments: dict[str, list[list[Segment]]] = {kind: [[] for _ in space.edges] for kind in space.kinds}
        self._changes: list[tuple[int, int]] = []
        self._entropy: list[tuple[int, dict[str, float]]] = []

    def add(self, step: int, weights: Mapping[str, Any], genotype: Genotype | None = None) -> None:
        """Add a step.

        Args:
            step: later than all before.
            weights: mixing weights at this step, {kind: [E, O]}.
            genotype: what would be derived; what `top_k` keeps where None.
        """
        now: dict[tuple[str, int, int], int] = {}
        found = {}
        for kind, (table, kept) in tables(self.space, weights, genotype).items():
            leaders = np.where(self._choices, table, -np.inf).argmax(axis=1)
            now |= {(kind, int(row), int(column)): step for row, column in np.argwhere(kept)}
            for row, (segments, leader) in enumerate(zip(self._segments[kind], leaders, strict=True)):
                look = (int(leader), bool(kept[row].any()))
                if not segments or segments[-1][1:] != look:
                    segments.append((step, *look))
            if rows_sum_to_one(table):
                found[kind] = float(entropy(table).mean() / np.log(max(table.shape[1], 2)))
        fresh = len(now.keys() - self.since.keys())
        if self.begun is None:
            self.begun = step
        elif fresh:
            self._changes.append((step, fresh))
        if fresh or len(now) < len(self.since):
            self.since = {key: self.since.get(key, step) for key in now}
        if len(found) == len(self.space.kinds):
            self._entropy.append((step, found))

    def shown(self, steps: int) -> dict[str, Any]:
        """What is drawn, as JSON-able columns; changes that follow closely in a long search are drawn as one.

        Args:
            steps: of the whole search.
        Returns:
            "ribbons": {kind: for each edge its segments [first step, operation, kept]}; "changes": [step, number of
            new choices]; "undecided": {kind: {"x": steps, "y": mean entropy of its edges, 1 for the largest}}.
        """
        width = max(1, -(-steps // COLUMNS))
        changes: dict[int, int] = {}
        for step, number in self._changes:
            place = step if width == 1 else step - step % width
            changes[place] = changes.get(place, 0) + number
        every = max(1, -(-len(self._entropy) // COLUMNS))
        taken = self._entropy[::every]
        return {
            "ribbons": {
                kind: [thin_segments(segments, width) for segments in edges] for kind, edges in self._segments.items()
            },
            "changes": [list(change) for change in changes.items()],
            "undecided": {
                kind: {"x": [step for step, _ in taken], "y": [round(values[kind], 3) for _, values in taken]}
                for kind in self.space.kinds
            },
        }


def edges_since(space: SearchSpace, since: Since) -> dict[str, list[int | None]]:
    """The step since which the operation of each edge is kept, {kind: a step, or None of an edge that is not kept}."""
    found: dict[str, list[int | None]] = {kind: [None] * len(space.edges) for kind in space.kinds}
    for (kind, row, _), step in since.items():
        found[kind][row] = step
    return found


def verdict(space: SearchSpace, since: Since, begun: int, step: int, steps: int, weights: Mapping[str, Any]) -> str:
    """Where a search stands, in a sentence: which choices have lasted, and which kept edge is closest to another one.

    Args:
        space: of the search.
        since: see `SearchHistory`.
        begun: the first step that is known.
        step, steps: now, and of the whole search.
        weights: mixing weights now, {kind: [E, O]}.
    """
    head = f"The end, step {step}" if step >= steps else f"Step {step} of {steps}"
    spread = max(float(np.ptp(np.asarray(table), axis=1).max()) for table in weights.values())
    if spread < EQUAL and space.choices[1:]:
        return f"{head}: alpha has hardly moved yet, all mixing weights of an edge are nearly the same."
    every, begin = len(since), max(begun, step - LASTING)
    stayed = sum(first <= begin for first in since.values())
    if stayed == every:
        lasting = f"all {every} choices have stayed since step {max(since.values(), default=begun)}"
    else:
        lasting = f"{stayed or 'none'} of {every} choices {'has' if stayed < 2 else 'have'} stayed since step {begin}"
    return f"{head}: {lasting}; {_closest(space, since, weights)}."


def _closest(space: SearchSpace, since: Since, weights: Mapping[str, Any]) -> str:
    """The kept edge with the smallest margin."""
    choices = space.choices
    contests = []
    for kind, row in {(kind, row) for kind, row, _ in since} if len(choices) > 1 else ():
        table = np.asarray(weights[kind])[row]
        first, second = sorted(choices, key=lambda column: -table[column])[:2]
        pair = ", ".join(f"{space.operations[column]} {table[column]:.2f}" for column in (first, second))
        contests.append((float(table[first] - table[second]), kind, row, pair))
    if not contests:
        return "an edge has no other operation to choose"
    margin, kind, row, pair = min(contests)
    edge = space.edges[row]
    where = f"edge {edge.source}→{edge.target}" + ("" if space.tied else f" of the {title_of(kind)}")
    return f"{where} is nearly even: {pair}" if margin < NEARLY_EVEN else f"closest is {where}: {pair}"


def thin_segments(segments: list[Segment], width: int) -> list[Segment]:
    """Segments of which no two begin within the same `width` steps: of those the last one counts."""
    if width == 1:
        return list(segments)
    return list({at - at % width: (at - at % width, leader, kept) for at, leader, kept in segments}.values())
