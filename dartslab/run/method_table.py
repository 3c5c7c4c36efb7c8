"""What `dartslab methods` prints: what a method changes, the paper's numbers at a given length, a ranking's cost."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, NamedTuple

from ..base.messages import UserError, counted
from ..data.batches import batches_per_epoch
from ..data.datasets import load_data
from ..data.stand_in import SIZES
from ..methods.method import Method, Number
from ..methods.rankings.ranking import Ranking
from .config import SearchConfig
from .method_steps import further_steps, part_of, waiting_steps
from .method_words import what_cannot_act

# Fields of a method that are not among what it changes about DARTS.
NO_CHANGE = {"name", "paper", "defaults", "numbers", "check", "idle", "remarks"}


class Row(NamedTuple):
    """One method or ranking.

    Args:
        name: as it is typed.
        kind: "method" or "ranking".
        paper: where it is from.
        changes: names of the fields in which it differs from DARTS; of a ranking, what a score costs.
        settings: fields of the configuration that the paper sets otherwise, with what they are here.
        numbers: other numbers of the paper, with what they become here.
        idle: what cannot act in a search of this length, one sentence each; also that the method refuses it.
    """

    name: str
    kind: str
    paper: str
    changes: tuple[str, ...]
    settings: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()


def changes_of(method: Method) -> tuple[str, ...]:
    """The fields in which a method differs from DARTS."""
    found = []
    for field in fields(Method):
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if field.name not in NO_CHANGE and getattr(method, field.name) != default:
            found.append(field.name)
    return tuple(found)


@cache
def count_pictures(data: str, root: str, image_size: int) -> int:
    """Training pictures of a data set; nothing is downloaded."""
    return SIZES[data][0] if data in SIZES else len(load_data(data, root, image_size).train.labels)


def count_steps(config: SearchConfig) -> int:
    """Steps of a search with this configuration, as if `steps` did not limit it."""
    count = count_pictures(config.data, config.root, config.image_size)
    return config.epochs * batches_per_epoch(round(config.portion * count), config.batch_size)


def describe_number(number: Number, config: SearchConfig, steps: int) -> str:
    """A number of the paper, and about how many steps of this search a length becomes; the method may round otherwise.

    Args:
        number: of the paper.
        config: of the search.
        steps: of the whole search.
    """
    if number.part is None:
        return f"{number.name}: {number.paper}"
    waits = 0 if number.whole else waiting_steps(config, steps)
    moving, epochs = steps - waits, config.epochs - (0 if number.whole else config.alpha_waits)
    here = part_of(number.part, moving)
    about = "" if here == number.part * moving else "about "
    after = f" after {waits} in which alpha waits" if waits else ""
    return (
        f"{number.name}: {number.paper}; here {about}{here} of {moving} steps{after} "
        f"({number.part * epochs:.3g} of {counted(epochs, 'epoch')})"
    )


def describe_setting(name: str, paper: Any, here: Any) -> str:
    """A setting of the paper, and what it is here where that is something else."""
    words = [" ".join(value) if isinstance(value, tuple) else str(value) for value in (paper, here)]
    return f"{name} {words[0]}" + ("" if paper == here else f" (here {words[1]})")


def describe_method(method: Method, config: SearchConfig) -> Row:
    """A method, and what becomes of it in a search with this configuration.

    Args:
        method: any, also one that `METHODS` does not know.
        config: of the search; its own `method` is not looked at.
    """
    whole = count_steps(config)
    settings = tuple(describe_setting(name, value, getattr(config, name)) for name, value in method.defaults.items())
    numbers = tuple(describe_number(number, config, whole) for number in method.numbers)
    idle = what_cannot_act(method, config, whole, config.steps or whole + further_steps(method, config.space, whole))
    if method.check is not None:
        try:
            method.check(config)
        except UserError as error:
            idle.append(f"refused: {error}")
    return Row(method.name, "method", method.paper, changes_of(method), settings, numbers, tuple(idle))


def describe_ranking(ranking: Ranking) -> Row:
    """A ranking, and what a score costs."""
    forward, backward = ranking.passes
    where = "the supernet for each validation batch" if ranking.searched else "the cell's own network"
    cost = "no pass" if not (forward or backward) else f"{forward} forward and {backward} backward passes of {where}"
    return Row(ranking.name, "ranking", ranking.paper, (cost,))


def in_words(row: Row) -> str:
    """A method or a ranking as a paragraph for a terminal."""
    label = {"method": "changes", "ranking": "costs"}[row.kind]
    parts: Mapping[str, Any] = {
        label: ", ".join(row.changes) or "nothing",
        "sets": "; ".join(row.settings),
        "numbers": row.numbers,
        "but": row.idle,
    }
    lines = [f"{row.name:<16}{row.kind:<9}{row.paper}"]
    for name, found in parts.items():
        for text in [found] if isinstance(found, str) else found:
            lines += [f"{'':<16}{name:<9}{text}"] if text else []
    return "\n".join(lines)


def in_markdown(rows: list[Row]) -> str:
    """Rows as a table in Markdown, for documents: without what depends on the length."""
    lines = ["| name | kind | paper | changes |", "|---|---|---|---|"]
    for row in rows:
        changed = [f"`{name}`" for name in row.changes] if row.kind == "method" else list(row.changes)
        lines.append(f"| `{row.name}` | {row.kind} | {row.paper} | {', '.join(changed) or 'nothing'} |")
    return "\n".join(lines)
