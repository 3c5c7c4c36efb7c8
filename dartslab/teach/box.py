"""What a lesson says, as a box for a notebook and as text for a terminal: checks, hints, questions, predictions.

A box has a mark, a colour and a word of state, so that none of them stands alone. Everything in it is escaped; names
between backticks are set as code, and maths between $ signs is left for the notebook to set. The style sheet is shown
once, by `start`: without it, as in a notebook that is not trusted, the same words stand there as plain lists.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

STATES = {  # by name: the mark and the colour
    "right": ("✓", "right"),
    "wrong": ("✗", "wrong"),
    "stopped": ("!", "wrong"),
    "ask": ("?", "ask"),
    "told": ("i", "ask"),
    "open": ("…", "plain"),
}
NEAR = 0.05  # of the line on which both are drawn: so near a prediction is called close


@dataclass(frozen=True)
class Box:
    """One thing that is said.

    Args:
        html: what a notebook shows.
        text: what stands where no HTML can be shown, as in a terminal.
    """

    html: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What IPython asks for: data by type."""
        return {"text/html": self.html, "text/plain": self.text}


def say(box: Box) -> None:
    """Show a box in a notebook, and print its text elsewhere."""
    from IPython import get_ipython

    if get_ipython() is None:
        print(box.text)
    else:
        from IPython.display import display

        display(box._repr_mimebundle_(), raw=True)


@cache
def style() -> str:
    """The style sheet as one element; it holds for the whole notebook."""
    sheet = files("dartslab.teach").joinpath("box.css").read_text(encoding="utf-8")
    return f"<style>{re.sub(r'/[*].*?[*]/', '', sheet, flags=re.DOTALL)}</style>"


def boxed(
    state: str, word: str, body: str = "", title: str = "", name: str = "", meta: str = "", foot: str = ""
) -> str:
    """A box as HTML.

    Args:
        state: one of `STATES`.
        word: says the state: "Right", "Not yet".
        body, foot: HTML.
        title, name: of the exercise or question.
        meta: a few words at the right.
    """
    mark, tone = STATES[state]
    parts = [f'<span class="dl-mark" aria-hidden="true">{mark}</span>', f'<b class="dl-state">{html.escape(word)}</b>']
    parts += [f"<span>{prose(title)}</span>"] if title else []
    parts += [f'<code class="dl-name">{html.escape(name)}</code>'] if name else []
    parts += [f'<span class="dl-meta">{html.escape(meta)}</span>'] if meta else []
    inside = f'<div class="dl-head">{" ".join(parts)}</div>'
    inside += f'<div class="dl-body">{body}</div>' if body else ""
    inside += f'<div class="dl-foot">{foot}</div>' if foot else ""
    label = html.escape(f"{word}: {title or name}" if title or name else word)
    return f'<div class="dl"><div class="dl-box dl-{tone}" role="group" aria-label="{label}">{inside}</div></div>'


def note(text: str, before: str = "") -> Box:
    """One quiet line; `before` is HTML that stands in front of it."""
    return Box(f'{before}<div class="dl"><div class="dl-note">{prose(text)}</div></div>', text)


def prose(text: str) -> str:
    """Sentences as HTML. What is not a plain word, such as a name, a number or a call, stays on one line."""
    parts = re.split(r"(`[^`]+`|\$[^$\n]+\$)", text)
    return "".join(
        code(p[1:-1]) if p[:1] == "`" and p[1:] else html.escape(p) if p[:1] == "$" else _kept(p) for p in parts
    )


def code(text: str) -> str:
    """Code within a line; it breaks at its spaces only."""
    return f"<code>{_kept(text)}</code>"


def paragraph(text: str) -> str:
    """Sentences as a paragraph."""
    return f"<p>{prose(text)}</p>"


def _kept(text: str) -> str:
    """Escaped; a token with a sign inside at which a browser might break it is kept whole."""
    parts = re.split(r"(\S*[^\w\s.,:;?!'\"]\S*)", text)
    return "".join(
        f'<span class="dl-t">{html.escape(part)}</span>' if k % 2 and len(part) > 1 else html.escape(part)
        for k, part in enumerate(parts)
    )


# hints


def ladder(hints: Sequence[str], number: int) -> str:
    """The first `number` hints, the last one in ink; those to come are counted."""
    rows = [
        f'<li class="{"dl-now" if k == number else "dl-old" if k < number else "dl-old dl-later"}">'
        f'<span class="dl-dot">{k}</span> <span>{prose(hint) if k <= number else "…"}</span></li>'
        for k, hint in enumerate(hints, 1)
    ]
    return f"<ul>{''.join(rows)}</ul>"


# questions and predictions


def as_question(question: str) -> str:
    """The question itself, as HTML."""
    return f'<p class="dl-question">{prose(question)}</p>'


def listed(choices: Sequence[str]) -> str:
    """Choices that nobody has chosen from yet."""
    rows = "".join(
        f'<li><span class="dl-dot" aria-hidden="true"></span> <span>{prose(one)}</span></li>' for one in choices
    )
    return f"<ul>{rows}</ul>"


def explained(choices: Sequence[str], right: int, because: Sequence[str], answer: int | None = None) -> str:
    """All choices, each with its explanation: the right one and the answer are marked."""
    rows = []
    for k, (choice, why) in enumerate(zip(choices, because, strict=True)):
        look, mark, words = "", "", []
        if k == right:
            look, mark, words = "dl-right dl-good", "✓", ["right"]
        elif k == answer:
            look, mark = "dl-wrong dl-miss", "✗"
        if k == answer:
            look, words = f"{look} dl-yours", [*words, "your answer"]
        rows.append(_row(look, mark, choice, words, why))
    return f"<ul>{''.join(rows)}</ul>"


def _row(look: str, mark: str, choice: str, tags: Sequence[str], why: str = "") -> str:
    shown = "".join(f' <span class="dl-tag">{tag}</span>' for tag in tags)
    below = f' <span class="dl-why">{prose(why)}</span>' if why else ""
    dot = f'<span class="dl-dot" aria-hidden="true">{mark}</span>'
    return f'<li class="{look}">{dot} <span class="dl-what">{prose(choice)}{shown}</span>{below}</li>'


def beside(said: int | None, measured: int, choices: Sequence[str]) -> str:
    """Choices: which was said, and which was measured."""
    rows = []
    for k, choice in enumerate(choices):
        tags = ["measured"] * (k == measured) + ["you said"] * (k == said)
        look = "dl-right dl-good" if k == measured else "dl-ask" if k == said else ""
        rows.append(_row(look, "●" if k == measured else "◇" if k == said else "", choice, tags))
    return f"<ul>{''.join(rows)}</ul>"


def on_a_line(said: float | None, measured: float, unit: str) -> tuple[str, str]:
    """Two numbers on a line, as (how they compare in a few words, HTML); the distance between them is drawn thick.

    The line holds both and 0. They are close where |said - measured| is at most `NEAR` times its length.
    """
    unit = f" {unit}".rstrip()
    known = [measured] if said is None else [said, measured]
    low, high = min(0.0, *known), max(0.0, *known)
    high += (high == low) * 1.0
    got = f'<b class="dl-got">● measured <span class="dl-t">{measured:.4g}</span></b>{html.escape(unit)}'
    if said is None:
        return "Measured", f"<p>{got}; no prediction was stored</p>{_line(None, measured, low, high)}"
    away = said - measured
    size = f"by {abs(away):.2g}{unit}"
    words = f"Too {'low' if away < 0 else 'high'} {size}"
    if away == 0:
        words = "As you said"
    elif abs(away) <= NEAR * (high - low):
        words = f"Close, off {size}"
    before = f'<b class="dl-said">◇ you said <span class="dl-t">{said:.4g}</span></b>{html.escape(unit)}'
    return words, f"<p>{before}; {got}</p>{_line(said, measured, low, high)}"


def _line(said: float | None, measured: float, low: float, high: float) -> str:
    def x(value: float) -> str:
        return f"{16 + 468 * (value - low) / (high - low):.1f}"

    ink, blue, green = "var(--dl-quiet, #5c6672)", "var(--dl-blue, #0072b2)", "var(--dl-right, #00795a)"
    parts = [f'<path d="M16 14H484" stroke="{ink}"/>']
    for value, anchor in {low: "start", 0.0: "start" if low == 0 else "middle", high: "end"}.items():
        parts.append(f'<path d="M{x(value)} 9v10" stroke="{ink}"/>')
        parts.append(
            f'<text x="{x(value)}" y="33" text-anchor="{anchor}" font-size="12" fill="{ink}">{value:.4g}</text>'
        )
    if said is not None:
        s = x(said)
        parts.append(f'<path d="M{s} 14H{x(measured)}" stroke="{blue}" stroke-width="4"/>')
        parts.append(
            f'<path d="M{s} 6l8 8-8 8-8-8z" fill="var(--dl-ground, #fff)" stroke="{blue}" stroke-width="2.2"/>'
        )
    parts.append(f'<circle cx="{x(measured)}" cy="14" r="6" fill="{green}"/>')
    return f'<svg viewBox="0 0 500 36" width="500" height="36" aria-hidden="true">{" ".join(parts)}</svg>'
