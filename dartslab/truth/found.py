"""Search the space of a table. Each finished search is kept in a folder, and is not made again."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ..base.files import write_atomically
from ..base.messages import UserError, short
from ..data.datasets import load_data
from ..experiment.backends import sweep
from ..methods import METHODS
from ..methods.rankings import require_method
from ..run.config import SearchConfig
from ..run.passes import count_passes
from ..run.search import search
from ..run.search_state import SearchState
from ..run.train import TrainState, train
from ..space import NONE
from .cells import write_genotype
from .plans import TablePlan, plan_of

STEPS = 40  # how many steps of a training are timed
# What is changed in a search if its method refuses the space as it is. The cells stay those of the table.
CHANGES: dict[str, Callable[[SearchConfig], dict[str, Any]]] = {
    "": lambda config: {},
    "without none": lambda config: {"operations": tuple(name for name in config.operations if name != NONE)},
    "8 channels": lambda config: {"channels": 8},
    "16 channels": lambda config: {"channels": 16},
}


@dataclass(frozen=True)
class Found:
    """What one search found.

    Args:
        method: its name; for a file of one's own, with the digest of the file.
        hypergradient: of the search.
        seed: of the search.
        cell: number of the found cell in the table; None if it is not in the space of the table.
        texts: the found genotype, see `write_genotype`.
        seconds: processor time of the search.
        training: processor time of one training of a cell, measured by the same process just after it.
        forward, backward: numbers of passes through the supernet.
        changed: what was changed so that the method accepts the space, in words; empty if nothing was changed.
    """

    method: str
    hypergradient: str
    seed: int
    cell: int | None
    texts: tuple[str, ...]
    seconds: float
    training: float
    forward: int
    backward: int
    changed: str = ""


def config_for(table: str, method: str, seed: int, hypergradient: str = "") -> tuple[SearchConfig, str]:
    """A search of the space of a table by a method, and in words what had to be changed for it.

    Args:
        table: its name.
        method: a name, or the path of a file that defines METHOD.
        seed: of the search.
        hypergradient: if empty, that of the table's own search.
    Raises:
        UserError: there is no such method, or it refuses this space with each of the `CHANGES`.
    """
    plan = plan_of(table)
    own = {"hypergradient": hypergradient} if hypergradient else {}
    refused: UserError | None = None
    for words, change in CHANGES.items():
        try:
            config = plan.search_with(method=method, seed=seed, **own, **change(plan.search))
            check = METHODS[config.method].check
            if check is not None:
                check(config)
            return config, words
        except UserError as error:
            refused = refused or error
    assert refused is not None
    raise refused


def find_cell(table: str, method: str, seed: int, hypergradient: str = "") -> Found:
    """Search the space of a table once; arguments as in `config_for`."""
    config, changed = config_for(table, method, seed, hypergradient)
    begun = time.process_time()
    state = SearchState.create(config)
    passes = count_passes(state.net)
    for _ in search(state):
        pass
    seconds, made = time.process_time() - begun, dict(passes)
    texts = write_genotype(state.genotype())
    number = plan_of(table).numbers.get(texts)
    training = seconds_of_training(plan_of(table))
    return Found(config.method, config.hypergradient, seed, number, texts, seconds, training, **made, changed=changed)


def seconds_of_training(plan: TablePlan, steps: int = STEPS) -> float:
    """Processor time of one training of a cell on this machine now, estimated from the first steps of one.

    Args:
        plan: of the table; the cell in the middle of its list is trained.
        steps: how many steps are timed.
    """
    data = load_data(plan.train.data, image_size=plan.train.image_size)
    state = TrainState.create(plan.train, plan.cells[len(plan.cells) // 2], data)
    events = train(state)
    next(events)  # the first step also sets things up
    begun = time.process_time()
    for _ in range(steps):
        next(events)
    return (time.process_time() - begun) / steps * plan.train.epochs * state.train.per_epoch


def find_cells(
    table: str,
    method: str,
    seeds: Iterable[int],
    folder: Path,
    hypergradient: str = "",
    jobs: int = 2,
    say: Callable[[str], None] = print,
) -> list[Found]:
    """Search once with each seed. A search that is in the folder is not made again, unless its method was changed.

    Args:
        table, method, hypergradient: as in `config_for`.
        seeds: of the searches.
        folder: where searches are kept, a file for each.
        jobs: how many searches run at a time.
        say: is called with a line about each new search.
    Raises:
        UserError: as `config_for`; or a file in the folder cannot be read.
    """
    wanted = list(seeds)
    pinned = require_method(method)
    config, _ = config_for(table, pinned, wanted[0] if wanted else 0, hypergradient)
    name = "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in pinned)
    paths = {seed: folder / table / f"{name}-{config.hypergradient}-{seed}.json" for seed in wanted}
    missing = [seed for seed in wanted if not paths[seed].exists()]
    calls = [partial(find_cell, table, pinned, seed, hypergradient) for seed in missing]
    for number, found in sweep(calls, jobs) if calls else ():
        keep_found(paths[missing[number]], [found])
        say(f"{method}, {found.hypergradient}, seed {found.seed}: {found.seconds:.0f} s")
    return [one for seed in wanted for one in read_found(paths[seed])]


def keep_found(path: Path, found: Iterable[Found]) -> None:
    """Write searches to a file, a line for each."""
    text = "[\n" + ",\n".join(json.dumps(asdict(one)) for one in found) + "\n]\n"
    write_atomically(path, lambda file: file.write(text.encode()))


def read_found(path: Path) -> list[Found]:
    """Read the searches that `keep_found` wrote.

    Raises:
        UserError: there is no such file, it is not complete, or it is empty.
    """
    try:
        first, *others = json.loads(path.read_text(encoding="utf-8"))
        return [Found(**(row | {"texts": tuple(row["texts"])})) for row in (first, *others)]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(f"{path} is no search that was kept ({short(error)}); remove it, then search again.") from error
