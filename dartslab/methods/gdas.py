"""GDAS: every step samples one operation per edge and computes only that one; alpha learns through its weight alone.

p   = softmax(alpha),   o* = argmax_o (log p_o + g_o),   g_o ~ Gumbel(0, 1)           so o* has probability p_o*
q   = softmax((log p + g) / tau),   d q / d alpha = (diag(q) - q q^T) / tau
weights_o = [o = o*] (1 + q_o - stop(q_o))                       1 or 0 as a number; d weights_o* = row o* of d q
tau = 10 - 9.9 progress

(Dong, Yang 2019, section 3.2: one sample for all normal cells, one for all reduction cells.) Derived are the two pairs
(predecessor, operation) of each node with the largest softmax(alpha); both may come from one predecessor. The record
shows softmax(alpha), without noise.
"""

from collections.abc import Mapping
from typing import Any

import torch

from ..base.messages import require
from ..base.seeds import gumbel
from ..derive import fitting_table
from ..fast.sampled import SampledCell
from ..genotype import Cell, Connection, Genotype
from ..relaxation import Arch, Weights, softmax
from ..space import INPUTS, SearchSpace
from .method import Method, Moment, Number


def sample(arch: Arch, moment: Moment) -> Weights:
    """One hard sample per edge, with the gradient of the sampled operation only."""
    weights, tau = softmax(arch, moment.temperature), 10 - 9.9 * moment.progress
    if moment.phase == "look":
        return weights
    generator = moment.generator()
    for kind, p in weights.items():
        noisy = p.clamp(min=1e-30).log() + gumbel(p.shape, generator).to(p)  # log 0 would have no gradient
        q = torch.softmax(noisy / tau, dim=-1)
        chosen = torch.nn.functional.one_hot(noisy.argmax(-1), p.shape[-1])
        weights[kind] = chosen * (1 + (q - q.detach()))
    return weights


def most_likely(arch: Arch, moment: Moment) -> Weights:
    """The supernet is validated as it is trained, with one operation per edge: the likeliest."""
    likely = softmax(arch, moment.temperature).items()
    return {kind: torch.nn.functional.one_hot(p.argmax(-1), p.shape[-1]).to(p) for kind, p in likely}


def best_pairs(space: SearchSpace, weights: Mapping[str, Any]) -> Genotype:
    """Per node the two largest weights among all its edges and operations but `none`; ties go to the lower index."""
    cells, nodes = {}, range(INPUTS, INPUTS + space.nodes)
    for kind in space.kinds:
        table = fitting_table(space, kind, weights[kind])
        connections = []
        for node in nodes:
            pairs = [(row, o) for row in space.rows(node) for o in space.choices]
            for row, o in sorted(pairs, key=lambda pair: -table[pair])[:2]:
                connections.append(Connection(node, space.edges[row].source, space.operations[o]))
        cells[kind] = Cell(tuple(connections), tuple(nodes), kind)
    return Genotype(**cells, tied=space.tied)


def check(config: Any) -> None:
    """Refuses compiled cells: which operations are computed changes from step to step."""
    require(not config.compile, "gdas computes other operations in every step, so its cells cannot be compiled; "
            "search with compile=False.")  # fmt: skip


METHOD = Method(
    "gdas",
    "Dong, Yang 2019, Searching for a Robust Neural Architecture in Four GPU Hours",
    weights=sample,
    validation=most_likely,
    cell=SampledCell,
    derive=best_pairs,
    defaults={"epochs": 250, "batch_size": 256, "weight_decay": 5e-4, "hypergradient": "first_order"},
    numbers=(Number("tau falls", "from 10 to 0.1 in 250 epochs", 1.0), Number("momentum", "Nesterov's; plain here")),
    check=check,
)
