"""Random streams are a function of seed, purpose and step, and nothing else."""

import threading

import pytest
import torch

from dartslab.base.seeds import derive_seed, seeded, set_seed, stream


def test_a_stream_follows_from_its_seed_and_purpose_alone() -> None:
    torch.manual_seed(1)
    first = torch.rand(5, generator=stream(2, "order", 3))
    torch.manual_seed(9)
    assert torch.equal(first, torch.rand(5, generator=stream(2, "order", 3)))


def test_other_seeds_purposes_and_steps_give_other_streams() -> None:
    seeds = [derive_seed(*given) for given in [(2, "order", 3), (3, "order", 3), (2, "augment", 3), (2, "order", 4)]]
    assert len(set(seeds)) == 4 and all(0 <= seed < 2**63 for seed in seeds)


def test_the_number_is_the_same_on_every_machine() -> None:
    assert derive_seed(2, "order", 3) == 1686423118677951582


def test_the_callers_random_state_is_put_back() -> None:
    torch.manual_seed(4)
    before = torch.get_rng_state()
    with seeded(0, "weights"):
        inside = torch.rand(3)
    assert torch.equal(before, torch.get_rng_state())
    with seeded(0, "weights"):
        assert torch.equal(inside, torch.rand(3))


@pytest.mark.parametrize("seed", [0, 5, 2**63 - 1])
def test_a_seed_gives_the_numbers_of_torchs_own_function(seed: int) -> None:
    torch.manual_seed(seed)
    numbers = torch.rand(3)
    set_seed(seed)
    assert torch.equal(numbers, torch.rand(3))


def test_devices_that_are_not_there_are_not_seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    stacks: list[int] = []
    monkeypatch.setattr("traceback.format_stack", lambda *_: stacks.append(1) or [])
    monkeypatch.setattr("torch.accelerator.is_available", lambda: False)
    set_seed(1)
    assert stacks == []


def test_blocks_of_two_threads_take_turns() -> None:
    """torch has one global random state: a thread that draws would take numbers that the other one waits for."""
    with seeded(1, "weights"):
        alone = [torch.rand(1).item() for _ in range(3)]
    inside, drawn = threading.Event(), []

    def disturb() -> None:
        inside.set()
        with seeded(2, "step"):
            drawn.append(torch.rand(1).item())

    with seeded(1, "weights"):
        thread = threading.Thread(target=disturb)
        found = [torch.rand(1).item()]
        thread.start()
        inside.wait()
        thread.join(0.2)  # it would be through by then
        assert not drawn
        found += [torch.rand(1).item() for _ in range(2)]
    thread.join()
    assert found == alone and len(drawn) == 1
