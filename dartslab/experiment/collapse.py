"""A search that collapses to skip connections within two minutes on two cores; its causes, and the remedies.

w learns from a few pictures, some of them with a wrong label, until it knows them by heart; alpha learns from others.
There the convolutions are of less and less use, and skip connections, which cannot learn anything by heart, take their
place. The operations are those of space S2 of Zela et al. 2020, Understanding and Robustifying Differentiable
Architecture Search. A *variant* is this search with one thing changed: a cause taken away, or another method put in.
Five searches of each were recorded by `python benchmarks/collapse.py --record`; `recorded_collapse` reads them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import torch

from ..base.messages import look_up, unknown
from ..base.seeds import stream
from ..data.datasets import DataSet, Labelled, load_data
from ..run.config import SearchConfig
from ..run.record import Record

STEPS = 900
ALPHA_PICTURES = 1000
SETTING: dict[str, Any] = {
    "image_size": 12,
    "operations": ("skip_connect", "sep_conv_3x3"),
    "tied": True,
    "layers": 5,
    "batch_size": 32,
    "learning_rate": 0.3,
    "weight_decay": 0.0,
    "crop_padding": 0,
    "validate_every": 36,
}
SEEDS = range(20, 25)


@dataclass(frozen=True)
class Variant:
    """The collapsing search with one thing changed.

    Args:
        label: what is changed, in a few words.
        kind: "collapse" for the search itself, "cause" or "remedy".
        changes: fields of `SearchConfig`.
        pictures: from which w learns.
        wrong: fraction of the labels that are wrong, 0 to 1, of the pictures of w and of alpha alike.
        steps: of the search.
    """

    label: str
    kind: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    pictures: int = 150
    wrong: float = 0.4
    steps: int = STEPS


def _method(name: str) -> Variant:
    return Variant(name, "remedy", {"method": name})


VARIANTS = {
    "collapse": Variant("nothing changed", "collapse"),
    "many pictures": Variant("3,000 pictures for w", "cause", pictures=3000),
    "right labels": Variant("no wrong label", "cause", wrong=0.0),
    "short": Variant("a quarter of the steps", "cause", steps=STEPS // 4),
    "slow alpha": Variant("alpha's rate .005 for .05", "cause", {"alpha_learning_rate": 0.005}),
    "decay": Variant("weight decay .01 on w", "cause", {"weight_decay": 0.01}),
    "augmentation": Variant("random crops and flips", "cause", {"crop_padding": 2}),
    "slow w": Variant("3,000 pictures, slow w", "cause", {"learning_rate": 0.001}, pictures=3000),
    **{
        name: _method(name)
        for name in (
            *("pc-darts", "fair-darts", "darts-minus", "robust-darts", "sdarts-rs", "drnas", "darts-pt"),
            *("beta-darts", "p-darts-cap", "gdas", "reinmax"),
        )
    },
}


def variant_of(name: str) -> Variant:
    """The variant of this name.

    Raises:
        UserError: there is none.
    """
    return look_up("variant of the collapse", name, VARIANTS)


def collapse_config(variant: str = "collapse", seed: int = SEEDS[0], **changes: Any) -> SearchConfig:
    """The configuration of a variant, a search on the pictures of `collapse_data`.

    Args:
        variant: a name in `VARIANTS`.
        seed: of the search.
        changes: fields of `SearchConfig`, which come last.
    """
    one = variant_of(variant)
    portion = one.pictures / (one.pictures + ALPHA_PICTURES)
    batch = SETTING["batch_size"]
    epochs = max(1, round(one.steps / -(-one.pictures // batch)))
    return SearchConfig.lesson(
        **{"portion": portion, "epochs": epochs, "seed": seed, **SETTING, **one.changes, **changes}
    )


def collapse_data(variant: str = "collapse") -> DataSet:
    """The pictures of a variant, from `fashion-mini`: as many as w and alpha learn from, and the test part.

    The same pictures have a wrong label in every variant with wrong labels; those of the test part are right.
    """
    one, data = variant_of(variant), load_data("fashion-mini", image_size=SETTING["image_size"])
    generator = stream(0, "collapse")
    order = torch.randperm(len(data.train.labels), generator=generator)
    wrong = torch.rand(len(order), generator=generator) < one.wrong
    shift = torch.randint(1, len(data.classes), (len(order),), generator=generator)  # never back to the right class
    labels = torch.where(wrong, (data.train.labels + shift) % len(data.classes), data.train.labels)
    return replace(data, train=Labelled(data.train.images, labels).pick(order[: one.pictures + ALPHA_PICTURES]))


FILE = "collapse.npz"
TEXTS = "texts"  # the entry of the file with what is not numbers, as JSON


@cache
def _recorded() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    with (files(__package__) / FILE).open("rb") as opened, np.load(opened) as stored:
        columns = {name: stored[name] for name in stored.files}
    return columns, json.loads(str(columns.pop(TEXTS)))


def recorded_collapse(variant: str = "collapse", seed: int = SEEDS[0]) -> Record:
    """A recorded search, every 12th step of it; training accuracy is the mean over 12 steps.

    Args:
        variant: a name in `VARIANTS`.
        seed: in `SEEDS`.
    Raises:
        UserError: it was not recorded.
    """
    variant_of(variant)
    columns, texts = _recorded()
    known = texts["runs"].get(variant, {})
    if str(seed) not in known:
        raise unknown(f"recorded seed of {variant}", str(seed), known)
    run = known[str(seed)]
    whole = {
        name.split("|")[1]: values[list(known).index(str(seed)), : run["rows"]]
        for name, values in columns.items()
        if name.split("|")[0] == variant
    }
    numbers = {
        name: values.astype(int if name in ("step", "epoch", "genotype") else np.float32)
        for name, values in whole.items()
    }
    return Record(
        "search", run["config"], numbers, tuple(run["genotypes"]), run["versions"], run["pictures"], tuple(run["notes"])
    )


def retrained_accuracies() -> dict[str, list[list[float]]]:
    """Test accuracies in % of networks of the found cells, {variant: one list of trainings for each seed}.

    Those of random cells stand under "random". Trained from scratch, see `benchmarks/collapse.py`.
    """
    return dict(_recorded()[1]["retrained"])


def seconds_of(variant: str) -> list[float]:
    """Processor seconds of each recorded search of a variant."""
    return [run["seconds"] for run in _recorded()[1]["runs"][variant].values()]
