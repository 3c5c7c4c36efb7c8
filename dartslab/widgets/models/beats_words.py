"""What the beats of a hypergradient say: one text for the page, for words and for pictures.

`[tone|text]` gives a text the colour of what it names; `{name}` is a number of the frame, `{+name}` with its sign,
`{%name}` in percent. `hypergradient_beats_model.js` chooses and fills them in the same way.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from .hypergradient_beats import (
    DECAY,
    DOUBLES,
    DROPPED,
    FORGOTTEN,
    HALVES,
    NO_MISTAKE,
    NO_XI,
    PASSES,
    PLACE,
    SIGN,
)
from .toy_paths import LIMIT

BEATS = ("here", "train slope", "virtual step", "val slope v", "direct", "implicit", "sum", "a moves", "w moves")
TONES = ("ink", "ink", "ink", "v", "direct", "implicit", "ink", "ink", "ink")  # of the beats
SKIP = "First order leaves this beat out: it takes w as it stands, and asks how the loss changes with a alone."
# {beat: {what is chosen: text}}; the first that is there of: the mistake, "mistake", the hypergradient, "" (all else)
TOY_SENTENCES: dict[str, dict[str, str]] = {
    "0": {
        "": "Move [ink|a]: how does the validation loss change? [truth|{+truth} with w trained anew], "
        "[direct|{+first} with w fixed].",
    },
    "steps": {
        "": "After {steps} real steps [direct|first order is at {end_first}] (for it w is fixed), [ink|exact at "
        "{end_exact}] (w follows {%part_of_way}), [truth|the truth at {end_truth}].",
        "mistake": "After {steps} real steps: [implicit|with the mistake {end_mistake}], [ink|exact {end_exact}], "
        "[direct|first order {end_first}], [truth|truth {end_truth}].",
    },
    "1": {"": "The slope of the training loss in w is [ink|{+slope}]. The arrow points uphill.", "first order": SKIP},
    "2": {
        "": "Only imagined: w slides against it to [ink|w′ = {prime}], {%part_of_way} of the way to the valley. "
        "The real w stays.",
        FORGOTTEN: "Imagined: w slides to [ink|w′ = {prime}]; with its weight decay it would be "
        "[implicit|{right_prime}]. The real w stays.",
        "first order": SKIP,
    },
    "3": {
        "": "Now ask the validation loss, at w′: how does it change with w? [v|v = {+v}].",
        PLACE: "Asked at [implicit|w, where it should be w′]: how does the validation loss change with w? "
        "[v|v = {+v}].",
        "first order": SKIP,
    },
    "4": {
        "": "[direct|Direct term]: move a, hold w′ still. The validation loss changes by [direct|{+direct}] per unit.",
        PLACE: "[direct|Direct term], asked [implicit|at w]: {+direct}. At w′ it is {+right_direct}.",
        "first order": "[direct|Direct term], and nothing else: move a, hold w still. The validation loss changes by "
        "[direct|{+direct}].",
    },
    "5": {
        "": "[implicit|Implicit term]: when a moves, w′ follows, {follows} per unit; times v = {v} that is "
        "[implicit|{+right_implicit}].",
        "finite difference": "[implicit|Implicit term] from two gradients, at w + εv and w − εv: their difference "
        "gives [implicit|{+implicit}].",
        "mistake": "[implicit|Implicit term] with the mistake: [implicit|{+implicit}]. Right would be "
        "{+right_implicit}: when a moves, w′ follows, {follows} per unit, times v.",
        "first order": SKIP,
    },
    "6": {
        "": "[ink|g = {+sum}]: w′ went {%part_of_way} of the way to the valley, so here g goes {%part_of_way} from "
        "[direct|first order, {+first}], to [truth|the truth, {+truth}].",
        "mistake": "[ink|g = {+sum}] with the mistake; right would be {+right_sum}. The [truth|truth] is "
        "[truth|{+truth}].",
        "first order": "First order stops here: [ink|g = {+sum}]. What it [implicit|lacks] to the truth, "
        "[truth|{+truth}], is how w follows.",
    },
    "7": {"": "Now for real: a takes a small step against g, [ink|{a} → {next_a}]."},
    "8": {"": "And w takes an ordinary training step, [ink|{w} → {next_w}]. The imagined w′ is forgotten."},
}
NETWORK_SENTENCES: dict[str, dict[str, str]] = {
    "0": {
        "": "Now [ink|α is 3 numbers and w is 6]: one edge, three operations. Which way should α move? The same beats, "
        "in passes."
    },
    "steps": {"": "After {steps} real steps and {made} passes. First order would have made {cheap}."},
    "1": {
        "": "Pass 1: a training batch forward, its loss back. [ink|One slope for each weight].",
        "first order": SKIP.replace("with a", "with α"),
    },
    "2": {
        "": "All weights make one step at once, to [ink|w′ = w − ξ · slope]. It is a copy: the network keeps its w.",
        FORGOTTEN: "All weights make one step at once, [implicit|without their decay]: a copy at another place than "
        "the right one.",
        "first order": SKIP.replace("with a", "with α"),
    },
    "3": {
        "": "Pass 2: a validation batch through the copy, and back: [v|v, one number for each weight].",
        PLACE: "Pass 2 goes [implicit|through w, where it should be w′]: every number of [v|v] is another one. The toy "
        "cannot show that.",
        "first order": SKIP.replace("with a", "with α"),
    },
    "4": {
        "": "The same way back also brings the [direct|direct term], one number for each α. It costs no pass more.",
        "first order": "One pass: a validation batch through w as it is, and back: the [direct|direct term], one "
        "number for each α.",
    },
    "5": {
        "": "Pass 3: the training batch again, every number with its change along v: the [implicit|implicit term].",
        "finite difference": "Passes 3 and 4: the training batch at w ± εv. The two gradients of α differ: the "
        "[implicit|implicit term].",
        "first order": SKIP.replace("with a", "with α"),
    },
    "6": {
        "": "The sum is [ink|g]. First order pays one pass for the [direct|direct term at w]; its cosine with g is "
        "{+cosine} here.",
        "mistake": "The sum is [ink|g] with the mistake. [implicit|The right numbers] stand below it.",
        "first order": "That is [ink|g]: one pass, and no word about how w would follow.",
    },
    "7": {"": "Now for real: [ink|α takes a small step against g], to α − 0.1 g."},
    "8": {"": "And one ordinary training pass [ink|moves w]. Every hypergradient pays it. The copy w′ is forgotten."},
}
NOTES = {  # beside the choice of a mistake; where it ends is for the learner to find, as lesson 03 asks for it
    NO_MISTAKE: "Each mistake changes one arrow. The dashed outline shows how it should be.",
    HALVES: "[implicit|Look for the orange arrow]. Such a line stood in several public programs.",
    DOUBLES: "[implicit|The orange arrow is twice as long]. Where does the search end then? Try several ξ.",
    SIGN: "[implicit|The orange arrow points the other way]. The search is driven off, beyond first order.",
    NO_XI: "[implicit|The orange arrow does not shrink with ξ]: it is as long for every ξ.",
    DROPPED: "[implicit|No orange arrow]: w′ is computed, but a is never told that it follows. Ends like first order.",
    PLACE: "[implicit|The blue arrow starts at w]: another slope. In the valley w′ = w, so the end looks right.",
    FORGOTTEN: f"[implicit|w′ misses its place]; the search rests elsewhere. Here weight decay is {DECAY}, so the "
    "valley is tilted.",
}
COSTS = {  # of each hypergradient, below its passes
    "first order": "V: validation batch; w: its own step.",
    "exact": "T: training batch; along v counts double.",
    "finite difference": "T+ and T−: at w ± εv, with a radius.",
}


def format_number(value: float, sign: bool = False) -> str:
    """Two decimals with a real minus; `sign` asks for a plus. Halves go up, as in JavaScript."""
    size = f"{math.floor(abs(value) * 100 + 0.5 + 1e-7) / 100:.2f}"
    if float(size) == 0:
        return size
    return ("−" if value < 0 else "+" if sign else "") + size


def values_of(frame: Mapping[str, Any]) -> dict[str, Any]:
    """All that a sentence may name: the numbers of the frame, and what follows from them."""
    numbers = {name: part[0] for name, part in frame.items() if isinstance(part, list)}
    numbers |= {name: frame[name] for name in ("part_of_way", "cosine") if name in frame}
    numbers["right_sum"] = numbers["right_direct"] + numbers["right_implicit"]
    numbers["follows"] = 2 * frame["settings"]["xi"]
    ends = {}
    names = {"first order": "end_first", "exact": "end_exact", "truth": "end_truth", "with the mistake": "end_mistake"}
    for way, points in frame.get("paths", {}).items():
        ends[names[way]] = format_number(points[-1][0]) if abs(points[-1][0]) <= LIMIT / 2 else "far away"
    steps = frame["done"]
    each = len(PASSES[frame["settings"]["hypergradient"]]) + 1
    return numbers | ends | {"steps": str(steps), "made": str(steps * each), "cheap": str(2 * steps)}


def fill(template: str, values: Mapping[str, Any]) -> str:
    """A sentence with its numbers."""

    def one(found: re.Match[str]) -> str:
        how, name = found.groups()
        value = values[name]
        if how == "%":
            return f"{math.floor(100 * value + 0.5 + 1e-7)} %"
        return value if isinstance(value, str) else format_number(value, how == "+")

    return re.sub(r"\{([+%]?)(\w+)\}", one, template)


def sentence(frame: Mapping[str, Any]) -> str:
    """What this beat says, with its tones."""
    settings, mistake = frame["settings"], frame["mistake"]
    table = NETWORK_SENTENCES if settings["view"] == "a network" else TOY_SENTENCES
    choices = table["steps" if settings["beat"] == 0 and frame["done"] else str(settings["beat"])]
    keys = [mistake, "mistake"] if mistake != NO_MISTAKE else []
    template = next(choices[key] for key in [*keys, settings["hypergradient"], ""] if key in choices)
    return fill(template, values_of(frame))


def plain(text: str) -> str:
    """A sentence without its tones."""
    return re.sub(r"\[\w+\|([^]]*)\]", r"\1", text)


def describe_beats(frame: Mapping[str, Any]) -> str:
    """The frame in words."""
    settings, beat = frame["settings"], frame["settings"]["beat"]
    said = [f"Beat {beat + 1} of {len(BEATS)}, {BEATS[beat]}. {plain(sentence(frame))}"]
    toy, xi = settings["view"] == "one number", format_number(settings["xi"])
    at = f"a {format_number(frame['a'][0])}, w {format_number(frame['w'][0])}, " if toy else ""
    said.append(f"{settings['view'].capitalize()}: hypergradient {settings['hypergradient']}, {at}xi {xi}.")
    names = ("direct", "implicit", "sum", "first")
    if beat >= 6:
        rows = (f"{name} {' '.join(format_number(one, True) for one in frame[name])}" for name in names)
        said.append(f"{', '.join(rows)}.")
    if not toy:
        said.append(f"Passes so far: {frame['passes']}.")
    if settings["mistake"] != NO_MISTAKE:
        made = frame["mistake"] != NO_MISTAKE
        note = plain(NOTES[settings["mistake"]]) if made else "This hypergradient leaves no place for it."
        said.append(f"Mistake: {settings['mistake']}. {note}")
    return " ".join(said)
