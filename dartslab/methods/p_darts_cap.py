"""P-DARTS' mask in stages and its cap on skip connections, in one supernet of one depth.

mask[e, o] = False for all but the 5 operations with the largest weights[e, o] from the second third of the search on,
             for all but 3 from the last third on; the softmax is over the operations that are left
derive:      while a cell keeps more than 2 skip connections:
                 of their edges, take the one on which skip_connect weighs least, rule it out there, and derive anew

(Chen, Xie, Wu, Tian 2019, Progressive Differentiable Architecture Search, sections 3.2 and 3.3.) The paper caps the
normal cell. Not here: supernets that grow from 5 to 17 cells and begin anew in each stage, and dropout of skips.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..base.messages import require
from ..derive import top_k
from ..genotype import Cell, Genotype
from ..space import NONE, SKIP, Edge, SearchSpace
from .method import Method, Number

MOST = 2


def skip_rows(space: SearchSpace, cell: Cell) -> list[int]:
    """The edges, as rows of alpha, on which a derived cell has a skip connection."""
    return [space.edges.index(Edge(c.node, c.predecessor)) for c in cell.connections if c.operation == SKIP]


def cap_skips(space: SearchSpace, weights: Mapping[str, Any], most: int = MOST) -> Genotype:
    """`top_k`, with at most so many skip connections in a cell: those that weigh most stay.

    A smaller `most` never gives more of them, and where `top_k` keeps no more than `most` this is `top_k`.

    Args:
        space: edges and operations.
        weights: mixing weights {kind: [E, O]}.
        most: skip connections in a cell.
    """
    tables = {kind: np.array(table, dtype=np.float64) for kind, table in weights.items()}
    column = space.operations.index(SKIP)
    genotype = top_k(space, tables)
    for _ in space.edges:
        for kind, table in tables.items():
            rows = skip_rows(space, genotype.cells[kind])
            if len(rows) > most:
                table[min(rows, key=table[:, column].__getitem__), column] = -1.0  # below every mixing weight
        genotype = top_k(space, tables)
    return genotype


def check(config: Any) -> None:
    """There is a skip connection, and something to take in its place."""
    operations = config.space.operations
    others = set(operations) - {SKIP, NONE}
    require(
        SKIP in operations and bool(others),
        f"p-darts-cap replaces skip connections by other operations, and the operations are {list(operations)}; use "
        "skip_connect and at least one more besides none.",
    )


METHOD = Method(
    "p-darts-cap",
    "Chen, Xie, Wu, Tian 2019, Progressive Differentiable Architecture Search",
    keep=((1 / 3, 5), (2 / 3, 3)),
    derive=cap_skips,
    numbers=(
        Number("a stage", "25 of 75 epochs", 1 / 3),
        Number("operations kept", "5, 3 and 1 of 8 after a stage"),
        Number("skip connections", f"at most {MOST} in a normal cell; here in every cell"),
    ),
    check=check,
)
