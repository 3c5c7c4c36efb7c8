"""The race of alpha: pushes against finite differences, torch and the package's own softmax; who wins."""

from typing import Any

import numpy as np
import pytest
import torch

from dartslab.relaxation import Arch, softmax
from dartslab.widgets.models.alpha_race import (
    ADAM,
    AT_FIRST,
    OPERATIONS,
    RACES,
    WAIT,
    Race,
    leaders,
    race_at,
    race_frame,
    start_of,
)

H = 1e-5


def settings(race: str, **changes: Any) -> dict[str, Any]:
    hand = {f"alpha_{o}": 0.4 * np.sin(2.1 * o) for o in range(len(OPERATIONS))}
    return AT_FIRST | start_of(race) | hand | {"seed": 2} | changes


def uneven(race: str, temperature: float) -> Race:
    """A race whose alpha is uneven and whose kernels have learned a little."""
    return race_at(settings(race, step=5, hand=5, learn=True, temperature=temperature))


def loss_of(race: Race, alpha: np.ndarray, kernels: list[Any]) -> torch.Tensor:
    """The loss from pixels, as torch computes it."""
    rows = []
    for o, kernel in enumerate(kernels):
        block = torch.from_numpy(race.edge.features[race.edge.rows[o]])
        output = block[0] if kernel is None else torch.as_tensor(kernel) @ block
        rows.append(output if kernel is None else output / output.square().mean().sqrt())
    p = softmax(Arch({"normal": torch.as_tensor(alpha)[None]}), race.settings["temperature"])["normal"][0]
    mixture = (p[:, None] * torch.stack(rows)).sum(dim=0)
    return (mixture - torch.from_numpy(race.edge.features[-1])).square().mean()


@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize("temperature", [0.3, 1.0, 3.0])
def test_pushes_and_kernel_gradients_are_those_of_autograd(race: str, temperature: float) -> None:
    made = uneven(race, temperature)
    alpha = torch.tensor(made.alpha, requires_grad=True)
    kernels = [None if kernel is None else torch.tensor(kernel, requires_grad=True) for kernel in made.kernels]
    loss = loss_of(made, alpha, kernels)
    loss.backward()
    assert made.loss == pytest.approx(loss.item(), abs=1e-10)
    np.testing.assert_allclose(-made.push, alpha.grad, atol=1e-9)
    for o, kernel in enumerate(kernels):
        if kernel is not None:
            np.testing.assert_allclose(made.kernel_gradient(o), kernel.grad, atol=1e-9)


def test_g_is_the_slope_of_the_loss_in_one_mixing_weight_alone() -> None:
    made = uneven("late bloomer", 1.0)
    for o, g in enumerate(made.g):
        ends = [made.edge.distances((made.p + h * np.eye(len(made.p))[o]) @ made.table) for h in (H, -H)]
        assert g == pytest.approx((ends[0] - ends[1]) / (2 * H), abs=1e-6)


def test_a_push_is_the_slope_of_the_loss_in_one_alpha_alone() -> None:
    made = uneven("clones", 0.7)
    for o, push in enumerate(made.push):
        up, down = (loss_of(made, made.alpha + h * np.eye(len(made.p))[o], made.kernels).item() for h in (H, -H))
        assert -push == pytest.approx((up - down) / (2 * H), abs=1e-6)


@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize("temperature", [0.08, 1.0, 5.0])
def test_all_pushes_add_up_to_0_so_the_sum_of_alpha_stays(race: str, temperature: float) -> None:
    made = Race(settings(race, temperature=temperature))
    total = made.alpha.sum()
    for _ in range(60):
        assert abs(made.push.sum()) < 1e-12 and abs(made.move().sum()) < 1e-12
        made.step()
    assert made.alpha.sum() == pytest.approx(total, abs=1e-12)


def test_the_steps_of_adam_are_those_of_torch_and_do_not_add_up_to_0() -> None:
    made = Race(settings("a fair race", adam=True))
    alpha = torch.tensor(made.alpha)
    adam = torch.optim.Adam([alpha], ADAM["learning_rate"], (ADAM["beta1"], ADAM["beta2"]), ADAM["epsilon"])
    for _ in range(12):
        alpha.grad = torch.tensor(-made.push)
        adam.step()
        made.step()
    np.testing.assert_allclose(made.alpha, alpha, atol=1e-9)
    assert abs(made.move().sum()) > 0.1 > 1e-12 > abs(made.push.sum())


def test_of_two_equally_deep_operations_the_one_with_more_weight_is_pushed_more() -> None:
    made = race_at(settings("clones", hand=0, alpha_3=1.0, alpha_4=-1.0))
    assert made.operations[3:5] == ("shift", "shift again") and made.g[3] == pytest.approx(made.g[4])
    assert made.push[3] / made.push[4] == pytest.approx(np.exp(2.0))


def test_alpha_waits_while_kernels_learn() -> None:
    first, waited = (race_at(settings("late bloomer", wait=True, step=step)) for step in (0, WAIT))
    np.testing.assert_array_equal(first.alpha, waited.alpha)
    assert first.waiting and not waited.waiting and waited.length == RACES["late bloomer"]["length"] + WAIT
    assert waited.alone[6] < 0.5 < 1.0 < first.alone[6]


def test_alpha_set_by_hand_at_a_step_changes_what_comes_later_and_nothing_before() -> None:
    plain, by_hand = (race_frame(settings("a fair race", step=30, hand=hand, alpha_0=2.0)) for hand in (-1, 20))
    assert plain["past"][:20] == by_hand["past"][:20] and plain["past"][20] != by_hand["past"][20]
    at_once = race_frame(settings("a fair race", step=20, hand=20, alpha_0=2.0))
    assert at_once["alpha"][0] == 2.0 and len(at_once["past"]) == 21


def test_what_kernels_could_reach_is_said_only_where_they_learn() -> None:
    still, learning = (race_frame(settings("late bloomer", learn=learn)) for learn in (False, True))
    assert still["could"] == still["alone"] == learning["alone"]
    assert learning["could"][6] < 1e-6 and min(learning["could"][:6]) > 0.05


# benchmarks/alpha_race.py counts the same over more seeds
@pytest.mark.parametrize(
    ("race", "changes", "name", "times"),
    [
        ("a fair race", {}, "shift", 10),
        ("late bloomer", {}, "conv 5×5", 4),
        ("late bloomer", {"wait": True}, "conv 5×5", 7),
        ("clones", {}, "mirror", 8),
        ("hot and cold", {}, "skip", 10),
        ("hot and cold", {"temperature": 1.0}, "shift", 10),
    ],
)
def test_who_leads_at_the_end_of_ten_races(race: str, changes: dict[str, Any], name: str, times: int) -> None:
    assert leaders(race, range(10), **changes).count(name) == times


def test_a_race_that_was_lost_may_turn_later() -> None:
    lost, turned = (race_frame(settings("late bloomer", seed=6, step=step)) for step in (120, 1000))
    assert int(np.argmax(lost["p"])) == 1 and int(np.argmax(turned["p"])) == 6
