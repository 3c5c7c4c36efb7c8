"""Where a genotype may come from, and one sentence for everything else."""

from pathlib import Path

import pytest

from dartslab import PUBLISHED, read_genotype
from dartslab.run.record import GENOTYPE
from sentences import refusal

CELL = PUBLISHED["DARTS_V2"]


def test_a_published_cell_is_read_by_its_name() -> None:
    assert read_genotype("NASNet") == PUBLISHED["NASNet"]
    assert "'DARTS_V3'; allowed are: DARTS_V2" in refusal(read_genotype, "DARTS_V3")


def test_a_genotype_is_read_from_a_folder_and_from_its_file(tmp_path: Path) -> None:
    assert "holds no genotype.json" in refusal(read_genotype, str(tmp_path))
    (tmp_path / GENOTYPE).write_text(CELL.to_json(), encoding="utf-8")
    assert read_genotype(str(tmp_path)) == read_genotype(str(tmp_path / GENOTYPE)) == CELL


def test_a_genotype_is_read_from_a_text_that_is_given_itself() -> None:
    """It is longer than the name of a file may be."""
    assert read_genotype(str(CELL.to_pairs())) == read_genotype(CELL.to_json()) == CELL
    assert "is not complete JSON" in refusal(read_genotype, CELL.to_json()[:-5])
    assert "cannot be read" in refusal(read_genotype, str(CELL.to_pairs())[:-5])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_may_hold_any_text_form(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "search (2).log"
    path.write_text(f"größe\n{CELL.to_pairs()}", encoding=encoding)
    assert read_genotype(str(path)) == CELL


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "g.json").write_bytes(b"\xff\xfe\x00")
    assert "is not a text file" in refusal(read_genotype, str(tmp_path / "g.json"))
    (tmp_path / "empty").touch()
    assert "holds no genotype" in refusal(read_genotype, str(tmp_path / "empty"))
