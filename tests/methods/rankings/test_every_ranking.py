"""What holds for every ranking: the order of a pair whose order is known, the passes it costs, and its seed."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch

import tiny
from dartslab import METHODS, Network, SearchState, random_genotype
from dartslab.base.messages import UserError
from dartslab.derive import kept_entries
from dartslab.genotype import Cell, Connection, Genotype
from dartslab.methods.rankings import RANKINGS, is_ranking, require_method, require_ranking
from dartslab.methods.rankings.ranking import Data
from dartslab.run.rank import score_cells
from dartslab.space import SearchSpace

OPERATIONS = ("max_pool_3x3", "skip_connect", "sep_conv_3x3", "sep_conv_5x5")
SPACE = SearchSpace(1, OPERATIONS)
DATA = Data(
    torch.randn(8, 1, 8, 8, generator=torch.Generator().manual_seed(0)), classes=4, channels=2, layers=3, seed=5
)


def both(operation: str) -> Genotype:
    """Both cells with one operation on all edges."""
    cell = Cell((Connection(2, 0, operation), Connection(2, 1, operation)), (2,))
    return Genotype(cell, cell)


class Knows:
    """A search whose supernet has learned one cell: its accuracy is the share of that cell's operations it is given."""

    batches = 3

    def __init__(self, learned: Genotype) -> None:
        self.learned = learned

    def validate(self, weights: Any = None) -> tuple[float, float]:
        kept = torch.from_numpy(kept_entries(SPACE, self.learned.normal))
        return 0.0, float(weights["normal"][kept].mean())


SMALL, LARGE = both("skip_connect"), both("sep_conv_5x5")
# ranking -> a better cell, a worse one, the search that is asked; None for a ranking that has no order.
PAIRS: dict[str, tuple[Genotype, Genotype, Any] | None] = {
    "parameters": (LARGE, SMALL, None),
    "multiply-adds": (LARGE, SMALL, None),
    "naswot": (LARGE, SMALL, None),  # more units tell pictures apart
    "synflow": (LARGE, both("sep_conv_3x3"), None),  # more paths
    "random-shared": (SMALL, LARGE, Knows(SMALL)),
    "random": None,
}
DRAWS_WEIGHTS = {"random", "naswot", "synflow"}  # a chance that the seed decides


@contextmanager
def counted_passes() -> Iterator[Counter]:
    """Forward and backward passes of networks on this processor; on the device meta nothing is computed."""
    found: Counter = Counter()
    usual = Network.forward

    def forward(self: Network, x: torch.Tensor, *rest: Any) -> Any:
        logits, auxiliary = usual(self, x, *rest)
        found["forward"] += x.device.type != "meta"
        if logits.requires_grad:
            logits.register_hook(lambda gradient: found.update(["backward"]))
        return logits, auxiliary

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Network, "forward", forward)
        yield found


def scores(name: str, cells: list[Genotype], data: Data = DATA, state: Any = None) -> list[float]:
    return RANKINGS[name].score(SPACE, cells, state, data)


def test_every_file_is_a_ranking_under_its_own_name() -> None:
    assert all(RANKINGS[name].name == name for name in RANKINGS)
    assert set(RANKINGS) == set(PAIRS)  # a new one brings its pair
    assert not set(RANKINGS) & set(METHODS)


@pytest.mark.parametrize("name", [name for name, pair in PAIRS.items() if pair])
def test_the_better_cell_of_a_pair_has_the_higher_score(name: str) -> None:
    better, worse, state = PAIRS[name]
    first, second = scores(name, [better, worse], state=state)
    assert first > second
    assert scores(name, [worse, better], state=state) == [second, first]


@pytest.mark.parametrize("name", RANKINGS)
def test_a_ranking_costs_the_passes_that_it_names(name: str) -> None:
    cells = [SMALL, LARGE, both("sep_conv_3x3")]
    if RANKINGS[name].searched:
        state = SearchState.create(tiny.search_config(operations=OPERATIONS), tiny.pictures())
        seen: list[int] = []
        state.net.register_forward_hook(lambda *given: seen.append(1))
        scores(name, cells, state=state)
        batches = -(-len(state.val.part.labels) // state.config.batch_size)
        assert batches > 1 and (len(seen), 0) == tuple(n * batches * len(cells) for n in RANKINGS[name].passes)
        return
    with counted_passes() as found:
        scores(name, cells)
    assert (found["forward"], found["backward"]) == tuple(n * len(cells) for n in RANKINGS[name].passes)


@pytest.mark.parametrize("name", RANKINGS)
def test_the_seed_decides_all_that_is_drawn(name: str) -> None:
    cells, state = [random_genotype(SPACE, n) for n in range(4)], Knows(SMALL)
    first = scores(name, cells, state=state)
    torch.rand(7)  # the global stream has no say
    assert scores(name, cells, state=state) == first
    assert (scores(name, cells, replace(DATA, seed=6), state) != first) == (name in DRAWS_WEIGHTS)


@pytest.mark.parametrize("name", RANKINGS)
def test_the_global_random_stream_is_left_as_it_was(name: str) -> None:
    before = torch.get_rng_state()
    scores(name, [SMALL, LARGE], state=Knows(SMALL))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", [name for name in RANKINGS if not RANKINGS[name].searched])
def test_cells_are_scored_on_the_pictures_of_a_configuration(name: str) -> None:
    config, cells = tiny.search_config(operations=OPERATIONS), [SMALL, LARGE]
    found = score_cells(name, cells, config, tiny.pictures())
    assert len(found) == 2 and found == score_cells(name, cells, config, tiny.pictures())


def test_pictures_are_looked_at_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Data] = []
    looks = replace(RANKINGS["random"], score=lambda space, cells, state, data: seen.append(data) or [0.0])
    monkeypatch.setitem(RANKINGS, "looks", looks)
    for padding in (0, 2):  # of a search, which crops and flips
        score_cells("looks", [SMALL], tiny.search_config(operations=OPERATIONS, crop_padding=padding), tiny.pictures())
    plain, padded = seen
    assert torch.equal(plain.images, padded.images) and plain.images.shape == (16, 1, 8, 8)
    assert (plain.classes, plain.channels, plain.layers, plain.seed) == (10, 2, 3, 2)


def test_a_ranking_that_needs_a_search_says_so() -> None:
    with pytest.raises(UserError, match="random-shared asks the supernet of a search; give one with --search"):
        score_cells("random-shared", [SMALL], tiny.search_config(operations=OPERATIONS), tiny.pictures())


REFUSED: list[tuple[Callable[[str], Any], str, str]] = [
    (require_method, "naswot", r"naswot is a ranking: it scores cells without a search; use `dartslab rank --ranking"),
    (require_ranking, "darts", r"darts is a method: it changes a search; use `dartslab search --method darts`"),
    (require_method, "nazwot", r"unknown method 'nazwot'; .* Did you mean the ranking 'naswot', `dartslab rank --rank"),
    (require_ranking, "dartz", r"unknown ranking 'dartz'; .* Did you mean the method 'darts', `dartslab search --meth"),
    (require_ranking, "sinflow", r"unknown ranking 'sinflow'; allowed are: synflow, .* Did you mean 'synflow'"),
    (require_method, "42", r"unknown method '42'; allowed are: .*darts"),
    (is_ranking, "drast", r"unknown method or ranking 'drast'; allowed are: darts, .*naswot.* Did you mean 'darts'"),
]


@pytest.mark.parametrize(("look_up", "name", "sentence"), REFUSED, ids=[name for _, name, _ in REFUSED])
def test_a_name_of_the_other_kind_is_refused_with_the_command_that_takes_it(look_up, name: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        look_up(name)
