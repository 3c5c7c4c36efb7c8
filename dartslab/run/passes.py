"""How many passes through a network were made: the cost of a search that does not depend on the machine."""

from typing import Any

from torch import Tensor, nn


def count_passes(net: nn.Module) -> dict[str, int]:
    """Forward and backward passes of a network from now on; a backward pass through a gradient counts as one more.

    Args:
        net: gives one tensor.
    Returns:
        {"forward": number, "backward": number}, which go on counting.
    """
    found = {"forward": 0, "backward": 0}

    def add(what: str) -> None:
        found[what] += 1

    def after(module: Any, given: Any, output: Tensor) -> None:
        add("forward")
        if output.requires_grad:
            output.register_hook(lambda gradient: add("backward"))

    net.register_forward_hook(after)
    return found
