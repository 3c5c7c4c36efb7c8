"""A search, a training run and an experiment so small that a test may make many steps of them."""

from pathlib import Path
from typing import Any

import torch
from PIL import Image

from dartslab import Genotype, SearchConfig, TrainConfig
from dartslab.data.datasets import DataSet, Labelled, load_data
from dartslab.experiment.config import Experiment, Size
from dartslab.space import KNOWN_OPERATIONS, NOISE

# All operations of which two passes give equal outputs.
WITHOUT_NOISE = tuple(name for name in KNOWN_OPERATIONS if name != NOISE)
OPERATIONS = ("none", "max_pool_3x3", "skip_connect", "sep_conv_3x3")


def search_config(**changes: Any) -> SearchConfig:
    small = {
        "nodes": 1,
        "operations": OPERATIONS,
        "channels": 2,
        "layers": 3,
        "epochs": 2,
        "batch_size": 16,
        "image_size": 8,
        "crop_padding": 1,
        "hypergradient": "finite_difference",
    }
    return SearchConfig.lesson(**(small | changes))


def train_config(**changes: Any) -> TrainConfig:
    small = {"channels": 4, "layers": 3, "epochs": 2, "batch_size": 16, "image_size": 16, "auxiliary": 0.4}
    return TrainConfig.lesson(**(small | {"drop_path": 0.2, "cutout": 4, "label_smoothing": 0.1} | changes))


def pictures(size: int = 8, per_class: int = 10) -> DataSet:
    """The first pictures of each class of fashion-mini, 10 classes."""
    data = load_data("fashion-mini", image_size=size)

    def first(part: Labelled) -> Labelled:
        return part.pick(torch.cat([torch.nonzero(part.labels == c).flatten()[:per_class] for c in range(10)]))

    return DataSet(data.name, first(data.train), first(data.test), data.classes)


def genotype() -> Genotype:
    pairs = [("sep_conv_3x3", 0), ("skip_connect", 1)]
    return Genotype.from_pairs(pairs, [2], [("max_pool_3x3", 0), ("skip_connect", 1)], [2])


def draw(*shape: int) -> torch.Tensor:
    """Random numbers in float64."""
    return torch.randn(shape, dtype=torch.float64)


def picture_folder(folder: Path) -> Path:
    """A data folder as people make it, with 10 + 10 pictures of each of 10 classes."""
    data = pictures()
    for part, kept in (("train", data.train), ("test", data.test)):
        for number, (image, label) in enumerate(zip(kept.images, kept.labels, strict=True)):
            path = folder / part / f"class-{int(label)}" / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image[0].numpy()).save(path)
    return folder


def experiment(own_pictures: Path, **changes: Any) -> Experiment:
    """Seven stages of four or five steps: two searches, their choice, an evaluation of each kind."""
    shared: dict[str, Any] = {"image_size": 8, "nodes": 1, "cutout": 2, "evaluations": 1, "random_cells": 1}
    sizes = {"search": Size(2, 3, 2, 16, 4), "choice": Size(2, 2, 2, 16, 4), "evaluation": Size(2, 2, 2, 16, 5)}
    return Experiment.tiny(**({"data": f"folder:{own_pictures}", "checkpoint_every": 1} | shared | sizes | changes))
