"""The toy problem in closed form: against the library's hypergradients, torch.func, and what theory says."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.func import grad

from dartslab.architect import exact, finite_difference, first_order, neumann
from dartslab.base.messages import UserError
from dartslab.bilevel import TOY_START, VirtualStep, toy_problem, toy_start
from dartslab.widgets.models.toy_paths import (
    DENSE,
    HYPERGRADIENTS,
    LEVELS,
    LIMIT,
    WINDOW,
    attracts,
    coefficients,
    contours,
    fixed_point,
    left_at,
    path,
    shown_rows,
    trajectory,
)

LIBRARY: dict[str, Any] = {
    "first_order": first_order,
    "finite_difference": finite_difference,
    "exact": exact,
    "implicit": neumann,
}
GIVEN = {
    "xi": 0.25,
    "alpha_step": 0.1,
    "w_step": 0.1,
    "iterations": 400,
    "a": 2.0,
    "w": -2.0,
    "terms": 10,
    "drop": False,
}
numbers = st.floats(-3, 3).map(lambda x: round(x, 6))  # a finite difference along 1e-308 overflows


def torch_point(a: float, w: float) -> tuple[dict, dict]:
    return {"w": torch.tensor(w, dtype=torch.float64)}, {"a": torch.tensor(a, dtype=torch.float64)}


@pytest.mark.parametrize("terms", [1, 2, 10, 20])
@pytest.mark.parametrize("xi", [0.0, 0.1, 0.25, 0.5, 1.0, 1.4])
@pytest.mark.parametrize("hypergradient", HYPERGRADIENTS)
@settings(max_examples=15, deadline=None)
@given(a=numbers, w=numbers)
def test_the_closed_form_is_the_librarys_hypergradient(
    hypergradient: str, xi: float, terms: int, a: float, w: float
) -> None:
    p, q = coefficients(hypergradient, xi, terms)
    more = {"terms": terms} if hypergradient == "implicit" else {}
    expected = LIBRARY[hypergradient](toy_problem(VirtualStep(xi)), *torch_point(a, w), None, None, **more)["a"].item()
    assert p * w + q * a - 2 == pytest.approx(expected, abs=1e-10, rel=1e-10)


@pytest.mark.parametrize("xi", [0.0, 0.1, 0.5, 1.3])
@settings(max_examples=30, deadline=None)
@given(a=numbers, w=numbers)
def test_with_the_implicit_term_dropped_the_direct_term_is_left(xi: float, a: float, w: float) -> None:
    problem = toy_problem(VirtualStep(xi))
    weights, alpha = torch_point(a, w)
    w_prime = problem.inner_step(weights, grad(problem.train_loss)(weights, alpha, None))
    at_w_prime = grad(problem.val_loss, argnums=1)(w_prime, alpha, None)["a"].item()
    at_w = grad(problem.val_loss, argnums=1)(weights, alpha, None)["a"].item()
    for hypergradient, expected in {
        "first_order": at_w,
        "implicit": at_w,
        "exact": at_w_prime,
        "finite_difference": at_w_prime,
    }.items():
        p, q = coefficients(hypergradient, xi, 7, drop=True)
        assert p * w + q * a - 2 == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("hypergradient", HYPERGRADIENTS)
def test_a_trajectory_is_the_iteration_with_the_librarys_gradients(hypergradient: str) -> None:
    xi, alpha_step, w_step = 0.3, 0.07, 0.2
    problem = toy_problem(VirtualStep(xi))
    more = {"terms": 4} if hypergradient == "implicit" else {}
    w, alpha = toy_start()
    points = [(alpha["a"].item(), w["w"].item())]
    for _ in range(20):
        gradient = LIBRARY[hypergradient](problem, w, alpha, None, None, **more)
        alpha = {"a": alpha["a"] - alpha_step * gradient["a"]}
        w = {"w": w["w"] - w_step * grad(problem.train_loss)(w, alpha, None)["w"]}
        points.append((alpha["a"].item(), w["w"].item()))
    found = trajectory(hypergradient, xi, alpha_step, w_step, 20, TOY_START, terms=4)
    np.testing.assert_allclose(found, points, atol=1e-10)


@pytest.mark.parametrize(
    ("hypergradient", "drop", "xi", "terms", "expected"),
    [
        *[(m, False, xi, 10, a) for m in ("exact", "finite_difference") for xi, a in
          [(0, 2), (0.1, 1.66667), (0.25, 1.33333), (0.5, 1), (1, 0.66667)]],
        *[(m, True, xi, 10, 2) for m in HYPERGRADIENTS for xi in (0, 0.1, 0.25, 0.5, 1)],
        *[("first_order", False, xi, 10, 2) for xi in (0, 0.1, 0.25, 0.5, 1)],
        *[("implicit", False, xi, k, 2 / (2 - (1 - 2 * xi) ** k)) for xi in (0, 0.1, 0.5) for k in (1, 3, 10, 20)],
    ],
)  # fmt: skip
def test_after_400_iterations_it_is_where_theory_says(
    hypergradient: str, drop: bool, xi: float, terms: int, expected: float
) -> None:
    end = trajectory(hypergradient, xi, terms=terms, drop=drop)[-1]
    np.testing.assert_allclose(end, expected, atol=1e-4)
    p, q = coefficients(hypergradient, xi, terms, drop)
    assert fixed_point(p, q) == pytest.approx(expected, abs=1e-5)
    assert attracts(p, q, 0.1, 0.1)


def test_with_many_terms_implicit_reaches_the_true_optimum() -> None:
    assert fixed_point(*coefficients("implicit", 0.25, 20)) == pytest.approx(1, abs=1e-5)


@given(
    p=st.floats(-2, 2), q=st.floats(-8, 8), alpha_step=st.floats(0.01, 1.5), w_step=st.floats(0.01, 1.5)
)  # fmt: skip
def test_a_fixed_point_attracts_if_both_eigenvalues_are_inside_the_unit_circle(
    p: float, q: float, alpha_step: float, w_step: float
) -> None:
    row_a = np.array([1 - alpha_step * q, -alpha_step * p])
    matrix = np.stack([row_a, 2 * w_step * row_a + np.array([0, 1 - 2 * w_step])])
    radius = np.abs(np.linalg.eigvals(matrix)).max()
    if abs(radius - 1) > 1e-6:  # on the circle itself rounding decides
        assert attracts(p, q, alpha_step, w_step) == (radius < 1)


def test_without_a_fixed_point_there_is_none() -> None:
    assert fixed_point(1.0, -1.0) is None


@pytest.mark.parametrize("hypergradient", HYPERGRADIENTS)
@settings(max_examples=60, deadline=None)
@given(
    xi=st.floats(0, 1.5), alpha_step=st.floats(0.01, 1.5), w_step=st.floats(0.01, 1.5), a=numbers, w=numbers,
    terms=st.integers(1, 20), drop=st.booleans(), iterations=st.integers(10, 600),
)  # fmt: skip
def test_a_path_is_finite_light_and_ends_where_it_is_cut_off(hypergradient: str, **given: Any) -> None:
    found = path(given, hypergradient)
    columns = np.array([found[name] for name in ("n", "a", "w", "distance")])
    assert np.isfinite(columns).all() and columns.shape[1] <= 200
    assert found["n"][0] == 0 and found["n"][-1] == found["last"] <= given["iterations"]
    assert found["end"] == [found["a"][-1], found["w"][-1]]
    if found["last"] < given["iterations"]:
        assert max(map(abs, found["end"])) > LIMIT and found["left"] is not None


def test_a_divergent_run_says_when_it_left_the_picture_for_good() -> None:
    found = path(GIVEN | {"xi": 1.5, "terms": 3, "alpha_step": 0.3}, "implicit")
    points = trajectory("implicit", 1.5, 0.3, 0.1, 400, (2.0, -2.0), 3)
    outside = (np.abs(points - np.mean(WINDOW)) > (WINDOW[1] - WINDOW[0]) / 2).any(axis=1)
    assert found["last"] < 400 and not found["attracts"]
    assert outside[found["left"] :].all() and not outside[found["left"] - 1]


@pytest.mark.parametrize(
    ("points", "expected"),
    [([(0, 0), (9, 0), (0, 0)], None), ([(0, 0), (9, 0), (9, 9)], 1), ([(9, 9), (9, 9)], 0), ([(0, 0), (0, 9)], 1)],
    ids=["comes back", "stays out", "never in", "last step"],
)
def test_leaving_counts_only_for_good(points: list, expected: int | None) -> None:
    assert left_at(np.array(points, dtype=float)) == expected


@given(last=st.integers(1, 3000))
def test_the_first_points_are_all_drawn_and_never_more_than_200(last: int) -> None:
    rows = shown_rows(last)
    assert len(rows) <= 200 and rows == sorted(set(rows)) and rows[-1] == last
    assert rows[: min(last, DENSE)] == list(range(min(last, DENSE)))


def test_contours_are_level_lines_inside_the_window_that_end_at_its_sides() -> None:
    problem = toy_problem(VirtualStep(0.1))
    assert {line["level"] for line in contours()} == set(LEVELS)
    for line in contours():
        for a, w in line["points"]:
            assert problem.val_loss(*torch_point(a, w)).item() == pytest.approx(line["level"], abs=5e-3)
            assert WINDOW[0] - 1e-3 <= min(a, w) and max(a, w) <= WINDOW[1] + 1e-3
        assert line["points"][-1][0] in WINDOW


def test_the_distance_is_to_the_optimum() -> None:
    found = path(GIVEN, "exact")
    assert found["distance"][0] == pytest.approx(math.hypot(1, -3))


def test_a_method_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UserError, match="unknown hypergradient 'neumann'; allowed are: first_order, exact"):
        coefficients("neumann", 0.1)
