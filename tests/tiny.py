"""A search and a training run so small that a test may make many steps of them."""

from typing import Any

import torch

from dartslab import Genotype, SearchConfig, TrainConfig
from dartslab.data import DataSet, Labelled, load_data

OPERATIONS = ("none", "max_pool_3x3", "skip_connect", "sep_conv_3x3")


def search_config(**changes: Any) -> SearchConfig:
    small = {
        "nodes": 1,
        "operations": OPERATIONS,
        "channels": 2,
        "layers": 2,
        "epochs": 2,
        "batch_size": 16,
        "image_size": 8,
        "crop_padding": 1,
        "method": "finite_difference",
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
