"""Known wrong answers to `08.partial`. Shapes: B pictures, C channels."""

from collections.abc import Callable

import torch
from torch import Tensor

from ....items import Twin

Mixed = Callable[[Tensor], Tensor]
Answer = Callable[[Tensor, Mixed, int], Tensor]


def deal(x: Tensor, groups: int) -> Tensor:
    """The channel shuffle."""
    return x.unflatten(1, (groups, -1)).transpose(1, 2).flatten(1, 2)


def join(x: Tensor, mixed: Mixed, k: int) -> Tensor:
    """Both parts, not shuffled."""
    count = x.shape[1] // k
    return torch.cat([mixed(x[:, :count]), x[:, count:]], 1)


def order(put: Callable[[Tensor, Mixed, int], Tensor]) -> Answer:
    """An answer that puts something else into the right shuffle: put(x, mixed, C/k)."""
    return lambda x, mixed, k: deal(put(x, mixed, x.shape[1] // k), k)


def shuffle(by: Callable[[Tensor, int], Tensor]) -> Answer:
    """An answer that shuffles both parts otherwise: by(joined, k)."""
    return lambda x, mixed, k: by(join(x, mixed, k), k)


def interleaved(x: Tensor, mixed: Mixed, k: int) -> Tensor:
    """Every k-th channel through `mixed`, back in its place, then the shuffle."""
    found = x.clone()
    found[:, ::k] = mixed(x[:, ::k])
    return deal(found, k)


def in_place(x: Tensor, mixed: Mixed, k: int) -> Tensor:
    """Wrong: the caller's state is changed."""
    count = x.shape[1] // k
    x[:, :count] = mixed(x[:, :count])
    return deal(x, k)


def added(x: Tensor, mixed: Mixed, count: int) -> Tensor:
    """All channels pass by, and what is mixed is added to the first."""
    found = x.clone()
    found[:, :count] += mixed(x[:, :count])
    return found


def shuffled_first(x: Tensor, mixed: Mixed, k: int) -> Tensor:
    """The shuffle before the operations."""
    return join(deal(x, k), mixed, k)


def only_the_mixed(x: Tensor, mixed: Mixed, k: int) -> Tensor:
    """The bypass is left out."""
    return mixed(x[:, : x.shape[1] // k])


def zeros_pass_by(x: Tensor, mixed: Mixed, count: int) -> Tensor:
    """Zeros in place of the bypass."""
    return torch.cat([mixed(x[:, :count]), torch.zeros_like(x[:, count:])], 1)


def along_the_height(x: Tensor, mixed: Mixed, k: int) -> Tensor:
    """Wrong axis of the concatenation; fails where the parts differ in size."""
    count = x.shape[1] // k
    return torch.cat([mixed(x[:, :count]), x[:, count:]], 2)


TWINS = (
    Twin(
        "the last channels",
        order(lambda x, mixed, count: torch.cat([x[:, :-count], mixed(x[:, -count:])], 1)),
        "You send the last channels through the operations: which part is to be mixed?",
    ),
    Twin(
        "no shuffle",
        shuffle(lambda joined, k: joined),
        "You do not shuffle: which channels would the next node send through its operations, and which would never get "
        "there?",
    ),
    Twin(
        "C/k groups",
        shuffle(lambda joined, k: deal(joined, joined.shape[1] // k)),
        "You shuffle with C/k groups, and k are asked for: how many channels has each of your groups?",
    ),
    Twin(
        "bypass first",
        order(lambda x, mixed, count: torch.cat([x[:, count:], mixed(x[:, :count])], 1)),
        "You put the bypass first: in which order do both parts come before the shuffle?",
    ),
    Twin(
        "bypass first, not shuffled",
        lambda x, mixed, k: torch.cat([x[:, x.shape[1] // k :], mixed(x[:, : x.shape[1] // k])], 1),
        "You put the bypass first and do not shuffle: does the next node then see the mixed channels as its first?",
    ),
    Twin(
        "all channels mixed",
        order(lambda x, mixed, count: mixed(x)),
        "You send all channels through the operations: which part of the cost is then saved?",
    ),
    Twin(
        "all channels mixed, then one part kept",
        order(lambda x, mixed, count: torch.cat([mixed(x)[:, :count], x[:, count:]], 1)),
        "You mix all channels and keep a part of the result: what does an operation on all of them cost?",
    ),
    Twin(
        "all but C/k channels mixed",
        order(lambda x, mixed, count: torch.cat([x[:, :count], mixed(x[:, count:])], 1)),
        "You mix the large part and let the small one pass by: which of the two should be cheap?",
    ),
    Twin(
        "k channels instead of C/k",
        lambda x, mixed, k: deal(torch.cat([mixed(x[:, :k]), x[:, k:]], 1), k),
        "You mix k channels: is k a number of channels, or the number of parts?",
    ),
    Twin(
        "C - k channels instead of C/k",
        lambda x, mixed, k: deal(torch.cat([mixed(x[:, :-k]), x[:, -k:]], 1), k),
        "You mix all but k channels: is k a number of channels, or the number of parts?",
    ),
    Twin(
        "every k-th channel",
        interleaved,
        "You mix every k-th channel: where in the state are the first C/k of them?",
    ),
    Twin(
        "both parts added",
        order(added),
        "Your mixed channels pass by as well, and are added: which channels take the bypass?",
    ),
    Twin(
        "nothing passes by",
        only_the_mixed,
        "You return the mixed channels alone: how many channels does the next operation expect?",
    ),
    Twin(
        "zeros pass by",
        order(zeros_pass_by),
        "Your bypass is zero: what should become of the channels that no operation sees?",
    ),
    Twin(
        "the bypass is mixed as well",
        order(lambda x, mixed, count: torch.cat([mixed(x[:, :count]), mixed(x[:, count:])], 1)),
        "Your bypass goes through the operations too: what is left to be saved?",
    ),
    Twin(
        "the mixed part repeated",
        lambda x, mixed, k: deal(torch.cat([mixed(x[:, : x.shape[1] // k])] * k, 1), k),
        "You repeat the mixed part k times: where are the other channels of the state?",
    ),
    Twin(
        "shuffled before",
        shuffled_first,
        "You shuffle first and mix then: do your operations see the first C/k channels of the state?",
    ),
    Twin(
        "shuffled before and after",
        lambda x, mixed, k: deal(shuffled_first(x, mixed, k), k),
        "You shuffle twice, before and after: how often are the channels dealt anew?",
    ),
    Twin(
        "shuffled by reversing",
        shuffle(lambda joined, k: joined.flip(1)),
        "You turn the order of the channels round: does that mix the k parts with each other?",
    ),
    Twin(
        "groups shuffled, not channels",
        shuffle(lambda joined, k: joined.unflatten(1, (k, -1)).flip(1).flatten(1, 2)),
        "You move whole groups: how many channels of each group should stand side by side afterwards?",
    ),
    Twin(
        "rolled",
        shuffle(lambda joined, k: joined.roll(joined.shape[1] // k, 1)),
        "You push the channels round in a circle: which of them become neighbours that were not before?",
    ),
    Twin(
        "blocks of neighbours turned round",
        shuffle(lambda joined, k: joined.unflatten(1, (-1, k)).flip(2).flatten(1, 2)),
        "You turn each block of k neighbours round: from how many different groups should k neighbours come?",
    ),
    Twin(
        "pictures shuffled",
        lambda x, mixed, k: join(x, mixed, k).transpose(2, 3).reshape(x.shape),
        "You exchange height and width: which axis are the channels?",
    ),
    Twin(
        "joined along the height",
        along_the_height,
        "You join both parts along the height of the pictures: which axis are the channels?",
    ),
    Twin(
        "groups left as an axis",
        shuffle(lambda joined, k: joined.unflatten(1, (k, -1)).transpose(1, 2)),
        "Your result has one axis too many: how do groups become channels again?",
    ),
    Twin(
        "state changed in place",
        in_place,
        "You write into the state that you were given: which other edges read it?",
    ),
    Twin(
        "state changed in place, no shuffle",
        lambda x, mixed, k: (x[:, : x.shape[1] // k].copy_(mixed(x[:, : x.shape[1] // k])), x)[1],
        "You write into the state that you were given, and give it back: which other edges read it, and who shuffles?",
    ),
)
