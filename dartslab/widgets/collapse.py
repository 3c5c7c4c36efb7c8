"""Collapse: why a search ends with nothing but skip connections, and which remedy helps, from recorded searches."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

import ipywidgets

from ..base.messages import UserError, require, short, unknown
from .collapse_picture import draw_collapse
from .kit.choices import ToggleButtons
from .kit.played import PlayedView
from .kit.stills import moment_png, png, stack
from .kit.view import RUN_STYLES
from .models.collapse import (
    CURVES,
    FIXED,
    RecordedSearch,
    describe_collapse,
    live_call,
    mean_curve,
    notes_of,
    recorded_of,
    result_of,
)

CONTROL = "collapse"  # the variant in which nothing is changed
GROUPS = {"cause": "cause changed", "remedy": "remedy"}


@cache
def recorded_searches() -> dict[str, dict[int, RecordedSearch]]:
    """The searches that were recorded, {variant: {seed: search}}; only variants with a search of every such seed."""
    from ..experiment.collapse import SEEDS, VARIANTS, recorded_collapse

    found: dict[str, dict[int, RecordedSearch]] = {}
    for name, variant in VARIANTS.items():
        for seed in range(max(SEEDS) + 1):  # also of an earlier recording
            try:
                record = recorded_collapse(name, seed)
            except UserError:  # not recorded
                continue
            found.setdefault(name, {})[seed] = RecordedSearch(record, variant.pictures)
    require(CONTROL in found, "no search that collapses is recorded; run benchmarks/collapse.py --record.")
    seeds = set(found[CONTROL])
    return {name: searches for name, searches in found.items() if set(searches) >= seeds}


@cache
def shown_variants() -> dict[str, dict[str, Any]]:
    """What is shown of each variant whatever its seed and step."""
    from ..experiment.collapse import VARIANTS, retrained_accuracies, seconds_of

    all_searches, retrained = recorded_searches(), retrained_accuracies()
    usual = max(one.planned for one in all_searches[CONTROL].values())
    by_name = {name: list(searches.values()) for name, searches in all_searches.items()}
    found = {}
    for name, searches in all_searches.items():
        first, *_ = searches.values()
        curves = [one.curves() for one in searches.values()]
        found[name] = {
            "label": VARIANTS[name].label,
            "kind": VARIANTS[name].kind,
            "notes": notes_of(searches, usual),
            "result": result_of(name, by_name, retrained, CONTROL),
            "recorded": recorded_of(seconds_of(name)),
            "live": live_call(name, "SEED"),
            "means": {curve: mean_curve([each[curve] for each in curves]) for curve in CURVES},
            "cells": [{part: cell[part] for part in FIXED} for cell in first.cells(0)],
        }
    return found


@cache
def page_searches() -> dict[str, dict[str, Any]]:
    """All rows of all searches, as a page needs them."""
    return {
        name: {str(seed): one.page() for seed, one in searches.items()}
        for name, searches in recorded_searches().items()
    }


def last_step(variant: str) -> int:
    """Where the slider ends: both the searches of the variant and those without a change have then ended."""
    searches = recorded_searches()
    first, second, *_ = next(iter(searches[CONTROL].values())).steps
    longest = max(one.planned for name in (variant, CONTROL) for one in searches[name].values())
    return int(first + (second - first) * -(-(longest - first) // (second - first)))


class Collapse(PlayedView):
    """Searches that collapse to skip connections, and the same with one thing changed, as they were recorded.

        Collapse()
        Collapse("pc-darts", seed=21)

    Left the cell of one search at one step; right, over the steps, how many of its kept edges are skip connections, the
    largest eigenvalue of the Hessian of L_val in alpha, and the accuracies of the supernet, in grey where nothing is
    changed. The line below says what came of all its searches. Variants are those of `dartslab.experiment.collapse`.

    Args:
        variant: what is changed, a name in `VARIANTS`.
        seed: of the search that is drawn.
        step: that is drawn; the last one where None, or where the searches that are shown have ended before.
    Raises:
        UserError: a variant or a seed that was not recorded, or a step before the first or beyond the longest search.
    """

    MODULES = ("kit/run_graph.js", "kit/run_looks.js", "collapse_model.js", "collapse_charts.js", "collapse.js")
    STYLES = (*RUN_STYLES, "collapse.css")
    PLAYS = "step"

    def __init__(self, variant: str = CONTROL, seed: int | None = None, step: int | None = None) -> None:
        from ..experiment.collapse import variant_of

        variant_of(variant)
        searches = recorded_searches()
        if variant not in searches:
            raise unknown("recorded variant of the collapse", variant, searches)
        control = searches[CONTROL]
        seeds = list(control)
        require(
            seed is None or seed in seeds,
            f"no search of {variant!r} with seed {short(repr(seed))} is recorded, only with seeds "
            f"{', '.join(map(str, seeds))}; choose one of these, for example Collapse({variant!r}, seed={seeds[0]}).",
        )
        first, second, *_ = next(iter(control.values())).steps
        last = max(map(last_step, searches))
        settings = {
            "variant": ToggleButtons(options=list(searches), value=CONTROL, description="variant"),
            "seed": ToggleButtons(options=list(control), description="seed"),
            "step": ipywidgets.IntSlider(
                last_step(CONTROL), min=first, max=last, step=second - first, description="step"
            ),
        }
        settings["variant"].observe(self._follow_variant, "value")
        settings["step"].observe(self._keep_step, "value")
        self._step = settings["step"]
        data = {"variants": shown_variants(), "searches": page_searches(), "control": CONTROL, "groups": GROUPS}
        chosen = {"variant": variant, "seed": seed, "step": step}
        super().__init__(settings, data, {name: value for name, value in chosen.items() if value is not None})

    def _follow_variant(self, change: Any) -> None:
        """The step at the end of one variant becomes the end of the next one; no step is beyond it."""
        if None in (change["old"], change["new"]):  # not a choice, and refused by the list itself
            return
        at_end = self._step.value >= last_step(change["old"])
        last = last_step(change["new"])
        self._step.value = last if at_end else min(self._step.value, last)

    def _keep_step(self, change: Any) -> None:
        """No step is beyond the end of what is shown."""
        self._step.value = min(change["new"], last_step(self.controls["variant"].value))

    @property
    def fingerprint(self) -> str:
        """Eight digits that identify the recorded searches."""
        digest = sha256()
        for name, searches in recorded_searches().items():
            for seed, one in searches.items():
                digest.update(f"{name} {seed} {one.steps} {one.kept} {one.columns}".encode())
        return digest.hexdigest()[:8]

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """One search at one step, and what came of its variant."""
        name, seed = settings["variant"], settings["seed"]
        shown, search = shown_variants()[name], recorded_searches()[name][seed]
        row = search.row(settings["step"])
        skips, edges = search.kept[row]
        return {
            "variant": name,
            "label": shown["label"],
            "seed": seed,
            "step": search.steps[row],
            "last": search.last,
            "planned": search.planned,
            "stopped": search.stopped,
            "skips": skips,
            "edges": edges,
            "measured": search.measured(row),
            "cells": search.cells(row),
            "result": shown["result"],
            "recorded": shown["recorded"],
            "live": live_call(name, seed),
        }

    def describe(self, frame: Mapping[str, Any]) -> str:
        """The kept edges at this step, what is measured there, and what came of all searches of this kind."""
        return describe_collapse(frame)

    def still_png(self, frame: Mapping[str, Any]) -> bytes:
        """The charts with what came of it, and the cell below them."""
        still = {"title": f"{frame['label']}, seed {frame['seed']}", "step": frame["step"], "steps": frame["planned"]}
        cell = moment_png(still | {"cells": frame["cells"], "curves": {"loss": [], "accuracy": []}})
        return stack([png(draw_collapse(frame, recorded_searches(), shown_variants(), CONTROL)), cell])
