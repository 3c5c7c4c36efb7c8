"""Known wrong answers to `01.valid_cell`.

Each shows in all cells of one kind, whatever else the answer does; see `cells.CELLS`.
"""

from collections import Counter

import numpy as np

from ....items import Twin
from ..answers import Triple, valid_cell
from ..cases import check_loosely
from ..cells import is_wrong_in

FIRST, MIDDLE, LAST = "wrong in the first node", "wrong in the middle", "wrong in the last node"
WITH_NODES = ("several nodes", "shuffled", "a node unread")  # derived cells in which a node reads another


def _good_nodes(connections: list[Triple], nodes: int) -> list[bool]:
    """For every node whether its own connections are as a derivation leaves them."""

    def is_good(node: int) -> bool:
        own = [(source, name) for target, source, name in connections if target == node]
        sources = {source for source, name in own if source < node and name != "none"}
        return len(own) == len(sources) == 2

    return [is_good(node) for node in range(2, 2 + nodes)]


def _good_connections(connections: list[Triple], nodes: int) -> bool:
    """Whether every connection by itself may be in a derived cell."""
    return all(0 <= source < node < 2 + nodes and name != "none" for node, source, name in connections)


VALID_CELL = (
    Twin(
        "no to every cell",
        lambda connections, nodes: False,
        "You refuse every cell: which number has the first node, and in which order do the three parts of a "
        "connection stand?",
        shows=lambda pairs: all(isinstance(got, (bool, np.bool_)) and not got for _, got in pairs),
    ),
    Twin(
        "yes to every cell",
        lambda connections, nodes: True,
        "You accept every cell: on which path does your function return False, and is it ever reached?",
        shows=lambda pairs: all(isinstance(got, (bool, np.bool_)) and got for _, got in pairs),
    ),
    Twin(
        "only the first node",
        lambda connections, nodes: _good_nodes(connections, nodes)[0],
        "You judge by the first node alone: does your loop return before it has seen the others?",
        shows=is_wrong_in(MIDDLE, LAST, right_in=(FIRST,)),
    ),
    Twin(
        "only the last node",
        lambda connections, nodes: _good_nodes(connections, nodes)[-1],
        "You judge by the last node alone: does every turn of your loop forget what the one before it found?",
        shows=is_wrong_in(FIRST, MIDDLE, right_in=(LAST,)),
    ),
    Twin(
        "the last node left out",
        lambda connections, nodes: all(_good_nodes(connections, nodes)[:-1]) and len(connections) == 2 * nodes,
        "You never look at the last node: with which number does `range` end, and which number has the last node?",
        shows=is_wrong_in(LAST, right_in=(FIRST, MIDDLE)),
    ),
    Twin(
        "one good node is enough",
        lambda connections, nodes: any(_good_nodes(connections, nodes)),
        "You accept a cell as soon as one of its nodes is good: must one node keep the rule, or every node?",
        shows=is_wrong_in(FIRST, MIDDLE, LAST, right_in=("wrong in its only node",)),
    ),
    Twin(
        "predecessors differ in the whole cell",
        lambda connections, nodes: valid_cell(connections, nodes) and nodes == 1,
        "You refuse every cell with more than one node: may two nodes read the same state?",
        shows=is_wrong_in(*WITH_NODES, "only the inputs read", right_in=("one node", "wrong in its only node")),
    ),
    Twin(
        "only the inputs may be read",
        lambda connections, nodes: valid_cell(connections, nodes) and all(s < 2 for _, s, _ in connections),
        "You refuse a cell in which a node reads another node: which states come before the second node?",
        shows=is_wrong_in(*WITH_NODES, right_in=("only the inputs read",)),
    ),
    Twin(
        "the order of the list",
        lambda connections, nodes: (
            valid_cell(connections, nodes) and [c[0] for c in connections] == sorted(c[0] for c in connections)
        ),
        "You refuse a cell whose connections are not sorted by node: does the order in a list change a graph?",
        shows=is_wrong_in("shuffled", right_in=("one node", "several nodes", "equal operations")),
    ),
    Twin(
        "the order of the predecessors",
        lambda connections, nodes: (
            valid_cell(connections, nodes)
            and all(
                sources == sorted(sources)
                for node in range(2, 2 + nodes)
                for sources in [[s for n, s, _ in connections if n == node]]
            )
        ),
        "You refuse a node that lists predecessor 1 before 0: must its smaller predecessor come first?",
        shows=is_wrong_in("falling predecessors", right_in=("one node", "several nodes")),
    ),
    Twin(
        "operations differ too",
        lambda connections, nodes: (
            valid_cell(connections, nodes) and len({(node, name) for node, _, name in connections}) == len(connections)
        ),
        "You refuse a node with the same operation on both edges: what has to differ, the states or the operations?",
        shows=is_wrong_in("equal operations", right_in=("one node", "several nodes", "a node unread")),
    ),
    Twin(
        "every node has to be read",
        lambda connections, nodes: check_loosely(connections, nodes, read=True),
        "You refuse a cell because no later node reads one of its nodes: what does the output concatenate?",
        shows=is_wrong_in("a node unread", right_in=("one node", "several nodes", "equal operations")),
    ),
    Twin(
        "cycles allowed",
        lambda connections, nodes: check_loosely(connections, nodes, acyclic=False),
        "You accept a cell in which a node reads itself or a later one: in which order would it be computed?",
        shows=is_wrong_in("a node reads itself", "a node reads a later one"),
    ),
    Twin(
        "a node may read itself",
        lambda connections, nodes: (
            check_loosely(connections, nodes, acyclic=False) and all(s <= n for n, s, _ in connections)
        ),
        "You accept a node that reads itself: is its own number smaller than itself?",
        shows=is_wrong_in("a node reads itself"),
    ),
    Twin(
        "a node may read a later one",
        lambda connections, nodes: (
            check_loosely(connections, nodes, acyclic=False) and all(n != s for n, s, _ in connections)
        ),
        "You accept a node that reads a later one: in which order would the two be computed?",
        shows=is_wrong_in("a node reads a later one"),
    ),
    Twin(
        "one state read twice",
        lambda connections, nodes: check_loosely(connections, nodes, distinct=False),
        "You accept a node that reads one state twice, as NASNet's may: can two different edges begin at the "
        "same state here?",
        shows=is_wrong_in("one state twice"),
    ),
    Twin(
        "none kept",
        lambda connections, nodes: check_loosely(connections, nodes, operate=False),
        "You accept a connection that holds `none`: does it carry anything?",
        shows=is_wrong_in("none"),
    ),
    Twin(
        "whatever can be computed",
        lambda connections, nodes: check_loosely(connections, nodes, fewest=1, most=9),
        "You accept every cell that can be computed: how many edges does a derivation keep into each node?",
        shows=is_wrong_in("one connection", "three connections"),
    ),
    Twin(
        "two or more",
        lambda connections, nodes: check_loosely(connections, nodes, most=9),
        "You accept a node with three connections: it can be computed, but could top-2 have left it like that?",
        shows=is_wrong_in("three connections"),
    ),
    Twin(
        "one or two",
        lambda connections, nodes: (
            all(node < 2 + nodes for node, _, _ in connections)
            and check_loosely(connections, nodes, fewest=1, most=9)
            and all(1 <= count <= 2 for count in Counter(node for node, _, _ in connections).values())
        ),
        "You accept a node with a single connection: how many edges does a derivation keep into each node?",
        shows=is_wrong_in("one connection"),
    ),
    Twin(
        "predecessors counted, connections not",
        lambda connections, nodes: (
            all(len({s for n, s, _ in connections if n == node}) == 2 for node in range(2, 2 + nodes))
            and _good_connections(connections, nodes)
        ),
        "You accept a node with three connections from two states: do you count what it reads, or its connections?",
        shows=is_wrong_in("three connections from two states"),
    ),
    Twin(
        "the number of all connections",
        lambda connections, nodes: (
            len(connections) == 2 * nodes == len({(node, source) for node, source, _ in connections})
            and _good_connections(connections, nodes)
        ),
        "You accept a node with one connection beside a node with three: is it enough to count them all together?",
        shows=is_wrong_in("one and three"),
    ),
    Twin(
        "only the nodes that occur",
        lambda connections, nodes: (
            all(_good_nodes(connections, 9)[node - 2] for node, _, _ in connections)
            and all(node < 2 + nodes for node, _, _ in connections)
        ),
        "You accept a cell in which a node has no connection at all: do you go through all nodes, or through those "
        "that occur in the list?",
        shows=is_wrong_in("a node without connections"),
    ),
    Twin(
        "connections into other nodes",
        lambda connections, nodes: all(_good_nodes(connections, nodes)),
        "You accept a connection into a node that the cell does not have: what is left over once every node is "
        "checked?",
        shows=is_wrong_in("a stray connection"),
    ),
    Twin(
        "a node too many",
        lambda connections, nodes: (
            all(_good_nodes(connections, max((node for node, _, _ in connections), default=2) - 1))
            and len(connections) >= 2 * nodes
        ),
        "You accept a cell with one node more than it has: do you compare with the argument `nodes`?",
        shows=is_wrong_in("a node too many"),
    ),
    Twin(
        "another node in place of one",
        lambda connections, nodes: (
            len(connections) == 2 * nodes and all(_good_nodes(connections, 9)[n - 2] for n, _, _ in connections)
        ),
        "You accept nodes with other numbers than the cell has: which numbers do its nodes have, from 2 on?",
        shows=is_wrong_in("another node in place of one"),
    ),
)
