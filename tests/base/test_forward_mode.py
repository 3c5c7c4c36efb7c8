"""Forward mode: torch has one level of it for all threads, and a view computes in a thread of its own."""

import threading
from collections.abc import Callable

import pytest
import torch
from torch.autograd import forward_ad

from dartslab.architect import exact
from dartslab.base.forward_mode import dual_level, load_forward_mode
from dartslab.bilevel import VirtualStep, toy_problem, toy_start


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    """The first product of a process warns."""
    load_forward_mode()


def in_a_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """A thread that has begun, and what its work gave or raised."""
    found: list[object] = []

    def run() -> None:
        try:
            found.append(work())
        except RuntimeError as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def test_a_second_thread_waits_for_its_turn() -> None:
    with dual_level():
        thread, found = in_a_thread(entered)
        thread.join(0.2)
        assert found == []  # it would be through by then
    thread.join()
    assert found == [True]


def entered() -> bool:
    """Enter a level and leave it."""
    with dual_level():
        moving = forward_ad.make_dual(torch.ones(2), torch.ones(2))
        return forward_ad.unpack_dual(moving).tangent is not None


def test_torch_itself_refuses_a_second_level() -> None:
    """If this fails one day, threads need not take turns any more."""
    with dual_level(), pytest.raises(RuntimeError, match="Nested"):
        forward_ad.enter_dual_level()


def test_exact_hypergradients_of_two_threads_are_those_of_one() -> None:
    problem, (w, alpha) = toy_problem(VirtualStep(0.1)), toy_start()
    alone = exact(problem, w, alpha, None, None)
    both = [in_a_thread(lambda: [exact(problem, w, alpha, None, None) for _ in range(50)]) for _ in range(2)]
    for thread, found in both:
        thread.join()
        assert not isinstance(found[0], Exception)
        assert all(torch.equal(one[name], alone[name]) for one in found[0] for name in alone)
