"""A planted search: a small cell is hidden, and DARTS has to find it from pictures before and after.

Two pictures a and b go through a hidden cell of two nodes. On each of its five edges stands one operation:

    node 2 = o0(a) + o1(b)        node 3 = o2(a) + o3(b) + o4(node 2)        result: node 2 and node 3

The search sees a, b and the result. Its own cell has all operations on every edge, weighted by softmax(alpha), and
weights w: a gain for each edge, and where weights can memorise a picture for each node, which is added to it:

    node_v = sum over edges e into v of (1 + GAIN w_e) sum_o softmax(alpha)[e, o] o(source of e)
    result_v = node_v + MEMORY w_v

L_train is the mean square error on some pictures, L_val that on others: a bilevel problem like any other. With few
training pictures the weights that can memorise learn these by heart. The Hessian of L_train in them is the identity,
so one step of size 1 solves the inner problem.

Shapes: n pictures, H = W = 28, E = 5 edges, O operations. `widgets/planted_model.js` computes the same in a page.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ..base.messages import is_number, require, unknown
from ..base.shared_random import SharedRandom
from ..bilevel import Tensors
from ..relaxation import Arch, softmax
from .picture_operations import LOOK_ALIKES, PICTURE_OPERATIONS, SIZE, Pool, check_pool, load_pool

EDGES = ((0, 2), (1, 2), (0, 3), (1, 3), (2, 3))  # (from, to); 0 is picture a, 1 is picture b
NODES = (2, 3)
MOST_SEED = 9999
GAIN, MEMORY = 0.2, float(SIZE)  # how far one unit of w moves a gain, a pixel
MOST_NOISE = 3.0


@dataclass(frozen=True)
class PlantedConfig:
    """What is hidden, and what the search may see of it.

    Args:
        seed: of the hidden cell, the choice of pictures, the noise and the first alpha.
        pairs: training pairs, for w.
        val_pairs: validation pairs, for alpha.
        noise: standard deviation of what is added to each pixel, where 1 is the strength of the result itself.
        light: the training pictures are so many times as bright as the others; the hidden cell is the same.
        memorise: w has a picture for each node besides the gains.
        look_alikes: two more candidates, each close to one that is there.
        hidden: the operation on each edge, in the order of `EDGES`; drawn by seed where None.
    """

    seed: int = 0
    pairs: int = 4
    val_pairs: int = 4
    noise: float = 0.0
    light: float = 1.0
    memorise: bool = False
    look_alikes: bool = False
    hidden: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("pairs", "val_pairs"):
            value = getattr(self, name)
            known = is_number(value, 1, 16, whole=True)
            require(known, f"{name} must lie between 1 and 16, got {value!r}; 4 is usual.")
        require(
            is_number(self.noise, 0, MOST_NOISE),
            f"noise must lie between 0 and {MOST_NOISE:g} times the strength of a result, got {self.noise!r}; more "
            "would drown the result, and no operation could be told from another.",
        )
        light = is_number(self.light, 0.1, 10)
        require(light, f"light must lie between 0.1 and 10, got {self.light!r}; 1 is as bright.")
        seed = is_number(self.seed, 0, MOST_SEED, whole=True)
        require(seed, f"a seed lies between 0 and {MOST_SEED}, got {self.seed!r}; take another.")
        if self.hidden is not None:
            example = "hidden=('keep', 'blur', 'shift', 'mirror', 'turn')"
            listed = isinstance(self.hidden, Iterable) and not isinstance(self.hidden, str)
            require(listed, f"a hidden cell is a list of {len(EDGES)} names, got {self.hidden!r}; pass {example}.")
            object.__setattr__(self, "hidden", tuple(self.hidden))
            require(
                len(self.hidden) == len(EDGES),
                f"a hidden cell has an operation on each of {len(EDGES)} edges, got {len(self.hidden)}; name as many.",
            )
            for name in self.hidden:
                require(
                    name not in tuple(LOOK_ALIKES) or self.look_alikes,
                    f"the hidden cell holds {name!r} (the search could not find it): it is offered with "
                    "look_alikes=True only; pass that, or hide another operation.",
                )
                if name not in self.operations:
                    raise unknown("operation in the hidden cell (the search could not find it):", name, self.operations)

    @property
    def operations(self) -> tuple[str, ...]:
        """The names of the candidates on every edge."""
        return tuple(PICTURE_OPERATIONS) + (tuple(LOOK_ALIKES) if self.look_alikes else ())


class Pairs(NamedTuple):
    """Pictures before and after."""

    before: Tensor  # [2, n, H, W]: a and b
    sources: tuple[Tensor, Tensor]  # every operation of a and of b, [O, n, H, W] each
    results: tuple[Tensor, Tensor]  # node 2 and node 3 of the hidden cell, [n, H, W] each


class Planted:
    """A hidden cell, and the bilevel problem of finding it.

    Args:
        config: what is hidden and what is seen.
        pool: pictures to draw from; those of `load_pool` where None.
        dtype: of all numbers.
    Attributes:
        answer: the column of the hidden operation on each edge, [E].
        train, val: the pairs of L_train and of L_val.
        shown: one pair that belongs to neither, to look at.
        first_weights, first_alpha: where a search begins.
    Raises:
        UserError: what is no `Pool`; too few pictures, pictures of another size, of another type or of one colour.
    """

    def __init__(self, config: PlantedConfig, pool: Pool | None = None, dtype: torch.dtype = torch.float64) -> None:
        pool = load_pool() if pool is None else pool
        wanted = 2 * (config.pairs + config.val_pairs + 1)
        check_pool(pool, wanted)
        self.config, self.names = config, config.operations
        self.memory = MEMORY if config.memorise else 0.0
        self._operations = [(PICTURE_OPERATIONS | LOOK_ALIKES)[name] for name in self.names]
        x = pool.images.to(dtype) / 255
        x = x / x.square().mean().sqrt()
        self.scales = [float(1 / operation(x).square().mean().sqrt()) for operation in self._operations]
        random = SharedRandom(config.seed)
        drawn = [random.below(len(self.names)) for _ in EDGES]
        self.answer = [self.names.index(name) for name in config.hidden] if config.hidden else drawn
        gains = torch.tensor([0.7 + 0.6 * random.uniform() for _ in EDGES], dtype=dtype)
        self.strengths = gains[:, None] * F.one_hot(torch.tensor(self.answer), len(self.names))  # [E, O]
        order = random.permutation(len(x))
        train, val = order[: 2 * config.pairs], order[2 * config.pairs : wanted - 2]
        others = order[wanted - 2 :][::-1]
        shoe = next((i for i in others if pool.footwear[i]), others[0])
        other = next((i for i in others if not pool.footwear[i] and i != shoe), others[-1])
        self.train = self._pairs(config.light * x[train], random)
        self.val = self._pairs(x[val], random)
        self.shown = self._pairs(x[[shoe, other]])
        first = [[1e-3 * random.normal() for _ in self.names] for _ in EDGES]
        self.first_alpha = Arch({"normal": torch.tensor(first, dtype=dtype)})
        self.first_weights = {
            "gain": torch.zeros(len(EDGES), dtype=dtype),
            "memory": torch.zeros(len(NODES), SIZE, SIZE, dtype=dtype),
        }

    def _pairs(self, x: Tensor, random: SharedRandom | None = None) -> Pairs:
        a, b = x.chunk(2)
        sources = self.apply_all(a), self.apply_all(b)
        results = self.run_cell(sources, self.strengths)
        if random and self.config.noise:
            low, high = (self._add_noise(y, random) for y in results)
            results = low, high
        return Pairs(torch.stack([a, b]), sources, results)

    def _add_noise(self, y: Tensor, random: SharedRandom) -> Tensor:
        draws = torch.tensor([random.normal() for _ in range(y.numel())], dtype=y.dtype).view_as(y)
        return y + self.config.noise * y.square().mean().sqrt() * draws

    def apply_all(self, x: Tensor) -> Tensor:
        """Every operation of x, each scaled to the same strength: [n, H, W] -> [O, n, H, W]."""
        return torch.stack([operation(x) for operation in self.candidates()])

    def candidates(self) -> list[Callable[[Tensor], Tensor]]:
        """The operations one by one, in the order of `names`, each scaled to the same strength."""
        return [partial(_scaled, s, operation) for s, operation in zip(self.scales, self._operations, strict=True)]

    def run_cell(self, sources: tuple[Tensor, Tensor], strengths: Tensor) -> tuple[Tensor, Tensor]:
        """Nodes 2 and 3, [n, H, W] each, of a cell that weighs the operations by strengths [E, O]."""
        seen = list(sources)
        nodes = []
        for node in NODES:
            into = [(e, source) for e, (source, to) in enumerate(EDGES) if to == node]
            total = sum(torch.einsum("o,onhw->nhw", strengths[e], seen[source]) for e, source in into)
            nodes.append(torch.as_tensor(total))
            if node == NODES[0]:
                seen.append(self.apply_all(nodes[0]))
        return nodes[0], nodes[1]

    def mixing_weights(self, alpha: Tensors) -> Tensor:
        """The mixing weights [E, O] of alpha as `Arch.parameters` gives it."""
        return softmax(self.first_alpha.with_parameters(alpha))["normal"]

    def mix(self, w: Tensors, alpha: Tensors, pairs: Pairs) -> tuple[Tensor, Tensor]:
        """What the search's own cell makes of pairs: results of nodes 2 and 3, [n, H, W] each."""
        strengths = (1 + GAIN * w["gain"])[:, None] * self.mixing_weights(alpha)
        low, high = self.run_cell(pairs.sources, strengths)
        return low + self.memory * w["memory"][0], high + self.memory * w["memory"][1]

    def loss(self, w: Tensors, alpha: Tensors, pairs: Pairs) -> Tensor:
        """Mean square error over pictures, nodes and pixels: L_train on `train`, L_val on `val`."""
        errors = zip(self.mix(w, alpha, pairs), pairs.results, strict=True)
        return torch.stack([(got - wanted).square().mean() for got, wanted in errors]).mean()

    def leaders(self, weights: Tensor) -> list[int]:
        """The operation with the largest mixing weight on each edge."""
        return [int(o) for o in weights.argmax(1)]

    def count_right(self, weights: Tensor) -> int:
        """On how many of the five edges the operation with the largest mixing weight is the hidden one."""
        return sum(o == hidden for o, hidden in zip(self.leaders(weights), self.answer, strict=True))

    def hidden_weights(self, weights: Tensor) -> list[float]:
        """The mixing weight of the hidden operation on each edge."""
        return [float(row[o]) for row, o in zip(weights, self.answer, strict=True)]

    def losses(self, w: Tensors, alpha: Tensor) -> tuple[float, float]:
        """L_train and L_val, with alpha [E, O]."""
        with torch.no_grad():
            table = {"alpha.normal": alpha}
            return float(self.loss(w, table, self.train)), float(self.loss(w, table, self.val))


def _scaled(scale: float, operation: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    return scale * operation(x)
