"""Cells scored by a ranking, on the pictures and at the size that a configuration names."""

import math
from collections.abc import Sequence, Sized
from dataclasses import replace
from typing import Any

from ..base.messages import require, short
from ..data.datasets import DataSet
from ..genotype import Genotype
from ..methods.rankings import require_ranking
from ..methods.rankings.ranking import Data
from .config import SearchConfig
from .device import choose_device
from .run_data import halves_of, open_data
from .search_state import SearchState


def score_cells(
    name: str,
    cells: Sequence[Genotype],
    config: SearchConfig,
    data: DataSet | None = None,
    state: SearchState | None = None,
) -> list[float]:
    """The score of each cell; higher is better.

    Args:
        name: of a ranking, or the path of a file that defines RANKING.
        cells: of the space of the configuration.
        config: gives the space, the pictures, their number in the one batch that is looked at, channels, layers, seed.
        data: a data set already in memory; read by name where None.
        state: of a search, for a ranking that asks its supernet.
    Raises:
        UserError: no such ranking, or one that needs a search and is given none; or what it gives are no scores.
    """
    ranking = require_ranking(name)
    require(
        state is not None or not ranking.searched,
        f"{ranking.name} asks the supernet of a search; give one with --search FOLDER.",
    )
    if ranking.searched and state is not None:  # pictures and space are those of the search
        config = state.config
    data = open_data(config, data)
    train, _ = halves_of(replace(config, crop_padding=0), data, choose_device(config.device, config.threads))
    looked_at = Data(train(0).images, len(data.classes), config.channels, config.layers, config.seed)
    scores = ranking.score(config.space, cells, state, looked_at)
    count = len(scores) if isinstance(scores, Sized) else f"a {type(scores).__name__}"
    require(
        count == len(cells),
        f"{ranking.name}: scores must be one number for each of {len(cells)} cells, got {count}; mend its `score`.",
    )
    return [_number(score, ranking.name, place) for place, score in enumerate(scores)]


def _number(score: Any, name: str, place: int) -> float:
    """A score as a number; raises `UserError` where it is none."""
    try:
        number = float(score)
    except (TypeError, ValueError, RuntimeError):  # nothing numeric; a text; a tensor of several numbers
        number = math.nan
    require(
        not isinstance(score, str) and not math.isnan(number),
        f"{name}: the score of a cell must be a number, or -inf, got {short(repr(score))} for cell {place + 1} of the "
        "list; mend its `score`.",
    )
    return number
