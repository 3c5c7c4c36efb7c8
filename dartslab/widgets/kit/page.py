"""JavaScript modules of the views, put together; and the page that shows a view without Python.

A module is the text of `view.js` and `controls.js`, of what a view shares with others, and of its own file, one after
the other: a browser gets one file, needs no bundler, and an exported page holds the same text.
"""

import json
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import matplotlib

from ...draw.picture import Picture
from ...draw.style import COLORS, STYLES

SHADES = 64  # of the colour map that JavaScript gets
# The browser itself keeps an exported page from asking any network.
ALONE = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


@cache
def constants() -> str:
    """What JavaScript needs to know of our colours: the map of the heatmaps, colours and line styles of operations."""
    shades = matplotlib.colormaps["cividis"].resampled(SHADES)(range(SHADES))
    known = {"CIVIDIS": [matplotlib.colors.to_hex(shade) for shade in shades], "COLORS": COLORS, "STYLES": STYLES}
    return "".join(f"const {name} = {json.dumps(value)};\n" for name, value in known.items())


def source(name: str) -> str:
    """A file of this folder."""
    return files("dartslab.widgets").joinpath(name).read_text(encoding="utf-8")


def body(names: tuple[str, ...]) -> str:
    """The JavaScript of a view; it ends with a constant `view`."""
    return constants() + "".join(map(source, ("kit/view.js", "kit/controls.js", *names)))


@cache
def module(*names: str) -> str:
    """The ES module of a view, for anywidget."""
    return body(names) + "export default { render: (context) => live(view, context) };\n"


@cache
def style() -> str:
    """The style sheet of all views."""
    return source("kit/view.css")


def html_page(
    name: str,
    names: tuple[str, ...],
    controls: list[dict[str, Any]],
    data: dict[str, Any],
    frame: dict[str, Any],
    text: str,
    picture: Picture,
) -> str:
    """A page that needs nothing but itself.

    Args:
        name: of the view, for the title.
        names: its modules.
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
{style()}
</style>
</head>
<body class="dartslab-page">
<main class="dartslab" id="view"><noscript>{still}</noscript></main>
<script type="module">
{body(names)}
const spec = {safe};
page(view, spec, document.getElementById("view"));
Object.assign(window, {{ view, spec }}); // for anyone who wants to look inside
</script>
</body>
</html>
"""
