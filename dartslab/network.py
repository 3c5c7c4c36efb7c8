"""The derived network: a genotype's cells, stacked and trained from scratch.

It has everything that the evaluation adds: drop path, auxiliary head, CIFAR and ImageNet stems. BatchNorm here is the
usual one, affine and with running statistics.
"""

from copy import deepcopy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base.convolution import Convolution
from .base.messages import require, unknown
from .cell import Preprocess
from .genotype import Cell, Genotype
from .operations import operation
from .space import INPUTS, STEM_MULTIPLIER, STEMS, skeleton


def drop_path(x: Tensor, probability: float) -> Tensor:
    """Drop whole pictures of the batch on this path and scale the others, so that the expectation is unchanged.

    x[b] -> x[b] * keep[b] / (1 - p),  keep[b] ~ Bernoulli(1 - p)      (Larsson et al. 2017, FractalNet)

    Args:
        x: [B, C, H, W].
        probability: p in [0, 1).
    Returns:
        [B, C, H, W]. Draws from the global random stream.
    """
    keep = torch.empty(x.shape[0], 1, 1, 1, dtype=x.dtype, device=x.device).bernoulli_(1 - probability)
    return x * keep / (1 - probability)


class DerivedCell(nn.Module):
    """One cell of a genotype: each node sums the operations on its kept connections.

    Args:
        cell: the discrete cell.
        channels_before_last, channels_last, channels, reduction, halve: as in `SearchCell`.
    """

    def __init__(
        self,
        cell: Cell,
        channels_before_last: int,
        channels_last: int,
        channels: int,
        reduction: bool,
        halve: bool,
    ) -> None:
        super().__init__()
        self.cell = cell
        self.preprocess = Preprocess(channels_before_last, channels_last, channels, halve, nn.BatchNorm2d)
        self.paths = nn.ModuleList(
            operation(c.operation, channels, 2 if reduction and c.predecessor < INPUTS else 1, nn.BatchNorm2d)
            for c in cell.connections
        )

    def forward(self, s0: Tensor, s1: Tensor, drop_probability: float = 0.0) -> Tensor:
        """s0, s1 as in `SearchCell` -> [B, concatenated * C, H, W]; paths are dropped in training, identities never."""
        states = dict(enumerate(self.preprocess(s0, s1)))
        for node in self.cell.nodes:
            terms = []
            for connection, path in zip(self.cell.connections, self.paths, strict=True):
                if connection.node == node:
                    term = path(states[connection.predecessor])
                    if self.training and drop_probability > 0 and not isinstance(path, nn.Identity):
                        term = drop_path(term, drop_probability)
                    terms.append(term)
            states[node] = sum(terms)
        return torch.cat([states[node] for node in self.cell.concat], dim=1)


class AuxiliaryHead(nn.Module):
    """A second classifier in the middle of the network, for training only.

    Published for 8x8 features (CIFAR, pool stride 3) and 7x7 (ImageNet, stride 2), both pooled to 2x2; features of
    any other size are pooled to 2x2 adaptively. The ImageNet head has no second BatchNorm, as in the published code;
    the published counts depend on this. No ReLU works in place: it would change the input of the main path.

    Args:
        channels: of the features.
        classes: number of classes.
        stem: "cifar" or "imagenet".
    """

    def __init__(self, channels: int, classes: int, stem: str) -> None:
        super().__init__()
        self.published_size, self.stride = (8, 3) if stem == "cifar" else (7, 2)
        self.features = nn.Sequential(
            Convolution(channels, 128, 1),
            nn.BatchNorm2d(128),
            nn.ReLU(),
            Convolution(128, 768, 2),
            nn.BatchNorm2d(768) if stem == "cifar" else nn.Identity(),
            nn.ReLU(),
        )
        self.classifier = nn.Linear(768, classes)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] -> logits [B, classes]."""
        x = F.relu(x)
        if x.shape[-2:] == (self.published_size, self.published_size):
            x = F.avg_pool2d(x, 5, self.stride, count_include_pad=False)
        else:
            x = F.adaptive_avg_pool2d(x, 2)
        return self.classifier(self.features(x).flatten(1))


def _conv_norm(channels_in: int, channels_out: int, stride: int) -> list[nn.Module]:
    return [Convolution(channels_in, channels_out, 3, stride, padding=1), nn.BatchNorm2d(channels_out)]


class Network(nn.Module):
    """The network of a genotype.

    Args:
        genotype: its normal and reduction cells.
        channels: C of the first cell (published: 36 on CIFAR, 48 on ImageNet).
        layers: number of cells (published: 20 and 14).
        classes: number of classes.
        auxiliary: add the auxiliary head after cell 2L//3.
        stem: "cifar", one 3x3 convolution to 3C; or "imagenet", three of stride 2 to C/2, C and C, an eighth of the
            resolution.
        input_channels: of the images, 1 grey or 3 colour.
    Raises:
        UserError: an unknown stem, no layers, channels or classes, or an odd number of channels for the ImageNet stem.
    """

    def __init__(
        self,
        genotype: Genotype,
        channels: int = 36,
        layers: int = 20,
        classes: int = 10,
        auxiliary: bool = True,
        stem: str = "cifar",
        input_channels: int = 3,
    ) -> None:
        super().__init__()
        if stem not in STEMS:
            raise unknown("stem", stem, STEMS)
        require(classes >= 1, f"a classifier needs at least 1 class, got {classes}; pass how many there are.")
        imagenet = stem == "imagenet"
        require(
            not imagenet or channels % 2 == 0,
            f"the ImageNet stem starts with C/2 channels, got C={channels}; use an even number, {channels + 1}.",
        )
        stem_channels = channels if imagenet else STEM_MULTIPLIER * channels
        concatenated = {kind: len(cell.concat) for kind, cell in genotype.cell_of.items()}
        places = skeleton(layers, channels, concatenated, stem_channels, stem_halves=imagenet)
        if imagenet:
            self.stem0 = nn.Sequential(
                *_conv_norm(input_channels, channels // 2, 2), nn.ReLU(), *_conv_norm(channels // 2, channels, 2)
            )
            self.stem1: nn.Module = nn.Sequential(nn.ReLU(), *_conv_norm(channels, channels, 2))
        else:
            self.stem0 = nn.Sequential(*_conv_norm(input_channels, stem_channels, 1))
            self.stem1 = nn.Identity()
        self.cells = nn.ModuleList(
            DerivedCell(
                genotype.cell_of[p.kind], p.channels_before_last, p.channels_last, p.channels, p.reduction, p.halve
            )
            for p in places
        )
        widths = [concatenated[place.kind] * place.channels for place in places]
        self.auxiliary_layer = 2 * layers // 3
        self.auxiliary = AuxiliaryHead(widths[self.auxiliary_layer], classes, stem) if auxiliary else None
        self.classifier = nn.Linear(widths[-1], classes)

    def forward(self, x: Tensor, drop_probability: float = 0.0) -> tuple[Tensor, Tensor | None]:
        """Images [B, C, H, W] -> logits [B, classes], auxiliary logits [B, classes] in training with that head."""
        auxiliary = None
        s0 = self.stem0(x)
        s1 = self.stem1(s0)
        for layer, cell in enumerate(self.cells):
            s0, s1 = s1, cell(s0, s1, drop_probability)
            if layer == self.auxiliary_layer and self.training and self.auxiliary is not None:
                auxiliary = self.auxiliary(s1)
        return self.classifier(s1.mean(dim=(2, 3))), auxiliary


def count_multiply_adds(module: nn.Module, shape: tuple[int, int, int]) -> int:
    """Multiply-adds of all convolutions and linear layers in one forward pass of one picture; the rest is not counted.

    sum over their calls of  (numbers in the output) * (inputs of each),
    inputs = (C_in / groups) k_h k_w of a convolution, the features of a linear layer; a bias adds nothing.

    They are counted on a copy of the module in evaluation mode, so that no auxiliary head runs, on torch's meta device,
    where tensors have shapes but no numbers and cost nothing.

    Args:
        module: takes pictures alone, as `Network` does.
        shape: of the picture, (C, H, W).
    Returns:
        DARTS_V2 with C=36 and L=20 on (3, 32, 32): 528,359,040.
    Raises:
        UserError: a shape that is not three numbers of at least 1.
    """
    require(
        len(shape) == 3 and all(isinstance(number, int) and number >= 1 for number in shape),
        f"the shape of a picture is (C, H, W), whole numbers of at least 1, got {tuple(shape)}; pass for example "
        "(3, 32, 32).",
    )
    total = 0

    def add(layer: nn.Conv2d | nn.Linear, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        total += output.numel() * layer.weight[0].numel()

    twin = deepcopy(module).to("meta").eval()
    for layer in twin.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(add)
    twin(torch.empty(1, *shape, device="meta"))
    return total
