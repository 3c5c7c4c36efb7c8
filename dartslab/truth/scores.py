"""Cells of a table scored by rankings, and what a training costs on this machine."""

import time
from collections.abc import Iterable
from dataclasses import replace

from ..data.datasets import load_data
from ..methods.rankings import require_ranking
from ..run.rank import score_cells
from ..run.search import search
from ..run.search_state import SearchState
from ..run.train import TrainState, train
from .compare import RankingComparison, compare_scores
from .estimates import estimate
from .spaces import Truth
from .table import TruthTable

STEPS = 40  # of the training that is timed
SUPERNET_CELLS = 100  # that a ranking scores which asks a supernet: each takes a pass over the validation half


def seconds_of_training(truth: Truth, steps: int = STEPS) -> float:
    """Processor time of one training of a cell on this machine, from the first steps of one.

    Args:
        truth: gives the training; its middle cell is trained.
        steps: that are timed.
    """
    data = load_data(truth.train.data, image_size=truth.train.image_size)
    state = TrainState.create(replace(truth.train, seed=0), truth.cells[len(truth.cells) // 2], data)
    events = train(state)
    next(events)  # the first step also sets things up
    begun = time.process_time()
    for _ in range(steps):
        next(events)
    return (time.process_time() - begun) / steps * truth.train.epochs * state.train.per_epoch


def compare_ranking(table: TruthTable, name: str, seeds: Iterable[int]) -> RankingComparison:
    """Score the cells of a table and compare the scores with their trainings.

    A ranking that asks a supernet gets that of a search by DARTS with each seed, and scores the first 100 cells of the
    order in which the table is made.

    Args:
        table: complete or not.
        name: of a ranking, or the path of a file that defines RANKING.
        seeds: of untrained weights, batches and searches.
    """
    ranking, loss = require_ranking(name), estimate(table)
    numbers = loss.cells.tolist()
    if ranking.searched:
        drawn = set(table.order[:SUPERNET_CELLS])
        numbers = [number for number in numbers if number in drawn]
    cells = [table.truth.cells[number] for number in numbers]
    scores, seconds = [], 0.0
    for seed in seeds:
        begun = time.process_time()
        config = table.truth.search_with(seed=seed)
        state = None
        if ranking.searched:
            state = SearchState.create(config)
            for _ in search(state):
                pass
        scores.append(score_cells(name, cells, config, state=state))
        seconds = time.process_time() - begun
    return compare_scores(table, ranking.name, scores, numbers, seconds)
