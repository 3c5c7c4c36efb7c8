"""An animated SVG: values that follow each other without end (SMIL, so that it also moves inside an <img>).

It follows the light or dark theme. Where motion is not wanted, or not supported, it stands still as it is at the end.
"""

import numpy as np

SECONDS, REST, PER_SECOND = 9.0, 2.0, 8  # the length, how long the last step stands, moments drawn in a second
LEAST = 0.02  # an opacity that can be seen


def moments(steps: int) -> np.ndarray:
    """Rows of a record of so many steps that are drawn one after the other; the last one stands for a while."""
    moving = round((SECONDS - REST) * PER_SECOND)
    rising = np.linspace(0, steps - 1, moving).round().astype(int)
    return np.append(rising, np.full(round(REST * PER_SECOND), steps - 1))


def fade(values: np.ndarray) -> np.ndarray:
    """Values v [T, ...] that change gradually: f_t = 0.55 f_(t-1) + 0.45 v_t from f_0 = v_0; the last are exact."""
    faded = values.copy()
    for moment in range(1, len(values)):
        faded[moment] = 0.55 * faded[moment - 1] + 0.45 * values[moment]
    faded[-1] = values[-1]
    return faded


def number(value: float, digits: int = 2) -> str:
    """A number with at most so many digits after the point."""
    text = f"{round(value, digits) + 0.0:.{digits}f}"  # 0.0 takes the sign off a -0
    return text.rstrip("0").rstrip(".") if digits else text


def animate(attribute: str, values: np.ndarray, digits: int = 2) -> str:
    """The values [T], one after the other, without end; nothing where they do not change."""
    texts = [number(value, digits) for value in values]
    if len(set(texts)) == 1:
        return ""
    listed = ";".join(texts)
    return f'<animate attributeName="{attribute}" dur="{SECONDS:g}s" repeatCount="indefinite" values="{listed}"/>'


def step_text(step: int, total: int, width: float, opacity: int = 1, animation: str = "") -> str:
    """Which step it is, in the upper right corner."""
    look = f'class="quiet end" x="{width - 16:g}" y="24" opacity="{opacity}"'
    return f"<text {look}>step {step} of {total}{animation}</text>"


def counter(steps: np.ndarray, total: int, width: float) -> str:
    """The step as a text, changed every ten steps. Where nothing moves, the last one is seen."""
    shown = np.array([int(step) if step == total else int(step) // 10 * 10 for step in steps])
    return "".join(
        step_text(step, total, width, int(step == total), switch(shown == step))
        for step in dict.fromkeys(shown.tolist())
    )


def switch(on: np.ndarray) -> str:
    """Visible at those moments of `on` [T] that are true, and at no other."""
    return animate("opacity", on.astype(float)).replace("<animate ", '<animate calcMode="discrete" ')


def line(tag: str, place: str, style: str, width: np.ndarray, opacity: np.ndarray) -> str:
    """A line whose width [T] and opacity [T] change; nothing where it is never seen.

    Args:
        tag: "path", or "use" of a path that is there.
        place: the attribute that says where it runs.
        style: its classes.
        width, opacity: at each moment. What stands still is the last one.
    """
    if opacity.max() < LEAST:
        return ""
    look = f'class="{style}" stroke-width="{number(width[-1], 1)}" opacity="{number(opacity[-1])}"'
    return f"<{tag} {place} {look}>{animate('stroke-width', width, 1)}{animate('opacity', opacity)}</{tag}>"


def pill(text: str, style: str, middle: tuple[float, float], size: tuple[float, float], opacity: np.ndarray) -> str:
    """A name in a box on its line, with an opacity [T]; nothing where it is never seen.

    Args:
        text: the name.
        style: the class that gives the box its colour.
        middle: x and y.
        size: width and height.
        opacity: at each moment.
    """
    if opacity.max() < LEAST:
        return ""
    (x, y), (width, height) = middle, size
    return (
        f'<g opacity="{number(opacity[-1])}">{animate("opacity", opacity)}<rect class="pill {style}" '
        f'x="{x - width / 2:g}" y="{y - height / 2:g}" width="{width:g}" height="{height:g}" rx="{height / 2:g}"/>'
        f'<text class="mid bold" x="{x:g}" y="{y + 4:g}">{text}</text></g>'
    )


def moving_and_still(body: str, steps: np.ndarray, total: int, width: float) -> str:
    """What moves, with a counter of the steps [T], and the same at its end for who wants no motion."""
    still = step_text(total, total, width) + without_motion(body)
    return f'<g class="moving">{counter(steps, total, width)}{body}</g><g class="still">{still}</g>'


def svg(size: tuple[int, int], title: str, words: str, legend: str, style: str, body: str) -> str:
    """The text of the file.

    Args:
        size: width and height.
        title: stands above the picture.
        words: the picture for those who cannot see it.
        legend: the line below the title.
        style: see `sheet`.
        body: what is drawn.
    """
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="title words"><title id="title">{title}</title><desc id="words">{words}</desc>'
        f'{style}<rect class="ground" width="{width}" height="{height}" rx="8"/>'
        f'<text class="head" x="16" y="24">{title}</text><text class="quiet" x="16" y="42">{legend}</text>'
        f"{body}</svg>\n"
    )


def sheet(light: str, dark: str, at_rest: str = "") -> str:
    """The style sheet: what all these pictures share, and rules of one of them.

    Args:
        light: rules that hold in both themes.
        dark: in place of them in the dark theme.
        at_rest: where motion is not wanted.
    """
    return (
        '<style>text{font:12px system-ui,"Liberation Sans",sans-serif;fill:#1A1A1A}'
        ".head{font-size:15px;font-weight:600}.mid{text-anchor:middle}.end{text-anchor:end}"
        ".bold{font-size:11.5px;font-weight:600}.quiet{fill:#595959}.ground,.pill{fill:#FFF}.pill{stroke-width:1.6}"
        f".still{{display:none}}{light}@media(prefers-color-scheme:dark){{text{{fill:#E8EBEE}}.quiet{{fill:#A8B2BD}}"
        f".ground,.pill{{fill:#15191E}}.grey{{stroke:#75818F}}{dark}}}"
        f"@media(prefers-reduced-motion:reduce){{.moving{{display:none}}.still{{display:inline}}{at_rest}}}</style>"
    )


def without_motion(text: str) -> str:
    """The same, standing still as it is at the last moment."""
    parts = text.split("<animate ")
    return parts[0] + "".join(part.split("/>", 1)[1] for part in parts[1:])
