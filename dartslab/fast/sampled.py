"""The search cell for mixing weights that are 0 but for one operation of each edge: only that one is computed."""

from typing import Any

import torch
from torch import Tensor, nn

from ..cell import SearchCell
from ..space import INPUTS


class SampledCell(SearchCell):
    """A `SearchCell` that calls an operation only where its mixing weight is not 0; arguments as there.

    What is left out would add 0 to the sum, and nothing to the gradient of w. It would give its own weight a gradient;
    this cell is for methods in which that weight does not depend on alpha.
    """

    def forward(self, s0: Tensor, s1: Tensor, weights: Tensor) -> Tensor:
        """s0 [B, C0, H0, W0], s1 [B, C1, H, W], weights [E, O] -> [B, N*C, H/stride, W/stride]."""
        edges, wanted = self.space.edges, self.wanted(weights)
        operations = self.operations()
        states = list(self.preprocess(s0, s1))
        for node in range(INPUTS, INPUTS + self.space.nodes):
            terms = [
                weights[row, column] * operations[row][column](states[edges[row].source])
                for row in self.space.rows(node)
                for column in wanted[row]
            ]
            states.append(sum(terms))
        return torch.cat(states[INPUTS:], dim=1)

    def operations(self) -> list[Any]:
        """The operations of each edge, E lists of O."""
        return [mixed.get_submodule("candidates") for mixed in self.mixed]

    def wanted(self, weights: Tensor) -> list[list[int]]:
        """The operations of each edge that are computed: those whose weight is not 0, and at least one.

        A tensor of another class has a shape and no numbers (a step is run on such ones to estimate its memory); the
        operation with the most parameters is then taken, because it needs most.
        """
        if type(weights) not in (Tensor, nn.Parameter):
            sizes = [[sum(p.numel() for p in op.parameters()) for op in row] for row in self.operations()]
            return [[row.index(max(row))] for row in sizes]
        chosen = (weights.detach() != 0).tolist()
        return [[column for column, used in enumerate(row) if used] or [0] for row in chosen]
