"""You are here: network, cell, edge, operation as a small strip in which one is lit. For the head of a section."""

from html import escape

from ..base.messages import UserError, unknown
from .picture import Drawing

LEVELS = ("network", "cell", "edge", "operation")
WIDTH, HEIGHT = 120, 52  # of a level in the strip, pixels
# Colours of JupyterLab's theme; those of a light page elsewhere. No style sheet, which an untrusted notebook loses.
INK = "var(--jp-ui-font-color1, #1a1a1a)"
QUIET = "var(--jp-ui-font-color2, #595959)"
GROUND = "var(--jp-layout-color0, #fff)"
LIT = "var(--jp-brand-color1, #0072b2)"


def _box(x: float, y: float, wide: float, high: float, filled: bool = False) -> str:
    look = "" if filled else f' style="fill:{GROUND}"'
    return f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="1.5"{look}/>'


def _circle(x: float, y: float, radius: float, filled: bool = False) -> str:
    look = "" if filled else f' style="fill:{GROUND}"'
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}"{look}/>'


def _line(d: str, width: float = 1.4) -> str:
    return f'<path d="{d}" fill="none" stroke-width="{width}" style="fill:none"/>'


_LANES = "M-14 0C-8 0 -9 {0} -5 {0}H5C9 {0} 8 0 14 0"
# In each the next smaller thing is filled or thick, 34 pixels wide around 0.
GLYPHS = {
    "network": "".join(_box(-17 + 9 * k, -8, 7, 16, k == 2) for k in range(4)),
    "cell": _line("M-12 -7Q4 -12 13 0M-12 7L1 0") + _line("M-12 -7L1 0M1 0H13", 1.4)
    + _line("M1 0H13", 3) + _box(-15.5, -10.5, 7, 7) + _box(-15.5, 3.5, 7, 7) + _circle(1, 0, 4) + _circle(14, 0, 4),
    "edge": "".join(_line(_LANES.format(y), width) for y, width in ((-8, 1.1), (-3, 3.2), (3, 1.1), (8, 1.1)))
    + _circle(-15, 0, 3.4) + _circle(15, 0, 3.4),
    "operation": "".join(
        _box(-9 + 6.2 * k, -9 + 6.2 * r, 5.2, 5.2, k == 1 or r == 1) for r in range(3) for k in range(3)
    ),
}  # fmt: skip


def here(level: str, note: str = "") -> Drawing:
    """Where in the network we are, as a strip 52 pixels high and as a line of text.

    Args:
        level: what is lit: "network", "cell", "edge" or "operation".
        note: a few letters in place of the level's name, such as "edge 2 → 3".
    Raises:
        UserError: a level that is not there, a note that does not fit.
    """
    if level not in LEVELS:
        raise unknown("level", level, LEVELS)
    if len(note) > 13:
        raise UserError(f"the note {note[:20]!r} has {len(note)} letters; at most 13 fit below a level.")
    names = {one: note or one if one == level else one for one in LEVELS}
    alt = "you are here: " + " > ".join(f"[{name}]" if one == level else name for one, name in names.items())
    parts = [f"<title>{escape(alt)}</title>"]
    for number, (one, name) in enumerate(names.items()):
        parts += _level(number, one, name, one == level)
    size = f'width="{WIDTH * len(LEVELS)}" height="{HEIGHT}" viewBox="0 0 {WIDTH * len(LEVELS)} {HEIGHT}"'
    font = 'font-family="system-ui, sans-serif"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {font}>{" ".join(parts)}</svg>'
    return Drawing(svg, alt)


def _level(number: int, level: str, name: str, lit: bool) -> list[str]:
    """A level of the strip: its frame where it is lit, the arrow before it, its glyph, its name."""
    parts, middle, color = [], WIDTH * (number + 0.5), LIT if lit else QUIET
    if lit:
        frame = f'x="{middle - WIDTH / 2 + 8:g}" y="1" width="{WIDTH - 16}" height="{HEIGHT - 2}" rx="7"'
        parts.append(f'<rect {frame} fill="none" stroke-width="1.8" style="stroke:{LIT}"/>')
    if number:
        at = f"M{WIDTH * number - 2} 16l4 4-4 4"
        parts.append(f'<path d="{at}" fill="none" stroke-width="1.6" style="stroke:{QUIET}"/>')
    look = f"fill:{color};stroke:{color}"
    parts.append(f'<g transform="translate({middle:g} 19)" stroke-width="1.4" style="{look}">{GLYPHS[level]}</g>')
    text = f'x="{middle:g}" y="44" text-anchor="middle" font-size="12" font-weight="{650 if lit else 400}"'
    parts.append(f'<text {text} style="fill:{LIT if lit else INK}">{escape(name)}</text>')
    return parts
