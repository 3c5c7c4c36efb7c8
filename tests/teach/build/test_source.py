"""From a lesson's text to cells: headers, ids, stubs, and sources that are refused."""

from pathlib import Path

import pytest

from dartslab.base.messages import UserError
from dartslab.teach.build.source import read_lesson, student_version, without_solutions
from lessons import LESSON, cell, refused, write_source


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one lesson, nothing built yet."""
    write_source(tmp_path)
    return tmp_path


def test_header_keys_become_metadata_of_the_cell(root: Path) -> None:
    metadata = cell(read_lesson(write_source(root)), "twice").metadata
    assert metadata == {"name": "twice", "tags": ["exercise"], "minutes": 8, "points": 2}


def test_the_code_of_a_collapsed_cell_is_hidden_in_both_notebooks(root: Path) -> None:
    collapsed = LESSON.replace('tags=["exercise"]', 'tags=["exercise", "collapsed"]')
    lesson = read_lesson(write_source(root, collapsed))
    for notebook in (lesson, student_version(lesson)):
        hidden = [c.id for c in notebook.cells if c.metadata.get("jupyter", {}).get("source_hidden")]
        assert hidden == ["twice"]


def test_a_stub_replaces_each_block_of_a_cell() -> None:
    block = "def f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION"
    stub = "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert without_solutions(f"{block}\nb = 2\n{block}") == f"{stub}\nb = 2\n{stub}"


def test_a_value_is_three_dots_for_the_learner() -> None:
    block = "# BEGIN SOLUTION\na = [\n    1,\n]\nb = 2\n# END SOLUTION"
    assert without_solutions(f"import os\n{block}\nc = 3") == (
        "import os\na = ...  # YOUR CODE HERE\nb = ...  # YOUR CODE HERE\nc = 3"
    )


@pytest.mark.parametrize("line", ["print(1)", "a, b = 1, 2", "def f(): pass"])
def test_a_solution_outside_a_function_holds_values_only(line: str) -> None:
    with pytest.raises(UserError, match="only lines `name = value` are allowed there, so write a function around it"):
        without_solutions(f"# BEGIN SOLUTION\n{line}\n# END SOLUTION")


# Cell ids


def test_a_cell_has_the_same_id_in_both_notebooks(root: Path) -> None:
    lesson = read_lesson(write_source(root, LESSON.replace('name="twice" ', "")))
    student = student_version(lesson)
    assert [c.id for c in student.cells] == [c.id for c in lesson.cells if "solution" not in c.metadata.get("tags", [])]
    assert len(student.cells[1].id) == 8  # made of the text with the solution, although the learner's differs


def test_an_id_depends_on_lesson_and_text_and_not_on_position(tmp_path: Path) -> None:
    def ids(text: str, slug: str = "01_a") -> list[str]:
        return [c.id for c in read_lesson(write_source(tmp_path, text, slug)).cells]

    one, two = "# %%\n1 + 1\n", "# %%\n2 + 2\n"
    assert ids(one + two) == ids(two + one)[::-1]
    assert ids(one)[0] in ids(two + one)
    assert set(ids(one)).isdisjoint(ids(one, "02_b"))


# Sources that cannot be built


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# %%\n# BEGIN SOLUTION\n1\n", r"cell 1 .*'# BEGIN SOLUTION' is never followed by '# END SOLUTION'.*add it"),
        ("# %%\n1\n# END SOLUTION\n", "'# END SOLUTION' where the other marker was due.*Add or remove"),
        ("# %%\n# BEGIN SOLUTION\n# BEGIN SOLUTION\n", "'# BEGIN SOLUTION' where the other marker was due"),
        ("# %%\n# Begin solution\n1\n# END SOLUTION\n", "'# Begin solution' looks like a marker; write"),
        (
            "# %% [markdown]\n# # BEGIN SOLUTION\n",
            'is in a text cell, but is for code; tag the cell with tags=."solution".',
        ),
        ('# %% name="a b"\n1\n', "named 'a b'; allowed are 1 to 64 letters.*Rename"),
        (f'# %% name="{"a" * 65}"\n1\n', "allowed are 1 to 64 letters"),
        ('# %% name="a"\n1\n# %% name="a"\n2\n', r"cell 2 \(a\) has the id 'a', and so has 01_bad.py, cell 1 \(a\)"),
        ("# %%\nsame = 1\n# %%\nsame = 1\n", r"cell 2 \(same = 1\) has the id '[0-9a-f]{8}', .*cell 1 .*give one"),
        ('# %% tag=["solution"]\n1\n', "unknown key in the header .*'tag'; .*Did you mean 'tags'"),
        ('# %% tags=["soluton"]\n1\n', "unknown tag of .*'soluton'; .*Did you mean 'solution'"),
        ('# %% tags=["solution"\n1\n', "the header cannot be read from .* on; write pairs such as"),
        ('# %% tags=["exercise"], name="b"\n1\n', "01_bad.py cannot be read .* a cell header looks like"),
    ],
    ids=[
        "block without end",
        "end without block",
        "block in a block",
        "misspelt marker",
        "marker in prose",
        "letters of a name",
        "length of a name",
        "same name",
        "same text",
        "unknown key",
        "unknown tag",
        "half a header",
        "comma between keys",
    ],
)
def test_a_faulty_source_is_refused_with_what_to_do(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        read_lesson(write_source(tmp_path, text, "01_bad"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("slug", ["1_a", "01-a", "01_A", "a", "01_"])
def test_a_source_of_another_name_is_refused(tmp_path: Path, slug: str) -> None:
    write_source(tmp_path, slug=slug)
    assert "use NN_slug.py" in refused(tmp_path, "--no-run")


def test_a_source_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = write_source(tmp_path)
    path.write_bytes("# %%\n# é\n".encode("latin-1"))
    with pytest.raises(UserError, match=r"01_twice.py cannot be read .*UTF-8"):
        read_lesson(path)
