"""The program that lays graphs out: the system's `dot`, else the wheel `graphviz-pure`, else a sentence.

`graphviz-pure` gives the same layout; it writes SVG and PNG, no PDF.
"""

import os
import shutil
import subprocess
import sysconfig
import warnings
from pathlib import Path
from typing import Any

import graphviz

from ..base.messages import UserError, require, short
from .picture import DPI, file_format, to_png, write_picture

LIMIT_S = 60.0  # a cell takes less than a second
# A whole picture has this near its beginning and its end.
WHOLE = {"svg": (b"<svg", b"</svg>"), "png": (b"\x89PNG\r\n\x1a\n", b"IEND"), "pdf": (b"%PDF", b"%%EOF")}
_broken: set[Path] = set()  # programs that failed in this process where the next one did not


class CellGraph(graphviz.Digraph):
    """A `graphviz.Digraph` that finds its program itself, also when a notebook displays it."""

    def __repr__(self) -> str:
        return f"<graph: {self.name}>"  # without an address, so that notebooks stay the same when built again

    def pipe(self, format: str | None = None, *, encoding: str | None = None, **_: Any) -> Any:
        """The picture as bytes, or as text where an encoding is given: `pipe("svg", encoding="utf-8")`.

        Where the system's `dot` fails, hangs or writes nothing, the wheel draws, and a warning says so once.

        Raises:
            UserError: neither `dot` nor `graphviz-pure` is installed, or each of them fails.
        """
        found = draw(self.source, format or "svg")
        return found.decode(encoding) if encoding else found


def draw(source: str, wanted: str) -> bytes:
    """A graph in the language of Graphviz as a picture; see `CellGraph.pipe`.

    Args:
        source: the graph.
        wanted: "svg", "png" or "pdf".
    """
    programs = find_programs()
    if not programs:
        raise UserError(
            "drawing a graph needs Graphviz, and there is neither 'dot' on the PATH nor 'graphviz-pure' in "
            f"{sysconfig.get_path('scripts')}. Install Graphviz with your system's package manager or conda, or run "
            "`pip install graphviz-pure`."
        )
    reasons = []
    for program in programs:
        try:
            picture = run_program(program, source, wanted, LIMIT_S)
        except ProgramFailed as error:
            reasons.append(str(error))
            continue
        if reasons:
            _broken.add(programs[0])
            warnings.warn(
                f"{reasons[0]}, so {program.name} draws from now on; `dartslab doctor` says what to do", stacklevel=3
            )
        return picture
    raise UserError(
        f"could not draw the graph ({short('; '.join(reasons), 400)}); reinstall Graphviz, or remove it and run "
        "`pip install graphviz-pure`."
    )


class ProgramFailed(Exception):
    """A program that should draw did not; the text says which and how."""


def run_program(program: Path, source: str, wanted: str, limit_s: float) -> bytes:
    """What a program makes of a graph.

    Args:
        program: `dot` or `graphviz-pure`.
        source, wanted: as in `draw`.
        limit_s: seconds that it may take.
    Raises:
        ProgramFailed: it cannot be started, takes longer, fails, or ends well without a whole picture.
    """
    command = [str(program), "-Kdot", f"-T{wanted}"]
    hidden: dict[str, Any] = {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}  # Windows
    try:
        done = subprocess.run(
            command, input=source.encode(), capture_output=True, timeout=limit_s, check=False, **hidden
        )
    except subprocess.TimeoutExpired as error:
        raise ProgramFailed(f"{program} drew nothing in {limit_s:g} seconds") from error
    except OSError as error:
        raise ProgramFailed(f"{program} cannot be started ({error.strerror or error})") from error
    said = done.stderr.decode(errors="replace").strip() or "without a message"
    if done.returncode != 0:
        raise ProgramFailed(f"{program} failed with status {done.returncode}: {said}")
    beginning, end = WHOLE[wanted]
    if beginning not in done.stdout[:1000] or end not in done.stdout[-100:]:
        raise ProgramFailed(f"{program} ended without an error and wrote no whole {wanted.upper()}: {said}")
    return done.stdout


def find_programs() -> list[Path]:
    """The programs that draw, the first one first: the system's `dot`, then the wheel's `graphviz-pure` (no PDF).

    One that failed in this process where the next one did not is left out.
    """
    wheel = Path(sysconfig.get_path("scripts")) / ("graphviz-pure" + (".exe" if os.name == "nt" else ""))
    system = shutil.which("dot")
    found = [*([Path(system)] if system else []), *([wheel] if wheel.is_file() else [])]
    return [program for program in found if program not in _broken]


def find_dot() -> Path | None:
    """The program that draws, None where there is none."""
    return next(iter(find_programs()), None)


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
