"""NetworkMap without a browser: what it is made from, words, state, picture."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dartslab import SearchConfig, SearchSpace
from dartslab.widgets import NetworkMap
from sentences import refusal


@pytest.mark.parametrize(
    ("level", "sentence"),
    [
        (
            "network",
            "The supernet: a stem, 6 normal cells and 2 reduction cells, the mean over all pixels, 10 classes.",
        ),
        ("network", "Cell 4 is a normal cell. It reads cell 2 and cell 3, and gives 128 channels of 16×16."),
        ("network", "All 6 normal cells read one table of alpha: 14 edges × 8 operations."),
        ("cell", "Cell 4, a normal cell: input 0 is cell 2, 128 channels of 16×16; input 1 is cell 3, 128 channels"),
        (
            "cell",
            "Both become 32 channels of 16×16. 4 nodes add up what 14 edges bring; side by side they are the output",
        ),
        (
            "edge",
            "Edge 2 → 3 of cell 4: 8 operations get state 2, 32 channels of 16×16; their outputs are mixed, each with",
        ),
        (
            "edge",
            "mixing weight 0.125, and go into node 3. The weights come from row 4 of the alpha of all 6 normal cells.",
        ),
    ],
)
def test_the_words_say_what_the_open_level_shows(level: str, sentence: str) -> None:
    assert sentence in NetworkMap(level=level).text


@pytest.mark.parametrize(
    ("level", "cell", "sentence"),
    [
        ("network", 0, "It reads the stem twice, and gives 4 channels of 16×16. The only normal cell has a table of"),
        (
            "network",
            1,
            "It reads the stem and cell 0, and gives 8 channels of 8×8. Both reduction cells read one table",
        ),
        (
            "cell",
            1,
            "Both become 8 channels of 16×16. Every edge from an input halves them. 1 node adds up what 2 edges",
        ),
        ("edge", 1, "6 operations get state 0, 8 channels of 16×16, and halve them; their outputs are mixed"),
    ],
)
def test_a_small_network_and_its_reduction_cells(level: str, cell: int, sentence: str) -> None:
    assert sentence in NetworkMap(SearchConfig.quick(), level=level, cell=cell).text


def test_the_mixing_weights_of_a_search_stand_on_the_edge() -> None:
    space = SearchSpace(1, ("none", "skip_connect"))
    view = NetworkMap(space, {"normal": np.array([[0.25, 0.75], [0.5, 0.5]])}, level="edge", cell=0, edge="0 → 2")
    assert "their outputs are mixed, 0.250 none, 0.750 skip_connect, and go into node 2" in view.text


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"level": "node"}, "setting 'level' cannot be 'node'; allowed are 'network', 'cell', 'edge'"),
        ({"cell": 8}, "setting 'cell' cannot be 8; allowed is 0 to 7"),
        ({"edge": "3 → 2"}, "setting 'edge' cannot be '3 → 2'; allowed are '0 → 2', '1 → 2'"),
        ({"config": 8}, "a map is made from a SearchConfig or a SearchSpace, got int"),
        (
            {"config": SearchConfig.published(data="folder:mine")},
            "the size of the pictures of 'folder:mine' is not known",
        ),
    ],
)
def test_what_it_cannot_be_made_of_is_one_sentence(settings: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(lambda: NetworkMap(**settings))


def test_pictures_of_a_folder_can_be_told() -> None:
    view = NetworkMap(SearchConfig.published(data="folder:mine"), picture=(1, 64, 48), classes=7)
    assert "7 classes" in view.text and "128 channels of 32×24" in view.text


def test_a_state_opens_in_another_map_of_the_same_network_only() -> None:
    view, other = NetworkMap(), NetworkMap()
    for name, value in {"level": "edge", "cell": 2, "edge": "1 → 4"}.items():
        view.controls[name].value = value
    other.restore(view.state())
    assert (other.settings, other.shown, other.text) == (view.settings, view.shown, view.text)
    assert "the state was made with something else" in refusal(NetworkMap(SearchConfig.lesson()).restore, view.state())
    json.dumps(view.shown, allow_nan=False)


def test_no_class_is_not_taken_for_the_number_of_the_data_set() -> None:
    assert "classes is 0" in refusal(NetworkMap, classes=0)


@pytest.mark.parametrize("level", ["network", "cell", "edge"])
def test_every_level_has_a_picture_of_its_own(level: str) -> None:
    pictures = {name: NetworkMap(level=name).still().png for name in ("network", "cell", "edge")}
    assert all(pictures[level] != picture for name, picture in pictures.items() if name != level)


def test_a_page_of_it_is_small(tmp_path: Path) -> None:
    assert NetworkMap().export_html(tmp_path / "map.html").stat().st_size < 300_000
