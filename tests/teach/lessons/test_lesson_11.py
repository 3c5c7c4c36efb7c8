"""Lesson 11: the pieces that a learner writes are together a search, dartslab's to the last bit."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import functional_call

from dartslab import Recorder, SearchConfig, SearchState, search
from dartslab.data.batches import Batch
from dartslab.data.datasets import load_data
from dartslab.problems.planted import EDGES, GAIN, Planted, PlantedConfig
from dartslab.problems.planted_search import search_planted
from dartslab.run.recorder import record_of
from dartslab.teach.lessons.lesson_05.answers import split
from dartslab.teach.lessons.lesson_11.answers import (
    Hypergradient,
    Loss,
    Tensors,
    cell,
    exact,
    first_order,
    read_off,
    whole_search,
)
from dartslab.widgets import Replay
from right_answers.lesson_11 import RIGHT

STEPS = 4
HARD = {"memorise": True, "pairs": 1, "light": 1.5}


def find(problem: Planted, loss: Loss, hypergradient: Hypergradient, steps: int) -> list[Tensor]:
    """Alpha at the start and after each step of the lesson's search for a hidden cell."""
    w = {name: t.clone().requires_grad_() for name, t in problem.first_weights.items()}
    alpha = problem.first_alpha.clone().parameters()
    adam = torch.optim.Adam(alpha.values(), lr=0.1, betas=(0.5, 0.999))
    sgd = torch.optim.SGD(w.values(), lr=0.9)
    rows = whole_search(
        loss, w, alpha, lambda step: problem.train, lambda step: problem.val, hypergradient, adam, sgd, steps
    )
    return [row["alpha.normal"] for row in rows]


def test_the_cell_gives_the_loss_of_a_hidden_cell() -> None:
    problem = Planted(PlantedConfig(seed=1, **HARD))
    alpha, gains = problem.first_alpha.alpha["normal"], 1 + GAIN * problem.first_weights["gain"]
    nodes = cell(list(problem.val.before), problem.candidates(), alpha, EDGES, gains)
    wanted = problem.mix(problem.first_weights, {"alpha.normal": alpha}, problem.val)
    for node, theirs in zip(nodes, wanted, strict=True):
        assert torch.allclose(node, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("name", "hypergradient"), [("first_order", first_order), ("exact", exact)])
def test_it_walks_as_dartslab_walks_on_a_hidden_cell(name: str, hypergradient: Hypergradient) -> None:
    problem = Planted(PlantedConfig(seed=7, **HARD))
    rows = find(problem, problem.loss, hypergradient, steps=12)
    for alpha, theirs in zip(rows, search_planted(problem, name, steps=12), strict=True):
        assert torch.allclose(alpha, theirs.alpha, rtol=0, atol=1e-9)


def test_it_finds_a_hidden_cell_and_reads_it_off() -> None:
    problem = Planted(PlantedConfig(seed=3))
    alpha = find(problem, problem.loss, first_order, steps=120)[-1]
    hidden = {(*edge, problem.names[o]) for edge, o in zip(EDGES, problem.answer, strict=True)}
    assert set(read_off(alpha, problem.names, EDGES, k=3)) == hidden


@pytest.fixture(scope="module")
def config() -> SearchConfig:
    settings = {"schedule": "cosine", "learning_rate": 0.05, "learning_rate_min": 0.05, "clip": 1e9, "alpha_waits": 0}
    return SearchConfig.quick(nodes=2, batch_size=32, steps=STEPS, device="cpu", **settings)


def begin(config: SearchConfig) -> SearchState:
    """A search on the halves that the learner has made."""
    data = load_data("fashion-mini", image_size=16)
    state = SearchState.create(config, data)
    for_w, for_alpha = (torch.tensor(sorted(half)) for half in split(data.train.labels.numpy()))
    state.train.part, state.val.part = data.train.pick(for_w), data.train.pick(for_alpha)
    return state


@pytest.mark.parametrize("step", [None, *RIGHT["11.search_step"]], ids=lambda step: getattr(step, "__name__", "lesson"))
def test_on_pictures_it_is_dartslabs_search_bit_for_bit(
    config: SearchConfig, step: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    if step is not None:  # however the step is written
        monkeypatch.setattr("dartslab.teach.lessons.lesson_11.answers.search_step", step)
    state = begin(config)

    def loss(w: Tensors, alpha: Tensors, batch: Batch) -> Tensor:
        weights = {kind: torch.softmax(alpha[f"alpha.{kind}"], dim=-1) for kind in config.space.kinds}
        return F.cross_entropy(functional_call(state.net, w, (batch.images, weights)), batch.labels)

    w, alpha = dict(state.net.named_parameters()), state.arch.parameters()
    optimizers = state.alpha_optimizer, state.optimizer
    rows = whole_search(loss, w, alpha, state.train, state.val, first_order, *optimizers, STEPS)
    theirs = begin(config)
    recorder = Recorder(theirs)
    assert len(list(recorder.watch(search(theirs)))) == STEPS
    for k, row in enumerate(rows[1:]):
        for kind in config.space.kinds:
            assert np.array_equal(row[f"alpha.{kind}"].numpy(), recorder.record.alpha(kind)[k])
    for name, parameter in theirs.net.named_parameters():
        assert torch.equal(w[name], parameter)
    replay = Replay(record_of(config, rows[1:]), recorder.record)
    assert [run["step"] for run in replay.shown["runs"]] == [STEPS, STEPS]
    edges = [(edge.source, edge.target) for edge in config.space.edges]
    for kind, derived in theirs.genotype().cells.items():
        read = set(read_off(alpha[f"alpha.{kind}"], config.operations, edges, k=2))
        assert read == {(c.predecessor, c.node, c.operation) for c in derived.connections}
