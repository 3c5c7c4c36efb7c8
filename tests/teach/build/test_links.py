"""Links and pictures in prose lead somewhere, and a broken one is named with file and line."""

from pathlib import Path

import pytest

from dartslab.teach.build.links import anchors, find_links, find_problems, main
from lessons import write_source

ROOT = Path(__file__).parents[3]
NOTEBOOK = '{"cells": [{"cell_type": "markdown", "source": ["# 02 · The Cell\\n", "text"]}]}'
GOOD = [
    "docs/b.md",
    "docs",
    "docs/b.md#first-part",
    "docs/b.md#first-part-1",
    "docs/b.md#mixedop-in-full",
    "#top-of-it",
    "a%20b.png",
    'docs/b.md "a title"',
    "<docs/b.md>",
    "notebooks/02_b.ipynb#02-·-The-Cell",
    "https://arxiv.org/abs/1806.09055",
    "https://example.org:8080/a_(b)?c=d#e",
]
BAD = {
    "docs/c.md": "leads to no file as seen from ./; correct",
    "B.md": "leads to no file",
    "docs/b.md#second": "names no heading of b.md; copy",
    "docs/b.md#not-a-heading": "names no heading of b.md",
    "docs/b.md#first-part-2": "names no heading of b.md",
    "notebooks/02_b.ipynb#02--the-cell": "names no heading of 02_b.ipynb",
    "a%20b.png#part": "names no heading of a b.png",
    "#nowhere": "names no heading of README.md",
    "../outside.md": "leads out of the project",
    "/docs/b.md": "begins with /; write the path",
    "": "is empty",
    "a b.png": "has a space or a line break in it; write %20",
    "http://example.org": "is not an address of the form https://host/page",
    "https://example": "is not an address",
    "https:/example.org/a": "is not an address",
    "https://example.org/a b": "has a space",
    "file:///etc/hosts": "is not an address",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one page in docs, one picture and one notebook; its README is still to be written."""
    root = tmp_path / "project"
    for folder in ("docs", "notebooks/_source", "notebooks/solutions"):
        (root / folder).mkdir(parents=True)
    (tmp_path / "outside.md").write_text("outside")
    (root / "docs" / "b.md").write_text(
        "# First part\n\n## First, part!\n\n### `MixedOp` in [full](b.md)\n\n```\n# Not a heading\n```\n"
    )
    (root / "a b.png").write_bytes(b"")
    for folder in ("notebooks", "notebooks/solutions"):
        (root / folder / "02_b.ipynb").write_text(NOTEBOOK, encoding="utf-8")
    return root


def test_every_link_of_the_project_leads_somewhere() -> None:
    assert find_problems(ROOT) == []


@pytest.mark.parametrize("target", GOOD)
def test_a_link_that_leads_somewhere_is_left_alone(root: Path, target: str) -> None:
    (root / "README.md").write_text(f"# Top of it\n\n[text]({target}) ![picture]({target})\n", encoding="utf-8")
    assert find_problems(root) == []


@pytest.mark.parametrize(("target", "words"), BAD.items())
def test_a_broken_link_is_named_with_file_and_line(root: Path, target: str, words: str) -> None:
    (root / "README.md").write_text(f"# Top of it\n\n[text]({target})\n", encoding="utf-8")
    (sentence,) = find_problems(root)
    assert sentence.startswith(f"README.md, line 3: the link {target!r} ") and words in sentence
    with pytest.raises(SystemExit, match=r"^README.md, line 3"):
        main(root)


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "docs/b.md", "docs/teaching/02.md"])
def test_all_pages_are_looked_at(root: Path, name: str) -> None:
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("text\n[text](gone.md)\n")
    assert [sentence.partition(":")[0] for sentence in find_problems(root)] == [f"{name}, line 2"]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("[a](b) and ![c](d)", ["b", "d"]),
        ("[![a](b)](c)", ["b", "c"]),
        ("[two\nlines](b)", ["b"]),
        ("[a]\n\n[a]: b 'title'", ["b"]),
        ('<img width="3" src="b"> <a href="c">', ["b", "c"]),
        ("<https://a.org>", ["https://a.org"]),
        ("`[a](b)` and ``x`[a](b)`` and $o[k](x)$ and $$o[k](x)$$", []),
        ("```python\n[a](b)\n```\n[c](d)", ["d"]),
        ("<!-- [a](b) -->", []),
        ("weights [E, O] (of all edges)", []),
    ],
)
def test_links_are_found_where_they_are_links(text: str, targets: list[str]) -> None:
    assert [target for _, target in find_links(text)] == targets


def test_in_a_lesson_only_prose_is_read_and_lines_are_those_of_the_source(root: Path) -> None:
    write_source(root, '# %% [markdown]\n# [text](gone.ipynb)\n\n# %%\n# [text](lost.ipynb)\n"[x](y)"\n', "02_b")
    (sentence,) = find_problems(root)
    assert sentence.startswith("notebooks/_source/02_b.py, line 2: the link 'gone.ipynb' leads to no file")


def test_a_lessons_link_must_hold_in_the_solution_too(root: Path) -> None:
    write_source(root, "# %% [markdown]\n# # 02 · The Cell\n# [beside](02_b.ipynb) [up](../docs/b.md)\n", "02_b")
    (sentence,) = find_problems(root)
    assert "line 3: the link '../docs/b.md' leads to no file as seen from notebooks/solutions/" in sentence


def test_headings_are_named_as_where_they_are_read(root: Path) -> None:
    assert anchors(root / "docs" / "b.md") == {"first-part", "first-part-1", "mixedop-in-full"}
    assert anchors(root / "notebooks" / "02_b.ipynb") == {"02-·-The-Cell"}


def test_elsewhere_than_in_the_project_the_way_is_shown(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="go to the project's folder"):
        main(tmp_path)
