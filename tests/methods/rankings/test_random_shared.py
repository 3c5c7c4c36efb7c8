"""The accuracy of a cell in the supernet: everything but the cell has weight 0."""

import torch

import tiny
from dartslab import SearchState, random_genotype
from dartslab.methods.rankings import RANKINGS
from dartslab.methods.rankings.random_shared import only
from dartslab.methods.rankings.ranking import Data


def test_only_what_the_cell_keeps_has_a_weight() -> None:
    space = tiny.search_config(nodes=2).space
    cell = random_genotype(space, 3)
    for kind, table in only(space, cell).items():
        on = [(space.edges[e].target, space.edges[e].source, space.operations[o]) for e, o in table.nonzero().tolist()]
        assert sorted(on) == sorted(cell.cells[kind].connections)
        assert set(table.flatten().tolist()) == {0.0, 1.0}


def test_what_the_cell_does_not_keep_changes_nothing() -> None:
    state = SearchState.create(tiny.search_config(cell="reference"), tiny.pictures())
    space = state.config.space
    cell = tiny.genotype()  # normal: sep_conv_3x3 from 0, skip_connect from 1
    data = Data(torch.zeros(1, 1, 8, 8), 10, 2, 3, 0)
    (before,) = RANKINGS["random-shared"].score(space, [cell], state, data)
    loss = state.validate(only(space, cell))[0]
    kept, other = (state.net.cells[0].mixed[row].candidates[space.operations.index("sep_conv_3x3")] for row in (0, 1))
    with torch.no_grad():
        for parameter in other.parameters():  # sep_conv_3x3 from 1 is not kept
            parameter.neg_()
    assert state.validate(only(space, cell))[0] == loss
    assert RANKINGS["random-shared"].score(space, [cell], state, data) == [before]
    with torch.no_grad():
        next(kept.parameters()).neg_()
    assert state.validate(only(space, cell))[0] != loss
