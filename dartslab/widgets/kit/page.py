"""JavaScript modules of the views, put together; and the page that shows a view without Python.

A module is the text of the files in `KIT`, of what a view shares with others, and of its own file, one after the
other: a browser gets one file, needs no bundler, and an exported page holds the same text.
"""

import json
import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import matplotlib

from ...draw.picture import Picture
from ...draw.style import COLORS, DARK_COLORS, KIND_NAMES, STYLES

# stand before the files of a view
KIT = ("kit/numbers.js", "kit/view.js", "kit/controls.js", "kit/pictures.js", "kit/played.js")
SHADES = 64  # of the colour map that JavaScript gets
# The browser itself keeps an exported page from asking any network.
ALONE = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


@cache
def constants() -> str:
    """What JavaScript takes from Python: a colour map, colours and lines of operations, names of kinds of cell."""
    shades = matplotlib.colormaps["cividis"].resampled(SHADES)(range(SHADES))
    known = {
        "CIVIDIS": [matplotlib.colors.to_hex(shade) for shade in shades],
        "COLORS": COLORS,
        "STYLES": STYLES,
        "KIND_NAMES": KIND_NAMES,
    }
    return "".join(f"const {name} = {json.dumps(value)};\n" for name, value in known.items())


def source(name: str) -> str:
    """A file of this folder."""
    return files("dartslab.widgets").joinpath(name).read_text(encoding="utf-8")


def without_comments(text: str) -> str:
    """JavaScript or CSS without lines that are only a comment, and without indents: an exported page is to be small."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not re.fullmatch(r"//.*|/\*.*\*/", line))


def body(names: tuple[str, ...]) -> str:
    """The JavaScript of a view; it ends with a constant `view`."""
    return constants() + "".join(map(source, (*KIT, *names)))


@cache
def module(*names: str) -> str:
    """The ES module of a view, for anywidget."""
    return body(names) + "export default { render: (context) => (view.mount ? livePlayed : live)(view, context) };\n"


def palette(colors: dict[str, str]) -> str:
    """Colours of operations as declarations of CSS: `--op-skip_connect: #00805A;`."""
    return " ".join(f"--op-{name}: {color};" for name, color in colors.items())


@cache
def style(*names: str) -> str:
    """The style sheet of all views with the colours of operations, and the sheets that a view has besides."""
    light, dark = palette({name: COLORS[name] for name in DARK_COLORS}), palette(DARK_COLORS)
    colors = f""".dartslab, .dartslab-page {{ {light} }}
[data-jp-theme-light="false"] .dartslab {{ {dark} }}
@media (prefers-color-scheme: dark) {{ .dartslab-page, .dartslab-page .dartslab {{ {dark} }} }}
"""
    return "".join((source("kit/view.css"), colors, *map(source, names)))


def html_page(
    name: str,
    names: tuple[str, ...],
    styles: tuple[str, ...],
    controls: list[dict[str, Any]],
    data: dict[str, Any],
    frame: dict[str, Any],
    text: str,
    picture: Picture,
) -> str:
    """A page that needs nothing but itself.

    Args:
        name: of the view, for the title.
        names, styles: its modules and style sheets.
        controls: see `controls_of`.
        data, frame, text: what the view shows first.
        picture: stands there where no script runs.
    """
    spec = json.dumps({"controls": controls, "data": data, "frame": frame, "text": text}, ensure_ascii=False)
    safe = spec.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    still = f'<img alt="{escape(text)}" src="data:image/png;base64,{picture._repr_mimebundle_()[0]["image/png"]}">'
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{ALONE}">
<link rel="icon" href="data:,">
<title>dartslab: {escape(name)}</title>
<style>
{without_comments(style(*styles))}
</style>
</head>
<body class="dartslab-page">
<main class="dartslab" id="view"><noscript>{still}</noscript></main>
<script type="module">
{without_comments(body(names))}
const spec = {safe};
(view.mount ? pagePlayed : page)(view, spec, document.getElementById("view"));
Object.assign(window, {{ view, spec }}); // for anyone who wants to look inside
</script>
</body>
</html>
"""
