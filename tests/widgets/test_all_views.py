"""All views of the package: how they are had, their files, and what each of them can do."""

import ast
import json
import re
import subprocess
import sys
from base64 import b64decode
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from traitlets import TraitError

import dartslab.widgets as widgets
import tiny
from dartslab import Recorder, SearchState, search
from dartslab.experiment.folder import recorded_experiment
from dartslab.widgets.kit.page import KIT, module, source, style
from dartslab.widgets.kit.stills import TONES
from sentences import refusal

FOLDER = Path(widgets.__file__).parent
MODULES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.js"))
SHEETS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.css"))
NAME = re.compile(r"^(?:function|class|const|let) (\w+)", re.M)  # at the start of a line


@pytest.mark.parametrize("name", MODULES)
def test_modules_are_plain_and_hold_no_markup_of_strangers(name: str) -> None:
    text = source(name)
    assert "innerHTML" not in text and "import " not in text and "eval(" not in text
    assert len(text.splitlines()) <= 350


@pytest.mark.parametrize("name", widgets.__all__)
def test_the_files_of_a_view_give_each_name_once_and_the_module_has_one_export(name: str) -> None:
    """They stand in one text, in which a browser takes no name twice."""
    view = getattr(widgets, name)
    given = [found for file in (*KIT, *view.MODULES) for found in NAME.findall(source(file))]
    assert "mountPlayed" in given and [one for one, times in Counter(given).items() if times > 1] == []
    assert module(*view.MODULES).count("export ") == 1


@pytest.mark.parametrize("name", SHEETS)
def test_every_style_sheet_closes_what_it_opens(name: str) -> None:
    assert source(name).count("{") == source(name).count("}") > 0


def test_each_view_is_had_from_the_package_and_loads_no_torch() -> None:
    program = f"import sys\nsys.modules['torch'] = None\nfrom dartslab.widgets import {', '.join(widgets.__all__)}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_names_for_editors_are_those_that_are_loaded() -> None:
    tree = ast.parse(Path(widgets.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    assert {name.name: node.module for node in block.body for name in node.names} == widgets._MODULE_OF


def test_an_unknown_view_is_an_attribute_error_that_lists_them() -> None:
    with pytest.raises(AttributeError, match="it offers: PlantedSearch, NetworkMap, SearchPanel, Replay"):
        _ = widgets.SearchPannel


def search_state() -> Any:
    return SearchState.create(tiny.search_config(hypergradient="first_order", steps=2), tiny.pictures())


def recorded() -> Any:
    state = search_state()
    recorder = Recorder(state)
    list(recorder.watch(search(state)))
    return recorder.record


MADE = {
    "PlantedSearch": lambda: widgets.PlantedSearch(),
    "NetworkMap": lambda: widgets.NetworkMap(),
    "SearchPanel": lambda: widgets.SearchPanel(search_state()),
    "Replay": lambda: widgets.Replay(recorded()),
    "RelaxationMixer": lambda: widgets.RelaxationMixer(tiny.pictures()),
    "NoDerivative": lambda: widgets.NoDerivative(),
    "AlphaRace": lambda: widgets.AlphaRace(),
    "BilevelExplorer": lambda: widgets.BilevelExplorer(),
    "HypergradientBeats": lambda: widgets.HypergradientBeats(),
    "FiniteDifferenceDial": lambda: widgets.FiniteDifferenceDial(),
    "CellBuilder": lambda: widgets.CellBuilder(nodes=1),
    "DiscretizationGap": lambda: widgets.DiscretizationGap(search_state(), 8),
    "Collapse": lambda: widgets.Collapse(),
    "TruthExplorer": lambda: widgets.TruthExplorer(),
    "ExperimentPanel": lambda: widgets.ExperimentPanel(recorded_experiment()),
}


@pytest.mark.parametrize("name", widgets.__all__)
def test_every_view_has_words_a_picture_json_and_a_state_that_only_it_takes(name: str, tmp_path: Path) -> None:
    view, other = MADE[name](), MADE["Replay" if name != "Replay" else "SearchPanel"]()
    json.dumps([view.shown, view.canvas.data], allow_nan=False)
    bundle = view._repr_mimebundle_()
    assert b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"] == f"{name}: {view.text}" and len(view.text) > 40
    text = view.state()
    view.restore(text)
    assert view.state() == text and len(text) < 200
    for bad in (other.state(), "garbage", f"{name}.1:{{", text[:-3], f"{name}.99:{{}}"):
        refusal(view.restore, bad)
        assert view.state() == text
    if type(view).EXPORTS:
        assert view.export_html(tmp_path / "page.html").stat().st_size > 10_000
    for made in (view, other):
        made.close()


@pytest.mark.parametrize("name", widgets.__all__)
def test_a_list_of_choices_refuses_none_and_the_view_stays_as_it_was(name: str) -> None:
    view = MADE[name]()
    before, words = view.settings, view.text
    lists = [one for one in {**view.canvas.inputs, **view.controls}.values() if hasattr(one, "options")]
    for control in lists:
        if isinstance(control.index, tuple):  # of several choices, () is none
            continue
        index, value = control.index, control.value
        for trait in ("value", "index", "label"):
            with pytest.raises(TraitError, match=rf"'{re.escape(control.description)}' cannot be None; allowed are "):
                setattr(control, trait, None)
            assert (control.index, control.value) == (index, value)
        control.index = len(control.options) - 1  # it takes another choice as before
        control.index = index
    assert (view.settings, view.text) == (before, words)
    view.close()


@pytest.mark.parametrize("number", range(5))
def test_colours_are_the_same_in_pictures_and_in_the_style_sheet(number: int) -> None:
    first = style().split(f"--tone{number}: ")[1].split(";")[0]  # of the light theme
    assert first.lower() == TONES[number].lower()
