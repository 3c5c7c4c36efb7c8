"""Screenshots of every live view in a real JupyterLab, in both themes: `make screenshots` writes figures/views/.

Needs Chromium, as tests/browser does.
"""

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "figures" / "views"
THEMES = ("Light", "Dark")
RUNS = """from dartslab import Record, SearchConfig, SearchState
import dartslab.widgets as views
record = Record.load({run!r})
state = SearchState.create(SearchConfig.lesson())
panel = views.SearchPanel(state)
panel.step(60)
panel.wait()
"""
VIEWS = {
    "PlantedSearch": "planted = views.PlantedSearch()\nplanted.controls['step'].value = 40\nplanted",
    "NetworkMap": "views.NetworkMap(level='edge')",
    "SearchPanel": "panel",
    "Replay": "views.Replay(record, record.first(90))",
    "RelaxationMixer": "mixer = views.RelaxationMixer()\nmixer.controls['sep_conv_3x3'].value = 2\nmixer",
    "NoDerivative": "stairs = views.NoDerivative()\nstairs.controls['step'].value = 20\nstairs",
    "AlphaRace": "race = views.AlphaRace('late bloomer')\nrace.controls['step'].value = 30\nrace",
    "BilevelExplorer": "views.BilevelExplorer()",
    "HypergradientBeats": "views.HypergradientBeats(beat=6)",
    "FiniteDifferenceDial": "views.FiniteDifferenceDial()",
    "CellBuilder": "views.CellBuilder(genotype='DARTS_V2')",
    "DiscretizationGap": "views.DiscretizationGap(state)",
    "Collapse": "views.Collapse('robust-darts')",
    "TruthExplorer": "truth = views.TruthExplorer()\ntruth.controls['operation'].value = 'sep_conv_3x3'\ntruth",
    "ExperimentPanel": ("from dartslab.experiment import folder\nviews.ExperimentPanel(folder.recorded_experiment())"),
}


def main() -> None:
    """Take them and name them."""
    sys.path.insert(0, str(ROOT / "tests" / "browser"))
    from lab import FLAGS, Lab, Notebook, chromium

    program = chromium()
    if program is None:
        sys.exit("there is no Chromium; install it (`apt-get install chromium`) and run again")
    FOLDER.mkdir(exist_ok=True)
    wanted = sys.argv[1:] or list(VIEWS)
    cells = [RUNS.format(run=str(ROOT / "figures" / "runs" / "first_search")), *(VIEWS[name] for name in wanted)]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = Lab(Path(folder))
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        notebook = Notebook(lab, browser, "views", cells, viewport={"width": 1300, "height": 1700})
        notebook.run()
        views = notebook.page.locator(".jp-OutputArea-child:has(.dartslab-canvas)")
        expect(views).to_have_count(len(wanted), timeout=300_000)
        for theme in THEMES:
            notebook.theme(f"JupyterLab {theme}")
            for number, name in enumerate(wanted):
                view = views.nth(number)
                view.scroll_into_view_if_needed()
                expect(view.locator(".dartslab-stage > *, .dartslab-played > *").first).to_be_attached()
                path = FOLDER / f"{name}_{theme.lower()}.png"
                with Image.open(BytesIO(view.screenshot())) as picture:
                    picture.convert("RGB").save(path, optimize=True)
                print(path.relative_to(ROOT))
        complaints = list(notebook.complaints)
        notebook.close()
        browser.close()
        lab.stop()
    if complaints:
        sys.exit(f"the browser complained: {complaints}")


if __name__ == "__main__":
    main()
