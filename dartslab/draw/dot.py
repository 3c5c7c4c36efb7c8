"""The program that lays graphs out: the system's `dot`, else the wheel `graphviz-pure`, else a sentence.

`graphviz-pure` gives the same layout; it writes SVG and PNG, no PDF.
"""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import graphviz
from graphviz.backend import dot_command

from ..base.messages import UserError, require
from .picture import DPI, file_format, to_png, write_picture


class CellGraph(graphviz.Digraph):
    """A `graphviz.Digraph` that finds its program itself, also when a notebook displays it."""

    def __repr__(self) -> str:
        return f"<graph: {self.name}>"  # without an address, so that notebooks stay the same when built again

    def pipe(self, *args: Any, **settings: Any) -> Any:
        """The picture, as in `graphviz`: `pipe(format="svg", encoding="utf-8")`.

        Raises:
            UserError: neither `dot` nor `graphviz-pure` is installed, or it fails.
        """
        binary = find_dot()
        if binary is None:
            raise UserError(
                "drawing a graph needs Graphviz, and there is neither 'dot' on the PATH nor 'graphviz-pure' in "
                f"{sysconfig.get_path('scripts')}. Install Graphviz with your system's package manager or conda, or "
                "run `pip install graphviz-pure`."
            )
        dot_command.DOT_BINARY = binary
        try:
            return super().pipe(*args, **{"quiet": True} | settings)
        except (subprocess.CalledProcessError, OSError) as error:
            what = getattr(error, "stderr", None) or error
            text = what.decode(errors="replace") if isinstance(what, bytes) else str(what)
            raise UserError(
                f"{binary} could not draw the graph ({text.strip()}); reinstall Graphviz, or remove it and run "
                "`pip install graphviz-pure`."
            ) from error


def find_dot() -> Path | None:
    """The program that draws: the system's `dot`, else the wheel's `graphviz-pure` (no PDF), else None."""
    system = shutil.which("dot")
    if system:
        return Path(system)
    wheel = Path(sysconfig.get_path("scripts")) / ("graphviz-pure" + (".exe" if os.name == "nt" else ""))
    return wheel if wheel.is_file() else None


def to_svg(graph: CellGraph) -> str:
    """The picture as SVG."""
    return graph.pipe(format="svg", encoding="utf-8")


def render(graph: CellGraph, path: str | Path) -> Path:
    """Write the picture in the format of the path's suffix, and nothing besides.

    Args:
        graph: of one of this module's `draw_` functions.
        path: ends in .svg, .png or, with the system's `dot`, .pdf.
    Returns:
        The path.
    Raises:
        UserError: another suffix, no Graphviz, or a file that cannot be written.
    """
    wanted = file_format(path)
    binary = find_dot()
    require(
        wanted != "pdf" or binary is None or binary.stem == "dot",
        f"{path} cannot be drawn, because 'graphviz-pure' makes no PDF; write .svg or .png, or install Graphviz.",
    )
    return write_picture(path, to_png(graph, 2 * DPI) if wanted == "png" else graph.pipe(format=wanted))
