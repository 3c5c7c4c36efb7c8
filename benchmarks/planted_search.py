"""How often a planted search finds the hidden cell, for each hypergradient.

    python benchmarks/planted_search.py [--first 200] [--seeds 60] [--save]

A search has found the cell where the hidden operation leads on all five edges after 120 steps. *plain*: four training
pairs, w is five gains. *hard*: one training pair, 1.5 times as bright as the validation pairs, and weights that can
memorise. The seeds from 200 on were not looked at while the settings were chosen. Intervals are Wilson's, at 95 %;
p is that of McNemar's exact test, two-sided, of first order against exact on the same seeds.
"""

from dataclasses import dataclass
from math import comb
from typing import Any

import tyro

from dartslab.problems.planted import EDGES, Planted, PlantedConfig
from dartslab.problems.planted_search import PAGE_HYPERGRADIENTS, STEPS, search_planted
from measure import Options, Result, run

SETTINGS: dict[str, dict[str, Any]] = {"plain": {}, "hard": {"memorise": True, "pairs": 1, "light": 1.5}}


@dataclass(frozen=True)
class Seeds(Options):
    """Search for the hidden cell of many seeds.

    Args:
        repeats: of each search; all give the same.
        first, seeds: from which seed on, and how many.
    """

    repeats: int = 1
    first: int = 200
    seeds: int = 60


def measure(variant: str) -> dict[str, list[int]]:
    """On how many edges each search ended with the hidden operation, and from which step on it was right for good."""
    setting, hypergradient = variant.split("/")
    right, since = [], []
    for seed in range(options.first, options.first + options.seeds):
        problem = Planted(PlantedConfig(seed=seed, **SETTINGS[setting]))
        counts = [problem.count_right(moment.weights) for moment in search_planted(problem, hypergradient)]
        right.append(counts[-1])
        since.append(max((step + 1 for step, count in enumerate(counts) if count < len(EDGES)), default=0))
    return {"right": right, "since": since}


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a rate (Wilson 1927)."""
    middle = (hits + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * (hits * (n - hits) / n + z**2 / 4) ** 0.5
    return middle - half, middle + half


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p of McNemar's test."""
    n, low = only_first + only_second, min(only_first, only_second)
    return min(1.0, 2 * sum(comb(n, k) for k in range(low + 1)) / 2**n)


def report(found: dict[str, list[Any]]) -> Result:
    """A row for each setting and hypergradient."""
    rows, numbers, pairs = [], {}, []
    hits = {name: [count == len(EDGES) for count in each[0]["right"]] for name, each in found.items()}
    for name, each in found.items():
        setting, hypergradient = name.split("/")
        count, n = sum(hits[name]), len(hits[name])
        low, high = wilson(count, n)
        since = sorted(step for step, hit in zip(each[0]["since"], hits[name], strict=True) if hit)
        rows.append({
            "setting": setting, "hypergradient": hypergradient, "found": count, "of": n,
            "95 % interval": f"{100 * low:.0f} to {100 * high:.0f} %", "edges right, mean": sum(each[0]["right"]) / n,
            "right for good after, median": since[len(since) // 2] if since else STEPS,
        })  # fmt: skip
        numbers[f"{setting}_{hypergradient}"] = count
    for setting in SETTINGS:
        first, exact = hits[f"{setting}/first_order"], hits[f"{setting}/exact"]
        only_first = sum(a and not b for a, b in zip(first, exact, strict=True))
        only_exact = sum(b and not a for a, b in zip(first, exact, strict=True))
        p = mcnemar(only_first, only_exact)
        pairs.append({"setting": setting, "only first order": only_first, "only exact": only_exact, "p": p})
    return {**numbers, "n": 1, "spread": None, "tables": {"Found": rows, "First order against exact": pairs}}


if __name__ == "__main__":
    options = tyro.cli(Seeds, description=__doc__)
    names = [f"{setting}/{hypergradient}" for setting in SETTINGS for hypergradient in PAGE_HYPERGRADIENTS]
    run(options, dict.fromkeys(names, options.repeats), measure, report)
