"""What the benchmarks of a search step measure: a search at its first step, on random pictures."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from dartslab import SearchConfig, SearchState
from dartslab.data.batches import Batch
from dartslab.data.datasets import DataSet, Labelled
from dartslab.run.search import alpha_step, weight_step

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from counts import count_calls, saved_bytes

# Configuration, channels of the pictures, their size. The lessons' search of a step has 3 nodes and batch 64.
PRESETS = {
    "published": (SearchConfig(hypergradient="first_order"), 3, 32),
    "lesson": (SearchConfig.lesson(nodes=3, batch_size=64), 1, 16),
}


def random_data(channels: int, size: int, count: int) -> DataSet:
    """Random pictures: cost does not depend on what is in them."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (count, channels, size, size), generator=generator, dtype=torch.uint8)
    part = Labelled(images, torch.arange(count) % 10)
    return DataSet("random", part, part, tuple("0123456789"))


class Subject:
    """A search at its first step, with the batches of that step.

    Args:
        preset: published or lesson.
        contiguous: pictures lie channel by channel, as a DataLoader delivers them; else as in this library's searches.
        all_gradients: the alpha pass computes the gradients of the weights too, as published code does; first order.
        changes: of the configuration.
    """

    def __init__(self, preset: str, contiguous: bool = False, all_gradients: bool = False, **changes: Any) -> None:
        config, channels, size = PRESETS[preset]
        self.all_gradients = all_gradients
        self.config = replace(config, device="cpu", **changes)
        data = random_data(channels, size, 2 * max(self.config.batch_size, 10) // 10 * 10 + 20)
        self.state = SearchState.create(self.config, data)
        self.train, self.val = self.state.train(0), self.state.val(0)
        if contiguous:
            self.train, self.val = (Batch(b.images.contiguous(), b.labels) for b in (self.train, self.val))

    def step(self) -> None:
        """One step, as `search` makes it, or with all gradients."""
        if self.all_gradients:
            alphas = self.state.arch.parameters().values()
            for alpha in alphas:
                alpha.requires_grad_()
            self.loss(self.val).backward()
            for alpha in alphas:
                alpha.requires_grad_(False)
            self.state.alpha_optimizer.step()
        else:
            alpha_step(self.state, self.train, self.val, self.config.learning_rate)
        weight_step(self.state, self.train, self.config.learning_rate)

    def loss(self, batch: Batch) -> Tensor:
        """Cross-entropy of the supernet."""
        return F.cross_entropy(self.state.net(batch.images, self.state.relaxation(self.state.arch)), batch.labels)

    def calls(self) -> int:
        """Aten calls of a step, with views. It is the second one, because the first creates what optimisers keep."""
        self.step()
        return count_calls(self.step)

    def kept_bytes(self, of_alpha: bool) -> int:
        """Bytes kept for backward by the alpha pass or the weight pass."""
        net, alphas = self.state.net, list(self.state.arch.parameters().values())
        parameters = {parameter.untyped_storage().data_ptr() for parameter in net.parameters()}
        net.requires_grad_(not of_alpha)
        for alpha in alphas:
            alpha.requires_grad_(of_alpha)
        count = saved_bytes(lambda: self.loss(self.train), parameters)
        net.requires_grad_()
        for alpha in alphas:
            alpha.requires_grad_(False)
        return count
