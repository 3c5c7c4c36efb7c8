"""What every method must pass, as small functions: those of the package, and one of your own in a file.

    for name, check in CHECKS.items():
        check(method)                    # raises UserError, one sentence, where the method fails

Here are the checks of what a method gives at one moment; those that make a whole search are in `check_search`.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from unittest.mock import patch

import torch
from torch import Tensor

from ..architect import Gradients, exact, finite_difference, first_order
from ..base.messages import UserError, require, short
from ..base.seeds import stream
from ..bilevel import Bilevel, VirtualStep
from ..data.batches import Batch
from ..methods.method import Method, Phase
from ..relaxation import Weights
from .check_search import SEARCH_CHECKS, equal_tables
from .config import SearchConfig
from .memory import estimate
from .method_gives import weights_of
from .method_steps import check_stop
from .networks import arch_of
from .problem import bilevel_problem, moment_of, relaxation_of
from .tiny_search import known, make_state, tiny_config, tiny_pictures

MOMENTS: tuple[tuple[Phase, float], ...] = tuple(
    (phase, part) for phase in ("look", "alpha", "w") for part in (0.0, 0.5, 1.0)
)
RADIUS = 1e-8  # of a finite difference in float64: so close that hardly a ReLU changes its side between the two points
CLOSE = 1e-5  # how far it may then lie from the exact derivative, relative to the largest entry


def problem_in_double(
    method: Method, progress: float = 0.6
) -> tuple[Bilevel, dict[str, Tensor], dict[str, Tensor], Batch, Batch]:
    """Both losses of a tiny search in float64, at one moment, with weights and alpha by chance, and two batches.

    Returns:
        What every hypergradient takes: problem, w, alpha, a training and a validation batch.
    """
    state = make_state(method, cell="reference")
    net, generator = state.net.double(), stream(0, "check")
    arch = state.arch.with_parameters(
        {name: torch.randn(t.shape, generator=generator).double() for name, t in state.arch.parameters().items()}
    )
    relaxation = relaxation_of(state.config, moment_of(state.config, "alpha", 3, progress))
    problem = bilevel_problem(net, arch, relaxation, VirtualStep(0.1))
    batches = [batch._replace(images=batch.images.double()) for batch in (state.train(0), state.val(0))]
    return problem, dict(net.named_parameters()), arch.parameters(), batches[0], batches[1]


def check_names(method: Method) -> None:
    """It has a name and a paper; its defaults are settings of a search, its lengths parts of the run."""
    require(
        bool(method.name) and method.name == method.name.lower() and " " not in method.name,
        f"the name of a method is typed: small letters, '-' between words, and no blank, got {method.name!r}.",
    )
    require(bool(method.paper.strip()), f"{method.name} names no paper; give authors, year and title.")
    known_fields = {field.name for field in fields(SearchConfig)}
    strange = sorted(set(method.defaults) - known_fields)
    require(not strange, f"{method.name}: no settings of a search are {', '.join(strange)}; mend its defaults.")
    check_stop(method)
    for number in method.numbers:
        require(
            number.part is None or 0 < number.part <= 1,
            f"{method.name}: the part of the search of {number.name!r} is above 0 and at most 1, got {number.part}.",
        )
    with known(method):
        SearchConfig.published(method=method.name)
        SearchConfig.lesson(method=method.name)


def check_weights(method: Method) -> None:
    """Mixing weights are finite numbers [E, O] of every kind, in each phase, from the start to the end."""
    with known(method):
        config = tiny_config(method)
        arch = arch_of(config, method)
        for phase, progress in MOMENTS:
            found = weights_of(method, arch, moment_of(config, phase, 0, progress))
            where = f"{method.name}: the mixing weights in phase {phase!r} at {progress:.0%} of the search"
            require(isinstance(found, dict), f"{where} must be a dict of tensors, got {short(repr(found))}.")
            for kind, table in found.items():
                require(bool(torch.isfinite(table).all()), f"{where} of kind {kind!r} are not all finite.")
                require(
                    bool((table.detach().abs().sum(1) > 0).all()),
                    f"{where} of kind {kind!r} are 0 on a whole edge, through which nothing passes then.",
                )


def check_chance(method: Method) -> None:
    """Chance comes from `moment.generator()` only: one draw for a step and phase, and none in phase "look"."""
    with known(method):
        config = tiny_config(method)
        arch = arch_of(config, method)

        def draw(phase: Phase, step: int) -> Weights:
            return weights_of(method, arch, moment_of(config, phase, step, 0.5))

        for phase in ("look", "alpha", "w"):
            before = torch.get_rng_state()
            first, second = draw(phase, 1), draw(phase, 1)
            require(
                torch.equal(before, torch.get_rng_state()),
                f"{method.name} draws from torch's global random stream in phase {phase!r}; use moment.generator().",
            )
            require(
                equal_tables(first, second),
                f"{method.name} gives other mixing weights when asked twice in one step and phase {phase!r}, so the "
                "passes of a hypergradient see different networks; draw from moment.generator().",
            )
        require(
            equal_tables(draw("look", 1), draw("look", 2)),
            f"{method.name} gives other mixing weights in phase 'look' of another step, though alpha and progress are "
            "the same; leave chance out where one only looks.",
        )


def check_penalty(method: Method) -> None:
    """The penalty, where there is one, is one finite number with a finite gradient of alpha."""
    if method.penalty is None:
        return
    with known(method):
        config = tiny_config(method)
        arch = arch_of(config, method)
        alpha = {name: table.clone().requires_grad_() for name, table in arch.parameters().items()}
        now, moment = arch.with_parameters(alpha), moment_of(config, "alpha", 1, 0.5)
        value = method.penalty(now, method.weights(now, moment), moment)
        where = f"{method.name}: the penalty"
        require(
            isinstance(value, Tensor) and value.shape == () and bool(torch.isfinite(value)),
            f"{where} must be one finite number, got {short(repr(value))}.",
        )
        gradients = torch.autograd.grad(value, list(alpha.values()), materialize_grads=True)
        require(all(bool(torch.isfinite(g).all()) for g in gradients), f"{where} has a gradient that is not finite.")


def check_gradient(method: Method) -> None:
    """alpha, and beta where edges have parameters, get a gradient through the validation loss."""
    with known(method):
        problem, w, alpha, train, val = problem_in_double(method)
        for name, gradient in first_order(problem, w, alpha, train, val).items():
            require(bool(torch.isfinite(gradient).all()), f"{method.name}: the gradient of {name} is not finite.")
            require(
                bool((gradient != 0).any()),
                f"{method.name}: the validation loss gives {name} no gradient, so it learns nothing; let the mixing "
                "weights depend on it.",
            )


def check_memory(method: Method) -> None:
    """The memory of a step can be estimated, on tensors that have shapes and no numbers."""
    with known(method):
        try:
            estimate(tiny_config(method), tiny_pictures())
        except (RuntimeError, AssertionError) as error:
            raise UserError(
                f"{method.name}: the memory of a step cannot be estimated ({short(error)}); let shapes and what is "
                "computed not depend on the numbers in a tensor."
            ) from error


def check_one_sample(method: Method) -> None:
    """All passes of one hypergradient see the same mixing weights."""
    with known(method):
        state = make_state(method)
        seen: list[Tensor] = []
        original = state.net.forward

        def forward(x: Tensor, weights: Mapping[str, Tensor]) -> Tensor:
            seen.append(torch.cat([table.detach().clone() for table in weights.values()]))
            return original(x, weights)

        with patch.object(state.net, "forward", forward):
            w, alpha = dict(state.net.named_parameters()), state.arch.parameters()
            finite_difference(state.problem(VirtualStep(0.1)), w, alpha, state.train(0), state.val(0))
        require(
            all(torch.equal(seen[0], other) for other in seen[1:]),
            f"{method.name}: the passes of one hypergradient see different mixing weights, so a difference between "
            "two of them is noise; draw from moment.generator().",
        )


def check_second_order(method: Method) -> None:
    """exact and finite_difference agree on one sample, or the method refuses one of them when a search is made."""
    with known(method):
        try:
            for name in ("exact", "finite_difference"):
                tiny_config(method, hypergradient=name)
        except UserError:
            return  # with a sentence of its own
        given = problem_in_double(method)
        one, two = exact(*given), finite_difference(*given, radius=RADIUS)
        require(
            _largest(one) > 0, f"{method.name}: the exact gradient of alpha is 0; let the mixing weights depend on it."
        )
        difference = _largest({name: one[name] - two[name] for name in one}) / _largest(one)
        require(
            difference < CLOSE,
            f"{method.name}: exact and finite_difference differ by {difference:.1e} of their largest entry, allowed is "
            f"{CLOSE:.0e}; give the gradient that belongs to the mixing weights, or refuse one of them in `check`.",
        )


CHECKS: dict[str, Callable[[Method], None]] = {
    "names": check_names,
    "weights": check_weights,
    "chance": check_chance,
    "penalty": check_penalty,
    "gradient": check_gradient,
    "memory": check_memory,
    "one sample": check_one_sample,
    "second order": check_second_order,
    **SEARCH_CHECKS,
}


def _largest(gradients: Gradients) -> float:
    return max(float(gradient.abs().max()) for gradient in gradients.values())
