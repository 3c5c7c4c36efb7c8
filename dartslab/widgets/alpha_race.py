"""AlphaRace: how the gradient of the loss pushes alpha of one edge, and who wins."""

from collections.abc import Mapping
from typing import Any

import ipywidgets

from ..base.messages import unknown
from .alpha_race_picture import draw_race
from .kit.choices import ToggleButtons
from .kit.played import PlayedView
from .kit.stills import png
from .models.alpha_race import ADAM, FARTHEST, NOISE, OPERATIONS, RACES, STEPS, TWINS, WAIT, race_frame, start_of
from .models.one_edge import percent, pool_data, with_sign

EQUAL, WARM = 1.03, 1.4  # times 1 / O: largest mixing weight of all that are equal, of those that are nearly
STILL, WHOLE = 0.002, 0.97  # all pushes up together where nothing moves; mixing weight of an operation that has all


def verdict(frame: Mapping[str, Any]) -> dict[str, str]:
    """What can be seen at this step; `alpha_race_words.js` says the same.

    Returns:
        mark: "right" where that operation leads, by its mixing weight, which is or could be the best alone; "wrong"
        where another one leads; "" where nothing is decided. text: some sentences.
    """
    names, p, alone, could, push = (frame[key] for key in ("operations", "p", "alone", "could", "push"))
    lead, best = p.index(max(p)), could.index(min(could))
    mark, text = "", ""
    if frame["waiting"]:
        learns = f" Meanwhile {names[-1]} learns: its loss alone is {alone[-1]:.2f}." if frame["learn"] else ""
        text = f"alpha waits, and all mixing weights stay as they are.{learns}"
    elif p[lead] < EQUAL / len(p):
        better = f"Trained by itself, {names[best]} would reach a loss of {could[best]:.2f}."
        better = better if frame["learn"] else "Who will lead in the end?"
        text = f"all mixing weights are equal, {percent(p[lead])} each. {better}"
    elif set(TWINS) <= set(names):
        mark, text = _about_twins(frame, lead)
    elif frame["temperature"] > 1 and p[lead] < WARM / len(p):
        text = f"too warm to decide. At T = {frame['temperature']:.1f} the largest mixing weight is {percent(p[lead])}."
    elif lead == best:
        trained = "trained by itself" if frame["learn"] else "alone"
        mark, text = "right", f"{names[lead]} leads with {percent(p[lead])}."
        text += f" No other could be better: {trained} it has a loss of {could[lead]:.2f}."
    elif p[lead] > WHOLE and sum(map(abs, push)) / 2 < STILL:
        mark, text = "wrong", f"frozen. {names[lead]} has {percent(p[lead])}, and no push is as large as {STILL}."
        text += f" {names[best]} would be better, but has no width."
    else:
        can = "could reach" if frame["learn"] else "alone has"
        mark, text = "wrong", f"{names[lead]} leads with {percent(p[lead])}, alone its loss is {alone[lead]:.2f}."
        text += f" {names[best]} {can} {could[best]:.2f}, but it has {percent(p[best])} and a push of"
        text += f" {with_sign(push[best])}."
    return {"mark": mark, "text": f"Step {frame['step']}: {text}"}


def _about_twins(frame: Mapping[str, Any], lead: int) -> tuple[str, str]:
    """Mark and text where an operation runs twice."""
    names, p, alone = frame["operations"], frame["p"], frame["alone"]
    one, other, rival = (names.index(name) for name in (*TWINS, "mirror"))
    both = f"{names[lead]} leads with {percent(p[lead])}. Together the twins have {percent(p[one] + p[other])}"
    if lead in (one, other):
        return "right", f"{both}; {names[rival]} has {percent(p[rival])} and no twin."
    return "wrong", f"{both}, and alone shift has the smaller loss: {alone[one]:.2f} against {alone[lead]:.2f}."


def describe_race(frame: Mapping[str, Any]) -> str:
    """A frame in sentences; `alpha_race_words.js` says the same."""
    runners = zip(frame["operations"], frame["p"], frame["push"], strict=True)
    list_of = "; ".join(f"{name} {percent(weight)}, push {with_sign(push)}" for name, weight, push in runners)
    total = f"All pushes add up to {with_sign(sum(frame['push']))}."
    if frame["adam"]:
        total += f" Adam's steps add up to {with_sign(sum(frame['move']))}."
    filled = " The areas above the level are poured into those below it: they just fill them." * frame["fill"]
    head = f"The race of alpha, {frame['race']}. {verdict(frame)['text']}"
    return f"{head} Mixing weights and pushes: {list_of}. {total}{filled}"


class AlphaRace(PlayedView):
    """One edge with seven operations on real pictures: their alpha, and what pushes it in each step.

        AlphaRace()
        AlphaRace("late bloomer")

    Above, each operation stands at the height of its alpha, with an arrow for its push. Below, each is a strip as wide
    as its mixing weight p and as high as g = dL/dp: its push, p (level - g) / T, is the area between g and the level,
    which is the mean of all g, weighted by p. Drag an operation up or down to set alpha by hand.

    Args:
        race: one of "a fair race", "late bloomer", "clones", "hot and cold".
        seed: draws the pictures, alpha and the kernels at the start; 0 to 99.
    Raises:
        UserError: an unknown race, or another seed.
    """

    MODULES = (
        "shared_random.js",
        "one_edge.js",
        "one_edge_drawing.js",
        "alpha_race_model.js",
        "alpha_race_words.js",
        "alpha_race_stage.js",
        "alpha_race_panel.js",
        "alpha_race.js",
    )
    STYLES = ("one_edge.css",)

    def __init__(self, race: str = "a fair race", seed: int = 2) -> None:
        if race not in RACES:
            raise unknown("race", race, tuple(RACES))
        check, slider, log = ipywidgets.Checkbox, ipywidgets.IntSlider, ipywidgets.FloatLogSlider
        settings = {
            "race": ToggleButtons(options=list(RACES), description="race"),
            "step": slider(0, min=0, max=STEPS, description="step"),
            "temperature": log(1.0, base=10, min=-1.3, max=0.9, step=0.01, description="temperature T"),
            "learn": check(False, description="operations learn", indent=False),
            "wait": check(False, description=f"alpha waits {WAIT} steps", indent=False),
            "adam": check(False, description="Adam", indent=False),
            "alpha_learning_rate": log(0.15, base=10, min=-2, max=1, step=0.01, description="step size of alpha"),
            "kernel_learning_rate": log(0.008, base=10, min=-4, max=-1, step=0.01, description="step size of kernels"),
            "seed": slider(2, min=0, max=99, description="seed"),
            "watch": slider(0, min=0, max=len(OPERATIONS) - 1, description="operation looked at"),
            "fill": check(False, description="fill", indent=False),
            "hand": slider(-1, min=-1, max=STEPS, description="step at which alpha is set by hand"),
        }
        for o in range(len(OPERATIONS)):
            settings[f"alpha_{o}"] = ipywidgets.FloatSlider(
                0.0, min=-FARTHEST, max=FARTHEST, step=0.001, description=f"alpha {o} by hand"
            )
        data: dict[str, Any] = {"pool": pool_data(), "races": RACES, "starts": {name: start_of(name) for name in RACES}}
        data |= {"wait": WAIT, "noise": NOISE, "adam": ADAM, "steps": STEPS, "twins": TWINS, "farthest": FARTHEST}
        data |= {"limits": {"equal": EQUAL, "warm": WARM, "still": STILL, "whole": WHOLE}}

        def begin(race: str) -> None:  # set the other controls as this race wants them
            for name, value in start_of(race).items():
                settings[name].value = value

        begin(settings["race"].value)
        settings["race"].observe(lambda change: begin(change["new"]), "value")
        super().__init__(settings, data, {"seed": seed, "race": race})

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The race after so many steps; see `race_frame`."""
        return race_frame(settings)

    def describe(self, frame: Mapping[str, Any]) -> str:
        """Who leads, and how each operation is pushed."""
        return describe_race(frame)

    def still_png(self, frame: Mapping[str, Any]) -> bytes:
        """Strips with their pushes, and the mixing weights so far."""
        return png(draw_race(frame))
