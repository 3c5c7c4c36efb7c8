"""How far alpha moves in the lessons' search for several learning rates of alpha: why the lessons use 0.05.

    python benchmarks/alpha_learning_rate.py [--rates 0.0003 0.05] [--json]

One search of `SearchConfig.lesson()` per rate (about a minute each on two cores) with the same seed. Printed are the
smallest and largest alpha, the largest mixing weight (it starts at 1/8 = 0.125), how often the derived genotype
changed, and the validation accuracy of the supernet.
"""

import json
from dataclasses import dataclass

import tyro

from dartslab import Recorder, SearchConfig, SearchState, search


@dataclass(frozen=True)
class Options:
    """Search once for each learning rate of alpha.

    Args:
        rates: learning rates of alpha to try.
        json: print JSON instead of a table.
    """

    rates: tuple[float, ...] = (3e-4, 3e-3, 0.01, 0.02, 0.05, 0.1)
    json: bool = False


def measure(rate: float) -> dict[str, float]:
    """One search with this learning rate of alpha."""
    state = SearchState.create(SearchConfig.lesson(alpha_learning_rate=rate))
    recorder = Recorder(state)
    *_, last = recorder.watch(search(state))
    columns = recorder.record.columns
    alphas = list(last.alpha.values())
    return {
        "rate": rate,
        "steps": last.step,
        "smallest_alpha": float(min(table.min() for table in alphas)),
        "largest_alpha": float(max(table.max() for table in alphas)),
        "largest_weight": float(max(table.max() for table in state.weights().values())),
        "genotype_changes": int((columns["genotype"][1:] != columns["genotype"][:-1]).sum()),
        "val_accuracy": last.val_accuracy,
    }


HEAD = (
    f"{'rate':>8}{'steps':>7}{'smallest alpha':>16}{'largest alpha':>15}{'largest weight':>16}{'changes':>9}{'val':>8}"
)


if __name__ == "__main__":
    options = tyro.cli(Options, description=__doc__)
    if not options.json:
        print(HEAD)
    rows = []
    for rate in options.rates:
        row = measure(rate)
        rows.append(row)
        if not options.json:
            print(
                f"{rate:>8.4g}{row['steps']:>7}{row['smallest_alpha']:>16.3f}{row['largest_alpha']:>15.3f}"
                f"{row['largest_weight']:>16.3f}{row['genotype_changes']:>9}{row['val_accuracy']:>8.1%}",
                flush=True,
            )
    if options.json:
        print(json.dumps(rows, indent=1))
