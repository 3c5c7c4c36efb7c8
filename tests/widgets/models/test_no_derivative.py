"""The loss of a choice and of a mixture along a dial."""

from typing import Any

import numpy as np
import pytest

from dartslab.widgets.models.no_derivative import ENDS, LEARNING_RATE, OPERATIONS, STEPS, Dial, alpha_at, dial_frame

H = 1e-5
START = 0.15
SEEDS = range(10)


def settings(**changes: Any) -> dict[str, Any]:
    return {"seed": 2, "temperature": 1.0, "step": 0, "choice": START, "mixture": START} | changes


@pytest.mark.parametrize(("dial", "leader"), [(-0.4, 0), (0.49, 0), (0.51, 1), (3.0, 3), (6.4, 6)])
def test_the_operation_that_the_dial_points_at_has_the_largest_alpha(dial: float, leader: int) -> None:
    assert int(alpha_at(dial).argmax()) == leader


@pytest.mark.parametrize("temperature", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("at", [-0.3, 1.3, 4.8])
def test_the_slope_is_that_of_the_mixture(temperature: float, at: float) -> None:
    dial = Dial(1, temperature)
    assert dial.slope(at) == pytest.approx((dial.mixture(at + H) - dial.mixture(at - H)) / (2 * H), abs=1e-6)


def test_the_choice_has_no_slope_and_jumps() -> None:
    dial = Dial(1, 1.0)
    losses = [dial.choice(at) for at in np.linspace(*ENDS, 400)]
    assert len(set(losses)) == len(OPERATIONS) and np.count_nonzero(np.diff(losses)) == len(OPERATIONS) - 1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mixture_rolls_down_to_the_best_operation_and_the_choice_stays(seed: int) -> None:
    first, last = (dial_frame(settings(seed=seed, step=step)) for step in (0, STEPS))
    assert OPERATIONS[round(last["mixture"]["at"])] == "shift" == OPERATIONS[int(np.argmin(last["alone"]))]
    assert last["mixture"]["loss"] < 0.15 * first["mixture"]["loss"]
    assert last["choice"] == first["choice"]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_smaller_the_temperature_the_closer_both_curves(seed: int) -> None:
    place = np.linspace(*ENDS, 301)
    gaps = []
    for temperature in (3.0, 1.0, 0.3, 0.1, 0.03):
        dial = Dial(seed, temperature)
        gaps.append(np.abs(dial.mixture(place) - [dial.choice(at) for at in place]).mean())
    assert gaps == sorted(gaps, reverse=True) and gaps[-1] < 0.02
    assert abs(Dial(seed, 0.03).slope(START)) < 1e-3


def test_a_step_is_one_of_gradient_descent_between_the_ends() -> None:
    dial, one = Dial(2, 1.0), dial_frame(settings(step=1))
    assert one["mixture"]["at"] == pytest.approx(START - LEARNING_RATE * dial.slope(START))
    assert one["losses"] == [float(dial.mixture(START)), one["mixture"]["loss"]]
    assert dial_frame(settings(mixture=6.4, step=STEPS))["mixture"]["at"] <= ENDS[1]
