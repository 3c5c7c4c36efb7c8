"""The race of alpha on one edge: who is pushed where by the gradient of the loss; `alpha_race_model.js` is the same.

    m = sum_o p_o out_o,  p = softmax(alpha / T),  L = mean (m - y)^2
    g_o = dL/dp_o = 2 mean ((m - y) out_o)
    push_o = -dL/dalpha_o = p_o (level - g_o) / T,  level = sum_q p_q g_q

A push is a product of three: the mixing weight, the depth of g under its weighted mean, and 1 / T. Since the level is
that mean, all pushes add up to 0: sum_o p_o (level - g_o) = level - level. (Liu et al. 2019, DARTS, eq. 2, and the
derivative of its softmax.)
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...derive import softmax
from .one_edge import OneEdge

OPERATIONS = ("skip", "average", "maximum", "outline", "shift", "conv 3×3", "conv 5×5")
TWINS = ("shift", "shift again")
STEPS = 1000  # the longest race
WAIT = 200  # steps in which alpha waits, where it does
NOISE = 1e-3  # deviation of alpha at the start
ADAM = {"learning_rate": 0.05, "beta1": 0.5, "beta2": 0.999, "epsilon": 1e-8}  # betas as in Liu et al. 2019
FARTHEST = 10.0  # that alpha can be set to by hand, either side of 0
RACES: dict[str, dict[str, Any]] = {
    "a fair race": {
        "look": "Below the level, blue, alpha is pushed up; above it, orange, down. The push is the area. "
        "shift makes the target: watch it.",
        "operations": OPERATIONS,
        "target": {"shift": 1.0},
        "length": 280,
        "watch": "shift",
        "start": {"alpha_learning_rate": 0.15},
    },
    "late bloomer": {
        "look": "conv 5×5 could learn the target. But a narrow strip has a small area: a small push, and a kernel "
        "that learns slowly, too.",
        "operations": OPERATIONS,
        "target": {"down 2": 1.0},
        "length": 120,
        "watch": "conv 5×5",
        "start": {"alpha_learning_rate": 4.0, "learn": True},
    },
    "clones": {
        "look": "The target is 60 % shift and 40 % mirror. But shift runs twice, and twins share what one would have.",
        "operations": ("skip", "average", "outline", *TWINS, "mirror", "conv 3×3"),
        "target": {"shift": 0.6, "mirror": 0.4},
        "length": 260,
        "watch": "shift",
        "start": {"alpha_learning_rate": 1.0},
    },
    "hot and cold": {
        "look": "T is small: a head start of 1 gives skip nearly all of the width. Turn T up to 1, then far up.",
        "operations": OPERATIONS,
        "target": {"shift": 1.0},
        "length": 200,
        "watch": "shift",
        "ahead": {"skip": 1.0},
        "start": {"alpha_learning_rate": 0.3, "temperature": 0.08},
    },
}
AT_FIRST = {"temperature": 1.0, "learn": False, "wait": False, "adam": False, "kernel_learning_rate": 0.008, "hand": -1}
AT_FIRST |= {"step": 0, "fill": False}


def start_of(race: str) -> dict[str, Any]:
    """The settings with which a race starts, other than the seed."""
    made = RACES[race]
    return {"race": race, **AT_FIRST, "watch": made["operations"].index(made["watch"]), **made["start"]}


class Race:
    """A race at one step.

    Args:
        settings: race (a name in `RACES`), seed, temperature, learn (whether kernels learn), wait (whether alpha
            waits), adam, alpha_learning_rate, kernel_learning_rate, hand (the step at which alpha is set by hand, or
            -1) and what it is set to, alpha_0 ... alpha_6.
    Attributes:
        steps: steps made.
        alpha, p, g, push: [O] each.
        level: the mean of g, weighted by p.
        loss: of the mixture.
        kernels: as they are now.
        past: p at each step, the present one included.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        made = RACES[settings["race"]]
        self.edge = OneEdge(settings["seed"], made["operations"], made["target"])
        self.operations = self.edge.operations
        self.kernels = list(self.edge.kernels)
        ahead = np.array([made.get("ahead", {}).get(name, 0.0) for name in self.operations])
        self.alpha = ahead + NOISE * self.edge.noise
        self.wait = WAIT if settings["wait"] else 0
        self.length = made["length"] + self.wait  # where playing stops
        self.first_moment, self.second_moment = np.zeros(len(ahead)), np.zeros(len(ahead))  # of Adam
        self.steps = self.moves = 0
        self.past: list[np.ndarray] = []
        self._look()

    @property
    def alone(self) -> np.ndarray:
        """Of each operation the loss if it were the only one, [O]."""
        return self.edge.distances(self.table)

    @property
    def waiting(self) -> bool:
        """Whether alpha stands still in the next step."""
        return self.steps < self.wait

    def _look(self) -> None:
        """Everything that follows from alpha and kernels."""
        edge, temperature = self.edge, self.settings["temperature"]
        if self.steps == self.settings["hand"]:
            self.alpha = np.array([self.settings[f"alpha_{o}"] for o in range(len(self.operations))])
        if self.steps == 0 or self.settings["learn"]:
            self.table = edge.coefficients(self.kernels)
        self.p = softmax(self.alpha, temperature)
        self.mixture = self.p @ self.table
        rest = self.mixture.copy()
        rest[-1] -= 1.0
        self.seen = edge.products @ rest  # mean of each feature times (m - y)
        self.loss = float(rest @ self.seen)
        self.g = 2 * self.table @ self.seen
        self.level = float(self.p @ self.g)
        self.push = self.p * (self.level - self.g) / temperature
        self.past.append(self.p)

    def kernel_gradient(self, o: int) -> np.ndarray:
        """dL/dkernel of operation o: through its mixing weight, the division by its deviation s, and the taps x.

        out = k . x / s,  s^2 = k' C k:  dL/dk = 2 p_o / s (mean (m - y) x - (C k) (k . mean (m - y) x) / s^2)
        """
        kernel, rows = self.kernels[o], self.edge.rows[o]
        assert kernel is not None
        spread, seen = self.edge.spread(o, kernel), self.seen[rows]
        across = self.edge.products[rows, rows] @ kernel
        return 2 * self.p[o] / spread * (seen - across * (kernel @ seen) / spread**2)

    def move(self) -> np.ndarray:
        """How far each alpha goes in the next step, [O].

        With plain descent alpha_learning_rate * push, with Adam (Kingma and Ba 2015, algorithm 1) each push over its
        own usual size.
        """
        if not self.settings["adam"]:
            return self.settings["alpha_learning_rate"] * self.push
        first, second = self._next_moments()
        count = self.moves + 1
        size = np.sqrt(second / (1 - ADAM["beta2"] ** count)) + ADAM["epsilon"]
        return ADAM["learning_rate"] * first / (1 - ADAM["beta1"] ** count) / size

    def _next_moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Adam's means of the push and of its square after the next step, [O] each."""
        beta1, beta2 = ADAM["beta1"], ADAM["beta2"]
        first = beta1 * self.first_moment + (1 - beta1) * self.push
        return first, beta2 * self.second_moment + (1 - beta2) * self.push**2

    def step(self) -> None:
        """One step of alpha, unless it waits, and of the kernels, where they learn; both at the present values."""
        slopes = {}
        if self.settings["learn"]:
            slopes = {o: self.kernel_gradient(o) for o, kernel in enumerate(self.kernels) if kernel is not None}
        if not self.waiting:
            self.alpha = self.alpha + self.move()
            self.first_moment, self.second_moment = self._next_moments()
            self.moves += 1
        for o, slope in slopes.items():
            self.kernels[o] = self.kernels[o] - self.settings["kernel_learning_rate"] * slope
        self.steps += 1
        self._look()


def race_at(settings: Mapping[str, Any]) -> Race:
    """The race after `step` steps."""
    race = Race(settings)
    for _ in range(settings["step"]):
        race.step()
    return race


def race_frame(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What the view shows, as plain values.

    Args:
        settings: those of `Race`, and step, watch (number of the operation that is looked at) and fill (whether the
            areas above the level are poured into those below it).
    Returns:
        race, step, watch, temperature, learn, adam and fill as they are set; operations; length, the step at which
        playing stops; waiting; alpha, p, g, level, push, move, alone (see `Race`); could: of each operation the
        loss alone that it could have [O], other than `alone` only where kernels learn; past: p at each step so far
        [step + 1, O].
    """
    race = race_at(settings)
    could = race.alone
    if settings["learn"]:
        could = race.edge.distances(race.edge.coefficients(race.edge.best_kernels()))
    lists = {"alpha": race.alpha, "p": race.p, "g": race.g, "push": race.push, "move": race.move()}
    lists |= {"alone": race.alone, "could": np.maximum(could, 0.0), "past": np.array(race.past)}
    set_so = ("race", "step", "watch", "temperature", "learn", "adam", "fill")
    return {
        **{name: settings[name] for name in set_so},
        **{name: values.tolist() for name, values in lists.items()},
        "operations": list(race.operations),
        "length": race.length,
        "waiting": race.waiting,
        "level": race.level,
    }


def leaders(race: str, seeds: Iterable[int], steps: int = 0, **changes: Any) -> list[str]:
    """The operation with the largest mixing weight at the end of a race, for each seed.

    Args:
        race: a name in `RACES`.
        seeds: one race each.
        steps: so many of them instead of the length of the race.
        changes: settings that differ from those with which the race starts, see `Race`.
    """
    found = []
    for seed in seeds:
        made = Race(start_of(race) | {"seed": seed} | changes)
        while made.steps < (steps or made.length):
            made.step()
        found.append(made.operations[int(made.p.argmax())])
    return found
