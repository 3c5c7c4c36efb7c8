"""What graphs and figures share: writing to a file, and display in a notebook with alternative text."""

import os
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from PIL import Image

from ..base.messages import UserError, require
from .dark import dark_figure, dark_graph

FORMATS = ("svg", "png", "pdf")
DPI = 90


def file_format(path: str | Path) -> str:
    """The format a path asks for: "svg", "png" or "pdf".

    Raises:
        UserError: any other suffix, or none.
    """
    suffix = Path(path).suffix
    require(
        suffix.lower().removeprefix(".") in FORMATS,
        f"{path} has the suffix {suffix!r}; pictures are written as .svg, .png or .pdf. Change the suffix.",
    )
    return suffix.lower().removeprefix(".")


def make_folder(path: str | Path) -> None:
    """Make sure a folder for pictures is there.

    Raises:
        UserError: it cannot be made, for example because a file has its name.
    """
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"the folder {path} cannot be created ({error.strerror or error}); name a folder you may write to."
        ) from error


def write_picture(path: str | Path, data: bytes) -> Path:
    """Write a finished picture.

    Raises:
        UserError: the folder does not exist, or the file cannot be written.
    """
    path = Path(path)
    require(
        os.path.isdir(path.parent),
        f"{path} cannot be written, because {path.parent} is not a folder; create it or choose another one.",
    )
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror or error}); choose a folder you may write to."
        ) from error
    return path


# The second image takes the place of the first in a dark theme of JupyterLab. A viewer that drops style sheets, as
# JupyterLab does for a notebook that is not trusted, shows the first.
SWITCH = (
    '[data-jp-theme-light="false"] .dartslab-picture img{display:none}'
    '[data-jp-theme-light="false"] .dartslab-picture img+img{display:block!important;border-radius:6px}'
)


@dataclass(frozen=True)
class Picture:
    """What a notebook shows: a PNG, and the same in words for readers who cannot see it.

    Args:
        png: the bytes of the image.
        alt: the alternative text; also what stands there where no image can be shown.
        dark: the image for a dark theme; empty where there is none, and the other one is always shown.
    """

    png: bytes
    alt: str
    dark: bytes = b""

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        """What IPython asks for: data by type, and metadata by type."""
        html = {"text/html": self.html} if self.dark else {}
        return (
            {**html, "image/png": b64encode(self.png).decode("ascii"), "text/plain": self.alt},
            {"image/png": {"alt": self.alt}},
        )

    @property
    def html(self) -> str:
        """Both images, of which the theme of JupyterLab shows one."""
        light, dark = _image(self.png, self.alt), _image(self.dark, self.alt, ' style="display:none"')
        return f'<div class="dartslab-picture"><style>{SWITCH}</style>{light}{dark}</div>'


def _image(png: bytes, alt: str, style: str = "") -> str:
    """An image as HTML, with its size, so that nothing jumps when it is replaced."""
    with Image.open(BytesIO(png)) as opened:
        (width, height), file = opened.size, BytesIO()
        opened.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    data = b64encode(min(png, file.getvalue(), key=len)).decode("ascii")
    return f'<img width="{width}" height="{height}" alt="{escape(alt)}"{style} src="data:image/png;base64,{data}">'


@dataclass(frozen=True)
class Drawing:
    """What a notebook shows: an SVG whose colours are those of the theme, light or dark, and the same in words.

    Args:
        svg: the picture.
        alt: the alternative text; also what stands there where no picture can be shown.
    """

    svg: str
    alt: str

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What IPython asks for: data by type."""
        return {"text/html": self.svg, "text/plain": self.alt}


def show(drawing: Any, alt: str) -> Picture:
    """The drawing as a notebook's output, with alternative text: `show(draw_cell(cell), describe_cell(cell))`.

    It is drawn twice, the second time for a dark theme of JupyterLab.

    Args:
        drawing: a matplotlib Figure or a graph from `dartslab.draw.cells`.
        alt: the drawing in words; every drawing function has a `describe_` function for it.
    Raises:
        UserError: no alternative text, or nothing that can be drawn.
    """
    require(
        isinstance(alt, str) and bool(alt.strip()),
        f"a picture needs alternative text, got {alt!r}; use the describe_ function of the drawing.",
    )
    if hasattr(drawing, "savefig"):
        light = figure_bytes(drawing, "png")
        with dark_figure(drawing):
            return Picture(light, alt, figure_bytes(drawing, "png"))
    require(
        hasattr(drawing, "pipe"),
        f"{type(drawing).__name__} is not a drawing; allowed are a matplotlib Figure and a graph of "
        "dartslab.draw.cells. Draw it first.",
    )
    return Picture(to_png(drawing), alt, to_png(dark_graph(drawing)))


def to_png(graph: Any, dpi: int = DPI) -> bytes:
    """The picture as PNG."""
    copy = graph.copy()
    copy.graph_attr["dpi"] = str(dpi)
    return copy.pipe(format="png")


def figure_bytes(figure: Figure, wanted: str, dpi: int = DPI) -> bytes:
    """The figure as bytes; the same figure always gives the same bytes."""
    metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[wanted]
    file = BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "dartslab"}):
        figure.savefig(file, format=wanted, dpi=dpi, metadata=metadata)
    return file.getvalue()


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a figure in the format of the path's suffix: .png, .svg or .pdf.

    Raises:
        UserError: another suffix, or a file that cannot be written.
    """
    wanted = file_format(path)
    return write_picture(path, figure_bytes(figure, wanted, 2 * DPI))
