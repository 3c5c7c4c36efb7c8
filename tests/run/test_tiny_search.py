"""The search with which a method is checked: the method is known for a while, and may refuse the smallest networks."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from dartslab.base.messages import UserError
from dartslab.methods import METHODS
from dartslab.methods.method import Method
from dartslab.run.tiny_search import known, tiny_config
from wrong_methods import RIGHT


@pytest.fixture
def darts_of_ones_own() -> Iterator[Method]:
    METHODS["darts"] = RIGHT
    yield RIGHT
    del METHODS["darts"]


def test_a_method_is_known_for_a_while_and_what_had_its_name_comes_back(darts_of_ones_own: Method) -> None:
    other = replace(RIGHT, name="darts")
    with known(other):
        assert METHODS["darts"] is other
    assert METHODS["darts"] is darts_of_ones_own


def test_a_method_that_refuses_small_networks_is_checked_with_larger_ones() -> None:
    def check(config) -> None:
        if config.channels < 8 or "none" in config.operations:
            raise UserError("mine needs 8 channels and no none.")

    method = replace(RIGHT, check=check)
    with known(method):
        config = tiny_config(method)
        assert config.channels == 8 and "none" not in config.operations
        with pytest.raises(UserError, match=r"mine accepts none of the searches .*: mine needs 8 channels"):
            tiny_config(method, channels=2)
