"""The published augmentation of ImageNet: random resized crops, flips and jitter of colours, a batch at once.

Every picture has random draws of its own, all from a generator on the CPU; the pixels stay on their device. The recipe
is torchvision's RandomResizedCrop and ColorJitter, with two differences: crops are taken from
pictures in memory, not from the files, and the order of the four jitters is drawn for each batch.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

AUGMENTATIONS = ("cifar", "imagenet")
AREA, RATIO = (0.08, 1.0), (3 / 4, 4 / 3)  # of a crop: share of the picture, width over height
TRIES = 10  # to draw a crop that lies inside the picture; else all of it is taken
BRIGHTNESS = CONTRAST = SATURATION = 0.4
HUE = 0.2  # of a full turn
GREY = (0.299, 0.587, 0.114)  # share of red, green and blue in brightness (ITU-R 601)


def to_device(x: Tensor, device: torch.device) -> Tensor:
    """Copy x from the CPU to a device without waiting for the work that the device has queued.

    CUDA can do this only from pinned memory; other copies may wait even with `non_blocking=True`.
    """
    return (x.pin_memory() if device.type == "cuda" else x).to(device, non_blocking=True)


def augment(images: Tensor, generator: torch.Generator) -> Tensor:
    """uint8 [B, C, H, W] -> float32 of the same shape, in 0..255: cropped, flipped and jittered."""
    return jitter(resized_crops(images, generator), generator)


def crops(count: int, height: int, width: int, generator: torch.Generator) -> Tensor:
    """Random crops inside pictures of one size: (left, top, width, height) in pixels, float32 [count, 4].

    Area and the logarithm of width over height are uniform; so is the place.
    """
    area, ratio, left, top = torch.rand(4, count, TRIES, generator=generator)
    area = height * width * (AREA[0] + (AREA[1] - AREA[0]) * area)
    low, high = map(math.log, RATIO)
    ratio = torch.exp(low + (high - low) * ratio)
    wide, tall = (area * ratio).sqrt(), (area / ratio).sqrt()
    fits = (wide <= width) & (tall <= height)
    first = fits.int().argmax(1, keepdim=True)  # the first try that fits
    drawn = torch.stack([left * (width - wide), top * (height - tall), wide, tall], 2)
    whole = torch.tensor([0.0, 0.0, width, height])
    return torch.where(fits.any(1, keepdim=True), drawn[torch.arange(count), first[:, 0]], whole)


def resized_crops(images: Tensor, generator: torch.Generator) -> Tensor:
    """One random crop of each picture, resized to the picture's size, and a coin for a flip.

    A crop is never larger than the result, so bilinear interpolation needs no anti-aliasing.

    Args:
        images: [B, C, H, W].
        generator: CPU generator.
    Returns:
        float32 [B, C, H, W].
    """
    count, _, height, width = images.shape
    left, top, wide, tall = crops(count, height, width, generator).unbind(1)
    sign = 1 - 2 * (torch.rand(count, generator=generator) < 0.5).float()
    zero = torch.zeros(count)
    # from places in the result to places in the picture, both in -1..1
    across = torch.stack([sign * wide / width, zero, (2 * left + wide) / width - 1], 1)
    down = torch.stack([zero, tall / height, (2 * top + tall) / height - 1], 1)
    theta = to_device(torch.stack([across, down], 1), images.device)
    places = F.affine_grid(theta, list(images.shape), align_corners=False)
    return F.grid_sample(images.float(), places, padding_mode="border", align_corners=False)


def jitter(x: Tensor, generator: torch.Generator) -> Tensor:
    """Change brightness, contrast, saturation and hue of each picture at random, in an order drawn for the batch.

    Grey pictures have neither saturation nor hue.

    Args:
        x: float32 [B, C, H, W], C = 1 or 3, in 0..255.
        generator: CPU generator.
    Returns:
        The same shape, in 0..255.
    """
    draws = 2 * torch.rand(4, len(x), 1, 1, 1, generator=generator) - 1  # in -1..1
    order = torch.randperm(4, generator=generator).tolist()
    brightness, contrast, saturation, hue = to_device(draws, x.device)
    jitters: tuple[Callable[[Tensor], Tensor], ...] = (
        lambda x: x * (1 + BRIGHTNESS * brightness),
        lambda x: towards(x, grey(x).mean((1, 2, 3), keepdim=True), 1 + CONTRAST * contrast),
        lambda x: towards(x, grey(x), 1 + SATURATION * saturation),
        lambda x: turn_hue(x, HUE * hue),
    )
    for number in order:
        if number < 2 or x.shape[1] == 3:
            x = jitters[number](x).clamp(0, 255)
    return x


def grey(x: Tensor) -> Tensor:
    """The brightness of each pixel: [B, C, H, W] -> [B, 1, H, W]."""
    if x.shape[1] == 1:
        return x
    red, green, blue = x.split(1, 1)
    return GREY[0] * red + GREY[1] * green + GREY[2] * blue


def towards(x: Tensor, other: Tensor, factor: Tensor) -> Tensor:
    """factor * x + (1 - factor) * other: 1 leaves x, 0 gives the other, more than 1 leads away from it."""
    return other + factor * (x - other)


def turn_hue(x: Tensor, turn: Tensor) -> Tensor:
    """Shift the hue of each picture; the brightest and the darkest channel of each pixel keep their values.

    With v = max, c = max - min and hue h in 0..6 (red 0, green 2, blue 4), a channel is
    v - c clamp(min(k, 4 - k), 0, 1),  k = (n + h) mod 6,  n = 5, 3, 1 for red, green, blue.

    Args:
        x: [B, 3, H, W].
        turn: the shift in full turns of the colour circle, [B, 1, 1, 1].
    """
    red, green, blue = x.split(1, 1)
    v = x.amax(1, keepdim=True)
    c = v - x.amin(1, keepdim=True)
    span = torch.where(c > 0, c, 1)  # without colour any hue will do
    of_green_or_blue = torch.where(v == green, (blue - red) / span + 2, (red - green) / span + 4)
    h = torch.where(v == red, (green - blue) / span, of_green_or_blue) + 6 * turn
    k = (torch.cat([h + n for n in (5, 3, 1)], 1)) % 6
    return v - c * torch.minimum(k, 4 - k).clamp(0, 1)
