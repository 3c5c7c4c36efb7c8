"""Documents and code agree: what a document names exists, and what it must list is there."""

import re
from pathlib import Path

import pytest
import torch
import yaml

from dartslab import METHODS, PUBLISHED, Arch, Record, SearchConfig, softmax
from dartslab.base.by_file import split_name
from dartslab.methods.method import Moment
from dartslab.methods.rankings import RANKINGS
from dartslab.methods.rankings.ranking import Data
from dartslab.run.method_table import describe_method, describe_ranking, in_markdown
from dartslab.teach.build.links import find_links, problem
from dartslab.teach.build.notebooks import sources

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".github/**/*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
COMMANDS = set(re.findall(r'subcommand\("(\w+)"', (ROOT / "dartslab/cli/main.py").read_text(encoding="utf-8")))
TARGETS = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
FOLDERS = "benchmarks|dartslab|docs|figures|notebooks|tests|tools"
EXAMPLES = re.compile(r"NN|my_|\bmine\b")  # what a recipe asks the reader to make


def code_of(page: Path) -> list[str]:
    """What stands in code, in blocks or in lines."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return blocks + re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def test_the_readme_is_short() -> None:
    assert README.count("\n") <= 110


def test_the_readme_has_a_row_for_every_lesson() -> None:
    rows = re.findall(r"^\| \[(\d\d) [^]]+\]\(notebooks/(\w+)\.ipynb\) \|", README, re.MULTILINE)
    assert [name for _, name in rows] == [source.stem for source in sources(ROOT)]
    assert all(name.startswith(number) for number, name in rows)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere_in_the_project(page: Path) -> None:
    links = find_links(page.read_text(encoding="utf-8"))
    assert [f"line {line}: {target} {wrong}" for line, target in links if (wrong := problem(target, page, ROOT))] == []


@pytest.mark.parametrize("source", sources(ROOT), ids=lambda source: source.stem)
def test_what_the_text_of_a_lesson_calls_by_module_and_name_exists(source: Path) -> None:
    """`derive.top_k` needs a module derive that holds the name; `state.val` is an object of the lesson."""
    text = "\n".join(line for line in source.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    lost = []
    for name in re.findall(r"`([a-z_]+(?:\.\w+)+)`", text):
        *way, last = name.removeprefix("dartslab.").split(".")
        places = list((ROOT / "dartslab").rglob(f"{'/'.join(way)}.py")) or list(
            (ROOT / "dartslab").rglob(f"{'/'.join(way[:-1] or ['-'])}.py")
        )
        if last == "py":
            found = bool(places)
        elif way[:1] in (["torch"], ["record"], ["state"]) or (ROOT / "dartslab" / Path(*way, f"{last}.py")).is_file():
            found = True
        else:
            found = any(re.search(rf"\b{last}\b", place.read_text(encoding="utf-8")) for place in places)
        lost += [] if found else [name]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_files_and_modules_that_a_document_names_exist(page: Path) -> None:
    code = "\n".join(code_of(page))
    paths = re.findall(rf"(?<![\w./:-])((?:{FOLDERS})/[\w./-]*\w)", code)
    lost = [path for path in paths if not EXAMPLES.search(path) and not (ROOT / path).exists()]
    for module in re.findall(r"(?<![\w.])dartslab((?:\.[a-z_]\w*)+)", code):
        file = ROOT / "dartslab"
        for part in module[1:].split("."):
            if (file / part).is_dir() or (file / f"{part}.py").is_file():
                file = file / part
            elif (file if file.suffix else file.with_suffix(".py")).is_file():  # a name in a module
                source = file.with_suffix(".py").read_text(encoding="utf-8")
                lost += [] if re.search(rf"\b{part}\b", source) else [f"dartslab{module}"]
                break
            elif part not in (file / "__init__.py").read_text(encoding="utf-8"):
                lost.append(f"dartslab{module}")
                break
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_make_targets_and_commands_that_a_document_names_exist(page: Path) -> None:
    code = "\n".join(code_of(page))
    assert set(re.findall(r"^make ([a-z][\w-]*)", code, re.MULTILINE)) - TARGETS == set()
    assert set(re.findall(r"^(?:\S*python -m )?dartslab ([a-z]+)\b", code, re.MULTILINE)) - COMMANDS == set()


def test_the_table_of_methods_is_what_the_command_prints() -> None:
    page = (ROOT / "docs/methods.md").read_text(encoding="utf-8")
    table = re.search(r"methods --markdown` -->\n(.*?)\n<!-- its end", page, re.DOTALL)
    rows = [describe_method(METHODS[name], SearchConfig.lesson(method=name)) for name in METHODS]
    rows += [describe_ranking(RANKINGS[name]) for name in RANKINGS]
    assert table and table[1] == in_markdown(rows)  # else paste what `dartslab methods --markdown` prints


def test_the_example_of_a_method_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs/methods.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "mine.py"
    path.write_bytes(text.encode())
    assert f"`mine.py@{split_name(METHODS.pin(str(path)))[1]}`" in page  # the name that a run keeps
    method, config = METHODS[str(path)], SearchConfig.lesson()
    arch = Arch.create(config.space, 1.0)
    for progress, temperature in ((0.0, 5), (1.0, 1)):
        found = method.weights(arch, Moment("w", progress, 1.0, config.space))
        assert torch.equal(found["normal"], softmax(arch, temperature)["normal"])


def test_the_example_of_a_ranking_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    (text,) = (code for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "RANKING" in code)
    path = tmp_path / "mine.py"
    for place, package in (("...", "dartslab."), (".ranking", "dartslab.methods.rankings.ranking")):
        text = text.replace(f"from {place}", f"from {package}")
    path.write_text(text, encoding="utf-8")
    cells = [PUBLISHED["DARTS_V2"], PUBLISHED["NASNet"]]
    assert RANKINGS[str(path)].score(None, cells, None, Data(torch.zeros(1), 10, 4, 3, 0))[0] == 5


def test_the_address_of_the_project_is_one_setting() -> None:
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert settings.count("\n[project.urls]\n") == 1
    lines = settings.partition("\n[project.urls]\n")[2].partition("\n[")[0].splitlines()
    urls = [line.partition(" = ")[2].strip('"') for line in lines if line and not line.startswith("#")]
    assert all(address.startswith("https://") for address in urls)
    assert urls or "badge" not in README  # a badge needs an address


@pytest.mark.parametrize(
    "name",
    ["CITATION.cff", ".pre-commit-config.yaml", *(str(p.relative_to(ROOT)) for p in ROOT.glob(".github/**/*.yml"))],
)
def test_settings_are_yaml(name: str) -> None:
    assert isinstance(yaml.safe_load((ROOT / name).read_text(encoding="utf-8")), dict)


def test_a_fault_is_reported_with_what_the_doctor_says() -> None:
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/fault.yml").read_text(encoding="utf-8"))
    (doctor,) = (part for part in form["body"] if part.get("id") == "doctor")
    assert doctor["validations"]["required"] and "dartslab doctor" in doctor["attributes"]["label"]


def test_the_citation_has_the_version_and_the_paper() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert f'version = "{citation["version"]}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "DARTS: Differentiable Architecture Search" in [paper["title"] for paper in citation["references"]]


@pytest.mark.parametrize("name", ["first_search", "planted_search"])
def test_a_moving_picture_is_what_its_search_draws(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from moving_cell import moving_cell
    from moving_planted import moving_planted

    text = (ROOT / f"figures/{name}.svg").read_text(encoding="utf-8")
    drawn = moving_planted() if name == "planted_search" else moving_cell(Record.load(ROOT / "figures/runs" / name))
    assert text == drawn
    assert len(text.encode()) < 1_000_000
    assert "prefers-color-scheme:dark" in text and "prefers-reduced-motion:reduce" in text
    assert "<title" in text and "<desc" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")  # loads nothing
