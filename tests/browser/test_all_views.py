"""Every view as a learner meets it: in JupyterLab beside the list of files, on small screens, in both themes.

It is not too high, nothing of it is cut off, and every control changes something in the drawing that can be seen in the
window together with the control. The last is compared by pictures, from which the controls themselves are left out.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

import dartslab.widgets
from dartslab.derive import softmax, top_k
from dartslab.instruments.gap import discretization_steps
from dartslab.space import SearchSpace
from lab import ROOT, Notebook

# Size of the window -> width of a cell's output. A browser that is driven leaves out the scroll bars; with them the
# output is 20 pixels narrower.
SCREENS = {(1366, 768): 914, (1024, 768): 572}
HIGHEST = 560  # pixels, where the output is 914 wide: then a view is seen as a whole
LEAST = 20  # pixels that differ where something has changed
RUN = str(ROOT / "figures" / "runs" / "first_search")


@dataclass(frozen=True)
class Case:
    """How a lesson opens a view, and what is true of this view only.

    Args:
        cell: what the lesson runs; its view is called `view`.
        highest: pixels, where the output is 914 wide.
        begins: whether each control is tried on the view as it was opened; else on what the one before has left.
        before: {control: Python that gives it something to do}.
        nothing: {control: why it changes nothing that could be seen}.
    """

    cell: str
    highest: int = HIGHEST
    begins: bool = True
    before: Mapping[str, str] = field(default_factory=dict)
    nothing: Mapping[str, str] = field(default_factory=dict)


AT_A_BEAT = "view.controls['beat'].value = 5"  # the one that the hypergradients compute in different ways
BEATS = dict.fromkeys(("Reset", "beat 1, here", "first order", "exact", "finite difference"), AT_A_BEAT)
AT_A_STEP = "view.controls['step'].value = 40"  # at its start every search looks alike
RULES = ("single level", "first order", "exact", "pairs", "light", "noise", "memorise", "hard case", "easy case")
CASES = {
    "PlantedSearch": Case("view = views.PlantedSearch(plays=True)", before=dict.fromkeys(RULES, AT_A_STEP)),
    "NetworkMap": Case(
        "view = views.NetworkMap(SearchConfig.quick())", before={"Back": "view.controls['level'].value = 'cell'"}
    ),
    "SearchPanel": Case(
        "view = views.SearchPanel(SearchConfig.lesson(batch_size=32))",
        begins=False,
        before={"temperature": "view.step(); view.wait()"},
        nothing={
            "pause": "nothing plays",
            "speed": "it is seen only while it plays",
        },
    ),
    "Replay": Case(f"view = views.Replay({RUN!r})"),
    "ExperimentPanel": Case(
        "from dartslab.experiment.folder import recorded_experiment\n"
        "view = views.ExperimentPanel(recorded_experiment('cifar10_reduced'))",
        begins=False,
        nothing={"start": "the experiment is finished", "stop": "the experiment is finished"},
    ),
    "RelaxationMixer": Case("view = views.RelaxationMixer()\nview.controls['sep_conv_3x3'].value = 2.0"),
    "NoDerivative": Case("view = views.NoDerivative()", before={"Reset": "view.controls['step'].value = 40"}),
    "AlphaRace": Case(
        "view = views.AlphaRace()",
        before={
            "pour the orange into the blue": "view.controls['race'].value = 'a fair race'",
            "alpha_learning_rate": "view.controls['step'].value = 40",
            "Reset": "view.controls['step'].value = 40",
            "learn": "view.controls['step'].value = 40",
            "kernel_learning_rate": "view.controls['learn'].value = True; view.controls['step'].value = 40",
        },
    ),
    "BilevelExplorer": Case("view = views.BilevelExplorer()"),
    "HypergradientBeats": Case("view = views.HypergradientBeats()", before=BEATS),
    "FiniteDifferenceDial": Case("view = views.FiniteDifferenceDial()"),
    "CellBuilder": Case("view = views.CellBuilder(genotype='DARTS_V2')"),
    "DiscretizationGap": Case(
        "from dartslab import SearchState, search\n"
        "state = SearchState.create(SearchConfig.lesson(steps=4, batch_size=32))\n"
        "for event in search(state):\n    pass\n"
        "view = views.DiscretizationGap(state)"
    ),
    "Collapse": Case("view = views.Collapse()"),
    "TruthExplorer": Case(
        "view = views.TruthExplorer()", before={"edge": "view.controls['operation'].value = 'skip_connect'"}
    ),
}
OTHERS = {  # the same classes, opened otherwise
    "Replay of two": Case(f"view = views.Replay({RUN!r}, {RUN!r})"),
    "CellBuilder as a graph": Case(
        "view = views.CellBuilder(genotype='DARTS_V2')\nview.controls['drawing'].value = 'graph'"
    ),
    "HypergradientBeats of a network": Case(
        "view = views.HypergradientBeats(view='a network')", before=BEATS | {"xi": AT_A_BEAT}
    ),
    "NetworkMap of an edge": Case("view = views.NetworkMap(level='edge')"),
}
# Views that show cells of a search space, opened with the published one: 4 nodes, 14 edges, 8 operations, both kinds.
RECORDED = (
    "from dartslab.experiment.folder import recorded_experiment\nfolder = recorded_experiment('cifar10_reduced')\n"
)
LARGE = "SearchConfig.lesson(nodes=4, batch_size=16)"
PUBLISHED = {
    "NetworkMap": Case(
        "view = views.NetworkMap(SearchConfig.published())", before={"Back": "view.controls['level'].value = 'cell'"}
    ),
    "SearchPanel": Case(f"view = views.SearchPanel({LARGE})\nview.step(2); view.wait()", begins=False),
    "Replay": Case(f"{RECORDED}view = views.Replay(folder / 'search-0')"),
    "Replay of two": Case(f"{RECORDED}view = views.Replay(folder / 'search-0', folder / 'search-1')"),
    "ExperimentPanel": Case(
        f"{RECORDED}view = views.ExperimentPanel(folder)\nview.controls['shown'].value = 'search-0'", begins=False
    ),
    "CellBuilder": Case("view = views.CellBuilder(genotype='DARTS_V2')"),
    "DiscretizationGap": Case(
        "import json\nfrom pathlib import Path\n"
        "view = views.DiscretizationGap(json.loads(Path(COLUMNS).read_text()))\n"
        "view.controls['path'].value = 'drop'"
    ),
}
OF_NO_SPACE = {  # these show one edge, a problem of their own, or what was recorded
    *("PlantedSearch", "RelaxationMixer", "NoDerivative", "AlphaRace", "BilevelExplorer", "HypergradientBeats"),
    *("FiniteDifferenceDial", "Collapse", "TruthExplorer"),
}
SIZES = {900: HIGHEST, 560: None}  # width of the view, and how high it may be
MAKE = "import dartslab.widgets as views\nfrom dartslab import SearchConfig\n{}\nview"

TOOLS = (Path(__file__).parent / "all_views.js").read_text(encoding="utf-8")


def picture(nb: Notebook, clip: Mapping[str, float]) -> bytes:
    """The drawing as far as it can be seen, without its controls."""
    nb.page.evaluate("() => document.body.classList.add('leave-out')")
    taken = nb.page.screenshot(clip=clip)
    nb.page.evaluate("() => document.body.classList.remove('leave-out')")
    return taken


def differ(one: bytes, other: bytes) -> bool:
    """Whether two pictures differ by more than a few pixels."""
    if one == other:
        return False
    first, second = (np.asarray(Image.open(io.BytesIO(each)).convert("RGB"), dtype=int) for each in (one, other))
    return first.shape != second.shape or int((abs(first - second).max(axis=2) > 8).sum()) >= LEAST


def picture_at_rest(nb: Notebook, clip: Mapping[str, float]) -> bytes:
    """The picture once four in a row are the same: what Python has set comes a little later."""
    taken = [picture(nb, clip)]

    def stayed() -> bool:
        taken.append(picture(nb, clip))
        return taken[-4:] == 4 * taken[-1:]

    nb.until(stayed)
    return taken[-1]


def pause(nb: Notebook) -> None:
    """Press what pauses, until nothing plays."""
    for name in nb.page.evaluate("() => tools.pauses()"):
        nb.page.evaluate("name => tools.press(name)", name)


def without_effect(nb: Notebook, name: str, case: Case) -> Iterator[str]:
    """What is wrong with a control, if anything."""
    nb.python("view.restore(opened)\n" * case.begins + case.before.get(name, ""))
    nb.page.evaluate("name => tools.press_other(name)", name)
    nb.until(lambda: not nb.page.evaluate("name => tools.pressed(name)", name))
    control = nb.page.evaluate("name => tools.show(name)", name)
    if control is None:
        yield "it is gone"
        return
    if control["disabled"]:
        yield "it is disabled"
        return
    if control["covered"]:
        yield "it is covered"
    clip = nb.page.evaluate("() => tools.clip()")
    before = picture_at_rest(nb, clip)
    if control["kind"] in ("button", "checkbox"):
        nb.page.mouse.click(*control["place"])
    else:
        nb.page.evaluate("name => tools.change(name)", name)
    for _ in range(100):
        if differ(before, picture(nb, clip)):
            break
        nb.page.wait_for_timeout(50)
    else:
        yield "it changes nothing that is seen beside it"
    pause(nb)


def controls(nb: Notebook, more: bool) -> list[str]:
    """The controls on the face, or those behind "more"."""
    return [one["name"] for one in nb.page.evaluate("() => tools.names()") if one["more"] == more]


def open_view(notebook: Callable[..., Notebook], case: Case) -> Notebook:
    """The view in a notebook beside the list of files, at rest."""
    (width, height) = next(iter(SCREENS))
    look = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce"}  # at rest soon
    nb = notebook("all", [MAKE.format(case.cell)], beside_files=True, **look)
    nb.page.set_viewport_size({"width": width, "height": height})
    nb.run()
    expect(nb.page.locator(".dartslab-stage > *, .dartslab-played > *").first).to_be_visible(timeout=120_000)
    nb.page.evaluate(TOOLS)
    pause(nb)
    nb.python("opened = view.state()")
    return nb


def test_every_view_is_in_the_table() -> None:
    assert set(CASES) == set(dartslab.widgets.__all__)
    assert set(CASES) - OF_NO_SPACE == {name.removesuffix(" of two") for name in PUBLISHED}


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with what `gap_columns` gives for the published space; the accuracies are made up."""
    space = SearchSpace()
    generator = np.random.default_rng(0)
    alpha = {kind: generator.normal(size=(len(space.edges), len(space.operations))) for kind in space.kinds}
    every = {kind: np.ones_like(table, dtype=bool) for kind, table in alpha.items()}
    first = {kind: softmax(table) for kind, table in alpha.items()}
    paths = discretization_steps(space, alpha, 1.0, every, top_k(space, first))
    stage = {"accuracy": 0.5, "loss": 1.0, "entropy": 1.0, "left": 224}
    found = {
        path: [
            {"name": name, **stage, "weights": {kind: np.round(table, 6).tolist() for kind, table in weights.items()}}
            for name, weights in stages
        ]
        for path, stages in paths.items()
    }
    head = {"format": "dartslab-gap", "version": 1, "step": 4, "pictures": 256, "derived_accuracy": 0.5}
    known = {"nodes": space.nodes, "operations": space.operations, "kinds": space.kinds, "tied": space.tied}
    file = tmp_path_factory.mktemp("gap") / "columns.json"
    file.write_text(json.dumps(head | {"space": known, "paths": found}))
    return str(file)


@pytest.mark.views
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_view_of_the_published_space_fits_one_screen(
    notebook: Callable[..., Notebook], columns: str, name: str
) -> None:
    case = PUBLISHED[name]
    nb = open_view(notebook, replace(case, cell=case.cell.replace("COLUMNS", repr(columns))))
    found = []
    for theme in ("Light", "Dark"):
        nb.theme(f"JupyterLab {theme}")
        for width, highest in SIZES.items():
            nb.page.evaluate("width => tools.narrow(width)", width)
            nb.until(lambda width=width: nb.page.evaluate("() => tools.size()[0]") == width)
            picture_at_rest(nb, nb.page.evaluate("() => tools.clip()"))
            high = nb.page.evaluate("() => tools.size()[1]")
            found += [f"{theme}, {width} wide: {high} high"] * (highest is not None and high > highest)
            faults = nb.page.evaluate("() => [...tools.faults(), ...tools.small()]")
            found += [f"{theme}, {width} wide: {fault}" for fault in faults]
    assert nb.page.locator(".dartslab-controls > :not(details)").count() <= 5
    assert found == []


@pytest.mark.views
@pytest.mark.parametrize("name", [*CASES, *OTHERS])
def test_it_fits_and_every_control_does_something(notebook: Callable[..., Notebook], name: str) -> None:
    case = (CASES | OTHERS)[name]
    nb = open_view(notebook, case)
    found: list[str] = []
    for theme in ("Light", "Dark"):
        nb.theme(f"JupyterLab {theme}")
        for (width, height), output in SCREENS.items():
            nb.page.set_viewport_size({"width": width, "height": height})
            nb.page.evaluate("width => tools.narrow(width)", output)
            nb.until(lambda output=output: nb.page.evaluate("() => tools.size()[0]") == output)
            picture_at_rest(nb, nb.page.evaluate("() => tools.clip()"))
            look = f"{theme}, {output} wide"
            high = nb.page.evaluate("() => tools.size()[1]")
            if width == 1366 and high > case.highest:
                found.append(f"{look}: it is {high} high")
            for more in (False, True):
                nb.page.evaluate("open => tools.open(open)", more)
                found += [f"{look}: {fault}" for fault in nb.page.evaluate("() => tools.faults()")]
                # in one theme each: a control that does something in one does it in the other
                if (theme == "Light") == (width == 1366):
                    nb.python("view.restore(opened)" * case.begins)
                    for control in controls(nb, more):
                        if control not in case.nothing:
                            faults = without_effect(nb, control, case)
                            found += [f"{look}: {control}: {fault}" for fault in faults]
            nb.page.evaluate("() => tools.open(false)")
    assert found == []


@pytest.mark.views
def test_a_gap_with_a_derived_accuracy_fits_at_every_stage(notebook: Callable[..., Notebook], columns: str) -> None:
    case = PUBLISHED["DiscretizationGap"]
    nb = open_view(notebook, replace(case, cell=case.cell.replace("COLUMNS", repr(columns))))
    nb.page.evaluate("width => tools.narrow(width)", 900)
    stages = nb.page.locator(".dartslab-stages li")
    for path in ("sharpen", "drop"):
        nb.python(f"view.controls['path'].value = {path!r}")
        last = int(nb.python("print(view.controls['stage'].max)"))
        expect(stages).to_have_count(last + 1)
        for stage in range(last + 1):
            nb.python(f"view.controls['stage'].value = {stage}")
            expect(stages.nth(stage)).to_have_attribute("aria-current", "step")
            assert nb.page.evaluate("() => tools.size()[1]") <= HIGHEST, (path, stage)
            assert len(set(stages.evaluate_all("all => all.map((one) => one.offsetHeight)"))) == 1, (path, stage)
