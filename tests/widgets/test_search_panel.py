"""SearchPanel without a browser: the life of its thread, what it changes, what it says and shows."""

import asyncio
import json
import subprocess
import sys
import threading
from base64 import b64decode
from collections.abc import Iterator

import numpy as np
import pytest
import torch

import tiny
from dartslab import SearchConfig, SearchState, search
from dartslab.base.messages import UserError
from dartslab.run.errors import NonFiniteLoss
from dartslab.widgets import Replay, SearchPanel
from dartslab.widgets.kit.stills import kept_entries, kept_genotype
from sentences import refusal

PATIENCE_S = 60.0


def new_search(**changes) -> SearchState:
    return SearchState.create(tiny.search_config(hypergradient="first_order", **changes), tiny.pictures())


@pytest.fixture
def panel() -> Iterator[SearchPanel]:
    made = SearchPanel(new_search())
    yield made
    made.close()


def alphas(state: SearchState) -> list[float]:
    return torch.cat([table.flatten() for table in state.arch.parameters().values()]).tolist()


def go(panel: SearchPanel, steps: int) -> None:
    panel.step(steps)
    assert panel.wait(PATIENCE_S)


def test_a_panel_searches_exactly_as_a_loop_does(panel: SearchPanel) -> None:
    state = new_search()
    events = list(search(state))
    panel.play()
    panel.wait(PATIENCE_S)
    assert panel.status == "finished" and alphas(panel.search) == alphas(state)
    assert panel.record.columns["train_loss"].tolist() == [event.train_loss for event in events]
    assert panel.genotype == state.genotype()


def test_what_instruments_measure_can_be_chosen_as_a_curve(panel: SearchPanel) -> None:
    assert "curve" not in panel.controls and panel.canvas.frame["curve"] == "undecided"
    own = SearchPanel(new_search(instruments=("lambda_max",), measure_every=2))
    try:
        assert [name for _, name in own.controls["curve"].options] == ["undecided", "lambda_max"]
        own.controls["curve"].value = "lambda_max"
        go(own, 3)
        run = own.canvas.frame["run"]
        assert own.canvas.frame["curve"] == "lambda_max"
        assert run["instruments"]["lambda_max"]["lines"][0]["x"] == [2]
        assert run["measured"]["lambda_max"] == pytest.approx(own.record.columns["instrument.lambda_max"][1], rel=1e-4)
        text = own.state()
        own.controls["curve"].value = "undecided"
        own.restore(text)
        assert own.wait(PATIENCE_S) and own.settings["curve"] == "lambda_max" and own.search.step == 3
        wrong = text.replace('"lambda_max"', '"skips"', 1)
        assert "the state has the curve 'skips'; allowed are undecided, lambda_max" in refusal(own.restore, wrong)
    finally:
        own.close()


def test_steps_are_exact_and_the_calls_return_at_once(panel: SearchPanel) -> None:
    go(panel, 3)
    assert (panel.status, panel.search.step, len(panel.record)) == ("paused", 3, 3)
    panel.step_epoch()
    panel.wait(PATIENCE_S)
    assert panel.search.step == 4


def test_the_buttons_do_what_is_written_on_them(panel: SearchPanel) -> None:
    for name, status, step in (
        ("step", "paused", 1),
        ("step epoch", "paused", 4),
        ("reset", "ready", 0),
        ("play", "finished", 8),
        ("stop", "finished", 8),
        ("pause", "finished", 8),
    ):
        panel.buttons[name].click()
        panel.wait(PATIENCE_S)
        assert (name, panel.status, panel.search.step) == (name, status, step)


def test_pause_and_stop_say_how_they_differ(panel: SearchPanel) -> None:
    tips = {name: panel.buttons[name].tooltip for name in ("pause", "stop")}
    assert "the run waits" in tips["pause"] and "end the run" in tips["stop"] and "continues from here" in tips["stop"]
    panel.step()
    assert panel.wait(PATIENCE_S) and panel.text.startswith("paused, the run waits, press play to go on")
    assert panel.stop(PATIENCE_S) and panel.text.startswith("stopped, the run has ended, press play to go on from here")


def test_playing_twice_makes_one_thread(panel: SearchPanel) -> None:
    panel.play()
    panel.play()
    assert sum(thread.name == "dartslab" for thread in threading.enumerate()) == 1
    panel.wait(PATIENCE_S)
    assert panel.record.columns["step"].tolist() == list(range(1, 9))


def test_stop_in_mid_step_leaves_a_whole_state_and_play_goes_on(panel: SearchPanel) -> None:
    reference = new_search()
    list(search(reference))
    panel.play()
    assert panel.stop(PATIENCE_S)
    assert panel.status in ("stopped", "finished") and panel.search.step == len(panel.record)
    panel.play()
    panel.wait(PATIENCE_S)
    assert alphas(panel.search) == alphas(reference)


def test_reset_goes_back_to_the_same_weights_and_searches_the_same_again(panel: SearchPanel) -> None:
    go(panel, 5)
    first = panel.record
    panel.reset()
    assert panel.wait(PATIENCE_S) and (panel.status, panel.search.step, len(panel.record)) == ("ready", 0, 0)
    go(panel, 5)
    np.testing.assert_array_equal(first.alpha("normal"), panel.record.alpha("normal"))


def test_reset_goes_back_to_where_the_panel_was_given_the_search() -> None:
    state = new_search()
    for _ in zip(search(state), range(2), strict=False):
        pass
    begun = state.step
    panel = SearchPanel(state)
    go(panel, 2)
    panel.reset()
    panel.wait(PATIENCE_S)
    assert begun > 0 and panel.search.step == begun
    panel.close()


@pytest.mark.parametrize(("name", "value"), [("alpha_learning_rate", 0.3), ("temperature", 0.25)])
def test_a_slider_changes_the_search_between_two_steps_and_the_record_says_when(panel, name: str, value: float) -> None:
    go(panel, 2)
    panel.controls[name].value = value
    go(panel, 2)
    assert getattr(panel.search.config, name) == value
    column = panel.record.columns[name].tolist()
    assert column == [getattr(tiny.search_config(), name)] * 2 + [value] * 2
    weights = panel.record.weights()["normal"]
    np.testing.assert_allclose(weights, panel.search.weights()["normal"].numpy(), rtol=1e-5)


def test_reset_takes_changes_back(panel: SearchPanel) -> None:
    panel.controls["temperature"].value = 0.5
    go(panel, 1)
    panel.reset()
    panel.wait(PATIENCE_S)
    assert panel.search.config.temperature == panel.controls["temperature"].value == 1


def test_a_state_text_leads_another_panel_to_the_same_numbers(panel: SearchPanel) -> None:
    go(panel, 2)
    panel.controls["temperature"].value = 0.5
    go(panel, 2)
    panel.controls["alpha_learning_rate"].value = 0.2
    go(panel, 1)
    text = panel.state()
    assert len(text) < 200
    other = SearchPanel(new_search())
    go(other, 6)
    other.restore(text)
    other.wait(PATIENCE_S)
    assert other.state() == text and alphas(other.search) == alphas(panel.search)
    assert other.controls["temperature"].value == 0.5
    other.close()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not the state of a view; pass what SearchPanel.state"),
        ("garbage", "is not the state of a view"),
        ('Replay.1:{"step":3}#12345678', "state of a Replay, not of a SearchPanel"),
        ("SearchPanel.9:{}@2![]#12345678", "version 9, this dartslab reads 1"),
        ("SearchPanel.1:{@2![]#12345678", "damaged or cut off"),
        ('SearchPanel.1:{"colour":1}@2![]#12345678', "unknown setting in the state of a SearchPanel: 'colour'"),
        ("SearchPanel.1:{}@2![]#12345678", "another configuration"),
        ("SearchPanel.1:{}@99![]#MARK", "at step 99, this goes from 0 to 8"),
        ("SearchPanel.1:{}@2![[1,2]]#MARK", "list of changes is damaged"),
        ("SearchPanel.1:{}@²![]#MARK", "damaged or cut off"),
        (f"SearchPanel.1:{{}}@{'1' * 5000}![]#MARK", "damaged or cut off"),
        (f"SearchPanel.1:{{}}@2!{'[' * 100_000}#MARK", "list of changes is damaged"),
        ('SearchPanel.1:{}@2![[1e999,"temperature",0.5]]#MARK', "list of changes is damaged"),
        ('SearchPanel.1:{}@2![[3,"temperature",0.5]]#MARK', "changes temperature at step 3, and goes from 0 to 2"),
        ('SearchPanel.1:{}@2![[1,"temperature",1e-300]]#MARK', "temperature to 1e-300; allowed is 0.0316228 to 10"),
        ('SearchPanel.1:{"temperature":"hot"}@2![]#MARK', "temperature to 'hot'; allowed is 0.0316228 to 10"),
        ('SearchPanel.1:{"temperature":NaN}@2![]#MARK', "temperature to nan; allowed is 0.0316228 to 10"),
        ('SearchPanel.1:{}@2![[1,"seed",3]]#MARK', "unknown change in the state: 'seed'"),
        ('SearchPanel.1:{}@2![[1,"temperature",-1]]#MARK', "changes temperature to -1"),
        (None, "a state is a text, got NoneType"),
    ],
)
def test_a_bad_state_text_is_one_sentence_and_changes_nothing(panel: SearchPanel, text, says: str) -> None:
    go(panel, 1)
    before = panel.state()
    assert says in refusal(panel.restore, text.replace("MARK", panel.live.fingerprint) if text else text)
    assert panel.state() == before


def test_an_exception_is_shown_with_its_text_and_raised_by_wait(panel: SearchPanel) -> None:
    go(panel, 1)
    with torch.no_grad():
        next(panel.search.net.parameters()).fill_(torch.nan)
    panel.play()
    with pytest.raises(NonFiniteLoss):
        panel.wait(PATIENCE_S)
    assert panel.status == "failed" and "NonFiniteLoss: the" in panel.text and "is not finite at step 2" in panel.text
    panel.reset()
    panel.play()
    assert panel.wait(PATIENCE_S) and panel.status == "finished"


def test_done_is_awaited_until_the_end_and_raises_too(panel: SearchPanel) -> None:
    panel.play()
    asyncio.run(panel.done())
    assert panel.status == "finished"
    panel.reset()
    panel.search.net = None
    panel.play()
    with pytest.raises(AttributeError, match="named_parameters"):
        asyncio.run(panel.done())


def test_a_second_panel_of_the_same_search_stops_the_first(panel: SearchPanel) -> None:
    panel.play()
    other = SearchPanel(panel.search)
    assert not panel.live.worker.alive
    other.close()


def test_a_finished_search_says_so_and_can_be_reset() -> None:
    state = new_search()
    list(search(state))
    panel = SearchPanel(state)
    assert panel.status == "finished" and panel.text.startswith("finished, reset to start again")
    panel.play()
    assert panel.wait(PATIENCE_S) and panel.search.step == 8
    assert [name for name, button in panel.buttons.items() if not button.disabled] == ["reset"]
    panel.reset()
    assert panel.wait(PATIENCE_S) and panel.status == "ready"
    assert not any(button.disabled for button in panel.buttons.values())
    panel.close()


def test_a_configuration_is_enough() -> None:
    panel = SearchPanel(tiny.search_config())
    assert panel.search.config == tiny.search_config() and panel.status == "ready"
    panel.close()


@pytest.mark.parametrize("nonsense", [None, 3, "runs/a", search(new_search())])
def test_anything_else_is_refused_in_one_sentence(nonsense: object) -> None:
    with pytest.raises(UserError, match=r"SearchPanel runs a SearchState or a SearchConfig, got \w+; pass"):
        SearchPanel(nonsense)


def test_what_is_shown_is_json_follows_the_search_and_comes_with_words(panel: SearchPanel) -> None:
    go(panel, 3)
    frame = panel.canvas.frame
    json.dumps(frame, allow_nan=False)
    assert frame["step"] == frame["run"]["step"] == 3 and frame["status"] == "paused"
    shown = np.array(frame["run"]["cells"][0]["weights"])
    np.testing.assert_allclose(shown, panel.search.weights()["normal"].numpy(), atol=5.1e-5)
    assert "step 3 of 8" in panel.text and "normal cell keeps" in panel.text


def test_its_static_form_is_a_picture_and_words_without_an_address(panel: SearchPanel) -> None:
    go(panel, 1)
    bundle = panel._repr_mimebundle_()
    assert b64decode(bundle["image/png"]).startswith(b"\x89PNG") and "0x" not in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle and "step 1 of 8" in bundle["text/plain"]


@pytest.mark.parametrize("updates", [0, -1])
def test_some_updates_are_needed(updates: float) -> None:
    with pytest.raises(UserError, match=f"updates is {updates}; a number of drawings per second above 0"):
        SearchPanel(tiny.search_config(), updates)


def test_it_is_drawn_no_more_often_than_asked(panel: SearchPanel) -> None:
    counts = {}
    for updates in (1e-9, 1e9):
        panel.updates = updates
        panel.reset()
        panel.wait(PATIENCE_S)
        drawn = []
        panel.canvas.observe(lambda change, drawn=drawn: drawn.append(change), "frame")
        panel.play()
        panel.wait(PATIENCE_S)
        panel.canvas.unobserve_all("frame")
        counts[updates] = len(drawn)
    assert counts[1e-9] == 2 and counts[1e9] == 2 + 8  # running and finished are always shown


def test_the_still_marks_what_is_derived_also_where_rounded_weights_are_equal() -> None:
    search = new_search(nodes=2)
    for table in search.arch.alpha.values():
        table.zero_()
        table[:, 2] = 1e-6  # decides, and is rounded away
    panel = SearchPanel(search)
    cells = {cell["kind"]: cell for cell in panel.canvas.frame["run"]["cells"]}
    assert cells["normal"]["weights"][0] == [0.25] * 4 and {column for _, column in cells["normal"]["kept"]} == {2}
    shown = kept_genotype(search.config.space, cells)
    assert set(shown.normal.connections) == set(search.genotype().normal.connections)
    assert kept_entries(cells["reduce"])[:, 2].sum() == 4
    panel.close()


def test_closing_ends_the_thread() -> None:
    panel = SearchPanel(new_search())
    panel.play()
    panel.close()
    assert not panel.live.worker.alive


@pytest.mark.long
def test_python_ends_cleanly_in_the_middle_of_a_search() -> None:
    program = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "import tiny\n"
        "from dartslab.widgets import SearchPanel\n"
        "panel = SearchPanel(tiny.search_config(epochs=1000))\n"
        "panel.step(1); panel.wait()\n"
        "panel.play()"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_its_record_opens_in_replay(panel: SearchPanel) -> None:
    go(panel, 3)
    assert "step 3 of 3" in Replay(panel.record).text


def test_the_published_space_fits(panel: SearchPanel) -> None:
    config = SearchConfig.lesson(nodes=4, channels=2, layers=3, image_size=8)
    panel = SearchPanel(config)
    assert len(panel.canvas.frame["run"]["cells"][1]["edges"]) == 14
    panel.close()


def test_a_slider_that_moves_on_during_a_step_is_not_taken_back(panel: SearchPanel, monkeypatch) -> None:
    slider = panel.controls["temperature"]
    slider.value = 0.5  # nothing runs, so the search has it at once
    waiting: list = []
    monkeypatch.setattr(panel.live.worker, "between", waiting.append)  # a step is being made
    slider.value = 0.7
    panel._see()  # after the step, before what waits
    assert slider.value == 0.7 and panel.search.config.temperature == 0.5
    for job in waiting:
        job()
    assert slider.value == panel.search.config.temperature == 0.7


@pytest.mark.parametrize(("method", "grey"), [("darts", False), ("gdas", False), ("drnas", True)])
def test_the_temperature_is_grey_where_the_method_has_none(method: str, grey: bool) -> None:
    own = SearchPanel(new_search(method=method, operations=tiny.OPERATIONS[1:]))
    (row,) = own.canvas.controls
    shown = {control["name"]: control for control in row}
    assert shown["temperature"]["disabled"] is grey and shown["alpha_learning_rate"]["disabled"] is False
    own.close()
