"""The cosine of training and validation gradients: 1 on one batch, lowest for what learns random labels by heart."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from dartslab import SearchState, Supernet
from dartslab.instruments import INSTRUMENTS, Subject
from dartslab.instruments.gradients import operation_cosines, owners, weight_gradient

OPERATIONS = ("none", "max_pool_3x3", "skip_connect", "sep_conv_3x3")


def test_the_same_batch_twice_gives_1_for_every_operation_with_weights(subject: Subject) -> None:
    same = replace(subject, train_batch=subject.val_batch)
    found = INSTRUMENTS["gradient_cosine"].measure(same)
    assert found == pytest.approx({f"gradient_cosine.{name}": 1.0 for name in ("sep_conv_3x3", "skip_connect")})


def test_opposite_gradients_give_minus_1_and_places_count_the_same() -> None:
    g = {"a.1": torch.tensor([1.0, 0.0]), "a.2": torch.tensor([2.0]), "b.1": torch.tensor([3.0]), "stem": torch.ones(2)}
    other = {"a.1": -g["a.1"], "a.2": -g["a.2"], "b.1": 10 * g["b.1"], "stem": torch.ones(2)}
    owner = {"a.1": ("a", "conv"), "a.2": ("a", "conv"), "b.1": ("b", "conv")}
    assert operation_cosines(g, other, owner) == pytest.approx({"conv": (-1 + 1) / 2})
    assert operation_cosines(g, other, {"a.1": ("a", "conv"), "b.1": ("b", "skip")}) == {"conv": -1, "skip": 1}


def test_a_place_whose_gradient_is_0_says_nothing() -> None:
    g = {"a": torch.zeros(2), "b": torch.ones(2)}
    assert operation_cosines(g, g, {"a": ("a", "conv"), "b": ("b", "conv")}) == pytest.approx({"conv": 1.0})
    assert operation_cosines(g, g, {"a": ("a", "conv")}) == {}


def test_it_does_not_see_accumulated_gradients_and_leaves_none(state: SearchState, subject: Subject) -> None:
    expected = INSTRUMENTS["gradient_cosine"].measure(subject)
    for parameter in state.net.parameters():
        parameter.grad = torch.full_like(parameter, 1e3)  # a public fault: both gradients then seem to agree
    assert INSTRUMENTS["gradient_cosine"].measure(subject) == expected
    assert all(bool((parameter.grad == 1e3).all()) for parameter in state.net.parameters())
    assert max(expected.values()) < 0.999


def test_it_is_the_cosine_of_what_backward_gives(state: SearchState, subject: Subject) -> None:
    gradients = []
    for batch in (subject.train_batch, subject.val_batch):
        state.net.zero_grad()
        loss = F.cross_entropy(state.net(batch.images, subject.relaxation(subject.arch)), batch.labels)
        loss.backward()
        gradients.append({name: p.grad.clone() for name, p in state.net.named_parameters()})
    if state.config.cell == "reference":  # whose parameters stand by themselves
        own = [name for name in gradients[0] if name.startswith("cells.1.mixed.0.candidates.3.")]
        one, other = (torch.cat([g[name].flatten() for name in own]) for g in gradients)
        found = operation_cosines(*gradients, owners(own, OPERATIONS))
        assert found == pytest.approx({"sep_conv_3x3": float(F.cosine_similarity(one, other, dim=0))})
    state.net.zero_grad()


def test_the_fused_cell_has_the_cosines_of_the_reference(state: SearchState, look) -> None:
    found = INSTRUMENTS["gradient_cosine"].measure(look(state))
    net = Supernet(state.config.space, 2, 6, 10, 1).double()
    net.load_state_dict(state.net.state_dict())
    state.net = net
    assert found == pytest.approx(INSTRUMENTS["gradient_cosine"].measure(look(state)), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_an_operation_that_sees_random_labels_scores_lowest(seed: int) -> None:
    """Three linear operations learn to tell classes apart; one is shown training labels that were shuffled."""
    generator = torch.Generator().manual_seed(seed)
    centres = torch.randn(4, 12, generator=generator)

    def batch(random: str | None) -> tuple[Tensor, dict[str, Tensor]]:
        labels = torch.randint(4, (200,), generator=generator)
        images = centres[labels] + torch.randn(200, 12, generator=generator)
        shown = dict.fromkeys(("conv_1", "conv_2", "conv_3"), labels)
        if random:
            shown[random] = labels[torch.randperm(200, generator=generator)]
        return images, shown

    def loss(w: dict[str, Tensor], part: tuple[Tensor, dict[str, Tensor]]) -> Tensor:
        images, labels = part
        return sum(F.cross_entropy(images @ w[name], labels[name]) for name in w)

    w = {name: 0.1 * torch.randn(12, 4, generator=generator) for name in ("conv_1", "conv_2", "conv_3")}
    g_train, g_val = weight_gradient(loss, w, batch("conv_2")), weight_gradient(loss, w, batch(None))
    found = operation_cosines(g_train, g_val, {name: ("edge", name) for name in w})
    assert min(found, key=found.get) == "conv_2"
    assert found["conv_2"] < 0.8 < 0.9 < min(found["conv_1"], found["conv_3"])
