"""Compiled cells: the same hypergradient, or one sentence before the search begins; no code is generated here."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

import tiny
from dartslab import SearchState, search
from dartslab.base.messages import UserError
from dartslab.base.numerics import PRECISIONS
from dartslab.fast.plans import FEW_CALLS
from dartslab.run.compiled import check_compiled as check_search
from dartslab.run.compiled import compile_cells

pytestmark = [
    pytest.mark.long,
    # torch's tracer looks at an attribute that torch warns of.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """Each test compiles for itself."""
    torch.compiler.reset()


def state(**changes: Any) -> SearchState:
    small = {"operations": ("none", "skip_connect", "sep_conv_3x3", "dil_conv_3x3"), "hypergradient": "first_order"}
    return SearchState.create(tiny.search_config(**(small | changes)), tiny.pictures())


def check_compiled(begun: SearchState, backend: Any) -> float:
    return check_search(begun.config, begun.arch, len(begun.classes), begun.device, backend)


@pytest.mark.parametrize(("cell", "hypergradient"), [("fused", "finite_difference"), ("reference", "first_order")])
def test_compiled_cells_give_the_same_hypergradient(cell: str, hypergradient: str) -> None:
    assert check_compiled(state(cell=cell, hypergradient=hypergradient), "aot_eager") < 1e-12


@pytest.mark.parametrize("hypergradient", ["exact", "neumann"])
def test_what_cannot_be_compiled_is_said_before_the_search_begins(hypergradient: str) -> None:
    with pytest.raises(
        UserError, match=rf"could not compile the cells for hypergradient '{hypergradient}' .* with compile=False"
    ):
        check_compiled(state(hypergradient=hypergradient, terms=2), "aot_eager")


def doubles(graph: torch.fx.GraphModule, inputs: list[torch.Tensor]) -> Callable[..., Any]:
    """A compiler that gets it wrong."""
    return lambda *given: [2 * output for output in graph(*given)]


def test_a_compiler_that_gets_it_wrong_is_found_out() -> None:
    with pytest.raises(UserError, match=r"differs from the plain one by .*, allowed is 1e-06; search with"):
        check_compiled(state(), doubles)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_search_with_compiled_cells_takes_the_same_steps(precision: str) -> None:
    plain, compiled = (state(steps=2, precision=precision) for _ in range(2))
    for cell in plain.net.cells:
        cell.plan = FEW_CALLS
    compile_cells(compiled.net, "aot_eager")
    for one, other in zip(search(plain), search(compiled), strict=True):
        assert one.train_loss == pytest.approx(other.train_loss, rel=1e-4 if precision == "float32" else 1e-2)
    assert list(plain.net.state_dict()) == list(compiled.net.state_dict())


def test_the_check_leaves_the_search_as_it_was() -> None:
    checked, other = state(), state()
    check_compiled(checked, "aot_eager")
    for one, two in zip(checked.net.parameters(), other.net.parameters(), strict=True):
        assert torch.equal(one, two)
    assert all(torch.equal(table, checked.arch.parameters()[name]) for name, table in other.arch.parameters().items())
