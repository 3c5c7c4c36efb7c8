"""Known wrong answers to `06.arrows`."""

from collections.abc import Callable, Sequence
from typing import Any

from ....items import Twin
from ..answers import arrows

Pairs = Sequence[tuple[str, int]]
Entry = Callable[[int, str, int, int], Any]  # (source, name, place in the list, length of the list) -> entry


def each(entry: Entry) -> Callable[[Pairs], list[Any]]:
    """An answer that makes something of every entry of the list."""
    return lambda pairs: [entry(s, name, place, len(pairs)) for place, (name, s) in enumerate(pairs)]


def rewrite(entry: Callable[[int, int, str], Any]) -> Callable[[Pairs], list[Any]]:
    """The right arrows, written otherwise."""
    return lambda pairs: [entry(*arrow) for arrow in arrows(pairs)]


def four_nodes(pairs: Pairs) -> list[Any]:
    """Wrong: four nodes always."""
    return [(pairs[k][1], 2 + k // 2, pairs[k][0]) for k in range(8)]


def empty_the_list(pairs: Any) -> list[Any]:
    """Wrong: the caller's list is used up."""
    found = arrows(pairs)
    pairs.clear()
    return found


def _has_name_elsewhere(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether each arrow has its three parts, and the operation is not the last of them."""
    return all(
        sorted(tuple(sorted(map(str, entry))) for entry in got) == sorted(tuple(sorted(map(str, e))) for e in wanted)
        and not any(isinstance(entry[2], str) for entry in got)
        for wanted, got in pairs
    )


def _holds_texts(pairs: list[tuple[Any, Any]]) -> bool:
    return all(len(entry) == 3 and all(isinstance(part, str) for part in entry) for _, got in pairs for entry in got)


TWINS = (
    Twin(
        "inputs forgotten",
        each(lambda s, name, place, length: (s, place // 2, name)),
        "Your first node has the number 0: which states are 0 and 1?",
    ),
    Twin(
        "one input",
        each(lambda s, name, place, length: (s, 1 + place // 2, name)),
        "Your first node is state 1: how many inputs come before the nodes?",
    ),
    Twin(
        "three inputs",
        each(lambda s, name, place, length: (s, 3 + place // 2, name)),
        "Your first node is state 3: how many inputs come before the nodes, and what is the first number?",
    ),
    Twin(
        "states from 1",
        each(lambda s, name, place, length: (s + 1, 3 + place // 2, name)),
        "All your states are one too large: which number does the first input have?",
    ),
    Twin(
        "a node for every entry",
        each(lambda s, name, place, length: (s, 2 + place, name)),
        "You make one node of every entry: how many edges end in a node?",
    ),
    Twin(
        "halves of nodes",
        each(lambda s, name, place, length: (s, 2 + place / 2, name)),
        "Some of your nodes are number 2.5: what should be done with half a place?",
    ),
    Twin(
        "remainder instead of half",
        each(lambda s, name, place, length: (s, 2 + place % 2, name)),
        "Your nodes are 2 and 3 in turn: what does % give, and what is the number of the node of entries 2 and 3?",
    ),
    Twin(
        "nodes dealt out in turn",
        each(lambda s, name, place, length: (s, 2 + place % (length // 2), name)),
        "You deal the entries out to the nodes in turn: where in the list are the two of one node?",
    ),
    Twin(
        "node after its predecessor",
        each(lambda s, name, place, length: (s, s + 1, name)),
        "You make the node out of its predecessor: can a node not read a state further back?",
    ),
    Twin(
        "the same node for all",
        each(lambda s, name, place, length: (s, 2, name)),
        "All your arrows end in node 2: how does the place in the list tell the node?",
    ),
    Twin(
        "predecessors counted without the inputs",
        rewrite(lambda source, target, name: (source + 2, target, name)),
        "You add to the predecessors: could a node still read one of the two inputs?",
    ),
    Twin(
        "arrows turned round",
        rewrite(lambda source, target, name: (target, source, name)),
        "Your arrows lead from a node to its predecessor: in which direction does the data flow?",
    ),
    Twin(
        "the operation not at the end",
        rewrite(lambda source, target, name: (name, source, target)),
        "Your arrows have the right three parts in another order: which of them comes last?",
        shows=_has_name_elsewhere,
    ),
    Twin(
        "the operation left out",
        rewrite(lambda source, target, name: (source, target)),
        "Your arrows say from where and to where: what lies on them?",
    ),
    Twin(
        "the node left out",
        rewrite(lambda source, target, name: (source, name)),
        "Your arrows say where they begin and what lies on them: where do they end?",
    ),
    Twin(
        "states as text",
        rewrite(lambda source, target, name: (str(source), str(target), name)),
        "Your states are texts: with which kind of value can one count and index?",
        shows=_holds_texts,
    ),
    Twin(
        "a list for each node",
        lambda pairs: [arrows(pairs)[k : k + 2] for k in range(0, len(pairs), 2)],
        "You give a list for each node, and one flat list is asked for: what does `extend` do that `append` does not?",
        shows=lambda pairs: all(
            [tuple(arrow) for node in got for arrow in node] == list(wanted) for wanted, got in pairs
        ),
    ),
    Twin(
        "one entry of each node",
        lambda pairs: arrows(pairs)[::2],
        "You use every second entry only: how many edges end in a node?",
    ),
    Twin(
        "the other entry of each node",
        lambda pairs: arrows(pairs)[1::2],
        "You keep only the second entry of each node: does it replace the first in a dictionary or a loop?",
    ),
    Twin(
        "one arrow for each predecessor",
        lambda pairs: list({source: (source, target, name) for source, target, name in arrows(pairs)}.values()),
        "You keep one arrow for each predecessor: may two nodes read the same state?",
    ),
    Twin(
        "one arrow for each operation",
        lambda pairs: list({name: (source, target, name) for source, target, name in arrows(pairs)}.values()),
        "You keep one arrow for each operation: may the same one lie on two edges?",
    ),
    Twin(
        "one arrow for each predecessor and operation",
        lambda pairs: list({(source, name): (source, target, name) for source, target, name in arrows(pairs)}.values()),
        "Two arrows from one state with the same operation are one for you: may they end in different nodes?",
    ),
    Twin(
        "at most four nodes",
        lambda pairs: arrows(pairs)[:8],
        "You stop after four nodes: how many are in this list?",
    ),
    Twin(
        "exactly four nodes",
        four_nodes,
        "You read eight entries, whatever the list holds: how many nodes does this one have?",
    ),
    Twin(
        "sorted first",
        lambda pairs: arrows(sorted(pairs)),
        "You sort the list before you number the nodes: what tells you then to which node an entry belongs?",
    ),
    Twin(
        "sorted by predecessor first",
        lambda pairs: arrows(sorted(pairs, key=lambda pair: pair[1])),
        "You sort by predecessor before you number the nodes: what tells you then to which node an entry belongs?",
    ),
    Twin(
        "the last pair lost",
        lambda pairs: arrows(pairs)[:-2],
        "Your last node is missing: where does your loop end?",
    ),
    Twin(
        "the list used up",
        empty_the_list,
        "You take the entries out of the list that you were given: what will the caller find in it afterwards?",
    ),
)
