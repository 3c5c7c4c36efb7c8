"""The alignment of cells: 1 for two identical ones; the gradients of the cells sum to that of their shared table."""

import copy
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from dartslab import SearchSpace
from dartslab.cell import SearchCell
from dartslab.instruments import INSTRUMENTS, Subject
from dartslab.instruments.alignment import alignment, gradients_by_cell

SPACE = SearchSpace(1, ("max_pool_3x3", "skip_connect", "sep_conv_3x3"))


def gradients_of_two(first: SearchCell, second: SearchCell) -> list[Tensor]:
    """Of two cells side by side that see the same input; the loss wants their outputs to be large."""
    x = torch.randn(4, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    direction = torch.randn(4, 3, 6, 6, generator=torch.Generator().manual_seed(1))
    return gradients_by_cell(
        lambda tables: (direction * (first(x, x, tables[0]) + second(x, x, tables[1]))).sum() ** 2,
        {"normal": torch.full((2, 3), 1 / 3)},
        ("normal", "normal"),
    )


def test_two_identical_cells_give_1_and_others_less() -> None:
    torch.manual_seed(0)
    one, other = (SearchCell(SPACE, 3, 3, 3, reduction=False, halve=False) for _ in range(2))
    assert alignment(gradients_of_two(one, copy.deepcopy(one))) == pytest.approx(1.0)
    assert alignment(gradients_of_two(one, other)) < 0.99


@pytest.mark.parametrize(
    ("gradients", "expected"),
    [
        ([[1.0, 0.0], [0.0, 2.0]], 0.0),
        ([[1.0, 0.0], [-3.0, 0.0]], -1.0),
        ([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]], 1 / 3),
        ([[1.0, 0.0], [0.0, 0.0]], None),
        ([[1.0, 0.0]], None),
    ],
)
def test_it_is_the_mean_cosine_over_all_pairs(gradients: list[list[float]], expected: float | None) -> None:
    assert alignment([torch.tensor([row]) for row in gradients]) == pytest.approx(expected)


def test_a_list_of_equal_tables_computes_what_shared_tables_do(subject: Subject) -> None:
    weights, net, images = subject.relaxation(subject.arch), subject.net, subject.val_batch.images
    assert torch.equal(net(images, weights), net(images, [weights[kind] for kind in net.kinds]))


def test_the_gradients_of_the_cells_of_a_kind_sum_to_that_of_their_table(subject: Subject) -> None:
    weights = {kind: table.requires_grad_() for kind, table in subject.relaxation(subject.arch).items()}
    shared = torch.autograd.grad(subject.loss(subject.w, weights, subject.val_batch), list(weights.values()))
    kinds = subject.net.kinds
    own = gradients_by_cell(lambda tables: subject.loss(subject.w, tables, subject.val_batch), weights, kinds)
    for kind, whole in zip(weights, shared, strict=True):
        torch.testing.assert_close(sum(g for g, of in zip(own, kinds, strict=True) if of == kind), whole)
    found = INSTRUMENTS["cell_alignment"].measure(subject)
    for kind in weights:
        expected = alignment([g for g, of in zip(own, kinds, strict=True) if of == kind])
        assert found[f"cell_alignment.{kind}"] == pytest.approx(expected)


def test_a_kind_with_one_cell_has_none(subject: Subject) -> None:
    net = copy.copy(subject.net)
    net.kinds = ("normal", "reduce", "reduce", "reduce", "reduce", "reduce")
    assert list(INSTRUMENTS["cell_alignment"].measure(replace(subject, net=net))) == ["cell_alignment.reduce"]
