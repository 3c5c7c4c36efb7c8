"""What every view can do: words, picture, state, and what stands in a notebook where nothing is live."""

import ast
import json
import math
import re
import subprocess
import sys
import threading
from base64 import b64decode
from collections import Counter
from pathlib import Path
from typing import Any

import ipywidgets
import nbformat
import pytest
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_notebook

import dartslab.widgets as widgets
import tiny
from dartslab import Recorder, SearchState, search
from dartslab.base.messages import UserError
from dartslab.experiment.folder import recorded_experiment
from dartslab.teach.build.execute import run_notebook
from dartslab.widgets.kit.controls import controls_of
from dartslab.widgets.kit.notebook import flush
from dartslab.widgets.kit.page import KIT, module, source, style
from dartslab.widgets.kit.stills import TONES, png, stack
from dartslab.widgets.kit.view import View
from sentences import refusal

FOLDER = Path(widgets.__file__).parent
MODULES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.js"))
SHEETS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.css"))
NAME = re.compile(r"^(?:function|class|const|let) (\w+)", re.M)  # at the start of a line


class Square(View):
    """A view of a number and its square."""

    MODULES = ("replay.js",)

    def __init__(self) -> None:
        self.drawn = 0
        settings = {
            "number": ipywidgets.IntSlider(2, 0, 9, description="number"),
            "scale": ipywidgets.FloatLogSlider(1.0, base=10, min=-2, max=2, description="scale"),
            "sign": ipywidgets.Dropdown(options=[("plus", 1), ("minus", -1)], description="sign"),
            "both": ipywidgets.SelectMultiple(options=["a", "b", "c"], value=["a"], description="both"),
            "shown": ipywidgets.Checkbox(True, description="shown"),
        }
        super().__init__(settings, [list(settings.values())])
        self.ready()

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        self.drawn += 1
        return {"square": settings["sign"] * settings["number"] ** 2}

    def describe(self, frame: dict[str, Any]) -> str:
        return f"the square is {frame['square']}"

    def still_png(self, frame: dict[str, Any]) -> bytes:
        figure = Figure(figsize=(2, 1))
        figure.text(0.1, 0.5, str(frame["square"]))
        return png(figure)


def test_it_draws_when_a_control_changes() -> None:
    view = Square()
    assert (view.canvas.frame, view.text) == ({"square": 4}, "the square is 4")
    view.controls["number"].value = 3
    view.controls["sign"].value = -1
    assert (view.canvas.frame, view.text) == ({"square": -9}, "the square is -9")


def receive(view: View, sender: str, number: int, values: dict[str, Any], at: float = math.inf, **more: Any) -> None:
    """What the browser sends when something is clicked in the drawing, after everything else has happened."""
    message = {"set": values, "sender": sender, "number": number, "seen": 0, "at": at, **more}
    view.canvas._handle_custom_msg(message, [])


def test_a_message_that_arrives_late_changes_nothing_that_a_later_one_has_set() -> None:
    view = Square()
    receive(view, "a", 1, {"number": 3})
    receive(view, "a", 3, {"number": 5})
    receive(view, "a", 2, {"number": 4, "sign": -1})  # was sent before the one above; nothing else has set the sign
    assert (view.settings["number"], view.text) == (5, "the square is -25")
    receive(view, "b", 1, {"number": 6})  # the same view in another page counts for itself
    assert view.text == "the square is -36"
    receive(view, "a", 4, {"nonsense": 1})
    assert view.text == "the square is -36"


def test_what_a_page_set_before_python_did_is_passed_over_and_the_page_hears_the_value() -> None:
    view = Square()
    receive(view, "a", 1, {"number": 3}, at=1.0)
    view.controls["number"].value = 7
    receive(view, "a", 2, {"number": 4}, at=2.0)  # was on its way when Python set 7
    assert view.settings["number"] == 7
    said = view.canvas.settings
    assert said["values"]["number"] == 7 and said["heard"] == {"a": 2}
    receive(view, "a", 3, {"number": 5}, at=3.0, seen=said["revision"])  # the page has seen the 7, whatever its clock
    assert view.settings["number"] == 5


CHOSEN = [("number", 4, 4), ("scale", 100.00000000000001, 100.0), ("sign", 1, -1), ("shown", False, False)]


@pytest.mark.parametrize(("name", "sent", "value"), [*CHOSEN, ("both", [1, 2], ("b", "c"))])
def test_what_a_person_does_to_a_control_arrives(name: str, sent: Any, value: Any) -> None:
    view = Square()
    receive(view, "a", 1, {name: sent}, by="control")
    assert view.controls[name].value == value


def test_a_page_knows_every_control_and_hears_of_new_bounds() -> None:
    view = Square()
    assert [spec["name"] for row in view.canvas.controls for spec in row] == list(view.controls)
    assert view.canvas.settings["values"] == {"number": 2, "scale": 1.0, "sign": 0, "both": [0], "shown": True}
    view.controls["number"].max = 5
    assert view.canvas.controls[0][0]["max"] == 5


class Pressed(Square):
    """A square with a button beside the slider, and another one behind "more"."""

    def __init__(self) -> None:
        self.pressed: list[str] = []
        self.buttons = [ipywidgets.Button(description=name, tooltip=f"counts {name}") for name in ("one", "two")]
        for button in self.buttons:
            button.on_click(lambda pressed: self.pressed.append(pressed.description))
        self.drawn = 0
        settings = {"number": ipywidgets.IntSlider(2, 0, 9), "sign": ipywidgets.Dropdown(options=[("plus", 1)])}
        one, two = self.buttons
        View.__init__(self, settings, [[one, settings["number"]]], more=[two, settings["sign"]])
        self.ready()


def test_buttons_stand_among_the_controls_and_every_press_counts() -> None:
    view = Pressed()
    (row,) = view.canvas.controls
    assert [(spec["name"], spec["kind"], spec.get("more", False)) for spec in row] == [
        ("one", "press", False),
        ("number", "range", False),
        ("two", "press", True),
        ("sign", "choice", True),
    ]
    assert row[0]["tip"] == "counts one" and view.canvas.settings["values"] == {"number": 2, "sign": 0}
    for number, name in enumerate(("one", "one", "two"), start=1):
        receive(view, "a", number, {name: True}, by="control")
    assert view.pressed == ["one", "one", "two"]
    view.buttons[0].disabled = True
    assert view.canvas.controls[0][0]["disabled"]


def test_a_slow_frame_of_one_thread_never_replaces_a_newer_frame_of_another() -> None:
    newer_is_shown, older_begins = threading.Event(), threading.Event()

    class Slow(Square):
        def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
            if settings["number"] == 3:
                older_begins.set()
                newer_is_shown.wait(0.5)
            return super().frame(settings)

    view = Slow()
    older = threading.Thread(target=receive, args=(view, "a", 1, {"number": 3}))
    older.start()
    assert older_begins.wait(60)
    receive(view, "a", 2, {"number": 4})
    newer_is_shown.set()
    older.join()
    assert view.text == "the square is 16"


def test_the_state_is_a_short_text_of_what_was_changed_and_restores_with_one_drawing() -> None:
    view, other = Square(), Square()
    assert view.state() == "Square.1:{}"
    view.controls["number"].value = 5
    view.controls["both"].value = ["b", "c"]
    view.controls["scale"].value = 12.5
    view.controls["shown"].value = False
    assert view.state() == 'Square.1:{"number":5,"scale":12.5,"both":["b","c"],"shown":false}'
    other.controls["sign"].value = -1  # a state is whole: what it leaves out goes back
    drawn = other.drawn
    other.restore("  " + view.state() + "\n")
    assert other.settings == view.settings and other.drawn == drawn + 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not the state of a view; pass what Square.state() gave"),
        ("garbage {}", "is not the state"),
        ("\x00\ud83d", "is not the state"),
        ("Square.2:{}", "version 2"),
        ("Replay.1:{}", "a Replay, not of a Square"),
        ('Square.1:{"number":', "damaged or cut off"),
        ("Square.1:3", "damaged or cut off"),
        ('Square.1:{"nmber":3}', "'nmber'; allowed are: number, scale, sign, both, shown. Did you mean 'number'?"),
        ('Square.1:{"number":77}', "setting 'number' cannot be 77; allowed is 0 to 9"),
        ('Square.1:{"number":null}', "setting 'number' cannot be None"),
        ('Square.1:{"scale":1e9}', "setting 'scale' cannot be 1000000000.0; allowed is 0.01 to 100"),
        ('Square.1:{"sign":2}', "setting 'sign' cannot be 2; allowed are 1, -1"),
        ('Square.1:{"both":["z"]}', "setting 'both' cannot be ['z']; allowed are 'a', 'b', 'c'"),
        ('Square.1:{"shown":"yes"}', "setting 'shown' cannot be 'yes'"),
        ('Square.1:{"number":3,"sign":2}', "setting 'sign' cannot be 2"),
        ('Square.1:{"shown":[]}', "setting 'shown' cannot be []; a bool is wanted"),
        ('Square.1:{"both":"a"}', "setting 'both' cannot be 'a'"),
        ('Square.1:{"scale":NaN}', "setting 'scale' cannot be nan; allowed is 0.01 to 100"),
        (f'Square.1:{{"number":{10**400}}}', "000...; allowed is 0 to 9"),
        ("Square.1:" + "[" * 100_000, "damaged or cut off"),
        (f'Square.1:{{"{"x" * 10_000}":1}}', "xxx...; allowed are: number"),
        (f"{'x' * 10_000}.1:{{}}", "xxx..., not of a Square"),
    ],
)
def test_a_bad_state_is_one_sentence_and_the_view_stays(text: str, says: str) -> None:
    view = Square()
    view.controls["number"].value = 7
    sentence = refusal(view.restore, text)
    assert says in sentence and len(sentence) < 300
    assert view.state() == 'Square.1:{"number":7}' and view.text == "the square is 49"


def test_its_bundle_holds_the_live_view_the_picture_and_the_words() -> None:
    view = Square()
    bundle = view._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert b64decode(bundle["image/png"]) == view.still().png and bundle["text/plain"] == "Square: the square is 4"
    assert repr(view) == str(view) == "Square: the square is 4"


def test_only_some_views_can_be_exported(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a Square needs a running Python and cannot be exported; show it with still"):
        Square().export_html(tmp_path / "a.html")


def test_controls_in_words_for_an_exported_page() -> None:
    specs = {spec["name"]: spec for spec in controls_of(Square().controls)}
    assert {name: spec["kind"] for name, spec in specs.items()} == {
        "number": "range",
        "scale": "log",
        "sign": "choice",
        "both": "many",
        "shown": "check",
    }
    assert specs["sign"]["options"] == [("plus", 1), ("minus", -1)] and specs["number"]["max"] == 9
    json.dumps(list(specs.values()))


def test_a_closed_view_is_gone() -> None:
    view = Square()
    view.close()
    assert view.canvas.comm is None


def test_pictures_are_stacked_on_white() -> None:
    view = Square()
    one = view.still().png
    assert stack([one, one]).startswith(b"\x89PNG") and len(stack([one, one])) > len(one)


def executed(*cells: str) -> list[Any]:
    """The outputs of each cell, run as a builder of notebooks runs them, with no front end."""
    notebook = new_notebook(cells=[new_code_cell(text) for text in cells])
    run_notebook(notebook, Path(__file__).parent, "a test")
    return [cell.outputs for cell in notebook.cells]


PLACES = [".", str(Path(tiny.__file__).parent)]  # of this file, and of what it imports
MAKE = f"import sys; sys.path[:0] = {PLACES}\nfrom test_view import Square\nview = Square()\nview"


def test_without_a_front_end_the_picture_stands_below_a_sentence() -> None:
    (outputs,) = executed(MAKE)
    live, picture = outputs
    assert live.data["text/plain"] == "Square: live in a running JupyterLab; elsewhere a picture is shown here."
    assert "image/png" not in live.data  # once is enough
    assert b64decode(picture.data["image/png"]).startswith(b"\x89PNG")
    assert picture.metadata["image/png"]["alt"] == picture.data["text/plain"] == "the square is 4"


def test_the_picture_is_that_of_the_end_whatever_a_later_cell_changed() -> None:
    first, _ = executed(MAKE, "view.controls['number'].value = 8")
    assert first[1].metadata["image/png"]["alt"] == "the square is 64"


def test_a_frozen_view_is_nothing_but_its_picture() -> None:
    first, _ = executed(MAKE, "view.controls['number'].value = 6; view.freeze()")
    assert set(first[0].data) == {"image/png", "text/plain"} and first[0].data["text/plain"] == "the square is 36"
    assert first[1].data == {"text/plain": ""}


def test_in_a_plain_ipython_the_words_stand_there() -> None:
    program = f"from IPython.core.interactiveshell import InteractiveShell as S; S.instance().run_cell({MAKE!r})"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parent, check=True
    )
    assert "live in a running JupyterLab; elsewhere a picture is shown here." in ended.stdout
    assert "the square is 4" in ended.stdout and "Traceback" not in ended.stdout + ended.stderr


def test_nothing_waits_when_no_notebook_shows_it() -> None:
    view = Square()
    view.controls["number"].value = 3
    assert view._timer is None
    flush()


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


def test_the_notebook_format_knows_our_outputs() -> None:
    notebook = new_notebook(cells=[new_code_cell(MAKE)])
    run_notebook(notebook, Path(__file__).parent, "a test")
    nbformat.validate(notebook)


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


@pytest.mark.parametrize("number", range(5))
def test_colours_are_the_same_in_pictures_and_in_the_style_sheet(number: int) -> None:
    first = style().split(f"--tone{number}: ")[1].split(";")[0]  # of the light theme
    assert first.lower() == TONES[number].lower()
