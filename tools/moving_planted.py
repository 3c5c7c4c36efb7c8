"""A moving picture of a planted search: DARTS finds the operations of a hidden cell, as an animated SVG.

On every edge a line for each operation, as wide as its mixing weight; pictures are what the nodes compute meanwhile.
"""

from base64 import b64encode
from io import BytesIO

import numpy as np
from animated import animate, fade, line, moments, moving_and_still, number, pill, sheet, svg, switch
from PIL import Image

from dartslab.problems.planted import EDGES, Planted, PlantedConfig
from dartslab.problems.planted_search import STEPS, search_planted

WIDTH, HEIGHT = 830, 424
SIDE, LARGE = 64, 92  # of the pictures of nodes, and of those on the right
THICK, LANE = 15.0, 12.5  # pixels of a line whose mixing weight is 1, and between neighbouring lines
MIDDLES = ((54, 128), (54, 336), (284, 232), (530, 232))  # of the pictures of a, b, node 2, node 3
NAMES = ((168, 176), (168, 288), (284, 104), (284, 360), (408, 232))  # middles of the names on each edge
HALF = 40  # of the straight part of a line
RESULT, DIFFERENCE = (726, 142), (726, 304)  # middles of the pictures on the right
PICTURES = 24  # that a node shows one after the other
SURE = 0.2  # the margin at which the line of the leading operation has all its colour


def moving_planted(config: PlantedConfig | None = None) -> str:
    """A planted search by the exact hypergradient as an animated SVG; the same configuration gives the same text."""
    problem = Planted(config or PlantedConfig(seed=0))
    path = list(search_planted(problem, "exact", STEPS))
    rows = moments(len(path))
    weights = np.stack([path[row].weights.numpy() for row in rows])  # [T, E, O]
    ahead = np.sort(weights, axis=2)
    lead = np.clip((ahead[..., -1] - ahead[..., -2]) / SURE, 0, 1)[..., None]
    leads = fade((weights == weights.max(axis=2, keepdims=True)) * lead)
    lines, names = [], []
    for e, (x, y) in enumerate(NAMES):
        for o, name in enumerate(problem.names):
            lane = y + LANE * (o - (len(problem.names) - 1) / 2)
            tone = "right" if o == problem.answer[e] else "wrong"
            width = np.maximum(0.8, THICK * weights[:, e, o])
            way, led = f'd="{_way(e, lane)}"', leads[:, e, o]
            grey = np.clip(0.2 + 3 * weights[:, e, o], 0, 0.8) * (1 - led)
            lines += [
                (0, line("path", way, "lane grey", width, grey)),
                (1, line("path", way, f"lane {tone}", width, led)),
            ]
            quiet = np.clip(0.45 + 3 * weights[:, e, o], 0, 1) * (1 - led)
            names += [_name(x, lane, name, quiet), pill(name, tone, (x, lane), (14 + 6.2 * len(name), 16), led)]
    shown = rows[np.linspace(0, len(rows) - 1, PICTURES).round().astype(int)]
    body = "".join(text for _, text in sorted(lines, key=lambda drawn: drawn[0])) + "".join(names)
    body += _pictures(problem, path, rows, np.unique(shown))
    right, told = np.array([problem.count_right(path[row].weights) for row in rows]), rows >= 10  # before, it is chance
    (a,), (b,) = problem.shown.before
    still = "".join(_image(x, y, given, given.max()) for (x, y), given in zip(MIDDLES, (a, b), strict=False))
    wanted = problem.shown.results[1][0]
    still += _image(*RESULT, wanted, wanted.max(), side=LARGE)
    words = ", ".join(
        f"{'ab23'[source]} to {'ab23'[to]} {problem.names[o]}"
        for (source, to), o in zip(EDGES, problem.answer, strict=True)
    )
    found = "".join(_found(int(count), (right == count) & told) for count in np.unique(right[told]))
    labels = [(x, y + SIDE / 2 + 15, text) for (x, y), text in zip(MIDDLES, TEXTS, strict=False)]
    labels += [(MIDDLES[3][0] + SIDE / 2 + 26, MIDDLES[3][1] + 4, "node 3")]
    labels += [(RESULT[0], RESULT[1] + LARGE / 2 + 15, "node 3 of the hidden cell")]
    labels += [(DIFFERENCE[0], DIFFERENCE[1] + LARGE / 2 + 15, "difference")]
    texts = "".join(f'<text class="quiet mid" x="{x:g}" y="{y:g}">{text}</text>' for x, y, text in labels)
    return svg(
        (WIDTH, HEIGHT),
        "DARTS finds a hidden cell",
        f"On each of five edges seven operations compete for {STEPS} steps. The width of a line is its mixing weight; "
        f"green is the hidden operation. At the end {right[-1]} of 5 are found: {words}.",
        "line width: mixing weight; green: the hidden operation leads; orange: another one does",
        STYLE,
        f"{texts}{still}{moving_and_still(body + found, rows, STEPS, WIDTH)}",
    )


TEXTS = ("picture a", "picture b", "node 2")


def _way(e: int, lane: float) -> str:
    """The middle line of an operation: from picture to picture, straight at height `lane` below its name."""
    (source, to), (x, _) = EDGES[e], NAMES[e]
    (x0, y0), (x3, y3) = MIDDLES[source], MIDDLES[to]
    arch = to == 3 and source < 2
    y0 += {0: -14, 1: 14}[source] if arch else 0
    x0, left, right = x0 + SIDE / 2, x - HALF, x + HALF
    bend = min(46, 0.6 * (left - x0))
    start = f"M{x0:g} {y0:g}C{x0 + bend:g} {y0:g} {left - bend:g} {lane:g} {left:g} {lane:g}L{right:g} {lane:g}"
    if arch:  # into the picture from above and from below
        y3 += -SIDE / 2 if source == 0 else SIDE / 2
        return f"{start}C{right + 120:g} {lane:g} {x3:g} {y3 + (-56 if source == 0 else 56):g} {x3:g} {y3:g}"
    x3 -= SIDE / 2
    return f"{start}C{right + 20:g} {lane:g} {x3 - 22:g} {y3:g} {x3:g} {y3:g}"


def _name(x: float, y: float, name: str, opacity: np.ndarray) -> str:
    look = f'class="name" opacity="{number(opacity[-1])}"'
    return f'<text x="{x:g}" y="{y + 3.5:g}" {look}>{name}{animate("opacity", opacity)}</text>'


def _image(
    x: float, y: float, picture: np.ndarray, white: float, inside: str = "", opacity: int = 1, side: int = SIDE
) -> str:
    """A picture around a point; `white` is its brightest value."""
    levels = (np.clip(np.asarray(picture) / float(white), 0, 1) * 255).round().astype(np.uint8)
    file = BytesIO()
    Image.fromarray(levels).save(file, "PNG", optimize=True)
    code = b64encode(file.getvalue()).decode()
    place = f'x="{x - side / 2:g}" y="{y - side / 2:g}" width="{side}" height="{side}" opacity="{opacity}"'
    return f'<image {place} href="data:image/png;base64,{code}">{inside}</image>'


def _pictures(problem: Planted, path: list, rows: np.ndarray, shown: np.ndarray) -> str:
    """What the search's own cell computes: node 2, node 3, and what is left to the hidden cell's result."""
    texts, wanted = [], problem.shown.results[1][0].numpy()
    for n, row in enumerate(shown):
        moment = path[row]
        low, high = (y[0].numpy() for y in problem.mix(moment.w, {"alpha.normal": moment.alpha}, problem.shown))
        until = shown[n + 1] if n + 1 < len(shown) else len(path)
        on, last = switch((rows >= row) & (rows < until)), int(until == len(path))
        texts += [_image(*MIDDLES[2], low, low.max(), on, last), _image(*MIDDLES[3], high, wanted.max(), on, last)]
        texts.append(_image(*DIFFERENCE, np.abs(high - wanted), wanted.max(), on, last, LARGE))
    return "".join(texts)


def _found(count: int, on: np.ndarray) -> str:
    look = f'class="quiet end" x="{WIDTH - 16}" y="42" opacity="{int(on[-1])}"'
    return f"<text {look}>{count} of {len(EDGES)} edges right{switch(on)}</text>"


STYLE = sheet(
    ".lane{fill:none;stroke-linecap:round}.grey{stroke:#9AA5B1}.right{stroke:#0B7A53}.wrong{stroke:#B85000}"
    ".name{font-size:10px;text-anchor:middle;paint-order:stroke;stroke:#FFF;stroke-width:3px;stroke-linejoin:round}"
    ".bold{font-size:11px}image{image-rendering:pixelated}",
    ".name{stroke:#15191E}.right{stroke:#3FBF8F}.wrong{stroke:#FF9A4D}",
)
