"""The supernet: a stack of cells that hold every candidate operation, mixed with given weights.

`Supernet(x, weights)` receives the mixing weights {kind: [E, O]}. It owns the network weights w and no architecture
parameters, so the optimiser of w cannot reach alpha and `torch.func` can treat both as plain inputs.

To ask how one cell's weights matter, give a list instead, [E, O] for each cell: cells of a kind then need not share.

`space.skeleton` gives the kind and the channels of each cell.
"""

from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from .base.convolution import Convolution
from .base.messages import require
from .cell import SearchCell
from .operations import SearchNorm
from .space import STEM_MULTIPLIER, SearchSpace, skeleton


class Supernet(nn.Module):
    """The network in which the search takes place.

    Args:
        space: edges and candidate operations.
        channels: C of the first cell; the stem has 3C (published: 16).
        layers: number of cells (published: 8).
        classes: number of classes.
        input_channels: of the images, 1 grey or 3 colour.
        cell: the class of the cells; `fast.fused.FusedCell` gives the same results, gradients and saved weights.
    Raises:
        UserError: no layers, channels or classes.
    """

    def __init__(
        self,
        space: SearchSpace,
        channels: int = 16,
        layers: int = 8,
        classes: int = 10,
        input_channels: int = 3,
        cell: type[SearchCell] = SearchCell,
    ) -> None:
        super().__init__()
        require(classes >= 1, f"a classifier needs at least 1 class, got {classes}; pass how many there are.")
        self.space = space
        stem_channels = STEM_MULTIPLIER * channels
        places = skeleton(layers, channels, dict.fromkeys(space.table_of, space.nodes), stem_channels)
        self.stem = nn.Sequential(
            Convolution(input_channels, stem_channels, 3, padding=1),
            SearchNorm(stem_channels, affine=True),
        )
        self.cells = nn.ModuleList(
            cell(space, p.channels_before_last, p.channels_last, p.channels, p.reduction, p.halve) for p in places
        )
        self.kinds = tuple(space.table_of[place.kind] for place in places)  # whose mixing weights a cell gets
        self.classifier = nn.Linear(space.nodes * places[-1].channels, classes)

    def forward(self, x: Tensor, weights: Mapping[str, Tensor] | Sequence[Tensor]) -> Tensor:
        """Images x [B, C, H, W] and mixing weights {kind: [E, O]}, or [E, O] for each cell -> logits [B, classes]."""
        tables = [weights[kind] for kind in self.kinds] if isinstance(weights, Mapping) else weights
        s0 = s1 = self.stem(x)
        for cell, table in zip(self.cells, tables, strict=True):
            s0, s1 = s1, cell(s0, s1, table)
        return self.classifier(s1.mean(dim=(2, 3)))  # global average pooling


def count_parameters(module: nn.Module) -> int:
    """Trainable numbers in a module. The published supernet (C=16, L=8, 10 classes) has 1,930,618, without alpha."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)
