"""pyproject.toml and environment.yml name the same packages with the same floors."""

import sys
from pathlib import Path
from runpy import run_path

import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pytest brings it for Python 3.10

ROOT = Path(__file__).parent.parent
PIP_NAME = {"pytorch": "torch", "python-graphviz": "graphviz", "python-build": "build"}
CONDA_ONLY = {"python", "pip", "graphviz"}  # the interpreter, its installer, and the program dot


def floors(lines: list[str]) -> dict[str, str]:
    return {name: floor for name, _, floor in (line.lower().partition(">=") for line in lines)}


def wanted_by_pip() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return floors([*project["dependencies"], *project["optional-dependencies"]["dev"]])


def environment() -> dict:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_both_files_name_the_same_packages_with_the_same_floors() -> None:
    entries = environment()["dependencies"]
    plain = floors([entry for entry in entries if isinstance(entry, str)])
    from_pip = floors([entry for entry in entries[-1]["pip"] if ">=" in entry])
    conda = {PIP_NAME.get(name, name): floor for name, floor in plain.items() if name not in CONDA_ONLY}
    assert conda | from_pip == wanted_by_pip()


def test_the_environment_of_lowest_versions_has_every_package_at_its_lower_limit() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = run_path(str(ROOT / "tools" / "lowest_versions.py"))["lowest_versions"](text)
    pinned = dict(line.lower().split("==") for line in lines)
    assert pinned.pop("setuptools")  # for building, not in the lists
    assert pinned == wanted_by_pip()


def test_conda_installs_from_conda_forge_alone() -> None:
    assert environment()["channels"] == ["conda-forge", "nodefaults"]


def test_conda_brings_both_the_program_dot_and_its_python_binding() -> None:
    names = {entry.partition(">=")[0] for entry in environment()["dependencies"] if isinstance(entry, str)}
    assert {"graphviz", "python-graphviz"} <= names


def test_the_project_itself_is_installed_last() -> None:
    assert environment()["dependencies"][-1]["pip"][-1] == "-e ."


def test_every_package_in_the_environment_says_who_needs_it() -> None:
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if ">=" in line and "python>=" not in line]
    assert packages and all("#" in line for line in packages)
