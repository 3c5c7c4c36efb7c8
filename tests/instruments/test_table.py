"""The table of instruments: complete, readable without torch, and its costs are those that are counted."""

import subprocess
import sys
from collections import Counter

import pytest
import torch

from dartslab import INSTRUMENTS, SearchState
from dartslab.instruments import Subject


def test_names_units_and_costs_need_no_torch() -> None:
    program = (
        "import sys; sys.modules['torch'] = None\nfrom dartslab.instruments import INSTRUMENTS\n"
        "print(*(f'{i.name}: {i.what}, {i.unit}, {i.cost}' for i in INSTRUMENTS.values()), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == len(INSTRUMENTS)


def count_passes(state: SearchState, subject: Subject, name: str, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Forward passes through the supernet, and calls of autograd, that one measurement makes."""
    counted: Counter[str] = Counter()
    forward, grad = state.net.forward, torch.autograd.grad

    def count_forward(*given):
        counted["forward"] += 1
        return forward(*given)

    def count_grad(*given, **named):
        counted["grad"] += 1
        return grad(*given, **named)

    monkeypatch.setattr(state.net, "forward", count_forward)
    monkeypatch.setattr(torch.autograd, "grad", count_grad)
    INSTRUMENTS[name].measure(subject)
    return counted


EDGES_AND_CHOICES = 2 * 2 * 3  # kinds, edges of a cell with one node, operations other than none
# A softmax leaves one direction of every row without effect, so Lanczos ends after 2 * 2 * (4 - 1) + 1 of 20 products.
ALL_PRODUCTS = 13


@pytest.mark.parametrize(
    ("name", "forward", "grad"),
    [
        *((name, 0, 0) for name in ("skips", "pools", "skip_weight", "pool_weight", "entropy", "margin")),
        ("lambda_max", 1, 1 + 10),
        ("spectrum", 1, 1 + ALL_PRODUCTS),
        ("gradient_cosine", 2, 2),
        ("cell_alignment", 1, 1),
        ("value_rank", 1 + EDGES_AND_CHOICES, 0),
        ("gap", 3, 0),
    ],
)
def test_the_cost_is_as_stated(
    name: str, forward: int, grad: int, state: SearchState, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.net.float()  # accuracies are measured in float32
    if name in ("value_rank", "gap"):
        batches = -(-len(state.val.part.labels) // state.config.batch_size)
        counted = count_passes(state, subject, name, monkeypatch)
        assert counted == {"forward": forward * batches}
        return
    state.net.double()
    counted = count_passes(state, subject, name, monkeypatch)
    assert counted == {what: number for what, number in (("forward", forward), ("grad", grad)) if number}
