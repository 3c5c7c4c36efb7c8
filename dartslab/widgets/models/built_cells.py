"""Cells that a person builds: a letter for each edge, and facts about the network they make. No torch here.

Cells are held as {kind: letters}. Letter e is the operation on edge e of the space (in the order of
`SearchSpace.edges`): its place in `KNOWN_OPERATIONS`, counted 0 to 9, a to z; "0" is `none`, no connection.
"""

from collections.abc import Mapping
from functools import lru_cache
from string import ascii_lowercase, digits
from typing import Any

from ...base.messages import UserError, require, unknown
from ...draw.style import title_of
from ...genotype import PUBLISHED, Cell, Connection, Genotype
from ...space import INPUTS, KNOWN_OPERATIONS, NONE, SearchSpace
from .counting import cell_number, not_counted
from .moments import graph_svg

LETTERS = dict(zip(KNOWN_OPERATIONS, digits + ascii_lowercase, strict=False))
NAMES = {letter: name for name, letter in LETTERS.items()}
EMPTY = LETTERS[NONE]


def no_cells(space: SearchSpace) -> dict[str, str]:
    """Cells without any connection."""
    return dict.fromkeys(space.kinds, EMPTY * len(space.edges))


def letters_of(space: SearchSpace, cell: Cell, name: str) -> str:
    """A cell in letters.

    Args:
        space: of the builder.
        cell: at most one connection on an edge, all nodes concatenated.
        name: of the genotype, for messages.
    Raises:
        UserError: two operations on one edge, another number of nodes, an operation the space lacks, a node that is
            not concatenated.
    """
    what = f"the {title_of(cell.name, space.tied)} of {name}"
    edges = [(node, predecessor) for node, predecessor, _ in cell.connections]
    for node, predecessor in edges:
        require(
            edges.count((node, predecessor)) == 1,
            f"{what} uses state {predecessor} twice in node {node}, and the builder holds one operation per edge; "
            "start from another cell.",
        )
    require(
        len(cell.nodes) == space.nodes,
        f"{what} has {len(cell.nodes)} nodes and this builder {space.nodes}; pass nodes={len(cell.nodes)}.",
    )
    require(
        set(cell.concat) == set(cell.nodes),
        f"{what} concatenates nodes {list(cell.concat)}, and a built cell concatenates all; start from another cell.",
    )
    for _, _, operation in cell.connections:
        if operation not in space.operations:
            raise unknown(f"operation in {what}:", operation, space.operations)
    held = {(node, predecessor): LETTERS[operation] for node, predecessor, operation in cell.connections}
    return "".join(held.get(edge, EMPTY) for edge in space.edges)


def cells_of(space: SearchSpace, genotype: Genotype | str) -> dict[str, str]:
    """A genotype, or the published one of this name, in letters; a kind it lacks is empty.

    Raises:
        UserError: an unknown name, something else, two cells in a tied space, or a cell the builder cannot hold, see
            `letters_of`.
    """
    name = "the genotype"
    if isinstance(genotype, str):
        if genotype not in PUBLISHED:
            raise unknown("published cell", genotype, PUBLISHED)
        name, genotype = genotype, PUBLISHED[genotype]
    require(
        isinstance(genotype, Genotype),
        f"a {type(genotype).__name__} is not a genotype; pass a Genotype or one of: {', '.join(PUBLISHED)}.",
    )
    cells = genotype.cells if space.tied else genotype.cell_of
    require(
        set(cells) <= set(space.kinds),
        f"{name} has a normal and a reduction cell, and this builder holds one cell for both; start from another one, "
        "or without tied=True.",
    )
    return no_cells(space) | {kind: letters_of(space, cell, name) for kind, cell in cells.items()}


def published_cells(space: SearchSpace) -> tuple[dict[str, dict[str, str]], str]:
    """Published genotypes that the builder can hold, {name: cells}, and in words which of as many nodes it cannot."""
    if space.tied:
        return {}, "Published cells are not offered: they come in pairs, and here one cell is both."
    held, left = {}, []
    for name, genotype in PUBLISHED.items():
        try:
            held[name] = cells_of(space, genotype)
        except UserError as error:
            if len(genotype.normal.nodes) == space.nodes:
                left.append(f"{name} is not offered: {str(error).replace('the genotype', name).partition(';')[0]}.")
    return held, " ".join(left)


def check_cells(space: SearchSpace, cells: Any) -> None:
    """Raise `UserError` unless these are cells of the space in letters."""
    allowed = {LETTERS[name]: name for name in (NONE, *space.operations)}
    advice = "pass what state() of a builder with the same nodes and operations gave."
    require(
        isinstance(cells, Mapping) and set(cells) == set(space.kinds),
        f"cells are one text for each of {', '.join(space.kinds)}, got {str(cells)[:60]!r}; {advice}",
    )
    for kind, letters in cells.items():
        require(
            isinstance(letters, str) and len(letters) == len(space.edges),
            f"the {title_of(kind, space.tied)} is {str(letters)[:60]!r}, this builder needs "
            f"{len(space.edges)} letters, one per edge; {advice}",
        )
        for letter in letters:
            require(
                letter in allowed,
                f"the {title_of(kind, space.tied)} holds the letter {letter!r}; allowed are "
                f"{', '.join(f'{letter} {name}' for letter, name in allowed.items())}; {advice}",
            )


def put(space: SearchSpace, cells: Mapping[str, str], kind: str, edge: int, operation: str) -> dict[str, str]:
    """The cells with another operation on one edge; `none` takes it away."""
    if operation != NONE and operation not in space.operations:
        raise unknown("operation", operation, space.operations)
    letters = cells[kind]
    return {**cells, kind: letters[:edge] + LETTERS[operation] + letters[edge + 1 :]}


def cell_of(space: SearchSpace, kind: str, letters: str) -> Cell:
    """The cell that letters stand for, its connections in the order of the edges, all nodes concatenated.

    Raises:
        UserError: a node without input, of which a built cell has none.
    """
    pairs = zip(space.edges, letters, strict=True)
    connections = [Connection(*edge, NAMES[letter]) for edge, letter in pairs if letter != EMPTY]
    fed = {connection.node for connection in connections}
    nodes = range(INPUTS, INPUTS + space.nodes)
    for node in nodes:
        require(
            node in fed,
            f"{title_of(kind, space.tied)}: node {node} has no input; every node needs at least one, put an operation "
            "on an edge that ends in it.",
        )
    return Cell(tuple(connections), tuple(nodes), kind)


def genotype_of(space: SearchSpace, cells: Mapping[str, str]) -> Genotype:
    """The genotype that letters stand for.

    Raises:
        UserError: a cell is not valid; says which and why.
    """
    return Genotype(**{kind: cell_of(space, kind, letters) for kind, letters in cells.items()}, tied=space.tied)


@lru_cache(maxsize=256)
def network_size(
    genotype: Genotype, channels: int, layers: int, image_size: int, classes: int, input_channels: int
) -> dict[str, int]:
    """How large the network of a genotype is, without auxiliary head; nothing is computed (torch's meta device).

    Args:
        genotype: its cells.
        channels: C of the first cell.
        layers: L, number of cells.
        image_size: H = W of the pictures in pixels.
        classes: number of classes.
        input_channels: of the pictures.
    Returns:
        {"parameters": trainable numbers, "multiply_adds": of convolutions and classifier for one picture}.
    """
    import torch

    from ... import Network, count_multiply_adds, count_parameters

    with torch.device("meta"):
        network = Network(genotype, channels, layers, classes, auxiliary=False, input_channels=input_channels)
    shape = (input_channels, image_size, image_size)
    return {"parameters": count_parameters(network), "multiply_adds": count_multiply_adds(network, shape)}


def place(space: SearchSpace, kind: str, letters: str) -> str:
    """Where a cell stands among all cells of its kind, in words."""
    count, title = f"{space.count_cells():,}", title_of(kind, space.tied)
    try:
        cell = cell_of(space, kind, letters)
    except UserError:
        return f"{title}: not complete, so it has no number among the {count} cells a derivation can make"
    number = cell_number(space, cell)
    if number is None:
        why = not_counted(space, cell)
        return f"{title}: not among the {count} cells a derivation can make: {why}"
    return f"{title}: number {number:,} of the {count} cells a derivation can make"


def builder_frame(
    space: SearchSpace, cells: Mapping[str, str], kind: str, edge: int, size: Mapping[str, int]
) -> dict[str, Any]:
    """All that the builder shows.

    Args:
        space: nodes and operations.
        cells: in letters.
        kind: of the cell that is drawn.
        edge: the selected one, an index into `space.edges`.
        size: of the network, arguments of `network_size`.
    Returns:
        kind, title, edge; operations: {kind: name of the operation on every edge, "none" where there is none}; reason:
        why there is no genotype, or ""; facts: sentences; graph, dark_graph: SVG or "".
    """
    facts, reason, drawn = [], "", ("", "")
    try:
        genotype = genotype_of(space, cells)
    except UserError as error:
        reason = str(error)
    else:
        drawn = graph_svg(genotype), graph_svg(genotype, dark=True)
        counts = network_size(genotype, **size)
        pictures = f"{size['input_channels']} x {size['image_size']} x {size['image_size']}"
        facts.append(
            f"{counts['parameters']:,} parameters and {counts['multiply_adds']:,} multiply-adds for one picture: "
            f"network of {size['layers']} cells, {size['channels']} channels, pictures of {pictures}, "
            f"{size['classes']} classes"
        )
    facts += [place(space, kind, letters) for kind, letters in cells.items()]
    operations = {name: [NAMES[letter] for letter in letters] for name, letters in cells.items()}
    return {
        "kind": kind,
        "title": title_of(kind, space.tied),
        "edge": edge,
        "operations": operations,
        "reason": reason,
        "facts": facts,
        "graph": drawn[0],
        "dark_graph": drawn[1],
    }


def describe_builder(space: SearchSpace, frame: Mapping[str, Any]) -> str:
    """The frame in words: the selected edge, whether the cells are valid, the facts, then every connection."""
    held = frame["operations"][frame["kind"]][frame["edge"]]
    name = space.edges[frame["edge"]].name
    sentences = [f"{frame['title']}, edge {name} selected: {'nothing' if held == NONE else held}"]
    sentences += [f"not valid: {frame['reason'].rstrip('.')}" if frame["reason"] else "valid", *frame["facts"]]
    for kind, operations in frame["operations"].items():
        pairs = zip(space.edges, operations, strict=True)
        there = [f"{edge.name} {operation}" for edge, operation in pairs if operation != NONE]
        sentences.append(f"{title_of(kind, space.tied)} holds {', '.join(there) or 'nothing'}")
    return ". ".join(sentences)
