"""The derived network: the published numbers of parameters and multiply-adds, and everything that evaluation adds."""

import pytest
import torch
from torch import nn

from dartslab import PUBLISHED, Genotype, Network, TrainState, count_multiply_adds, count_parameters
from dartslab.base.messages import UserError
from dartslab.data.datasets import DataSet, Labelled
from dartslab.genotype import Cell
from dartslab.network import AuxiliaryHead, DerivedCell, drop_path
from dartslab.run.config import TRAIN_PRESETS

CIFAR, IMAGENET = ("cifar", 10), ("imagenet", 1000)
# (cell, channels, layers, stem): (plain, with auxiliary head), counted with PyTorch.
COUNTS = {
    ("DARTS_V1", 36, 20, CIFAR): (3169414, 3645840),
    ("DARTS_V1", 48, 14, IMAGENET): (4510432, 5771208),
    ("DARTS_V1", 16, 8, CIFAR): (232890, 668356),
    ("DARTS_V1", 8, 5, CIFAR): (35058, 454140),
    ("DARTS_V2", 36, 20, CIFAR): (3349342, 3825768),
    ("DARTS_V2", 48, 14, IMAGENET): (4718752, 5979528),
    ("DARTS_V2", 16, 8, CIFAR): (246106, 681572),
    ("DARTS_V2", 8, 5, CIFAR): (37018, 456100),
}
# Multiply-adds of convolutions and the classifier: DARTS_V2 on ImageNet is 529.9 M, not the 574 M of the paper.
MULTIPLY_ADDS = {
    ("DARTS_V1", 36, 20, CIFAR, 32): 500987520,
    ("DARTS_V1", 48, 14, IMAGENET, 224): 505864704,
    ("DARTS_V2", 36, 20, CIFAR, 32): 528359040,
    ("DARTS_V2", 48, 14, IMAGENET, 224): 529911552,
}


def network(name: str, channels: int, layers: int, stem: tuple[str, int], auxiliary: bool) -> Network:
    with torch.device("meta"):
        return Network(PUBLISHED[name], channels, layers, stem[1], auxiliary, stem[0])


@pytest.mark.parametrize(("shape", "counts"), COUNTS.items(), ids=str)
def test_it_has_the_published_number_of_parameters(shape: tuple, counts: tuple[int, int]) -> None:
    assert tuple(count_parameters(network(*shape, auxiliary)) for auxiliary in (False, True)) == counts


@pytest.mark.parametrize(("shape", "count"), MULTIPLY_ADDS.items(), ids=str)
def test_it_makes_the_published_number_of_multiply_adds(shape: tuple, count: int) -> None:
    *built, size = shape
    assert count_multiply_adds(network(*built, auxiliary=True), (3, size, size)) == count


# (preset, classes, size of the pictures, cell): (plain, with auxiliary head, multiply-adds). The 90 classes more of
# CIFAR-100 are 90 (576 + 1) weights in the classifier and 90 (768 + 1) in the auxiliary head.
OF_PRESETS = {
    ("published", 10, 32, "DARTS_V1"): (3169414, 3645840, 500987520),
    ("published", 10, 32, "DARTS_V2"): (3349342, 3825768, 528359040),
    ("cifar100", 100, 32, "DARTS_V1"): (3169414 + 51930, 3645840 + 51930 + 69210, 500987520 + 51840),
    ("cifar100", 100, 32, "DARTS_V2"): (3349342 + 51930, 3825768 + 51930 + 69210, 528359040 + 51840),
    ("imagenet", 1000, 224, "DARTS_V1"): (4510432, 5771208, 505864704),
    ("imagenet", 1000, 224, "DARTS_V2"): (4718752, 5979528, 529911552),
}


@pytest.mark.parametrize(("preset", "counts"), OF_PRESETS.items(), ids=str)
def test_a_training_run_begun_from_a_preset_builds_the_published_network(preset: tuple, counts: tuple) -> None:
    name, classes, size, cell = preset
    part = Labelled(torch.zeros(2, 3, size, size, dtype=torch.uint8), torch.zeros(2, dtype=torch.int64))
    data = DataSet(name, part, part, tuple(str(number) for number in range(classes)))
    net = TrainState.create(TRAIN_PRESETS[name](batch_size=2, device="cpu"), PUBLISHED[cell], data).net
    parameters = count_parameters(net)
    plain = parameters - count_parameters(net.auxiliary)
    assert (plain, parameters, count_multiply_adds(net, (3, size, size))) == counts


# (layer, what one picture of 3 x 8 x 8 costs)
LAYERS = [
    (nn.Conv2d(3, 6, 3, padding=1), 6 * 8 * 8 * 3 * 9),
    (nn.Conv2d(3, 6, 3, stride=2, padding=1, groups=3), 6 * 4 * 4 * 1 * 9),
    (nn.Sequential(nn.Flatten(), nn.Linear(192, 5), nn.ReLU(inplace=True)), 192 * 5),
    (nn.Sequential(nn.BatchNorm2d(3), nn.AvgPool2d(3), nn.AdaptiveAvgPool2d(2)), 0),
]


@pytest.mark.parametrize(("layer", "count"), LAYERS, ids=[str(count) for _, count in LAYERS])
def test_multiply_adds_are_outputs_times_inputs_of_each(layer: nn.Module, count: int) -> None:
    assert count_multiply_adds(layer, (3, 8, 8)) == count


def test_counting_leaves_the_module_as_it_was() -> None:
    net = Network(PUBLISHED["DARTS_V2"], 2, 3)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    count_multiply_adds(net, (3, 8, 8))
    assert net.training and not any(module._forward_hooks for module in net.modules())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


@pytest.mark.parametrize("shape", [(32, 32), (3, 0, 32), (3, 32.0, 32)], ids=str)
def test_a_shape_that_is_none_is_refused(shape: tuple) -> None:
    with pytest.raises(UserError, match=r"the shape of a picture is \(C, H, W\)"):
        count_multiply_adds(nn.Identity(), shape)


@pytest.mark.parametrize("size", [8, 13, 16])
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_cell_runs_forwards_and_backwards(name: str, size: int) -> None:
    net = Network(PUBLISHED[name], 2, 3, input_channels=1)
    logits, auxiliary = net(torch.randn(4, 1, size, size), 0.1)
    (logits.sum() + auxiliary.sum()).backward()
    assert logits.shape == auxiliary.shape == (4, 10)
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in net.parameters())


def test_the_imagenet_stem_reduces_to_an_eighth_before_the_first_cell_is_done() -> None:
    net = Network(PUBLISHED["DARTS_V2"], 4, 3, 5, stem="imagenet")
    x = torch.randn(2, 3, 64, 64)
    assert net.stem1(net.stem0(x)).shape == (2, 4, 8, 8)
    assert net(x)[0].shape == (2, 5)


def test_a_cell_adds_what_its_connections_bring() -> None:
    genotype = Cell(
        ((2, 0, "skip_connect"), (2, 1, "max_pool_3x3"), (3, 2, "avg_pool_3x3"), (3, 2, "skip_connect")), (3,)
    )
    cell = DerivedCell(genotype, 4, 4, 4, reduction=False, halve=False)
    s0, s1 = torch.randn(2, 2, 4, 8, 8)
    a, b = cell.preprocess(s0, s1)
    node = a + nn.MaxPool2d(3, 1, 1)(b)
    torch.testing.assert_close(cell(s0, s1), nn.AvgPool2d(3, 1, 1, count_include_pad=False)(node) + node)


def test_batchnorm_learns_scales_and_remembers_statistics() -> None:
    norms = [m for m in Network(PUBLISHED["DARTS_V1"], 4, 3).modules() if isinstance(m, nn.BatchNorm2d)]
    assert norms and all(norm.affine and norm.track_running_stats for norm in norms)


def test_drop_path_drops_whole_pictures_and_keeps_the_expectation() -> None:
    torch.manual_seed(0)
    y = drop_path(torch.ones(20000, 2, 1, 1), 0.3)
    dropped = y[:, 0, 0, 0] == 0
    assert torch.equal(y[:, 0], y[:, 1])
    assert set(y.unique().tolist()) == {0.0, torch.tensor(1 / 0.7).item()}
    assert abs(dropped.float().mean() - 0.3) < 0.015  # 4.6 standard deviations of 20000 coins


def test_paths_are_dropped_in_training_only_and_identities_never() -> None:
    identity = DerivedCell(Cell(((2, 0, "skip_connect"), (2, 1, "skip_connect")), (2,)), 4, 4, 4, False, False)
    pool = DerivedCell(Cell(((2, 0, "max_pool_3x3"), (2, 1, "skip_connect")), (2,)), 4, 4, 4, False, False)
    s0, s1 = torch.randn(2, 16, 4, 8, 8)
    assert torch.equal(identity(s0, s1, 0.9), identity(s0, s1, 0.0))
    assert not torch.equal(pool(s0, s1, 0.9), pool(s0, s1, 0.0))
    pool.eval()
    assert torch.equal(pool(s0, s1, 0.9), pool(s0, s1, 0.0))


def test_the_auxiliary_head_speaks_in_training_only() -> None:
    net = Network(PUBLISHED["DARTS_V2"], 2, 3)
    x = torch.randn(2, 3, 32, 32)
    assert net(x)[1].shape == (2, 10)
    assert net.eval()(x)[1] is None
    assert Network(PUBLISHED["DARTS_V2"], 2, 3, auxiliary=False)(x)[1] is None


@pytest.mark.parametrize(("stem", "size", "stride"), [("cifar", 8, 3), ("imagenet", 7, 2)])
def test_the_auxiliary_head_pools_the_published_size_as_published(stem: str, size: int, stride: int) -> None:
    head = AuxiliaryHead(4, 3, stem).eval()
    x = torch.randn(2, 4, size, size)
    pooled = nn.AvgPool2d(5, stride, count_include_pad=False)(torch.relu(x))
    torch.testing.assert_close(head(x), head.classifier(head.features(pooled).flatten(1)))


def test_the_auxiliary_head_does_not_touch_what_the_main_path_sees() -> None:
    x = torch.randn(2, 4, 8, 8)
    before = x.clone()
    AuxiliaryHead(4, 3, "cifar")(x)
    assert torch.equal(x, before)


def test_a_genotype_without_reduction_cell_keeps_the_resolution() -> None:
    genotype = Genotype(Cell(((2, 0, "skip_connect"), (2, 1, "sep_conv_3x3")), (2,), "normal"))
    assert Network(genotype, 4, 3)(torch.randn(2, 3, 8, 8))[0].shape == (2, 10)


@pytest.mark.parametrize("stem", ["cifar", "imagenet"])
def test_the_network_of_a_tied_cell_is_that_of_two_equal_cells(stem: str) -> None:
    cell = PUBLISHED["DARTS_V2"].normal
    tied, twice = (Network(genotype, 4, 5, stem=stem) for genotype in (Genotype(cell, tied=True), Genotype(cell, cell)))
    tied.load_state_dict(twice.state_dict())
    x = torch.randn(2, 3, 32, 32)
    assert all(torch.equal(one, other) for one, other in zip(tied(x), twice(x), strict=True))
    assert count_multiply_adds(tied, (3, 32, 32)) == count_multiply_adds(twice, (3, 32, 32))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"stem": "image"}, "unknown stem 'image'; allowed are: imagenet"),
        ({"stem": "imagenet", "channels": 5}, "starts with C/2 channels, got C=5; use an even number, 6"),
        ({"layers": 0}, "at least 1 cell"),
        ({"classes": 0}, "at least 1 class"),
    ],
    ids=["stem", "odd channels", "layers", "classes"],
)
def test_a_network_that_cannot_be_is_refused(arguments: dict, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        Network(PUBLISHED["DARTS_V1"], **arguments)
