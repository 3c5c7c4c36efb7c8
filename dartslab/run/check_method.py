"""What every method must pass, as small functions: those of the package, and one of your own in a file.

    for name, check in CHECKS.items():
        check(method)                    # raises UserError, one sentence, where the method fails

Each check runs on a search so small that it takes a second or two. It has all published operations, or those without
`none`, and 4 channels or more: the first of `SIZES` with which the method agrees.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from ..architect import Gradients, exact, finite_difference, first_order
from ..base.messages import UserError, require, short
from ..base.seeds import stream
from ..bilevel import Bilevel, VirtualStep
from ..data.batches import Batch
from ..data.datasets import DataSet, Labelled, load_data
from ..derive import kept_entries
from ..genotype import Genotype
from ..methods import METHODS
from ..methods.method import Method, Phase
from ..relaxation import Weights
from ..space import NONE, PUBLISHED_OPERATIONS
from .config import SearchConfig
from .memory import estimate
from .networks import arch_of
from .problem import bilevel_problem, moment_of, relaxation_of
from .record import Record
from .recorder import Recorder
from .search import search
from .search_state import SearchState

WITHOUT_NONE = tuple(name for name in PUBLISHED_OPERATIONS if name != NONE)
SIZES: tuple[dict[str, Any], ...] = tuple(
    {"operations": operations, "channels": channels}
    for channels in (4, 8, 16)
    for operations in (PUBLISHED_OPERATIONS, WITHOUT_NONE)
)
MOMENTS: tuple[tuple[Phase, float], ...] = tuple(
    (phase, part) for phase in ("look", "alpha", "w") for part in (0.0, 0.5, 1.0)
)
RADIUS = 1e-8  # of a finite difference in float64: so close that hardly a ReLU changes its side between the two points
CLOSE = 1e-5  # how far it may then lie from the exact derivative, relative to the largest entry


@contextmanager
def known(method: Method) -> Iterator[None]:
    """METHODS knows a method by its name, for a while; what had the name before has it again afterwards."""
    before = METHODS.get(method.name)
    if before is method:
        yield
        return
    METHODS[method.name] = method
    try:
        yield
    finally:
        del METHODS[method.name]
        if before is not None and (method.name not in METHODS or METHODS[method.name] is not before):
            METHODS[method.name] = before


def tiny_config(method: Method, **changes: Any) -> SearchConfig:
    """A search of some 20 steps that the method can work with; `METHODS` must know the method.

    Raises:
        UserError: it refuses all `SIZES`; the sentence is the last of its own.
    """
    last: UserError | None = None
    for size in SIZES:
        small = {"image_size": 8, "nodes": 2, "epochs": 4, "batch_size": 10, "crop_padding": 1, "device": "cpu"}
        config = SearchConfig.lesson(**({"method": method.name, **small, **size} | changes))
        try:
            if method.check is not None:
                method.check(config)
        except UserError as error:
            last = error
        else:
            return config
    raise UserError(f"{method.name} accepts none of the searches that it is checked with: {last}")


@cache
def tiny_pictures() -> DataSet:
    """The first 10 + 10 pictures of each class of fashion-mini, 8 pixels wide."""
    data = load_data("fashion-mini", image_size=8)

    def first(part: Labelled) -> Labelled:
        return part.pick(torch.cat([torch.nonzero(part.labels == c).flatten()[:10] for c in range(10)]))

    return DataSet(data.name, first(data.train), first(data.test), data.classes)


def make_state(method: Method, **changes: Any) -> SearchState:
    """The state of a tiny search that has not begun."""
    return SearchState.create(tiny_config(method, **changes), tiny_pictures())


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
        space, arch = config.space, arch_of(config)
        shape = (len(space.edges), len(space.operations))
        for phase, progress in MOMENTS:
            found = method.weights(arch, moment_of(config, phase, 0, progress))
            where = f"{method.name}: the mixing weights in phase {phase!r} at {progress:.0%} of the search"
            require(
                isinstance(found, dict) and set(found) == set(space.kinds),
                f"{where} must be a table for each of the kinds {', '.join(space.kinds)}, got {short(repr(found))}.",
            )
            for kind, table in found.items():
                got = tuple(table.shape) if isinstance(table, Tensor) else type(table).__name__
                require(got == shape, f"{where} of kind {kind!r} must be a tensor of shape {shape}, got {got}.")
                require(bool(torch.isfinite(table).all()), f"{where} of kind {kind!r} are not all finite.")
                require(
                    bool((table.detach().abs().sum(1) > 0).all()),
                    f"{where} of kind {kind!r} are 0 on a whole edge, through which nothing passes then.",
                )


def check_chance(method: Method) -> None:
    """Chance comes from `moment.generator()` only: one draw for a step and phase, and none in phase "look"."""
    with known(method):
        config = tiny_config(method)
        arch = arch_of(config)

        def draw(phase: Phase, step: int) -> Weights:
            return method.weights(arch, moment_of(config, phase, step, 0.5))

        for phase in ("look", "alpha", "w"):
            before = torch.get_rng_state()
            first, second = draw(phase, 1), draw(phase, 1)
            require(
                torch.equal(before, torch.get_rng_state()),
                f"{method.name} draws from torch's global random stream in phase {phase!r}; use moment.generator().",
            )
            require(
                _equal(first, second),
                f"{method.name} gives other mixing weights when asked twice in one step and phase {phase!r}, so the "
                "passes of a hypergradient see different networks; draw from moment.generator().",
            )
        require(
            _equal(draw("look", 1), draw("look", 2)),
            f"{method.name} gives other mixing weights in phase 'look' of another step, though alpha and progress are "
            "the same; leave chance out where one only looks.",
        )


def check_penalty(method: Method) -> None:
    """The penalty, where there is one, is one finite number with a finite gradient of alpha."""
    if method.penalty is None:
        return
    with known(method):
        config = tiny_config(method)
        arch = arch_of(config)
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
    """exact and finite_difference agree while the noise is held, or the method refuses them when a search is made."""
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


def check_run(method: Method) -> None:
    """A tiny search runs to its end and derives cells of the space. alpha moves, or `idle_settings` says why not."""
    with known(method):
        state = make_state(method)
        before = {name: table.clone() for name, table in state.arch.parameters().items()}
        said = state.idle_settings()
        events = list(search(state))
        require(
            len(events) == state.step == state.steps == events[-1].steps,
            f"{method.name}: the search made {state.step} steps, gave {len(events)} events and says {state.steps}.",
        )
        require(
            events[-1].genotype == state.genotype(),
            f"{method.name}: the last event holds another genotype than the state; derive it from what is given only.",
        )
        for event in events:
            _require_in_space(method, state, event.genotype)
        after = state.arch.parameters()
        for name, table in before.items():
            require(
                not torch.equal(table, after[name]) or bool(said),
                f"{method.name}: {name} never moved in {state.step} steps, and `idle_settings` says nothing about it.",
            )
        masks = state.arch.mask.values()
        require(
            not method.keep or any(not bool(mask.all()) for mask in masks) or bool(said),
            f"{method.name}: `keep` never switched an operation off, and `idle_settings` says nothing about it.",
        )


def check_tied(method: Method) -> None:
    """In a tied space, which has one table for both kinds of cells, it runs and derives too; or it refuses one."""
    with known(method):
        try:
            config = tiny_config(method, tied=True, epochs=1)
        except UserError:
            return  # with a sentence of its own
        state = SearchState.create(config, tiny_pictures())
        try:
            *_, event = search(state)
        except KeyError as error:
            raise UserError(
                f"{method.name}: a tied space has no table {error}; go over `space.kinds`, or refuse it in `check`."
            ) from error
        _require_in_space(method, state, event.genotype)


def check_resume(method: Method) -> None:
    """Stopped and resumed in each of its phases, a search ends with the same numbers, bit for bit."""
    with known(method), tempfile.TemporaryDirectory() as folder:
        whole = make_state(method)
        phases, expected = [], []
        for event in search(whole):
            expected.append((event.train_loss, event.val_loss))
            phases.append(_phase(whole))
        cuts = [1] + [step for step, (old, new) in enumerate(pairwise(phases), 2) if old != new]
        state, found = make_state(method), []
        for number, cut in enumerate([*cuts, whole.step]):
            for event in search(state) if state.step < cut else ():
                found.append((event.train_loss, event.val_loss))
                if event.step == cut:
                    break
            path = Path(folder, f"{number}.pt")
            state.save(path)
            state = SearchState.load(path, tiny_pictures())
        where = f"{method.name}: a search that was stopped after each of the steps {', '.join(map(str, cuts))} "
        require(repr(found) == repr(expected), f"{where}has other losses; keep nothing outside `Arch` and the choices.")
        require(_equal(whole.parameters(), state.parameters()), f"{where}ends with other weights or another alpha.")
        require(_equal(whole.arch.mask, state.arch.mask), f"{where}has switched off other operations.")
        same = whole.genotype() == state.genotype() and whole.choices == state.choices and whole.taken == state.taken
        require(same, f"{where}derives another cell.")


def check_record(method: Method) -> None:
    """A recorded search tells every genotype and all mixing weights, read from its folder alone."""
    with known(method), tempfile.TemporaryDirectory() as folder:
        state = make_state(method, epochs=1)
        recorder = Recorder.create(state, Path(folder, "run"))
        events = list(recorder.watch(search(state)))
        record = Record.load(Path(folder, "run"))
        for row, event in enumerate(events):
            require(
                record.genotype(row) == event.genotype,
                f"{method.name}: the record gives another genotype for step {event.step} than the search did.",
            )
            for kind, table in record.weights(row).items():
                assert event.weights is not None
                require(
                    bool((table == event.weights[kind]).all()),
                    f"{method.name}: the record gives other mixing weights for step {event.step} than the search did.",
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
    "run": check_run,
    "tied": check_tied,
    "resume": check_resume,
    "record": check_record,
}


def _phase(state: SearchState) -> Sequence[Any]:
    """What changes from one phase of a method's search to the next; all choices but the first are one phase."""
    kept = tuple(int(mask[0].sum()) for mask in state.arch.mask.values())
    return state.is_frozen(), kept, min(len(state.choices), 2), state.taken, state.step >= state.search_steps


def _require_in_space(method: Method, state: SearchState, genotype: Genotype | None) -> None:
    require(genotype is not None, f"{method.name}: an event holds no genotype.")
    assert genotype is not None
    require(
        set(genotype.cells) == set(state.config.space.kinds),
        f"{method.name} derives cells of the kinds {', '.join(genotype.cells)}; derive one of each kind of the space.",
    )
    for cell in genotype.cells.values():
        kept_entries(state.config.space, cell)


def _equal(one: Mapping[str, Tensor], two: Mapping[str, Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(table, two[name]) for name, table in one.items())


def _largest(gradients: Gradients) -> float:
    return max(float(gradient.abs().max()) for gradient in gradients.values())
