"""Curves over the steps of a run: what stands in them, and the same in words."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure

from dartslab.base.messages import UserError
from dartslab.derive import random_genotype, top_k
from dartslab.draw.curves import alpha_curves, loss_curves, running_mean
from dartslab.draw.style import COLORS
from dartslab.draw.words import describe_alpha_curves, describe_curves
from drawings import FOUR, THREE, TWO, panels, softmax, some_alpha, some_columns


def test_alpha_curves_have_a_panel_per_edge_and_a_line_per_operation() -> None:
    figure = alpha_curves(FOUR, some_alpha(FOUR, 20), "normal")
    titles = [panel.get_title().split("  ")[0] for panel in panels(figure)]
    assert titles == [f"{edge.source} → {edge.target}" for edge in FOUR.edges]
    for panel in panels(figure):
        assert [line.get_color() for line in panel.lines] == [COLORS[name] for name in FOUR.operations]
        looks = {(line.get_linestyle(), line.get_color()) for line in panel.lines}
        assert len(looks) == 8 and len({look for look, _ in looks}) == 3  # solid (also bold), dashed, dotted


def test_the_softmax_of_alpha_is_drawn() -> None:
    alpha = some_alpha(TWO, 20)
    panel = panels(alpha_curves(TWO, alpha, "normal"))[3]
    np.testing.assert_allclose(np.array([line.get_ydata() for line in panel.lines]).T, softmax(alpha)[:, 3], rtol=1e-12)
    assert list(panel.lines[0].get_xdata()) == list(range(1, 21))


def test_a_constant_added_to_a_row_of_alpha_changes_nothing() -> None:
    alpha = some_alpha(TWO, 20)
    one, other = (panels(alpha_curves(TWO, alpha + shift, "normal"))[0].lines[0].get_ydata() for shift in (0, 1000))
    np.testing.assert_allclose(one, other, rtol=1e-10)


def test_what_would_be_kept_at_the_last_step_is_in_the_titles() -> None:
    alpha = some_alpha(TWO, 20)
    kept = top_k(TWO, {kind: softmax(alpha[-1]) for kind in TWO.kinds}).normal.connections
    titles = {panel.get_title() for panel in panels(alpha_curves(TWO, alpha, "normal"))}
    assert {f"{source} → {node}  ✓ {name}" for node, source, name in kept} <= titles
    assert sum("✓" in title for title in titles) == len(kept)


def test_a_long_history_is_thinned_and_keeps_its_ends() -> None:
    steps = panels(alpha_curves(THREE, some_alpha(THREE, 5000), "normal"))[0].lines[0].get_xdata()
    assert len(steps) <= 300 and steps[0] == 1 and steps[-1] == 5000


@pytest.mark.parametrize("steps, marker", [(1, "."), (2, "")])
def test_a_single_step_is_a_dot_since_a_line_of_it_could_not_be_seen(steps: int, marker: str) -> None:
    alpha = panels(alpha_curves(TWO, some_alpha(TWO, steps), "normal"))[0].lines[0]
    assert alpha.get_marker() == marker


def test_one_legend_names_every_operation() -> None:
    (legend,) = [
        axes.get_legend() for axes in alpha_curves(TWO, some_alpha(TWO, 2), "normal").axes if axes.get_legend()
    ]
    assert [text.get_text() for text in legend.get_texts()] == list(TWO.operations)


def test_alpha_curves_in_words() -> None:
    alpha = np.zeros((2, 5, 3))
    alpha[0, :, 0] = alpha[1, :, 2] = np.log(2)  # `none` leads at first
    words = describe_alpha_curves(THREE, alpha, "reduce")
    assert words.startswith(
        "mixing weights of the reduction cell over 2 steps; strongest at the end: "
        "0 to 2 sep_conv_3x3 from 0.25 to 0.50, "
    )


def test_the_curves_are_those_of_the_weights_and_the_genotype_that_a_record_keeps() -> None:
    alpha, weights = some_alpha(TWO, 4), np.full((4, 5, len(TWO.operations)), 0.25)
    weights[-1, 1, 3] = 0.75
    genotype = random_genotype(TWO, seed=3)
    shown = panels(alpha_curves(TWO, alpha, "normal", genotype, weights))
    assert set(shown[0].lines[0].get_ydata()) == {0.25}  # the softmax of alpha would differ from edge to edge
    ticked = {panel.get_title() for panel in shown if "✓" in panel.get_title()}
    assert ticked == {f"{c.predecessor} → {c.node}  ✓ {c.operation}" for c in genotype.normal.connections}
    assert f"1 to 2 {TWO.operations[3]} from 0.25 to 0.75" in describe_alpha_curves(TWO, alpha, "normal", weights)


@pytest.mark.parametrize("what", [alpha_curves, describe_alpha_curves])
@pytest.mark.parametrize(
    "alpha, kind, sentence",
    [
        (np.zeros((9, 5, 3)), "norm", "unknown cell kind 'norm'; allowed are: normal"),
        (np.zeros((5, 3)), "normal", r"shape \(5, 3\), this space needs \(steps, 5, 3\) with at least one step"),
        (np.zeros((0, 5, 3)), "normal", r"shape \(0, 5, 3\)"),
        (np.full((9, 5, 3), np.nan), "normal", "alpha is not finite at some step"),
    ],
    ids=["kind", "no steps", "empty", "nan"],
)
def test_alpha_that_cannot_be_drawn_is_explained(what: Callable, alpha: np.ndarray, kind: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        what(THREE, alpha, kind)


def test_an_operation_that_is_masked_has_weight_zero() -> None:
    alpha = some_alpha(THREE, 4)
    alpha[:, :, 0] = -np.inf
    assert set(panels(alpha_curves(THREE, alpha, "normal"))[0].lines[0].get_ydata()) == {0.0}


def curves_by_label(figure: Figure) -> dict[str, int]:
    return {text.get_text(): i for i, text in enumerate(figure.legends[0].get_texts())}


def test_curves_have_a_panel_in_nats_and_one_in_percent() -> None:
    loss, accuracy = loss_curves(some_columns()).axes
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("nats", "%")
    assert max(line.get_ydata().max() for line in accuracy.lines[:2]) == 100


def test_training_is_drawn_faintly_as_measured_and_strongly_as_running_mean() -> None:
    columns = some_columns()
    raw, mean = loss_curves(columns).axes[0].lines[:2]
    np.testing.assert_array_equal(raw.get_ydata(), columns["train_loss"])
    assert raw.get_alpha() < 0.5 and np.diff(mean.get_ydata()).std() < np.diff(raw.get_ydata()).std() / 3


def test_validation_has_markers_where_it_was_measured() -> None:
    validation = loss_curves(some_columns(200, 50)).axes[1].lines[2]
    assert list(validation.get_xdata()) == [50, 100, 150, 200] and validation.get_marker() == "o"
    np.testing.assert_allclose(validation.get_ydata(), [22.5, 45, 67.5, 90])


def test_the_test_set_is_a_horizontal_line_and_stays_out_until_it_was_measured() -> None:
    figure = loss_curves(some_columns())
    assert [panel.get_title("right") for panel in figure.axes] == ["test 0.700 nats", "test 84.3 %"]
    assert set(figure.axes[1].lines[3].get_ydata()) == {84.3}
    assert "test" in curves_by_label(figure)
    assert "test" not in curves_by_label(loss_curves(some_columns(tested=False)))


@pytest.mark.parametrize("steps, marker", [(1, "."), (19, "."), (20, "")])
def test_few_training_steps_are_dots_too(steps: int, marker: str) -> None:
    loss = loss_curves({"step": range(steps), "train_loss": [2.0] * steps}).axes[0].lines[0]
    assert loss.get_marker() == marker


def test_what_was_not_measured_is_said() -> None:
    accuracy = loss_curves({"step": [1, 2], "train_loss": [2.3, 2.2]}).axes[1]
    assert [text.get_text() for text in accuracy.texts] == ["not measured"]


def test_a_running_mean_averages_what_exists() -> None:
    np.testing.assert_allclose(running_mean(np.array([1.0, 2.0, 3.0, 10.0]), 3), [1.5, 2, 5, 6.5])


def test_curves_in_words() -> None:
    assert describe_curves(some_columns()).split("; ")[1:] == [
        "validation loss 1.869 nats at step 50, 0.883 nats at step 200",
        "test loss 0.700 nats at step 200",
        "training accuracy 0.5 % at step 1, 100.0 % at step 200",
        "validation accuracy 22.5 % at step 50, 90.0 % at step 200",
        "test accuracy 84.3 % at step 200",
    ]


@pytest.mark.parametrize("what", [loss_curves, describe_curves])
@pytest.mark.parametrize(
    "columns, sentence",
    [
        ({}, "the columns lack 'step'"),
        ({"step": [], "train_loss": []}, "the columns hold no step; run at least one step first"),
        ({"step": [1, 2]}, "nothing was measured; columns that can be drawn are: train_loss, val_loss"),
        ({"step": [1], "val_loss": [np.nan]}, "nothing was measured"),
        ({"step": [1, 2], "train_loss": [2.3]}, r"'train_loss' has shape \(1,\), 'step' has \(2,\)"),
        ({"step": [1], "val_accuracy": [91.3]}, "'val_accuracy' holds the accuracy 91.3; .* Divide percentages by 100"),
    ],
    ids=["empty", "no step", "no measure", "nan", "length", "percent"],
)
def test_columns_that_cannot_be_drawn_are_explained(what: Callable, columns: dict, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        what(columns)
