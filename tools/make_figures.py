"""Build every picture in figures/ from records, published cells, computed races and kept searches: `make figures`.

The recorded run in figures/runs/first_search is the search of `SearchConfig.lesson()`, without its checkpoint. It is
made anew with --record, or where it is missing. The same record gives the same files.
"""

import sys
from pathlib import Path

from matplotlib.figure import Figure
from moving_cell import moving_cell
from moving_planted import moving_planted

from dartslab import PUBLISHED, Record, Recorder, SearchConfig, SearchSpace, SearchState, search
from dartslab.draw.cells import draw_genotype, draw_supernet_cell
from dartslab.draw.curves import alpha_curves, loss_curves
from dartslab.draw.dot import render
from dartslab.draw.figures import alpha_heatmap
from dartslab.draw.picture import save_figure, write_picture
from dartslab.draw.regrets import RegretRow, regret_dots
from dartslab.run.console import progress
from dartslab.truth.compare import as_regrets, compare_groups
from dartslab.truth.found import read_found
from dartslab.truth.table import load_table
from dartslab.widgets import PlantedSearch
from dartslab.widgets.alpha_race_picture import draw_race
from dartslab.widgets.hypergradient_beats_figure import beats_figure
from dartslab.widgets.models.alpha_race import race_frame, start_of
from dartslab.widgets.models.hypergradient_beats import FIRST, beats_frame

FIGURES = Path(__file__).resolve().parent.parent / "figures"
RUN = FIGURES / "runs" / "first_search"


def load_record() -> Record:
    """The record of the lessons' search; made where there is none."""
    if "--record" in sys.argv or not RUN.is_dir():
        state = SearchState.create(SearchConfig.lesson())
        recorder = Recorder(state)
        for _ in progress(recorder.watch(search(state))):
            pass
        recorder.record.save(RUN)
    return Record.load(RUN)


def late_bloomer() -> Figure:
    """A race of alpha in which the operation that could be the best loses: its pushes at step 6, and the whole race."""
    early, late = (race_frame(start_of("late bloomer") | {"seed": 2, "step": step}) for step in (6, 120))
    return draw_race(early, late)


def what_was_found() -> Figure:
    """The regret of every search that `benchmarks/truth_report.py --search` made, by method."""
    found = read_found(FIGURES.parent / "benchmarks" / "results" / "searches" / "lesson.json")
    return regret_dots([RegretRow(**as_regrets(one)) for one in compare_groups(load_table("lesson"), found)])


def main() -> None:
    """Draw all pictures and name them."""
    record = load_record()
    title = f"mixing weights after {len(record)} steps on fashion-mini"
    figures = {
        "first_search_alpha": alpha_heatmap(record.space, record.weights(), title),
        "first_search_curves": loss_curves(record.columns),
        "first_search_alpha_curves": alpha_curves(record.space, record.alpha("normal"), "normal"),
        "virtual_step": beats_figure(beats_frame(FIRST | {"beat": 6})),
        "race_of_alpha": late_bloomer(),
        "truth": what_was_found(),
    }
    graphs = {
        "first_search_genotype": draw_genotype(record.genotype()),
        "darts_v2": draw_genotype(PUBLISHED["DARTS_V2"]),
        "supernet_cell": draw_supernet_cell(SearchSpace(nodes=2)),
        "first_search_supernet_cell": draw_supernet_cell(record.space, record.weights()["normal"]),
    }
    for name, figure in figures.items():
        save_figure(figure, FIGURES / f"{name}.png")
    for name, graph in graphs.items():
        render(graph, FIGURES / f"{name}.png")
    write_picture(FIGURES / "first_search.svg", moving_cell(record).encode())
    write_picture(FIGURES / "planted_search.svg", moving_planted().encode())
    planted = PlantedSearch(seed=0)
    planted.controls["step"].value = 40
    write_picture(FIGURES / "planted_search.png", planted.still().png)
    others = ("first_search.svg", "planted_search.svg", "planted_search.png")
    for name in (*(f"{name}.png" for name in (*figures, *graphs)), *others):
        print(f"figures/{name}")


if __name__ == "__main__":
    main()
