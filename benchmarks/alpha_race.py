"""Who wins the race of alpha: counts over seeds for the view AlphaRace and lesson 02.

    python benchmarks/alpha_race.py [--save]

Races are run as the view runs them, with the seeds 0 to 9 and 100 to 199; step sizes and lengths were not chosen on
seeds 100 to 199. In the late bloomer conv 5×5 could reach a loss of 0 in every race, and no other operation could. It
loses where another operation has the largest mixing weight when the race ends, after 120 steps; it turns where it takes
the lead later, up to step 1000. "Waits" lets the kernels learn for 200 steps before alpha moves, so that a race has 320
steps; the row below it gives the same 320 steps to a race that does not wait.
"""

from typing import Any

import tyro

from dartslab.widgets.models.alpha_race import AT_FIRST, RACES, STEPS, WAIT, Race, leaders, race_at, start_of
from measure import Options, Result, run

LATE = "conv 5×5"
SEEDS = {"seeds 0-9": range(10), "seeds 100-199": range(100, 200)}


def turns(seed: int) -> bool:
    """Whether the late bloomer takes the lead after its race has ended, up to the last step that the view shows."""
    race = Race(start_of("late bloomer") | {"seed": seed})
    while race.steps < STEPS and (race.steps < race.length or leader(race) != LATE):
        race.step()
    return leader(race) == LATE


def leader(race: Race) -> str:
    """The operation with the largest mixing weight."""
    return race.operations[int(race.p.argmax())]


def measure(name: str) -> dict[str, float]:
    """All counts over some seeds."""
    seeds = SEEDS[name]

    def wins(race: str, operation: str, **changes: Any) -> int:
        return leaders(race, seeds, **changes).count(operation)

    def loses(**changes: Any) -> int:
        return len(seeds) - wins("late bloomer", LATE, **changes)

    as_long, rate = RACES["late bloomer"]["length"] + WAIT, AT_FIRST["kernel_learning_rate"]
    lost = [seed for seed, first in zip(seeds, leaders("late bloomer", seeds), strict=True) if first != LATE]
    hot = [race_at(start_of("hot and cold") | {"seed": seed, "temperature": 6.0, "step": 200}) for seed in seeds]
    return {
        "races": len(seeds),
        "a fair race: shift leads": wins("a fair race", "shift"),
        "late bloomer: loses": loses(),
        "late bloomer: waits and wins": wins("late bloomer", LATE, wait=True),
        "late bloomer: as many steps without waiting, wins": wins("late bloomer", LATE, steps=as_long),
        "late bloomer: lost and turns up to step 1000": sum(map(turns, lost)),
        "late bloomer: loses with Adam": loses(adam=True),
        "late bloomer: loses with half the step size of kernels": loses(kernel_learning_rate=rate / 2),
        "late bloomer: loses with twice the step size of kernels": loses(kernel_learning_rate=rate * 2),
        "clones: mirror leads": wins("clones", "mirror"),
        "hot and cold: skip leads": wins("hot and cold", "skip"),
        "hot and cold: shift leads at T = 1": wins("hot and cold", "shift", temperature=1.0),
        "hot and cold: largest mixing weight at T = 6": max(float(race.p.max()) for race in hot),
    }


def report(found: dict[str, list[Any]]) -> Result:
    """The counts side by side, and the two of the late bloomer by themselves."""
    columns = {name: each[0] for name, each in found.items()}
    rows = [{"what": what, **{name: each[what] for name, each in columns.items()}} for what in columns["seeds 0-9"]]
    short = {"lost": "late bloomer: loses", "won_waiting": "late bloomer: waits and wins"}
    short |= {"turned": "late bloomer: lost and turns up to step 1000", "won_as_long": rows[4]["what"]}
    at_top = {
        f"{key}_of_{len(SEEDS[name])}": each[what] for key, what in short.items() for name, each in columns.items()
    }
    return {**at_top, "n": 1, "spread": None, "tables": {"Counts": rows}}


if __name__ == "__main__":
    options = tyro.cli(Options, description=__doc__)
    run(options, dict.fromkeys(SEEDS, 1), measure, report)
