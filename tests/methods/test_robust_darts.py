"""robust-darts: the eigenvalue is that of the dense Hessian, and a series of eigenvalues gives the published stop."""

import pytest
import torch

import tiny
from dartslab import SearchState, search
from dartslab.base.messages import UserError
from dartslab.bilevel import Bilevel, VirtualStep
from dartslab.methods import METHODS
from dartslab.methods.robust_darts import DECAY, EVERY, go_back, measure_eigenvalue
from dartslab.run.method_steps import part_of


def stop_and_cell(series: list[float]) -> tuple[int, int] | None:
    """Epochs (of 50) at which a search with these eigenvalues, one every 2 epochs, stops, and of its cell."""
    for count in range(1, len(series) + 1):
        taken = go_back(series[:count])
        if taken is not None:
            return 2 * count, 2 * (taken + 1)
    return None


def steps_of(*levels: float) -> list[float]:
    """25 eigenvalues, each level for 5 measurements, as wide as the window."""
    return [level for level in levels for _ in range(5)]


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ([1.0] * 25, None),
        ([float(2**t) for t in range(25)], (22, 10)),  # grows from the beginning: the first stop that is possible
        ([0.5] * 25, None),
        ([-1.0 - t for t in range(25)], None),  # a ratio of negative numbers says nothing
        # Number 10 is the first of the large ones; the mean around number 11 is 1.304, complete with number 13.
        (steps_of(1, 1, 1.38, 1.38, 1.38), (28, 16)),
        (steps_of(1, 1, 1.37, 1.37, 1.37), None),  # 1.296
        (steps_of(1, 1, 1, 2, 2), (34, 22)),
        (steps_of(2, 1, 0.9, 0.8, 0.7), None),
    ],
)
def test_a_series_of_eigenvalues_gives_the_exact_stop_and_cell(series: list[float], expected: object) -> None:
    assert stop_and_cell(series) == expected


def test_a_mean_is_over_two_measurements_to_either_side() -> None:
    """One very large value among ones: it is first seen in the mean two measurements before it."""
    series = [1.0] * 14 + [4.0] + [1.0] * 10
    # mean of measurements 12 ... 16 is 1.6, known when number 14 is there, against that of 8; epoch 30 and its 18
    assert stop_and_cell(series) == (30, 18)


def test_the_eigenvalue_is_that_of_the_dense_hessian_with_the_decay_of_alpha() -> None:
    h = torch.tensor([[1.0, 2.0, 0.0], [2.0, -3.0, 1.0], [0.0, 1.0, 0.5]], dtype=torch.float64)

    def val_loss(w: object, alpha: dict, batch: object) -> torch.Tensor:
        a = torch.cat([alpha["normal"], alpha["reduce"]])
        return a @ h @ a / 2

    problem = Bilevel(val_loss, val_loss, VirtualStep(0.0))
    alpha = {"normal": torch.ones(1, dtype=torch.float64), "reduce": torch.ones(2, dtype=torch.float64)}
    expected = float(torch.linalg.eigvalsh(h)[-1]) + DECAY  # not -4.1, the largest magnitude
    assert measure_eigenvalue(problem, {}, alpha, None) == pytest.approx(expected)


def test_on_a_supernet_it_equals_the_dense_hessian() -> None:
    """With as many products as alpha has numbers."""
    state = SearchState.create(tiny.search_config(operations=("none", "skip_connect", "sep_conv_3x3")), tiny.pictures())
    state.arch.alpha["normal"].copy_(torch.tensor([[0.3, -1.0, 0.8], [1.0, 0.0, -0.5]]))
    problem, w, batch = state.problem(VirtualStep(0.0)), dict(state.net.named_parameters()), state.val(0)
    alpha = state.arch.parameters()
    flat = torch.cat([table.flatten() for table in alpha.values()])

    def of_flat(values: torch.Tensor) -> torch.Tensor:
        normal, reduce = values.view(2, 2, 3)
        return problem.val_loss(w, {"alpha.normal": normal, "alpha.reduce": reduce}, batch)

    dense = torch.autograd.functional.hessian(of_flat, flat).double()
    expected = float(torch.linalg.eigvalsh(dense)[-1]) + DECAY
    assert measure_eigenvalue(problem, w, alpha, batch) == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_a_search_measures_25_times_and_a_short_one_says_that_it_cannot_stop() -> None:
    state = SearchState.create(tiny.search_config(method="robust-darts", epochs=1), tiny.pictures())
    every = part_of(EVERY, state.search_steps)
    measured = [event.step for event in search(state) if event.instruments and "eigenvalue" in event.instruments]
    assert measured == [*range(every, state.search_steps + 1, every)]
    (said,) = state.idle_settings()
    assert "the early stop needs 11 measurements of eigenvalue" in said


def test_the_published_length_gives_the_published_epochs() -> None:
    stop = METHODS["robust-darts"].stop
    epochs = 50 * part_of(stop.every, 50 * 390) / (50 * 390)
    assert epochs == 2 and stop.needs * epochs == 22


def test_compiled_cells_are_refused() -> None:
    with pytest.raises(UserError, match="second derivatives in alpha, which compiled cells do not give"):
        SearchState.create(tiny.search_config(method="robust-darts", compile=True), tiny.pictures())
