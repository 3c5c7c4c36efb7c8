"""The glossary: one page, and the notebook that the builder makes of it."""

import re
from pathlib import Path

import pytest

from dartslab.teach.build.glossary import build_glossary, glossary_page, glossary_path, glossary_problem
from dartslab.teach.build.notebooks import find_problems, orphans
from lessons import EXERCISE_ONLY, read, run, write_source

ROOT = Path(__file__).parents[3]
PAGE = (
    '# Glossary\n\nWords.\n\n## The space\n\n<a id="node"></a>\n**Node.** A state.\n\n## Found\n\n**Cell.** A graph.\n'
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_source(tmp_path, EXERCISE_ONLY, "01_one")
    glossary_page(tmp_path).parent.mkdir()
    glossary_page(tmp_path).write_text(PAGE, encoding="utf-8")
    return tmp_path


def test_a_build_makes_a_cell_of_each_section(root: Path) -> None:
    run(root, "--no-run")
    cells = read(glossary_path(root)).cells
    assert [cell.id for cell in cells] == ["title", "the-space", "found"]
    assert cells[1].source == '## The space\n\n<a id="node"></a>\n**Node.** A state.'


def test_the_check_sees_a_notebook_that_is_missing_old_or_without_a_page(root: Path) -> None:
    assert "glossary.ipynb is missing; run `make notebooks`" in "\n".join(find_problems(root))
    run(root, "--no-run")
    assert glossary_problem(root) is None and orphans(root) == []
    glossary_page(root).write_text(PAGE.replace("A graph", "A small graph"), encoding="utf-8")
    assert "is not what glossary.md builds" in "\n".join(find_problems(root))
    glossary_page(root).unlink()
    assert "glossary.ipynb has no source" in "\n".join(find_problems(root))


def test_the_projects_glossary_and_its_notebook_agree() -> None:
    assert glossary_problem(ROOT) is None
    text = "\n\n".join(cell.source for cell in build_glossary(glossary_page(ROOT)).cells) + "\n"
    assert text == glossary_page(ROOT).read_text(encoding="utf-8")


def test_every_word_has_an_anchor_of_its_name_and_one_to_three_sentences() -> None:
    text = glossary_page(ROOT).read_text(encoding="utf-8")
    entries = re.findall(r'<a id="([a-z-]+)"></a>\n\*\*(.+?)\.\*\* (.+?)(?=\n\n|\Z)', text, re.DOTALL)
    assert len(entries) == text.count("<a id=") == len({anchor for anchor, _, _ in entries})
    for anchor, word, meaning in entries:
        assert anchor == word.lower().replace(" ", "-")
        assert 1 <= len(re.findall(r"[.](?:\s|$)", meaning)) <= 3, word


@pytest.mark.parametrize(
    "word", ["alpha", "mixing-weights", "hypergradient", "method", "genotype", "derive", "supernet"]
)
def test_words_of_the_code_are_explained(word: str) -> None:
    assert f'<a id="{word}"></a>' in glossary_page(ROOT).read_text(encoding="utf-8")
