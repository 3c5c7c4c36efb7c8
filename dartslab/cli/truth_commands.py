"""The command `dartslab truth`: look up trained cells of a small space, and compare searches with them.

It loads torch only when it runs, so that `--help` needs no torch.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from tyro.conf import Positional

from ..base.messages import require
from ..methods.rankings import is_ranking, require_method
from ..run.sources import read_genotype
from ..truth.plans import plan_of
from ..truth.table import TruthTable, load_table

HOW = "give `show`, `rank` with cells, `compare` with methods or rankings, or `verify`"


@dataclass(frozen=True)
class Truth:
    """Look up cells of a small space in a table of trained cells, and compare searches with the best of them.

    `dartslab truth show` describes the table. `truth rank runs/a` gives the rank of a found cell. `truth compare darts
    gdas mine.py naswot` compares methods with random search at the same cost, and rankings with the order of the
    table. `truth verify` trains a few cells again.
    """

    words: Positional[tuple[str, ...]] = ()
    """What to do: show; rank with run folders, files or texts of cells; compare with names or files; or verify."""
    table: str = "lesson"
    """Which table."""
    seeds: int = 5
    """compare: how many searches of each method, with the seeds 0, 1, ..."""
    hypergradient: str = ""
    """compare: the hypergradient of the searches; if empty, that of the table's own search."""
    folder: Path = Path("runs/truth")
    """compare: where searches are kept; a search that is there is not made again."""
    out: Path | None = None
    """compare: a file for all numbers, as JSON."""
    picture: Path | None = None
    """compare: a file for a picture of the methods beside random search, .svg, .png or .pdf."""
    cells: int = 10
    """verify: how many cells are trained again."""
    seed: int = 0
    """verify: decides which cells."""
    root: Path | None = None
    """verify: folder with FashionMNIST/raw/; without it only the test pictures in the package are used."""
    jobs: int = 2
    """How many processes run at a time."""

    def run(self) -> None:
        """Do what the first word says."""
        what, *names = self.words or ("show",)
        doing = {"show": self.show, "rank": self.rank, "compare": self.compare, "verify": self.verify}
        require(what in doing, f"truth does not know {what!r}; {HOW}.")
        require(bool(names) == (what in ("rank", "compare")), f"got {' '.join(self.words)!r}; {HOW}.")
        plan_of(self.table)
        doing[what](names)

    def show(self, names: list[str]) -> None:
        """Describe the space of the table."""
        from ..truth.describe import describe_table

        print("\n".join(describe_table(load_table(self.table))))

    def rank(self, names: list[str]) -> None:
        """Print the rank of each cell."""
        from ..truth.rank import rank_cell

        cells = [(name, read_genotype(name)) for name in names]
        table = load_table(self.table)
        self.say_state(table)
        for name, cell in cells:
            print(f"{name}: {rank_cell(table, cell)}")

    def say_state(self, table: TruthTable) -> None:
        """Print how much of the table is done, if it is not complete."""
        if not table.is_complete:
            print(f"table {table.plan.name}, {table.state}; all numbers are about the cells that are done")

    def compare(self, names: list[str]) -> None:
        """Search, look up the found cells, and print the result for each method and each ranking."""
        from ..base.files import write_atomically
        from ..draw.picture import file_format, make_folder, save_figure
        from ..draw.regrets import RegretRow, regret_dots
        from ..truth.compare import as_regrets, as_row, compare_searches
        from ..truth.found import config_for, find_cells
        from ..truth.scores import compare_ranking

        require(self.seeds >= 1, f"seeds must be 1 or more, got {self.seeds}; give 5 or more for a useful interval.")
        rankings = {name for name in names if is_ranking(name)}  # all are looked at before the first is searched
        if self.picture is not None:
            file_format(self.picture)
            require(
                len(rankings) < len(names), "only rankings are compared, and a picture shows methods; name a method."
            )
        for name in names:
            if name not in rankings:
                config_for(self.table, require_method(name), 0, self.hypergradient)
        targets = [path for path in (self.out, self.picture) if path is not None]
        for path in targets:
            make_folder(path.parent)
            require(not path.is_dir(), f"{path} is a folder; name a file.")
        table, results, rows = load_table(self.table), [], []
        self.say_state(table)
        for name in names:
            if name in rankings:
                scored = compare_ranking(table, name, range(self.seeds))
                results.append(vars(scored))
                print(scored)
                continue
            found = find_cells(
                self.table, name, range(self.seeds), self.folder, self.hypergradient, self.jobs, say=print
            )
            comparison = compare_searches(table, found)
            results.append(as_row(comparison))
            rows.append(RegretRow(**as_regrets(comparison)))
            print(comparison)
        if self.out is not None:
            text = json.dumps(results, indent=1).encode()
            write_atomically(self.out, lambda file: file.write(text))
        if self.picture is not None:
            save_figure(regret_dots(rows), self.picture)
        for path in targets:
            print(f"written: {path}")

    def verify(self, names: list[str]) -> None:
        """Train cells again; exit with status 1 if a row is not reproduced."""
        from ..truth.verify import verify

        table = load_table(self.table)
        root = None if self.root is None else str(self.root)
        found = verify(table, self.cells, self.seed, root, self.jobs)
        lost = [one for one in found if not one.is_reproduced]
        same = sum(one.same_machine for one in found)
        kept = len(found) - len(lost)
        print(
            f"{kept} of {len(found)} rows are reproduced; {same} were made on a machine like this one and must agree "
            "in every digit"
        )
        for one in lost:
            changes = (f"{name} {before} in the table, {now} now" for name, (before, now) in one.differences.items())
            print(f"cell {one.cell}, seed {one.seed}: {', '.join(changes)}")
        if lost:
            sys.exit(1)
