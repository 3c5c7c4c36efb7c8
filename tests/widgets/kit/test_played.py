"""A view that the page computes: Python computes the same where it is asked, and not before."""

from pathlib import Path
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from dartslab.widgets.kit.played import PlayedView
from dartslab.widgets.kit.stills import png
from sentences import refusal


class Cube(PlayedView):
    """A view of a number and its cube."""

    MODULES = ("shared_random.js",)

    def __init__(self, **first: Any) -> None:
        self.computed: list[int] = []
        settings = {
            "step": ipywidgets.IntSlider(2, 0, 9, description="step"),
            "method": ipywidgets.ToggleButtons(options=["first order", "exact"], description="method"),
        }
        super().__init__(settings, first=first)

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        self.computed.append(settings["step"])
        return {"cube": settings["step"] ** 3}

    def describe(self, frame: dict[str, Any]) -> str:
        return f"the cube is {frame['cube']}"

    def still_png(self, frame: dict[str, Any]) -> bytes:
        figure = Figure(figsize=(2, 1))
        figure.text(0.1, 0.5, str(frame["cube"]))
        return png(figure)


def test_it_computes_only_what_it_is_asked_for_and_that_once() -> None:
    view = Cube()
    for step in (3, 4, 5):
        view.controls["step"].value = step
    assert view.computed == []
    assert (view.text, view.text, view.shown) == ("the cube is 125", "the cube is 125", {"cube": 125})
    assert view.computed == [5]
    view.controls["step"].value = 1
    assert view.text == "the cube is 1" and view.computed == [5, 1]


def test_no_frame_is_sent_and_every_value_is() -> None:
    view = Cube()
    view.controls["step"].value = 7
    assert view.canvas.frame == {} and view.canvas.settings["values"] == {"step": 7, "method": 0}


def test_its_state_and_its_bundle_are_those_of_a_view() -> None:
    view, other = Cube(), Cube()
    view.controls["step"].value, view.controls["method"].value = 4, "exact"
    assert view.state() == 'Cube.1:{"step":4,"method":"exact"}'
    other.restore(view.state())
    assert other.text == "the cube is 64"
    assert Cube(step=4, method="exact").state() == view.state()
    assert "setting of a Cube: 'stepp'" in refusal(lambda: Cube(stepp=4))
    bundle = view._repr_mimebundle_()
    assert bundle["text/plain"] == "Cube: the cube is 64" and "image/png" in bundle


def test_a_page_of_its_own_gets_buttons_and_numbers_for_the_same_controls(tmp_path: Path) -> None:
    text = Cube().export_html(tmp_path / "cube.html").read_text(encoding="utf-8")
    assert '"name": "method", "label": "method", "value": "first order", "kind": "buttons"' in text
    assert '"frame": {}' in text
