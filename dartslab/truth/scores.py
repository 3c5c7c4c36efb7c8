"""Score the cells of a table by rankings, and compare the scores with the test losses in the table."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..base.messages import counted
from ..methods.rankings import require_ranking
from ..run.rank import score_cells
from ..run.search import search
from ..run.search_state import SearchState
from .estimates import estimate, kendall_tau
from .table import TruthTable

SUPERNET_CELLS = 100  # cells for a ranking that needs a supernet: each takes a pass over the validation half


@dataclass(frozen=True)
class RankingComparison:
    """How well the scores of a ranking order the cells by test loss.

    Args:
        ranking: its name.
        cells: how many cells were scored.
        tau: Kendall's tau between scores and estimated test losses, one for each seed; 1 means that the best score
            belongs to the smallest loss, and so on to the last.
        ceiling: Kendall's tau that is expected between the estimates of the table and the true losses.
        better_than: share of the other cells that are worse than the cell with the best score, in %; mean over seeds.
        seconds: processor time of all scores of one seed.
    """

    ranking: str
    cells: int
    tau: tuple[float, ...]
    ceiling: float
    better_than: float
    seconds: float

    def __str__(self) -> str:
        """The line that the command prints."""
        taus = f"{np.mean(self.tau):+.2f}"
        if len(self.tau) > 1:
            taus += f" ({min(self.tau):+.2f} to {max(self.tau):+.2f})"
        return (
            f"{self.ranking}: Kendall's tau with the test loss {taus}, {counted(self.cells, 'cell')} and "
            f"{counted(len(self.tau), 'seed')}; {self.ceiling:.2f} is expected between the table and the true losses. "
            f"The cell with the best score is better than {self.better_than:.0f} % of the cells. Scoring took "
            f"{self.seconds:.0f} s"
        )


def compare_scores(
    table: TruthTable, ranking: str, scores: Sequence[Sequence[float]], cells: Sequence[int], seconds: float
) -> RankingComparison:
    """Compare the scores of a ranking with the table.

    Args:
        table: complete or not.
        ranking: its name.
        scores: [seeds, n] for n cells, higher is better.
        cells: [n], numbers of the scored cells.
        seconds: processor time of the scores of one seed.
    """
    loss = estimate(table, "test_loss")
    places = np.array([loss.place(cell) for cell in cells])
    values = loss.shrunken[places]
    taus = tuple(kendall_tau(np.asarray(each), -values) for each in scores)
    tops = np.array([values[int(np.argmax(each))] for each in scores])
    ceiling = loss.expected_tau(table.plan.first_seeds)
    return RankingComparison(ranking, len(cells), taus, ceiling, float(loss.better_than(tops).mean()), seconds)


def compare_ranking(table: TruthTable, name: str, seeds: Iterable[int]) -> RankingComparison:
    """Score the cells of a table, and compare the scores with the test losses in the table.

    A ranking that needs a supernet gets one from a search by DARTS with each seed. It scores only the first 100 cells
    in the order of training.

    Args:
        table: complete or not.
        name: of a ranking, or the path of a file that defines RANKING.
        seeds: of untrained weights, batches and searches.
    """
    ranking, loss = require_ranking(name), estimate(table)
    numbers = loss.cells.tolist()
    if ranking.searched:
        drawn = set(table.training_order[:SUPERNET_CELLS])
        numbers = [number for number in numbers if number in drawn]
    cells = [table.plan.cells[number] for number in numbers]
    scores, seconds = [], 0.0
    for seed in seeds:
        begun = time.process_time()
        config = table.plan.search_with(seed=seed)
        state = None
        if ranking.searched:
            state = SearchState.create(config)
            for _ in search(state):
                pass
        scores.append(score_cells(name, cells, config, state=state))
        seconds = time.process_time() - begun
    return compare_scores(table, ranking.name, scores, numbers, seconds)
