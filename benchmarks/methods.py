"""What every method costs at the lesson's size, how many skips it keeps, and whether it could act there.

    python benchmarks/methods.py --save                           all of them: one to three minutes each
    python benchmarks/methods.py --methods darts,gdas --steps 20  two, stopped early

Each runs `SearchConfig.lesson` once, with the settings that it brings, and validates as a search does. Where it refuses
that size, the first size of `SIZES` that it accepts is taken, and DARTS is run at that size too; the row names it.
*Seconds* are processor time of the whole run. *x step* is that of one step in which alpha and w learn, divided by that
of a step of DARTS made just before it in the same process (the median of nine pairs). *Passes* are those of the
supernet, counted over the whole run: forward, then backward. *Calls* are aten calls of such a step; they do not depend
on the machine. The other columns with x are divided by those of DARTS at the same size. *Skips* are skip_connect among
the kept connections of both cells. *Could act*: what the run says before it begins. One run with one seed says nothing
about accuracy; that needs repetitions.

Rankings score 10 random cells of the same space; what needs a supernet asks that of the first epoch of DARTS.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import tyro

from dartslab import METHODS, Genotype, SearchConfig, SearchState, random_genotype, search
from dartslab.base.messages import UserError
from dartslab.methods.rankings import RANKINGS
from dartslab.run.passes import count_passes
from dartslab.run.rank import score_cells
from dartslab.run.search import alpha_step, weight_step
from measure import Options, Result, run
from subject import count_calls

SIZES: dict[str, dict[str, Any]] = {
    "lesson": {},
    "lesson without none": {"operations": tuple(name for name in SearchConfig.operations if name != "none")},
    "lesson, 8 channels": {"channels": 8},
    "lesson, 16 channels": {"channels": 16},
}
CELLS = 10  # that a ranking scores
EPOCH = 47  # steps
TIMED = 9  # pairs of steps
RANKING = "ranking "


@dataclass(frozen=True)
class Every(Options):
    """Run every method once.

    Args:
        repeats: of each; all but the seconds are the same.
        methods: names of methods, with commas between them; all where empty.
        steps: stop after so many; 0 for the whole search.
        seed: of the searches.
    """

    repeats: int = 1
    methods: str = ""
    steps: int = 0
    seed: int = 2


def size_of(name: str) -> str:
    """The first size that a method accepts; `lesson` where it refuses all of them."""
    method = METHODS[name]
    for size, changes in SIZES.items():
        try:
            config = SearchConfig.lesson(method=name, **changes)
            if method.check is not None:
                method.check(config)
            return size
        except UserError:
            continue
    return "lesson"


def seconds_of(step: Callable[[], Any]) -> float:
    """Processor time of a step: with one thread, what other work on the machine disturbs least."""
    begun = time.process_time()
    step()
    return time.process_time() - begun


def step_of(state: SearchState) -> Callable[[], None]:
    """A step of a search in which alpha and w learn, always from the same two batches."""
    train, val, rate = state.train(0), state.val(0), state.config.learning_rate

    def step() -> None:
        alpha_step(state, train, val, rate)
        weight_step(state, train, rate)

    return step


def skips_of(genotype: Genotype) -> tuple[int, int]:
    """Kept connections that are skip_connect, and all."""
    kept = [c.operation for cell in genotype.cells.values() for c in cell.connections]
    return kept.count("skip_connect"), len(kept)


def measure_method(name: str, size: str) -> dict[str, Any]:
    """One search from start to end."""
    config = SearchConfig.lesson(method=name, seed=options.seed, steps=options.steps, device="cpu", **SIZES[size])
    try:
        state = SearchState.create(config)
    except UserError as error:
        return {"refused": str(error)}
    idle, passes, begun = state.idle_settings(), count_passes(state.net), time.process_time()
    for event in search(state):
        last = event
    seconds, passes = time.process_time() - begun, dict(passes)
    step = step_of(state)
    darts = step_of(SearchState.create(replace(config, method="darts")))
    pairs = [(seconds_of(darts), seconds_of(step)) for _ in range(TIMED)]
    return {
        "seconds": seconds,
        "step": statistics.median(own / other for other, own in pairs),
        "calls": count_calls(step),
        "skips": skips_of(last.genotype),
        "idle": idle,
        "stopped": state.taken is not None,
        **passes,
    }


def measure_ranking(name: str) -> dict[str, Any]:
    """The scores of some cells, and what one of them costs."""
    config, state = SearchConfig.lesson(seed=options.seed, steps=options.steps or EPOCH, device="cpu"), None
    if RANKINGS[name].searched:
        state = SearchState.create(config)
        for _ in search(state):
            pass
    cells = [random_genotype(config.space, number) for number in range(CELLS)]
    score_cells(name, cells[:1], config, state=state)  # what is made once is not counted
    begun = time.process_time()
    scores = score_cells(name, cells, config, state=state)
    seconds = (time.process_time() - begun) / CELLS
    best = max(range(CELLS), key=scores.__getitem__)
    return {"seconds": seconds, "passes": RANKINGS[name].passes, "skips": skips_of(cells[best])}


def measure(name: str) -> dict[str, Any]:
    """One variant: a ranking, or a method at a size."""
    if name.startswith(RANKING):
        return measure_ranking(name.removeprefix(RANKING))
    method, _, size = name.partition(" at ")
    return measure_method(method, size)


def row_of(name: str, size: str, found: dict[str, Any], darts: dict[str, Any]) -> dict[str, Any]:
    """A row of the table of methods."""
    shown = name if size == "lesson" else f"{name} ({size})"
    if "refused" in found:
        return {"method": shown, "could act": f"refused: {found['refused']}"} | dict.fromkeys(
            ("skips", "seconds", "x seconds", "x step", "passes", "x passes", "calls", "x calls"), ""
        )
    passes, those = (one["forward"] + one["backward"] for one in (found, darts))
    said = "; ".join(found["idle"]) or ("yes, it stopped the search" if found["stopped"] else "yes")
    return {
        "method": shown,
        "could act": said,
        "skips": "{} of {}".format(*found["skips"]),
        "seconds": found["seconds"],
        "x seconds": found["seconds"] / darts["seconds"],
        "x step": found["step"],
        "passes": f"{found['forward']} + {found['backward']}",
        "x passes": passes / those,
        "calls": found["calls"],
        "x calls": found["calls"] / darts["calls"],
    }


def report(found: dict[str, list[Any]]) -> Result:
    """A table of methods and one of rankings; the ratios of methods that are to be cheaper than DARTS."""
    firsts = {name: each[0] for name, each in found.items()}
    rows, rankings = [], []
    numbers: dict[str, float] = {}
    for name, one in firsts.items():
        if name.startswith(RANKING):
            passes = "{} + {}".format(*one["passes"])
            skips = "{} of {}".format(*one["skips"])
            rankings.append(
                {"ranking": name.removeprefix(RANKING), "seconds a cell": one["seconds"], "passes a cell": passes}
                | {"skips of the best": skips}
            )
            continue
        method, _, size = name.partition(" at ")
        row = row_of(method, size, one, firsts[f"darts at {size}"])
        rows.append(row)
        if method in ("pc-darts", "gdas") and "refused" not in one:
            key = method.replace("-", "_")
            numbers |= {f"{key}_calls": row["x calls"], f"{key}_seconds_of_a_step": row["x step"]}
    tables = {"Methods": rows} | ({"Rankings": rankings} if rankings else {})
    return {**numbers, "n": 1, "spread": None, "tables": tables}


if __name__ == "__main__":
    options = tyro.cli(Every, description=__doc__)
    names = options.methods.split(",") if options.methods else list(METHODS)
    sizes = {} if options.only else {name: size_of(name) for name in dict.fromkeys(["darts", *names])}
    variants = {f"darts at {size}": options.repeats for size in SIZES if size in sizes.values()}
    variants |= {f"{name} at {size}": options.repeats for name, size in sizes.items()}
    variants |= {} if options.methods else {RANKING + name: 1 for name in RANKINGS}
    run(options, variants, measure, report)
