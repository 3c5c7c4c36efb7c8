"""What every view can do: drawing, controls, messages from a page, state, words and picture."""

import json
import math
import threading
from base64 import b64decode
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
from matplotlib.figure import Figure

from dartslab.base.messages import UserError
from dartslab.widgets.kit.controls import controls_of
from dartslab.widgets.kit.notebook import flush
from dartslab.widgets.kit.stills import png, stack
from dartslab.widgets.kit.view import View
from sentences import refusal


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


def test_a_message_is_answered_in_the_main_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """ipykernel 7.4 would choose the subshell that asked last when a frame was sent, and that may be gone."""
    monkeypatch.setattr("comm.DummyComm._reply_subshell_for", lambda *_: "gone", raising=False)
    assert Square().canvas.comm._reply_subshell_for({"method": "custom"}, "the page's") is None


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


def test_nothing_waits_when_no_notebook_shows_it() -> None:
    view = Square()
    view.controls["number"].value = 3
    assert view._timer is None
    flush()
