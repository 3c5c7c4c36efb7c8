"""Random streams are a function of seed, purpose and step, and nothing else."""

import torch

from dartslab.base.seeds import derive_seed, seeded, stream


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
