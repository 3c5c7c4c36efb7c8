"""Cells compiled one by one by torch.compile, and the check that compiling changes no hypergradient.

A gradient is taken *through* a compiled cell. That is right for one derivative (first_order, finite_difference,
single_level). Depending on torch's version and backend, a second derivative through compiled code can be lost without
an error. So before a search with `compile=True` begins, its hypergradient is computed on a tiny problem with compiled
and with plain cells, and the two are compared.
"""

import copy
from collections.abc import Callable
from typing import Any

import torch

from ..base.messages import UserError, require
from ..bilevel import VirtualStep
from ..data.batches import Batch
from ..fast.fused import FusedCell
from ..fast.plans import FEW_CALLS
from ..relaxation import Arch
from ..supernet import Supernet
from .config import SearchConfig
from .networks import cell_of
from .problem import bilevel_problem, hypergradient_of, moment_of, relaxation_of

TOLERANCE = 1e-6  # relative to the largest hypergradient, in float64
INSTEAD = "search with compile=False, or with hypergradient='finite_difference' or 'first_order'"


def compile_cells(net: Supernet, backend: str | Callable[..., Any] = "inductor") -> None:
    """Compile every cell of a supernet in place, for fixed shapes; parameters keep their names.

    A compiler fuses operations itself and cannot look into our explicit gradients, so compiled cells follow the plan
    of few calls with PyTorch's own gradients.

    Args:
        net: a `Supernet`; cells of one signature share their compiled code.
        backend: of torch.compile; "aot_eager" generates no code and needs no C++ compiler.
    """
    # All cells run one forward; each needs code for gradients of w, of alpha, of both and of nothing.
    torch._dynamo.config.recompile_limit = max(torch._dynamo.config.recompile_limit, 8 * len(net.cells))
    for cell in net.cells:
        if isinstance(cell, FusedCell):
            cell.plan = FEW_CALLS
        cell.compile(dynamic=False, fullgraph=True, backend=backend)


def check_compiled(
    config: SearchConfig, arch: Arch, classes: int, device: torch.device, backend: str | Callable[..., Any] = "inductor"
) -> float:
    """Compare the hypergradient through compiled cells with the plain one, on a tiny problem in float64.

    The problem has the search's space, channels, hypergradient and relaxation, three cells of both kinds, and four
    random pictures.

    Args:
        config: of the search.
        arch: its architecture parameters; they are not touched.
        classes: how many the data have.
        device: where the search will run.
        backend: of torch.compile.
    Returns:
        The largest difference, relative to the largest hypergradient.
    Raises:
        UserError: the two differ, or torch cannot compile or differentiate the cells.
    """
    generator = torch.Generator().manual_seed(0)
    plain = Supernet(config.space, config.channels, 3, classes, 1, cell_of(config)).to(device, torch.float64)
    for parameter in plain.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64).to(device) / 2
    pictures = torch.randn(2, 4, 1, 8, 8, generator=generator, dtype=torch.float64).to(device)
    labels = (torch.arange(4) % classes).to(device)
    train, val = (Batch(images, labels) for images in pictures)
    arch = arch.with_parameters({name: table.double() for name, table in arch.parameters().items()})
    relaxation = relaxation_of(config, moment_of(config, "alpha"))

    def hypergradient(net: Supernet) -> torch.Tensor:
        problem = bilevel_problem(net, arch, relaxation, VirtualStep(0.1, 0.0, 0.0, {}))
        found = hypergradient_of(config)(problem, dict(net.named_parameters()), arch.parameters(), train, val)
        return torch.cat([gradient.flatten() for gradient in found.values()])

    compiled = copy.deepcopy(plain)
    compile_cells(compiled, backend)
    try:
        got = hypergradient(compiled)
    except Exception as error:  # whatever a compiler may raise
        raise UserError(
            f"torch could not compile the cells for hypergradient {config.hypergradient!r} ({type(error).__name__}: "
            f"{str(error).strip().splitlines()[0] if str(error).strip() else 'no message'}); {INSTEAD}."
        ) from error
    expected = hypergradient(plain)
    difference = float((got - expected).abs().max() / expected.abs().max())
    require(
        difference < TOLERANCE,
        f"with compiled cells the hypergradient {config.hypergradient!r} differs from the plain one by "
        f"{difference:.1e} of its largest entry, allowed is {TOLERANCE:.0e}; {INSTEAD}.",
    )
    return difference
