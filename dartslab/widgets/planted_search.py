"""PlantedSearch: a hidden cell of known operations, and a search that finds it while you watch."""

from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve

from ..base.messages import require, unknown
from ..draw.style import QUIET, TEXT
from .kit.played import PlayedView
from .kit.stills import TONES, png

if TYPE_CHECKING:
    from ..problems.picture_operations import Pool
    from ..problems.planted import Planted, PlantedConfig
    from ..problems.planted_search import PlantedStep

HYPERGRADIENTS = {"single level": "single_level", "first order": "first_order", "exact": "exact"}
STEPS = 120
EDGES = ("a to 2", "b to 2", "a to 3", "b to 3", "2 to 3")
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
        from ..problems.picture_operations import LOOK_ALIKES, PICTURE_OPERATIONS, load_pool
        from ..problems.planted import PlantedConfig

        if hypergradient not in HYPERGRADIENTS:
            raise unknown("hypergradient", hypergradient, HYPERGRADIENTS)
        require(0 <= seed <= 9999, f"a seed lies between 0 and 9999, got {seed}; take another.")
        require(pairs <= 8, f"the page computes with 8 training pairs at most, got {pairs}; take fewer.")
        require(1 <= light <= 2, f"light while training lies between 1 and 2, got {light:g}; take 1.5.")
        self._pool = pictures or load_pool()
        self._pool.check(2 * (8 + 4 + 1))
        PlantedConfig(seed, pairs, noise=noise, light=light, hidden=hidden)
        self.hidden = hidden
        settings = {
            "step": ipywidgets.IntSlider(0, 0, STEPS, description="step"),
            "hypergradient": ipywidgets.ToggleButtons(
                options=list(HYPERGRADIENTS), value=hypergradient, description="hypergradient"
            ),
            "seed": ipywidgets.BoundedIntText(seed, 0, 9999, description="seed"),
            "pairs": ipywidgets.IntSlider(pairs, 1, 8, description="training pairs"),
            "light": ipywidgets.FloatSlider(light, min=1.0, max=2.0, step=0.25, description="light while training"),
            "noise": ipywidgets.FloatSlider(noise, min=0.0, max=3.0, step=0.5, description="noise in the results"),
            "memorise": ipywidgets.Checkbox(memorise, description="weights can memorise"),
            "look_alikes": ipywidgets.Checkbox(look_alikes, description="look-alikes"),
        }
        data = {
            "pictures": b64encode(self._pool.images.numpy().tobytes()).decode("ascii"),
            "footwear": self._pool.footwear.int().tolist(),
            "names": {"plain": list(PICTURE_OPERATIONS), "alike": list(LOOK_ALIKES)},
            "hidden": list(hidden) if hidden else None,
            "plays": plays,
        }
        super().__init__(settings, [list(settings.values())], data)
        self._run = lru_cache(4)(self._begin)
        self.ready()

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
        step = settings["step"]
        moment = moments.at(step)
        losses = problem.losses(moment.w, moment.alpha)
        return {
            "step": step,
            "operations": list(problem.names),
            "hidden": list(problem.hidden),
            "shares": moment.shares.tolist(),
            "history": [problem.hidden_shares(one.shares) for one in moments.first(step + 1)],
            "right": problem.count_right(moment.shares),
            "losses": losses,
        }

    def describe(self, frame: dict[str, Any]) -> str:
        """Which operation leads on each edge, in words."""
        names, hidden = frame["operations"], frame["hidden"]
        parts = []
        for edge, row, o in zip(EDGES, frame["shares"], hidden, strict=True):
            leader = int(np.argmax(row))
            wanted = "" if leader == o else f" instead of {names[o]}"
            parts.append(f"{edge} {names[leader]} {100 * row[leader]:.0f} %{wanted}")
        return (
            f"step {frame['step']} of {STEPS}: {frame['right']} of {len(EDGES)} edges lead with the hidden operation; "
            f"{', '.join(parts)}; L_train {frame['losses'][0]:.3f}, L_val {frame['losses'][1]:.3f}"
        )

    def still_png(self, frame: dict[str, Any]) -> bytes:
        """The cell with a line for each operation, and how the hidden ones rose."""
        figure = Figure(figsize=(10.4, 4.4), layout="constrained", facecolor="white")
        graph, curves = figure.subplots(1, 2, width_ratios=(2.6, 1))
        draw_graph(graph, frame)
        steps = np.arange(len(frame["history"]))
        for e, shares in enumerate(np.array(frame["history"]).T):
            right = int(np.argmax(frame["shares"][e])) == frame["hidden"][e]
            curves.plot(steps, shares, color=RIGHT if right else WRONG, marker="o" if len(steps) == 1 else None, ms=3)
        curves.set(xlim=(0, STEPS), ylim=(0, 1), xlabel="step")
        curves.set_title("share of each hidden operation", fontsize=9, color=TEXT)
        found = f"step {frame['step']}: {frame['right']} of {len(EDGES)} edges lead with the hidden operation"
        figure.suptitle(found, fontsize=10, color=TEXT)
        return png(figure)


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
ENDS = ((0, 2), (1, 2), (0, 3), (1, 3), (2, 3))


def draw_graph(axes: Any, frame: dict[str, Any]) -> None:
    """The cell: on every edge a line for each operation, as wide as its share; green where the hidden one leads.

    Args:
        axes: of matplotlib.
        frame: of a `PlantedSearch`.
    """
    names = frame["operations"]
    for (start, end), (x, y), row, hidden in zip(ENDS, RACKS, frame["shares"], frame["hidden"], strict=True):
        leader = int(np.argmax(row))
        for o, share in enumerate(row):
            lane = y + 0.125 * ((len(row) - 1) / 2 - o)
            (x0, y0), (x1, y1) = NODES[start], NODES[end]
            points = [(x0, y0), (x0 + 0.2, y0), (x - 0.4, lane), (x - 0.22, lane), (x + 0.22, lane)]
            points += [(x + 0.4, lane), (x1 - 0.2 if abs(y) < 0.9 else x1, y1 if abs(y) < 0.9 else lane), (x1, y1)]
            codes = [Curve.MOVETO, *[Curve.CURVE4] * 3, Curve.LINETO, *[Curve.CURVE4] * 3]
            color = (RIGHT if o == hidden else WRONG) if o == leader and frame["step"] else "#9aa5b1"
            look = {"edgecolor": color, "linewidth": 0.4 + 6 * share, "alpha": 1 if o == leader else 0.6}
            axes.add_patch(PathPatch(Curve(points, codes), fill=False, capstyle="round", **look))
            told = f"{names[o]} {100 * share:.0f} %" if o == leader and frame["step"] else names[o]
            bold = "bold" if o == leader and frame["step"] else "normal"
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
            place = {"ha": "center", "va": "center", "color": TEXT, "bbox": box}
            axes.text(x, lane, told, fontsize=7.5, fontweight=bold, alpha=1 if share > 0.05 else 0.5, **place)
    for name, (x, y) in zip(("a", "b", "2", "3"), NODES, strict=True):
        axes.text(x, y, name, ha="center", va="center", fontsize=9, color=TEXT,
                  bbox={"boxstyle": "circle", "facecolor": "white", "edgecolor": QUIET})  # fmt: skip
    axes.set(xlim=(-0.15, 2.95), ylim=(-1.62, 1.62))
    axes.set_axis_off()
