"""Do the links lead somewhere? `python -m dartslab.teach.build.links`, in the project's folder.

Looked at are links and pictures in README.md, CHANGELOG.md, docs and the prose of notebooks/_source. A relative one
must name a file of the project, and a heading in it; of one to the web only the form is looked at, nothing is fetched.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from ...base.messages import UserError
from .notebooks import solution_path, sources, student_path

PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")  # beside docs/ and the lessons
_FENCE = re.compile(r"^ *(```+|~~~+).*?^ *\1[`~]* *$", re.DOTALL | re.MULTILINE)
_UNREAD = (  # what is code, formula or comment, and so holds no links
    _FENCE,
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)\1(?!`)", re.DOTALL),
    re.compile(r"\$\$(?:(?!\n\s*\n).)+?\$\$|\$(?:(?!\n\s*\n)[^$])+\$", re.DOTALL),
)
_LINKS = (
    re.compile(r"\]\(([^()]*(?:\([^()]*\)[^()]*)*)\)"),  # [text](link "title") and ![text](picture)
    re.compile(r"^ {0,3}\[[^\]]+\]: *(.+)$", re.MULTILINE),  # [name]: link
    re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=\"([^\"]*)\""),
    re.compile(r"<([a-z]+://[^>]*)>"),
)
_TITLE = re.compile(r"\s+(\"[^\"]*\"|'[^']*')$")


def find_links(text: str) -> list[tuple[int, str]]:
    """Line and target of every link and picture in a Markdown text, in order; code and formulas are left out."""
    for pattern in _UNREAD:
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    found = [(match.start(1), match[1].strip()) for pattern in _LINKS for match in pattern.finditer(text)]
    return [(text.count("\n", 0, at) + 1, _TITLE.sub("", target).strip("<>")) for at, target in sorted(found)]


def prose(path: Path) -> str:
    """A file's Markdown: of a lesson's source the comments of its markdown cells, each on its own line, of a notebook
    its markdown cells, of any other file all."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    if path.suffix != ".py":
        return text
    lines, inside = [], False
    for line in text.split("\n"):
        if line.startswith("# %%"):
            inside = "[markdown]" in line
        keep = inside and line.startswith("#") and not line.startswith("# %%")
        lines.append(line[1:].removeprefix(" ") if keep else "")
    return "\n".join(lines)


def anchors(path: Path) -> set[str]:
    """What may stand after # in a link to a file: in a notebook a heading as JupyterLab names it (spaces become -), in
    Markdown as GitHub does (lower case, no punctuation too; a repeated one is numbered)."""
    found: dict[str, int] = {}
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", _FENCE.sub("", prose(path)), re.MULTILINE):
        plain = re.sub(r"[*`]|\]\([^)]*\)|!?\[", "", heading)
        name = plain if path.suffix == ".ipynb" else re.sub(r"[^\w\- ]", "", plain.lower())
        name = name.replace(" ", "-")
        found[name] = found.get(name, -1) + 1
    return {f"{name}-{n}" if n else name for name, most in found.items() for n in range(most + 1)}


def problem(target: str, page: Path, root: Path) -> str | None:
    """What is wrong with a link, and what to do; None where it leads somewhere.

    Args:
        target: as it is written.
        page: the file in which it stands.
        root: the project's folder.
    """
    if re.search(r"\s", target):
        return "has a space or a line break in it; write %20, or take it out"
    if re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
        form = re.fullmatch(r"https://[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?", target)
        return (
            None if form else "is not an address of the form https://host/page; write it like this, or link to a file"
        )
    name, _, anchor = unquote(target).partition("#")
    if not target or name.startswith("/"):
        return "is empty or begins with /; write the path to the file from the page itself"
    file = (page.parent / name).resolve() if name else page.resolve()
    if not file.is_relative_to(root.resolve()):
        return "leads out of the project; link to a file in it, or to the web with https://"
    if not file.exists():
        return f"leads to no file as seen from {page.parent.relative_to(root)}/; correct the name or remove the link"
    if anchor and (file.suffix not in (".md", ".ipynb") or anchor not in anchors(file)):
        return f"names no heading of {file.name}; copy the heading, with - for spaces, or leave # and the rest out"
    return None


def pages(root: Path) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    """Every file with prose, and where it is read: itself, or for a lesson's source its two notebooks."""
    for path in (*(root / name for name in PAGES), *sorted((root / "docs").rglob("*.md"))):
        if path.is_file():
            yield path, (path,)
    for source in sources(root):
        yield source, (student_path(source), solution_path(source))


def find_problems(root: Path) -> list[str]:
    """One sentence for each broken link: file, line, link, what to do.

    Args:
        root: the project's folder.
    Raises:
        UserError: it is not the project's folder.
    """
    return [
        f"{written.relative_to(root)}, line {line}: the link {target!r} {wrong}."
        for written, read in pages(root)
        for line, target in find_links(prose(written))
        if (wrong := next(filter(None, (problem(target, page, root) for page in read)), None))
    ]


def main(root: Path = Path()) -> None:
    """Print what is broken; status 1 if anything is."""
    try:
        found = find_problems(root)
    except UserError as error:
        sys.exit(f"dartslab: {error}")
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
