"""What a method gives when it is asked, checked: one sentence where it is something else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from torch import Tensor

from ..base.messages import UserError, require, short
from ..derive import lacking_in
from ..genotype import Genotype
from ..methods.method import Method, Moment
from ..relaxation import Arch, Weights
from ..space import SearchSpace


def weights_of(method: Method, arch: Arch, moment: Moment) -> Weights:
    """The mixing weights of a method at a moment, {kind: [E, O]}.

    Raises:
        UserError: the method gives no table for a kind of cell, or one of another shape or type.
    """
    found, space = method.weights(arch, moment), moment.space
    expected = (len(space.edges), len(space.operations))
    dtype = next(iter(arch.parameters().values())).dtype
    when = f"in phase {moment.phase!r}, at {moment.progress:.0%} of the search,"
    if not isinstance(found, Mapping) or set(found) != set(space.kinds):
        got = ", ".join(map(repr, found)) if isinstance(found, Mapping) else f"a {type(found).__name__}"
        raise UserError(
            f"{method.name}: mixing weights {when} must be a table for each of the kinds {', '.join(space.kinds)}, got "
            f"{short(got)}; mend the method's `weights`."
        )
    for kind, table in found.items():
        shape = tuple(table.shape) if isinstance(table, Tensor) else type(table).__name__
        require(
            shape == expected,
            f"{method.name}: mixing weights of kind {kind!r} {when} must be a tensor of shape {expected}, a row for "
            f"each edge and a column for each operation, got {shape}; mend the method's `weights`.",
        )
        require(
            table.dtype == dtype,
            f"{method.name}: mixing weights of kind {kind!r} {when} must be {dtype} as alpha is, got {table.dtype}; "
            "mend the method's `weights`.",
        )
    return found


def penalty_at(method: Method, arch: Arch, weights: Weights, moment: Moment) -> Tensor:
    """What a method adds to L_val at a moment, a scalar.

    Raises:
        UserError: it is not one number.
    """
    assert method.penalty is not None
    value = method.penalty(arch, weights, moment)
    got = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
    require(
        got in ((), "float", "int"),
        f"{method.name}: the penalty must be one number, a tensor of shape (), got {got}; mend the method's `penalty`.",
    )
    return value


def genotype_of(
    method: Method, space: SearchSpace, weights: Mapping[str, Any], choices: Sequence[Any], step: int
) -> Genotype:
    """The genotype of mixing weights and of the choices made, by the rule of a method.

    A method derives a cell for each table; whether one is for both kinds is said here, and no method needs to know.

    Args:
        method: of the search.
        space: of the search.
        weights: {kind: array [E, O]}.
        choices: that were made.
        step: for the message.
    Raises:
        UserError: mixing weights that are not finite, no genotype, or one that is not of the space.
    """
    for kind, table in weights.items():
        if not np.isfinite(table).all():
            raise UserError(
                f"{method.name}: mixing weights of kind {kind!r} are not finite after step {step}; mend the method's "
                "`weights`, or let alpha learn more slowly."
            )
    found = method.choices.derive(space, weights, choices) if method.choices else method.derive(space, weights)
    if not isinstance(found, Genotype):
        raise UserError(f"{method.name} must derive a Genotype, got {short(repr(found))}; mend the method's `derive`.")
    require(
        set(found.cells) == set(space.kinds),
        f"{method.name} derives cells of the kinds {', '.join(found.cells)}, and the space has "
        f"{', '.join(space.kinds)}; mend the method's `derive`.",
    )
    for cell in found.cells.values():
        lacking = lacking_in(space, cell)
        require(not lacking, f"{method.name} derives {lacking}, which the space lacks; mend the method's `derive`.")
    return replace(found, tied=space.tied)
