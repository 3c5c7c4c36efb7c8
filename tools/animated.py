"""Parts of an animated SVG: values that follow each other without end (SMIL, so that it also moves inside an <img>)."""

import numpy as np

SECONDS, REST, PER_SECOND = 9.0, 2.0, 8  # the length, how long the last step stands, moments drawn in a second


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


def without_motion(text: str) -> str:
    """The same, standing still as it is at the last moment."""
    parts = text.split("<animate ")
    return parts[0] + "".join(part.split("/>", 1)[1] for part in parts[1:])
