"""What an instrument is, and what it may look at. Loads no torch.

The cost of an instrument is counted in passes of one batch through the supernet:

    forward     the loss
    backward    its gradient, about two forward passes
    product     one Hessian-vector product: a pass backward through a forward and a backward pass
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from ..genotype import Genotype
from ..space import SearchSpace

if TYPE_CHECKING:
    from torch import Tensor

    from ..bilevel import Average, Tensors
    from ..relaxation import Arch, Relaxation
    from ..supernet import Supernet

    CellWeights = Mapping[str, Tensor] | Sequence[Tensor]  # {kind: [E, O]}, or [E, O] for each cell

PICTURES = 256  # of the validation half, on which an accuracy is measured


@dataclass(frozen=True)
class Snapshot:
    """What a record keeps of a search between two steps.

    Args:
        space: of the search.
        weights: mixing weights without chance, {kind: float [E, O]}.
        genotype: what would be derived from them.
    """

    space: SearchSpace
    weights: Mapping[str, np.ndarray]
    genotype: Genotype


@dataclass(frozen=True)
class Subject(Snapshot):
    """A search between two steps, as an instrument sees it. An instrument changes nothing.

    Args:
        net: the supernet.
        w: its weights by name.
        arch: the architecture parameters.
        relaxation: arch -> mixing weights, without chance.
        loss: (w, mixing weights {kind: [E, O]} or [E, O] for each cell, batch) -> cross-entropy, a pure function.
        evaluate: mixing weights {kind: array [E, O]} -> (loss, accuracy 0..1) on `PICTURES` of the validation half.
        train_batch, val_batch: of the step just made.
        average: as in `Bilevel`, where several processes share a batch.
    """

    net: "Supernet"
    w: "Tensors"
    arch: "Arch"
    relaxation: "Relaxation"
    loss: "Callable[[Tensors, CellWeights, Any], Tensor]"
    evaluate: Callable[[Mapping[str, np.ndarray]], tuple[float, float]]
    train_batch: Any
    val_batch: Any
    average: "Average"

    def loss_in_alpha(self, w: "Tensors", alpha: "Tensors", batch: Any) -> "Tensor":
        """The cross-entropy as a function of w and of alpha, as `Bilevel` has it; a method's penalty is left out."""
        return self.loss(w, self.relaxation(self.arch.with_parameters(alpha)), batch)


@dataclass(frozen=True)
class Instrument:
    """A row of `INSTRUMENTS`.

    Args:
        name: as it is typed; the record keeps "instrument.<name>", or "instrument.<name>.<part>" where it has parts.
        what: is measured, in a few words.
        unit: of the numbers.
        cost: of one measurement, in passes.
        function: "module.function" of this wing, (snapshot or subject) -> numbers.
        parts: whether the function gives {part: number}, such as a number for each kind of cell; else one number.
        missing: what a record lacks for it; "" where it can be computed from any record of a search.
        undefined: why it is not defined in some searches; "" where it is in all.
        twice: whether it differentiates twice through the cells, which compiled code does not give.
    """

    name: str
    what: str
    unit: str
    cost: str
    function: str
    parts: bool = True
    missing: str = ""
    undefined: str = ""
    twice: bool = False

    def measure(self, seen: Snapshot) -> dict[str, float]:
        """The numbers now, {name, or "name.part": number}. A number that is not defined is left out.

        Args:
            seen: a `Subject`; a `Snapshot` does where `missing` is empty.
        """
        module, _, function = self.function.partition(".")
        found: Any = getattr(import_module(f"{__package__}.{module}"), function)(seen)
        numbers = {f"{self.name}.{part}": value for part, value in found.items()} if self.parts else {self.name: found}
        return {name: float(value) for name, value in numbers.items()}
