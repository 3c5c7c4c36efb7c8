"""What a published search changes about DARTS. Every default is DARTS itself.

w       <- w - xi d_w L_train(w, weights(alpha; moment))                    the weight step
alpha   <- alpha - eta d_alpha [ L_val(w', weights) + penalty ]             the step of alpha, unless frozen
genotype = derive(space, weights(alpha; "look"))

A method may also end the search early (`Stop`), or derive by choices between which training goes on (`Choices`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

import torch
from torch import Tensor

from ..base.messages import require, require_call, short
from ..base.seeds import stream
from ..bilevel import Bilevel, Tensors
from ..cell import SearchCell
from ..derive import top_k
from ..genotype import Genotype
from ..relaxation import Arch, Weights, softmax
from ..space import SearchSpace

Phase = Literal["alpha", "w", "look"]
PHASES: tuple[Phase, ...] = ("alpha", "w", "look")


@dataclass(frozen=True)
class Moment:
    """When mixing weights are asked for.

    Args:
        phase: "alpha" or "w", the step that is made; "look" for validation, derivation, record and pictures, which
            must not depend on chance.
        progress: how much of the search is done, 0 to 1, not counting the epochs of `alpha_waits`, in which it is 0.
        temperature: of the softmax.
        space: the search space.
        seed, step: of the search; what `generator` depends on, besides the phase.
    """

    phase: Phase
    progress: float
    temperature: float
    space: SearchSpace
    seed: int = 0
    step: int = 0

    def generator(self) -> torch.Generator:
        """A fresh random generator of the CPU: the same draw however often it is asked for in one step and phase.

        So all passes of one hypergradient see one sample, and a resumed search draws what it would have drawn.
        """
        return stream(self.seed, "method", self.phase, self.step)


@dataclass(frozen=True)
class Number:
    """A number of the paper, and what it becomes here. `dartslab methods` prints both.

    Args:
        name: what it is, in two or three words: "alpha waits".
        paper: what the paper says, with its unit: "15 of 50 epochs".
        part: for a length, the part of the search; it becomes so many of the present steps. None for what stays.
        whole: whether it is a part of all steps, those included in which alpha waits.
    """

    name: str
    paper: str
    part: float | None = None
    whole: bool = False


@dataclass(frozen=True)
class Stop:
    """A rule that may end the search early; the cell of an earlier measurement is then taken.

    Args:
        name: of what is measured; the record keeps it as the column "instrument.<name>".
        measure: (problem, w, alpha, validation batch) -> the measured number. It changes nothing.
        every: part of the search between two measurements, in (0, 1]; the epochs of `alpha_waits` are not counted.
        go_back: (values so far, one for each measurement) -> index of the measurement whose cell is taken, which ends
            the search; None to go on.
        needs: number of measurements before it can end a search.
        twice: whether it differentiates twice through the cells, which takes more memory.
    """

    CALLS: ClassVar[Mapping[str, str]] = {"measure": "problem, w, alpha, batch", "go_back": "values"}

    name: str
    measure: Callable[[Bilevel, Tensors, Tensors, Any], float]
    every: float
    go_back: Callable[[Sequence[float]], int | None]
    needs: int = 1
    twice: bool = False

    def __post_init__(self) -> None:
        require(
            0 < self.every <= 1,
            f"every, the part of the search between two measurements, is above 0 and at most 1, got {self.every}; "
            "robust-darts has 2 / 50.",
        )
        for name, arguments in self.CALLS.items():
            require_call(f"{name} of a stop", getattr(self, name), arguments)


class Chooser(Protocol):
    """What a method may ask of the search when it makes a choice; `SearchState` is one."""

    arch: Arch
    choices: list[Any]

    def moment(self) -> Moment:
        """Now, in the phase "look"."""

    def weights(self) -> Weights:
        """The mixing weights now, {kind: [E, O]}."""

    def validate(self, weights: Weights | None = None) -> tuple[float, float]:
        """Loss and accuracy on the validation half with these mixing weights, or with those of now."""


@dataclass(frozen=True)
class Choices:
    """A derivation that takes time: the search is followed by choices, one by one, and training goes on between them.

    The choices and `Arch.mask` are in the checkpoint.

    Args:
        count: (space) -> number of choices.
        choose: (search) -> the next choice, made of numbers and texts. It may change `search.arch.mask`; the choices
            made before are in `search.choices`.
        derive: (space, weights {kind: array [E, O]}, choices so far) -> genotype.
        train: part of the search's steps that follow each choice but the last.
        learning_rate: times that of w is where the rate begins after the search; it falls along a cosine.
    """

    CALLS: ClassVar[Mapping[str, str]] = {"count": "space", "choose": "search", "derive": "space, weights, choices"}

    count: Callable[[SearchSpace], int]
    choose: Callable[[Chooser], Any]
    derive: Callable[[SearchSpace, Mapping[str, Any], Sequence[Any]], Genotype]
    train: float = 0.1
    learning_rate: float = 0.1

    def __post_init__(self) -> None:
        for name, arguments in self.CALLS.items():
            require_call(f"{name} of choices", getattr(self, name), arguments)


def softmax_weights(arch: Arch, moment: Moment) -> Weights:
    """The continuous relaxation of DARTS, at every moment."""
    return softmax(arch, moment.temperature)


def never(progress: float) -> bool:
    """alpha learns from the first step on."""
    return False


@dataclass(frozen=True)
class Method:
    """One published search: how it differs from DARTS.

    Args:
        name: as it is typed, for example "pc-darts".
        paper: authors, year, title.
        weights: (arch, moment) -> mixing weights {kind: [E, O]}. Rows need not sum to 1.
        validation: (arch, moment) -> the mixing weights with which the supernet is validated, in the phase "look";
            those of `weights` where None. For a supernet that is trained with something that a derivation leaves out.
        penalty: (arch, weights, moment) -> scalar, added to L_val where alpha learns; nothing where None.
        edge_parameters: whether every edge also has a number beta; `Arch.beta`.
        cell: the class of the cells, or (configuration) -> class; what the configuration says where None.
        frozen: (progress) -> whether alpha waits; only w learns then.
        keep: ((progress, operations), ...), each later and smaller than the one before: from that progress on, only so
            many operations stay on every edge, those with the largest mixing weights; `Arch.mask` switches off others.
        derive: (space, weights {kind: array [E, O]}) -> genotype.
        stop: a rule that may end the search early; none where None.
        choices: a derivation that takes time, instead of `derive`; none where None.
        defaults: fields of `SearchConfig` that the paper sets otherwise; a user's own settings come first.
        numbers: the paper's numbers that are not such fields.
        check: (configuration) -> None; raises `UserError` where the method cannot work with it.
        idle: (configuration, steps) -> what of the method cannot act in so many steps, one sentence each, besides what
            `frozen`, `keep` and `stop` tell by themselves.
        remarks: (space, weights {kind: array [E, O]}) -> what must be said about the cells that `derive` gives, one
            sentence each.
    """

    CALLS: ClassVar[Mapping[str, str]] = {  # with what its functions are called
        "weights": "arch, moment",
        "validation": "arch, moment",
        "penalty": "arch, weights, moment",
        "cell": "configuration",
        "frozen": "progress",
        "derive": "space, weights",
        "check": "configuration",
        "idle": "configuration, steps",
        "remarks": "space, weights",
    }

    name: str
    paper: str
    weights: Callable[[Arch, Moment], Weights] = softmax_weights
    validation: Callable[[Arch, Moment], Weights] | None = None
    penalty: Callable[[Arch, Weights, Moment], Tensor] | None = None
    edge_parameters: bool = False
    cell: type[SearchCell] | Callable[[Any], type[SearchCell]] | None = None
    frozen: Callable[[float], bool] = never
    keep: tuple[tuple[float, int], ...] = ()
    derive: Callable[[SearchSpace, Mapping[str, Any]], Genotype] = top_k
    stop: Stop | None = None
    choices: Choices | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    numbers: tuple[Number, ...] = ()
    check: Callable[[Any], None] | None = None
    idle: Callable[[Any, int], list[str]] | None = None
    remarks: Callable[[SearchSpace, Mapping[str, Any]], list[str]] | None = None

    def __post_init__(self) -> None:
        for name, kind in {"name": str, "paper": str, "stop": Stop | None, "choices": Choices | None}.items():
            got = getattr(self, name)
            wanted = "text" if kind is str else f"{name.title()}(...) or None"
            require(isinstance(got, kind), f"{self.name}: {name} must be a {wanted}, got {short(repr(got))}.")
        for name, arguments in self.CALLS.items():
            function, default = getattr(self, name), getattr(Method, name)
            if function is not default and not isinstance(function, type):  # a class, as `cell` may be, is not called
                require_call(f"{self.name}: {name}", function, arguments)
        require(
            all(count >= 1 for _, count in self.keep) and list(self.keep) == sorted(self.keep, key=lambda s: -s[1]),
            f"{self.name}: keep says how many operations stay on an edge, at least 1 and later fewer, got {self.keep}; "
            "drnas has ((0.5, 4),).",
        )
