"""How far alpha moves for each learning rate of alpha: why the lessons use 0.05.

    python benchmarks/alpha_learning_rate.py [--rates 0.0003 0.05] [--save]

One search of `SearchConfig.lesson()` per rate, about a minute each, all with the same seed. Mixing weights start at
1/8 = 0.125. With the published 3e-4 they hardly leave it; 0.05 moves them visibly, and the supernet learns at least as
well. A change is a step after which the derived genotype is another one. With one seed each, the accuracies say no more
than that.
"""

from dataclasses import dataclass
from typing import Any

import tyro

from dartslab import Recorder, SearchConfig, SearchState, search
from measure import Options, Result, run


@dataclass(frozen=True)
class Rates(Options):
    """Search once for each learning rate of alpha.

    Args:
        repeats: searches for each rate; all give the same.
        rates: learning rates of alpha to try.
    """

    repeats: int = 1
    rates: tuple[float, ...] = (3e-4, 3e-3, 0.01, 0.02, 0.05, 0.1)


def measure(rate: str) -> dict[str, float]:
    """One search with this learning rate of alpha."""
    state = SearchState.create(SearchConfig.lesson(alpha_learning_rate=float(rate)))
    recorder = Recorder(state)
    *_, last = recorder.watch(search(state))
    columns, alphas = recorder.record.columns, list(last.alpha.values())
    return {
        "rate": float(rate),
        "steps": last.step,
        "smallest alpha": float(min(table.min() for table in alphas)),
        "largest alpha": float(max(table.max() for table in alphas)),
        "largest mixing weight": float(max(table.max() for table in state.weights().values())),
        "changes of the genotype": int((columns["genotype"][1:] != columns["genotype"][:-1]).sum()),
        "validation accuracy": last.val_accuracy,
    }


def report(found: dict[str, list[Any]]) -> Result:
    """A row for each rate, and the largest mixing weight it reaches."""
    rows = [each[0] for each in found.values()]
    largest = {f"largest_weight_at_{row['rate']:g}": row["largest mixing weight"] for row in rows}
    return {**largest, "n": 1, "spread": None, "tables": {"Searches": rows}}


if __name__ == "__main__":
    options = tyro.cli(Rates, description=__doc__)
    variants = dict.fromkeys((f"{rate:g}" for rate in options.rates), options.repeats)
    run(options, variants, measure, report)
