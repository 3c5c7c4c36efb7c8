"""The genotype: the discrete cells as an immutable value, with its text forms and its checks.

In the published flat list the node of a pair follows from its position. Here every edge is an explicit
(node, predecessor, operation) triple; `from_pairs` and `to_pairs` translate.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, NamedTuple

from .base.literals import read_calls
from .base.messages import UserError, require, short, unknown
from .space import INPUTS, KINDS, KNOWN_OPERATIONS, NONE

GENOTYPE_FORMAT, GENOTYPE_VERSION = "dartslab-genotype", 1
CONVOLUTIONAL = tuple(name for name in KNOWN_OPERATIONS if name != NONE)
FORMS = (
    "a genotype is written as the JSON of Genotype.to_json, or as Genotype(normal=[('sep_conv_3x3', 0), ...], "
    "normal_concat=range(2, 6), reduce=[...], reduce_concat=range(2, 6))"
)
RECURRENT = ("tanh", "relu", "sigmoid", "identity")


class Connection(NamedTuple):
    """A kept edge: `node` reads state `predecessor` through `operation`."""

    node: int
    predecessor: int
    operation: str


class Pairs(NamedTuple):
    """The published flat form: (operation, predecessor) pairs, two per node, and the concatenated nodes."""

    normal: list[tuple[str, int]]
    normal_concat: list[int]
    reduce: list[tuple[str, int]]
    reduce_concat: list[int]


@dataclass(frozen=True)
class Cell:
    """One discrete cell: its connections and the nodes whose outputs are concatenated.

    A node that no connection ends in is left out: nothing may read it or concatenate it. The others keep their numbers,
    which are those of the space.

    Args:
        connections: (node, predecessor, operation) triples; a node may have the same predecessor twice.
        concat: the nodes that form the output, each once.
        name: used in messages, "normal" or "reduce".
        operations: the operations that are allowed.
        inputs: number of input states; 2, or 1 in a recurrent cell.
    Raises:
        UserError: an empty cell, an unknown operation, a node without input that is used, a predecessor out of range or
            a cycle, a concatenated node that does not exist.
    """

    connections: tuple[Connection, ...]
    concat: tuple[int, ...]
    name: str = "cell"
    operations: tuple[str, ...] = CONVOLUTIONAL
    inputs: int = INPUTS

    def __post_init__(self) -> None:
        connections = tuple(Connection(*connection) for connection in self.connections)
        object.__setattr__(self, "connections", connections)
        object.__setattr__(self, "concat", tuple(self.concat))
        where = f"genotype {self.name!r}"
        require(len(connections) > 0, f"{where} is an empty cell; every node needs at least one connection.")
        numbers = [n for c in connections for n in (c.node, c.predecessor)] + list(self.concat)
        for number in numbers:
            require(
                isinstance(number, int) and not isinstance(number, bool),
                f"{where}: node number {number!r} is not a whole number; number the states 0, 1, 2, ...",
            )
        last = max(connection.node for connection in connections)
        for node, predecessor, operation in connections:
            if operation == NONE:
                raise UserError(
                    f"{where}: node {node} is given the operation 'none', which a derived cell cannot hold; leave "
                    f"the connection out or use one of: {', '.join(self.operations)}."
                )
            if operation not in self.operations:
                raise unknown(f"operation in {where}, node {node}:", operation, self.operations)
            require(
                node >= self.inputs,
                f"{where}: a connection ends in state {node}, which is an input; nodes are {self.inputs} to {last}. "
                "Renumber the node.",
            )
            require(
                0 <= predecessor <= last,
                f"{where}: node {node} takes its input from state {predecessor}, which does not exist; allowed are "
                f"0 to {node - 1}. Fix the predecessor.",
            )
            require(
                predecessor < node,
                f"{where}: node {node} takes its input from node {predecessor}, which makes a cycle; an edge must "
                f"come from an earlier state (0 to {node - 1}). Reorder the nodes or fix the predecessor.",
            )
        used = {connection.predecessor for connection in connections} | set(self.concat)
        for node in range(self.inputs, last + 1):
            require(
                node in self.nodes or node not in used,
                f"{where}: node {node} has no input, and another node or the output uses it. Add a connection that "
                "ends in it, or leave it out everywhere.",
            )
        require(
            len(self.concat) > 0,
            f"{where} concatenates no node; name at least one of {self.inputs} to {last}.",
        )
        for node in self.concat:
            require(
                self.inputs <= node <= last,
                f"{where} concatenates node {node}, which does not exist; nodes are {self.inputs} to {last}.",
            )
        require(
            len(set(self.concat)) == len(self.concat),
            f"{where} concatenates {list(self.concat)}; name each node once.",
        )

    @property
    def nodes(self) -> tuple[int, ...]:
        """The numbers of the nodes that have an input, without the inputs of the cell."""
        return tuple(sorted({connection.node for connection in self.connections}))

    def into(self, node: int) -> list[Connection]:
        """The connections that end in `node`, in their order."""
        return [connection for connection in self.connections if connection.node == node]

    def to_line(self) -> str:
        """The connections, for people: "2 <- sep_conv_3x3(0), 2 <- skip_connect(1)"."""
        return ", ".join(f"{c.node} <- {c.operation}({c.predecessor})" for c in self.connections)

    def to_pairs(self) -> list[tuple[str, int]]:
        """The published flat list; needs two connections in every node (one in a recurrent cell)."""
        ordered = [connection for node in self.nodes for connection in self.into(node)]
        require(
            self.nodes == tuple(range(self.inputs, self.inputs + len(self.nodes))),
            f"genotype {self.name!r}: only nodes {', '.join(map(str, self.nodes))} have an input; the flat pair form "
            "has no gaps. Use to_json instead.",
        )
        counts = Counter(connection.node for connection in ordered)
        for node, count in counts.items():
            require(
                count == self.inputs,
                f"genotype {self.name!r}: node {node} has {count} connections; the flat pair form holds exactly "
                f"{self.inputs} per node. Use to_json instead.",
            )
        return [(connection.operation, connection.predecessor) for connection in ordered]


@dataclass(frozen=True)
class Genotype:
    """A derived architecture: the normal cell and, where the space has one, the reduction cell.

    Args:
        normal: the normal cell.
        reduce: the reduction cell; a network has none where this is None, unless cells are tied.
        tied: the normal cell is the reduction cell, too.
    Raises:
        UserError: tied cells, and a reduction cell besides.
    """

    normal: Cell
    reduce: Cell | None = None
    tied: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        require(
            not self.tied or self.reduce is None,
            "a tied genotype has one cell for both kinds, and a cell 'reduce' is given besides; leave one of them out.",
        )

    @property
    def cells(self) -> dict[str, Cell]:
        """The cells by kind; only the normal cell where it is tied to the reduction cell."""
        return {"normal": self.normal} | ({"reduce": self.reduce} if self.reduce else {})

    @property
    def cell_of(self) -> dict[str, Cell]:
        """The cell that a network builds at the places of each kind."""
        return dict.fromkeys(KINDS, self.normal) if self.tied else self.cells

    @classmethod
    def from_pairs(
        cls,
        normal: Iterable[Sequence[Any]],
        normal_concat: Iterable[int],
        reduce: Iterable[Sequence[Any]],
        reduce_concat: Iterable[int],
    ) -> "Genotype":
        """Read the published form: a flat list of (operation, predecessor), two per node; or a list for each node."""
        return cls(cell_from_pairs(normal, normal_concat, "normal"), cell_from_pairs(reduce, reduce_concat, "reduce"))

    def to_lines(self) -> list[str]:
        """A line for each cell, for people: "normal: 2 <- sep_conv_3x3(0), 2 <- skip_connect(1)"."""
        lines = []
        for kind, cell in self.cells.items():
            name = "both kinds" if self.tied else kind
            lines.append(f"{name}: {cell.to_line()}")
        return lines

    def to_pairs(self) -> Pairs:
        """The published form; `Genotype.from_pairs(*g.to_pairs()) == g` when connections are listed by node.

        Of a tied genotype both lists are the same, and `from_pairs` makes two equal cells of them.
        """
        if "reduce" not in self.cell_of:
            raise UserError("the flat pair form needs a reduction cell and this genotype has none; use to_json.")
        normal, reduce = (self.cell_of[kind] for kind in KINDS)
        return Pairs(normal.to_pairs(), list(normal.concat), reduce.to_pairs(), list(reduce.concat))

    @classmethod
    def from_text(cls, text: str) -> "Genotype":
        """Read a genotype as people have it; nothing is evaluated.

        That is the JSON of `to_json`, or `Genotype(normal=[...], normal_concat=range(2, 6), ...)` as the published code
        and others print it, anywhere in the text. Of several, as in the log of a search, the last is taken.

        Raises:
            UserError: neither of them, or a genotype that is not valid.
        """
        if text.lstrip().startswith("{"):
            return cls.from_json(text)
        try:
            found = list(read_calls(text, ("Genotype", "Pairs"), Pairs._fields))
        except ValueError as error:
            raise UserError(f"the text has a genotype that cannot be read ({short(error)}); {FORMS}.") from error
        require(bool(found), f"the text {short(repr(text))} holds no genotype; {FORMS}.")
        given = found[-1]
        for name in Pairs._fields if "reduce" in given else Pairs._fields[:2]:
            require(isinstance(given.get(name), list), f"the genotype in the text has no list {name!r}; {FORMS}.")
        return cls(*(cell_from_pairs(given[kind], given[f"{kind}_concat"], kind) for kind in KINDS if kind in given))

    def to_json(self) -> str:
        """A text from which `from_json` reads an equal genotype."""
        cells = {
            kind: {
                "connections": [connection._asdict() for connection in cell.connections],
                "concat": list(cell.concat),
            }
            for kind, cell in self.cells.items()
        }
        tied = {"tied": True} if self.tied else {}
        return json.dumps({"format": GENOTYPE_FORMAT, "version": GENOTYPE_VERSION} | tied | cells, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Genotype":
        """Read `to_json`'s text.

        Raises:
            UserError: the text is truncated or no JSON, of another format or version, lacks a key, or describes
                a cell that is not valid (see `Cell`).
        """
        try:
            data = json.loads(text)
        except (json.JSONDecodeError, TypeError, RecursionError) as error:
            raise UserError(
                f"genotype text is not complete JSON ({error}); expected what Genotype.to_json writes. The file may "
                "be truncated: copy it again or derive the genotype again."
            ) from error
        if not isinstance(data, dict) or data.get("format") != GENOTYPE_FORMAT:
            raise UserError(
                f'genotype text lacks "format": "{GENOTYPE_FORMAT}"; expected what Genotype.to_json writes. For the '
                "published flat form use Genotype.from_pairs."
            )
        require(
            data.get("version") == GENOTYPE_VERSION,
            f"genotype text is of version {data.get('version')!r}, this dartslab reads version {GENOTYPE_VERSION}; "
            "write it again with this dartslab, or install the one that wrote it.",
        )
        strange = sorted(set(data) - {"format", "version", "normal", "reduce", "tied"})
        require(not strange, f"genotype text has unknown keys {strange}; allowed are 'normal', 'reduce' and 'tied'.")
        require("normal" in data, "genotype text has no cell 'normal'; add it, only 'reduce' may be left out.")
        tied = data.get("tied", False)
        require(isinstance(tied, bool), f"genotype text says tied: {short(repr(tied))}; it must be true or false.")
        return cls(
            _read_cell(data["normal"], "normal"),
            _read_cell(data["reduce"], "reduce") if "reduce" in data else None,
            tied=tied,
        )


def _read_cell(data: Any, name: str) -> Cell:
    try:
        connections = tuple(
            Connection(entry["node"], entry["predecessor"], entry["operation"]) for entry in data["connections"]
        )
        concat = tuple(data["concat"])
    except (KeyError, TypeError) as error:
        raise UserError(
            f"genotype {name!r} cannot be read ({error!r}); a cell is {{'connections': [{{'node', 'predecessor', "
            "'operation'}, ...], 'concat': [...]}. Complete it or derive the genotype again."
        ) from error
    return Cell(connections, concat, name)


def _is_pair(entry: Any) -> bool:
    return isinstance(entry, (list, tuple)) and len(entry) == 2 and isinstance(entry[0], str)


def cell_from_pairs(pairs: Iterable[Sequence[Any]], concat: Iterable[int], name: str = "cell") -> Cell:
    """One convolutional cell from the published flat list, pair i is of node 2 + i // 2; or a list for each."""
    entries = [tuple(entry) if isinstance(entry, Sequence) else (entry,) for entry in pairs]
    nested = bool(entries) and all(entry and _is_pair(entry[0]) for entry in entries)
    flat = [(node, pair) for node, entry in enumerate(entries) for pair in entry] if nested else []
    require(
        nested or len(entries) % 2 == 0,
        f"genotype {name!r}: got {len(entries)} entries; the flat form holds (operation, predecessor) pairs, two for "
        "each node. Add or remove one.",
    )
    flat = flat or [(number // 2, pair) for number, pair in enumerate(entries)]
    for _, pair in flat:
        require(_is_pair(pair), f"genotype {name!r}: {short(repr(pair))} is no pair (operation, predecessor); mend it.")
    connections = [Connection(INPUTS + node, source, operation) for node, (operation, source) in flat]
    return Cell(tuple(connections), tuple(concat), name)


def recurrent_cell_from_pairs(pairs: Iterable[Sequence[Any]], concat: Iterable[int], name: str) -> Cell:
    """One recurrent cell from its flat list: state 0 is the first hidden state, pair i belongs to node 1 + i."""
    connections = [Connection(1 + i, source, operation) for i, (operation, source) in enumerate(pairs)]
    return Cell(tuple(connections), tuple(concat), name, RECURRENT, inputs=1)


from_pairs = Genotype.from_pairs

_published = json.loads(files("dartslab").joinpath("published.json").read_text(encoding="utf-8"))
# Published cells by name; the file names the repository each was read in.
PUBLISHED_RECURRENT = {
    name: recurrent_cell_from_pairs(entry["recurrent"], entry["concat"], name)
    for name, entry in _published.pop("recurrent").items()
}
PUBLISHED = {name: from_pairs(*(entry[key] for key in Pairs._fields)) for name, entry in _published.items()}
