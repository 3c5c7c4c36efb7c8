"""What is built and installed works away from the repository: it is built, checked, and used in a fresh environment."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import tiny

pytestmark = pytest.mark.install
ROOT = Path(tiny.__file__).parents[1]
MUST_HOLD = (
    "dartslab/published.json",
    "dartslab/py.typed",
    "dartslab/notebooks/00_first_search.ipynb",
    "dartslab/data/fashion_mini/train.npz",
    "dartslab/data/fashion_mini/LICENSE",
    "dartslab/experiment/recorded/cifar10_reduced/report.json",
    "dartslab/teach/lessons/lesson_06/exercises.py",
    "dartslab/methods/darts.py",
    "dartslab/teach/box.css",
    "dartslab/widgets/replay.js",
    "dartslab/widgets/kit/view.js",
    "dartslab/widgets/kit/view.css",
)


def run(*words: object, cwd: Path, **environment: str) -> str:
    """What a command that must succeed printed; it sees neither the repository nor PYTHONPATH."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, words)), cwd=cwd, env=kept | environment, capture_output=True, text=True, check=False, timeout=900
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution; what built them found nothing deprecated."""
    out = tmp_path_factory.mktemp("built")
    said = run(sys.executable, "-m", "build", "--outdir", out, ROOT, cwd=out)
    assert "deprecat" not in said.lower(), said
    return out


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a fresh environment with the wheel; the packages it needs are those of the present environment."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, with_pip=True)
    place = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    bin_folder = folder / ("Scripts" if os.name == "nt" else "bin")
    (wheel,) = built.glob("*.whl")
    run(bin_folder / "python", "-m", "pip", "install", "--no-deps", "--quiet", wheel, cwd=folder)
    # Below the wheel's own files, so that its dartslab is found first; .pth files there (an editable one) are not read.
    (Path(place) / "present.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return bin_folder


def test_wheel_and_source_hold_all_that_is_needed(built: Path) -> None:
    (wheel,), (source,) = built.glob("*.whl"), built.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert set(MUST_HOLD) <= names
    assert not any(name.startswith(("tests/", "benchmarks/", "notebooks/")) for name in names)
    assert {name.partition("/licenses/")[2] for name in names} >= {"LICENSE", "dartslab/data/fashion_mini/LICENSE"}
    with tarfile.open(source) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {name.replace("dartslab/notebooks", "notebooks") for name in MUST_HOLD} <= inside


def test_twine_finds_no_fault(built: Path) -> None:
    run(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir(), cwd=built)


def test_the_installed_package_searches_draws_and_brings_its_lessons(installed: Path, tmp_path: Path) -> None:
    command = installed / "dartslab"
    where = run(installed / "python", "-c", "import dartslab; print(dartslab.__file__)", cwd=tmp_path)
    assert where.startswith(str(installed.parent.resolve()))
    run(command, "doctor", cwd=tmp_path)
    run(command, "lab", "lessons", "--no-start", cwd=tmp_path)
    assert (tmp_path / "lessons" / "06_genotype.ipynb").is_file()
    run(command, "search", "--data", "fashion-mini", "--steps", "2", "--out", "found", cwd=tmp_path)
    run(command, "draw", "found", cwd=tmp_path)
    assert (tmp_path / "found" / "alpha.png").read_bytes().startswith(b"\x89PNG")
    run(command, "table", "found", "--out", "found.csv", cwd=tmp_path)
    assert len((tmp_path / "found.csv").read_text().splitlines()) == 3


def test_a_lesson_runs_from_the_learners_folder(installed: Path, tmp_path: Path) -> None:
    run(installed / "dartslab", "lab", "lessons", "--no-start", cwd=tmp_path)
    program = (
        "import nbformat, nbclient\n"
        "notebook = nbformat.read('00_first_search.ipynb', 4)\n"
        "notebook.cells = notebook.cells[:6]\n"
        "nbclient.NotebookClient(notebook, kernel_name='python3', timeout=300).execute()\n"
    )
    run(installed / "python", "-c", program, cwd=tmp_path / "lessons", DARTSLAB_FAST="1")
