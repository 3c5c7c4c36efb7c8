"""One hypergradient in beats: against dartslab's own, the closed forms of the toy, and each mistake by its formula."""

import numpy as np
import pytest

from beats import PROBLEMS, points, tensors, torch_problem
from dartslab.architect import exact, finite_difference, first_order
from dartslab.bilevel import VirtualStep
from dartslab.widgets.models import toy_paths
from dartslab.widgets.models.hypergradient_beats import (
    DECAY,
    DOUBLES,
    DROPPED,
    FIRST,
    FORGOTTEN,
    HALVES,
    HYPERGRADIENTS,
    MISTAKES,
    NO_MISTAKE,
    NO_XI,
    PASSES,
    PLACE,
    SIGN,
    START,
    beats_frame,
    ends_at,
    hypergradient_terms,
    mistake_made,
    passes_so_far,
    rests_at,
    truth,
    valley_slope,
    walk,
)
from dartslab.widgets.models.two_problems import NETWORK, TOY

OURS = dict(zip(HYPERGRADIENTS, (first_order, exact, finite_difference), strict=True))


@pytest.mark.parametrize("hypergradient", HYPERGRADIENTS)
@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("xi", [0.0, 0.25, 0.75])
def test_the_sum_is_the_hypergradient_of_dartslab(name: str, hypergradient: str, xi: float) -> None:
    problem = torch_problem(name, VirtualStep(xi))
    for a, w in points(name):
        found = hypergradient_terms(PROBLEMS[name][0], a, w, xi, hypergradient)["sum"]
        wanted = OURS[hypergradient](problem, *tensors(name, a, w), "train", "val")["a"].numpy().ravel()
        np.testing.assert_allclose(found, wanted, atol=1e-9)


@pytest.mark.parametrize("name", PROBLEMS)
def test_with_weight_decay_the_right_terms_are_those_of_dartslab(name: str) -> None:
    problem = torch_problem(name, VirtualStep(0.25, weight_decay=DECAY))
    for a, w in points(name):
        found = hypergradient_terms(PROBLEMS[name][0], a, w, 0.25, "exact", FORGOTTEN)
        wanted = exact(problem, *tensors(name, a, w), "train", "val")["a"].numpy().ravel()
        np.testing.assert_allclose(found["right_direct"] + found["right_implicit"], wanted, atol=1e-12)
        np.testing.assert_allclose(found["prime"] - found["right_prime"], 0.25 * DECAY * w, atol=1e-12)


def test_the_start_gives_numbers_that_can_be_worked_out_by_hand() -> None:
    shown = beats_frame(FIRST)
    names = ("slope", "prime", "v", "direct", "implicit", "sum", "first", "truth", "valley")
    assert [shown[name] for name in names] == [[-6], [1.5], [3], [-0.5], [1.5], [1], [-2], [4], [3]]
    assert shown["difference"][0] == pytest.approx(1.5) and (shown["a"], shown["w"]) == ([START[0]], [START[1]])


def test_on_the_toy_the_virtual_step_goes_the_same_share_towards_valley_and_truth() -> None:
    """g = (1 - k) first order + k truth with k = 2 xi: an identity of this toy alone."""
    for (a, w), xi in zip(points("toy", 20), np.linspace(0, 1, 20), strict=True):
        found, k = hypergradient_terms(TOY, a, w, xi), 2 * xi
        np.testing.assert_allclose(found["sum"], (1 - k) * found["first"] + k * truth(a, 0.0), atol=1e-12)
        np.testing.assert_allclose(found["prime"], (1 - k) * w + k * a, atol=1e-12)


@pytest.mark.parametrize("xi", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("hypergradient", ["first order", "exact"])
def test_a_walk_is_that_of_the_closed_form(hypergradient: str, xi: float) -> None:
    a, w = (np.array([one]) for one in START)
    found = walk(TOY, a, w, lambda a, w: hypergradient_terms(TOY, a, w, xi, hypergradient)["sum"], 0.0, 100)
    wanted = toy_paths.trajectory(hypergradient.replace(" ", "_"), xi, iterations=100, start=START)
    np.testing.assert_allclose(np.squeeze(found), wanted, atol=1e-12)
    p, q = toy_paths.coefficients(hypergradient.replace(" ", "_"), xi)
    assert rests_at(hypergradient, xi) == pytest.approx(toy_paths.fixed_point(p, q))


SUMS = {  # g with each mistake, written out
    NO_MISTAKE: lambda a, w, xi: (1 - 2 * xi) * w + 4 * xi * a - 2,
    HALVES: lambda a, w, xi: w - 2 * xi * (w - a) - 2 + 2 * xi * a * (0.01 / abs(a)) ** 2,
    DOUBLES: lambda a, w, xi: w - 2 * xi * (w - a) - 2 + 4 * xi * a,
    SIGN: lambda a, w, xi: w - 2 * xi * (w - a) - 2 - 2 * xi * a,
    NO_XI: lambda a, w, xi: w - 2 * xi * (w - a) - 2 + 2 * a,
    DROPPED: lambda a, w, xi: w - 2 * xi * (w - a) - 2,
    PLACE: lambda a, w, xi: w - 2 + 2 * xi * a,
    FORGOTTEN: lambda a, w, xi: w - 2 * xi * (w - a) - 2 + 2 * xi * a,
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_its_own_formula(mistake: str) -> None:
    for hypergradient in MISTAKES[mistake]:
        for (a, w), xi in zip(points("toy"), (0.1, 0.25, 0.5, 0.7, 1.0), strict=True):
            if hypergradient != "first order":
                found = hypergradient_terms(TOY, a, w, xi, hypergradient, mistake)["sum"]
                np.testing.assert_allclose(found, SUMS[mistake](a, w, xi), atol=1e-9)


@pytest.mark.parametrize(
    ("mistake", "arrow"),
    [*((one, "implicit") for one in (HALVES, DOUBLES, SIGN, NO_XI, DROPPED)), (PLACE, "direct"), (FORGOTTEN, "prime")],
)
def test_each_mistake_changes_one_arrow_of_the_toy(mistake: str, arrow: str) -> None:
    a, w = np.array([3.0]), np.array([-1.5])
    found = hypergradient_terms(TOY, a, w, 0.25, "finite difference", mistake)
    names = ("prime", "direct", "implicit")
    apart = {name: float(abs(found[name] - found[f"right_{name}"])[0]) for name in names}
    assert apart[arrow] > 0.1
    moved = {name for name in names if apart[name] > 1e-9}
    assert moved == ({"prime", "direct"} if arrow == "prime" else {arrow})  # from another w' the direct term is another


def test_v_taken_at_w_is_seen_on_the_network_and_not_on_the_toy() -> None:
    a, w = points("toy", 1)[0]
    found = hypergradient_terms(TOY, a, w, 0.25, "exact", PLACE)
    np.testing.assert_array_equal(found["v"], found["right_v"])
    a, w = points("network", 1)[0]
    found = hypergradient_terms(NETWORK, a, w, 0.25, "exact", PLACE)
    assert abs(found["v"] - found["right_v"]).max() > 0.05


@pytest.mark.parametrize("xi", [0.1, 0.25, 0.5])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_long_search_ends_where_the_formula_says(mistake: str, xi: float) -> None:
    if (mistake, xi) == (SIGN, 0.5):
        assert rests_at("exact", xi, mistake) is None
        return
    hypergradient = MISTAKES[mistake][-1]
    settings = FIRST | {"mistake": mistake, "hypergradient": hypergradient, "xi": xi, "steps": 600}
    wanted = rests_at(hypergradient, xi, mistake)
    assert beats_frame(settings)["a"][0] == pytest.approx(wanted, abs=1e-6)
    c = valley_slope(DECAY if mistake == FORGOTTEN else 0.0)
    assert beats_frame(settings)["w"][0] == pytest.approx(c * wanted, abs=1e-6)
    paths = beats_frame(settings)["paths"]
    for way in ("first order", "truth"):
        assert paths[way][-1][0] == pytest.approx(rests_at(way, xi, mistake if mistake == FORGOTTEN else NO_MISTAKE))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_where_a_search_stands_still_is_where_it_can_rest(mistake: str) -> None:
    hypergradient = MISTAKES[mistake][-1]
    for xi in (0.1, 0.25, 0.4):
        assert ends_at(hypergradient, xi, mistake, steps=2000) == pytest.approx(
            rests_at(hypergradient, xi, mistake), abs=1e-3
        )
    assert ends_at("exact", 0.75, SIGN) is None


def test_a_search_that_runs_away_is_cut_off() -> None:
    shown = beats_frame(FIRST | {"mistake": SIGN, "xi": 0.75, "steps": 600})
    assert shown["done"] < 600 and abs(shown["a"][0]) > toy_paths.LIMIT / 2


def test_with_an_epsilon_too_many_the_search_ends_like_first_order_and_without_half_it_is_right_by_luck() -> None:
    assert rests_at("finite difference", 0.25, HALVES) == pytest.approx(2, abs=1e-4)
    assert rests_at("finite difference", 0.25, DOUBLES) == pytest.approx(1)
    assert rests_at("exact", 0.5) == pytest.approx(1)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_made_only_where_the_method_leaves_a_place_for_it(mistake: str) -> None:
    for hypergradient in HYPERGRADIENTS:
        made = mistake_made(hypergradient, mistake)
        assert made == (mistake if hypergradient in MISTAKES[mistake] else NO_MISTAKE)
        shown = beats_frame(FIRST | {"hypergradient": hypergradient, "mistake": mistake})
        right = beats_frame(FIRST | {"hypergradient": hypergradient})
        assert made != NO_MISTAKE or shown["sum"] == right["sum"]


@pytest.mark.parametrize(("hypergradient", "passes"), [("first order", 1), ("exact", 3), ("finite difference", 4)])
def test_passes_are_counted_and_w_s_own_comes_last(hypergradient: str, passes: int) -> None:
    counts = [passes_so_far(hypergradient, beat) for beat in range(9)]
    assert counts == sorted(counts) and counts[0] == 0 and counts[7] == passes == len(PASSES[hypergradient])
    assert counts[8] == passes + 1


def test_on_the_network_first_order_and_exact_point_different_ways() -> None:
    shown = beats_frame(FIRST | {"view": "a network"})
    assert shown["cosine"] == pytest.approx(-0.4846, abs=1e-4)
    assert np.sign(shown["first"][0]) != np.sign(shown["sum"][0])
    np.testing.assert_allclose(shown["difference"], shown["implicit"], atol=1e-6)  # smooth, in float64
