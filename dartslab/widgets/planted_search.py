"""PlantedSearch: a hidden cell of known operations, and a search that finds it while you watch."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve

from ..base.messages import require, unknown
from ..draw.style import QUIET, TEXT
from .kit.choices import ToggleButtons
from .kit.played import PlayedView
from .kit.stills import TONES, png

if TYPE_CHECKING:
    from torch import Tensor

    from ..problems.picture_operations import Pool
    from ..problems.planted import Planted, PlantedConfig
    from ..problems.planted_search import PlantedStep

HYPERGRADIENTS = {"single level": "single_level", "first order": "first_order", "exact": "exact"}
STEPS = 120
EDGES = ("a to 2", "b to 2", "a to 3", "b to 3", "2 to 3")
ENDS = [tuple("ab23".index(end) for end in name.split(" to ")) for name in EDGES]
RIGHT, WRONG = TONES[2], TONES[1]


class PlantedSearch(PlayedView):
    """Hide a cell, and watch DARTS find it from pictures before and after.

        PlantedSearch(plays=True)
        PlantedSearch(seed=7, hypergradient="first order", memorise=True, pairs=1, light=1.5)

    Two pictures go through a hidden cell of two nodes. The search has seven operations on each of five edges, and sees
    pictures and results. See `dartslab.problems.planted`.

    Args:
        seed: of the hidden cell and of everything else that is drawn.
        hypergradient: "single level", "first order" or "exact".
        pairs, noise, light, memorise, look_alikes, hidden: as in `PlantedConfig`.
        pictures: to draw from; pictures of fashion-mini where None.
        plays: begin to play when shown, unless the reader's system asks for less motion.
    Raises:
        UserError: a setting that cannot be, a hidden cell that the search could not express, pictures that do not fit.
    """

    MODULES = ("shared_random.js", "planted_model.js", "planted_graph.js", "planted_search.js")
    STYLES = ("planted_search.css",)

    def __init__(
        self,
        seed: int = 0,
        hypergradient: str = "exact",
        pairs: int = 4,
        noise: float = 0.0,
        light: float = 1.0,
        memorise: bool = False,
        look_alikes: bool = False,
        hidden: tuple[str, ...] | None = None,
        pictures: "Pool | None" = None,
        plays: bool = False,
    ) -> None:
        from ..problems.picture_operations import LOOK_ALIKES, PICTURE_OPERATIONS, check_pool, load_pool
        from ..problems.planted import PlantedConfig

        if hypergradient not in tuple(HYPERGRADIENTS):  # a list has no place in a dictionary
            raise unknown("hypergradient", hypergradient, HYPERGRADIENTS)
        asked = PlantedConfig(seed, pairs, noise=noise, light=light, look_alikes=look_alikes, hidden=hidden)
        require(pairs <= 8, f"the page computes with 8 training pairs at most, got {pairs}; take fewer.")
        require(1 <= light <= 2, f"light while training lies between 1 and 2, got {light:g}; take 1.5.")
        self._pool = load_pool() if pictures is None else pictures
        check_pool(self._pool, 2 * (8 + 4 + 1))
        alike = [name for name in asked.hidden or () if name in LOOK_ALIKES]
        require(
            not alike,
            f"the hidden cell holds the look-alike {', '.join(alike)}, which a control of this view takes away; hide "
            "another operation.",
        )
        self.hidden = hidden = asked.hidden
        plain, slider = PlantedConfig(), ipywidgets.FloatSlider
        settings = {
            "step": ipywidgets.IntSlider(0, 0, STEPS, description="step"),
            "hypergradient": ToggleButtons(options=list(HYPERGRADIENTS), value="exact", description="hypergradient"),
            "seed": ipywidgets.BoundedIntText(plain.seed, 0, 9999, description="seed"),
            "pairs": ipywidgets.IntSlider(plain.pairs, 1, 8, description="training pairs"),
            "light": slider(plain.light, min=1.0, max=2.0, step=0.25, description="light while training"),
            "noise": slider(plain.noise, min=0.0, max=3.0, step=0.5, description="noise in the results"),
            "memorise": ipywidgets.Checkbox(plain.memorise, description="weights can memorise"),
            "look_alikes": ipywidgets.Checkbox(plain.look_alikes, description="look-alikes"),
        }
        first = {"seed": seed, "hypergradient": hypergradient, "pairs": pairs, "light": light, "noise": noise}
        first |= {"memorise": memorise, "look_alikes": look_alikes}
        data = {
            "pictures": b64encode(self._pool.images.numpy().tobytes()).decode("ascii"),
            "footwear": self._pool.footwear.int().tolist(),
            "names": {"plain": list(PICTURE_OPERATIONS), "alike": list(LOOK_ALIKES)},
            "hidden": list(hidden) if hidden else None,
            "plays": plays,
        }
        self._own = hidden is not None or pictures is not None
        self._run = lru_cache(4)(self._begin)
        super().__init__(settings, data, first)

    @property
    def fingerprint(self) -> str:
        """Of a hidden cell or pictures that were given: a state text does not hold them."""
        if not self._own:
            return ""
        return sha256(self._pool.images.numpy().tobytes() + repr(self.hidden).encode()).hexdigest()[:8]

    def _begin(self, config: "PlantedConfig", hypergradient: str) -> "tuple[Planted, Moments]":
        from ..problems.planted import Planted
        from ..problems.planted_search import search_planted

        problem = Planted(config, self._pool)
        return problem, Moments(search_planted(problem, HYPERGRADIENTS[hypergradient], STEPS))

    def _moments(self, settings: dict[str, Any]) -> "tuple[Planted, Moments]":
        from ..problems.planted import PlantedConfig

        chosen = {name: settings[name] for name in ("seed", "pairs", "noise", "light", "memorise", "look_alikes")}
        return self._run(PlantedConfig(**chosen, hidden=self.hidden), settings["hypergradient"])

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The mixing weights at this step, those of the hidden operations on the way to it, and both losses."""
        problem, moments = self._moments(settings)
        seen = moments.first(settings["step"] + 1)
        losses = problem.losses(seen[-1].w, seen[-1].alpha)
        return planted_frame(problem, [moment.weights for moment in seen]) | {"losses": list(losses)}

    def describe(self, frame: dict[str, Any]) -> str:
        """Which operation leads on each edge, in words; not before the first step, where it would give them away."""
        losses = f"L_train {frame['losses'][0]:.3f}, L_val {frame['losses'][1]:.3f}"
        if not frame["step"]:
            return f"step 0 of {STEPS}: all mixing weights are nearly equal, nothing is decided; {losses}"
        return f"step {frame['step']} of {STEPS}: {describe_planted(frame)}; {losses}"

    def still_png(self, frame: dict[str, Any]) -> bytes:
        """The cell with a line for each operation, and how the hidden ones rose."""
        return png(draw_planted(frame))


def planted_frame(problem: "Planted", weights: "Sequence[Tensor]") -> dict[str, Any]:
    """What there is to draw of a search for a hidden cell, whoever ran it.

    Args:
        problem: the hidden cell.
        weights: mixing weights [E, O] at the start and after each step.
    Returns:
        The last step, the names of the operations, the column of the hidden one on each edge, the mixing weights at
        that step, those of the hidden operations on the way to it, and on how many edges these lead.
    """
    return {
        "step": len(weights) - 1,
        "operations": list(problem.names),
        "hidden": list(problem.answer),
        "weights": weights[-1].tolist(),
        "history": [problem.hidden_weights(table) for table in weights],
        "right": problem.count_right(weights[-1]),
    }


def describe_planted(frame: dict[str, Any]) -> str:
    """Which operation leads on each edge of a `planted_frame`, in words."""
    names, parts = frame["operations"], []
    for edge, row, o in zip(EDGES, frame["weights"], frame["hidden"], strict=True):
        leader = int(np.argmax(row))
        wanted = "" if leader == o else f" instead of {names[o]}"
        parts.append(f"{edge} {names[leader]} {100 * row[leader]:.0f} %{wanted}")
    return f"on {frame['right']} of {len(EDGES)} edges the hidden operation leads; {', '.join(parts)}"


def draw_planted(frame: dict[str, Any]) -> Figure:
    """The cell of a `planted_frame` with a line for each operation, and how the hidden ones rose."""
    figure = Figure(figsize=(10.4, 4.4), layout="constrained", facecolor="white")
    graph, curves = figure.subplots(1, 2, width_ratios=(2.6, 1))
    draw_graph(graph, frame)
    draw_rise(curves, frame)
    curves.set_title("mixing weight of each hidden operation", fontsize=9, color=TEXT)
    found = f"step {frame['step']}: on {frame['right']} of {len(EDGES)} edges the hidden operation leads"
    figure.suptitle(found, fontsize=10, color=TEXT)
    return figure


def draw_rise(axes: Any, frame: dict[str, Any]) -> None:
    """The mixing weight of the hidden operation on each edge over the steps; orange where another one leads in the end.

    Args:
        axes: of matplotlib.
        frame: a `planted_frame`.
    """
    steps = np.arange(len(frame["history"]))
    for e, rise in enumerate(np.array(frame["history"]).T):
        right = int(np.argmax(frame["weights"][e])) == frame["hidden"][e]
        mark = "o" if len(steps) == 1 else None
        axes.plot(steps, rise, color=RIGHT if right else WRONG, ls="-" if right else "--", marker=mark, ms=3)
    axes.set(xlim=(0, STEPS), ylim=(0, 1), xlabel="step")


class Moments:
    """The moments of a search, computed as far as they are asked for.

    Args:
        steps: gives them, from the start on.
    """

    def __init__(self, steps: "Iterator[PlantedStep]") -> None:
        self._steps = steps
        self._known: list[PlantedStep] = []

    def first(self, count: int) -> "list[PlantedStep]":
        """The first `count` moments."""
        self._known += islice(self._steps, max(0, count - len(self._known)))
        return self._known[:count]

    def at(self, step: int) -> "PlantedStep":
        """The moment after so many steps."""
        return self.first(step + 1)[step]


# where nodes a, b, 2, 3 and the names on each edge stand; y upwards
NODES = ((0.0, 0.8), (0.0, -0.8), (1.4, 0.0), (2.8, 0.0))
RACKS = ((0.7, 0.44), (0.7, -0.44), (1.4, 1.15), (1.4, -1.15), (2.1, 0.0))


def draw_graph(axes: Any, frame: dict[str, Any]) -> None:
    """The cell: on every edge a line for each operation, as wide as its mixing weight. Green leads and is hidden.

    Args:
        axes: of matplotlib.
        frame: of a `PlantedSearch`.
    """
    names = frame["operations"]
    for (start, end), (x, y), row, hidden in zip(ENDS, RACKS, frame["weights"], frame["hidden"], strict=True):
        leader = int(np.argmax(row))
        for o, weight in enumerate(row):
            lane = y + 0.125 * ((len(row) - 1) / 2 - o)
            (x0, y0), (x1, y1) = NODES[start], NODES[end]
            points = [(x0, y0), (x0 + 0.2, y0), (x - 0.4, lane), (x - 0.22, lane), (x + 0.22, lane)]
            points += [(x + 0.4, lane), (x1 - 0.2 if abs(y) < 0.9 else x1, y1 if abs(y) < 0.9 else lane), (x1, y1)]
            codes = [Curve.MOVETO, *[Curve.CURVE4] * 3, Curve.LINETO, *[Curve.CURVE4] * 3]
            color = (RIGHT if o == hidden else WRONG) if o == leader and frame["step"] else "#9aa5b1"
            look = {"edgecolor": color, "linewidth": 0.4 + 6 * weight, "alpha": 1 if o == leader else 0.6}
            axes.add_patch(PathPatch(Curve(points, codes), fill=False, capstyle="round", **look))
            told = f"{names[o]} {100 * weight:.0f} %" if o == leader and frame["step"] else names[o]
            bold = "bold" if o == leader and frame["step"] else "normal"
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
            place = {"ha": "center", "va": "center", "color": TEXT, "bbox": box}
            axes.text(x, lane, told, fontsize=7.5, fontweight=bold, alpha=1 if weight > 0.05 else 0.5, **place)
    for name, (x, y) in zip(("a", "b", "2", "3"), NODES, strict=True):
        axes.text(x, y, name, ha="center", va="center", fontsize=9, color=TEXT,
                  bbox={"boxstyle": "circle", "facecolor": "white", "edgecolor": QUIET})  # fmt: skip
    axes.set(xlim=(-0.15, 2.95), ylim=(-1.62, 1.62))
    axes.set_axis_off()
