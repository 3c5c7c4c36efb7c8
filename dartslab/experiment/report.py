"""The results of an experiment: `report.json` for programs, `report.md` and printed text for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..base.by_file import split_name
from ..base.files import read_text, write_atomically
from ..base.messages import UserError, require
from ..base.statistics import compare_means
from ..genotype import Genotype
from ..run.record import write_text
from ..run.recorder import versions
from .config import FREE, Experiment
from .folder import read_head
from .stages import REFERENCE, Stage, best_seed, stages

REPORT, WORDS = "report.json", "report.md"
SOURCE = "as reported in Liu et al. 2019"
REPORTED = (  # CIFAR-10 with cutout: method, test error in percent, its spread, millions of parameters, GPU days
    ("NASNet-A", 2.65, None, 3.3, 2000),
    ("AmoebaNet-A", 3.34, 0.06, 3.2, 3150),
    ("AmoebaNet-B", 2.55, None, 2.8, 3150),
    ("ENAS", 2.89, None, 4.6, 0.5),
    ("random, best of 24", 3.29, 0.15, 3.2, 4),
    ("DARTS, first order", 3.00, 0.14, 3.3, 1.5),
    ("DARTS, second order", 2.76, 0.09, 3.3, 4),
)
GROUPS = {"chosen": "chosen cell", "random": "random cells", REFERENCE: REFERENCE}


def write_report(experiment: Experiment, out: Path) -> None:
    """Write `report.json` and `report.md` of a finished experiment and print the words.

    Raises:
        UserError: a stage is not finished.
    """
    report = gather(experiment, out)
    text = to_markdown(report)
    write_text(out / REPORT, json.dumps(report, indent=1))
    write_atomically(out / WORDS, lambda file: file.write(text.encode(errors="backslashreplace")))
    print(text)


def gather(experiment: Experiment, out: Path) -> dict[str, Any]:
    """The report as plain data; interruptions change nothing in it but `cost`, `devices` and `versions`."""
    head, best = read_head(out), best_seed(experiment, out)
    results: dict[Stage, Any] = {stage: stage.result(out) for stage in stages(experiment)}
    missing = [stage.name for stage, result in results.items() if result is None]
    require(
        head is not None and best is not None and not missing,
        f"{out} is not finished ({', '.join(missing)} missing); start the same command again to go on.",
    )
    assert head is not None
    groups: dict[str, list[Any]] = {name: [] for name in GROUPS}
    cost: dict[str, float] = {}
    for stage, result in results.items():
        group = stage.cell.partition("-")[0] if stage.kind == "evaluation" else stage.kind
        cost[group] = cost.get(group, 0.0) + result["seconds"] / 3600
        if stage.kind == "evaluation":
            groups[group].append(result)
    searches = [result for stage, result in results.items() if stage.kind == "search"]
    choices = [result for stage, result in results.items() if stage.kind == "choice"]
    published, asked = asdict(Experiment()), asdict(experiment)
    left_out = {*FREE, "seeds", "order", "threads"}
    return {
        "experiment": asked,
        "reduced": [name for name in asked if name not in left_out and asked[name] != published[name]],
        "seeds": [
            {
                "seed": seed,
                "supernet_validation_accuracy": found["accuracy"],
                "choice_validation_accuracy": choices[seed]["accuracy"] if choices else None,
                "genotype": found["genotype"],
            }
            for seed, found in enumerate(searches)
        ],
        "chosen_seed": best,
        "genotype": searches[best or 0]["genotype"],
        "test_accuracy": {name: summarize([r["accuracy"] for r in group]) for name, group in groups.items() if group},
        "parameters": {name: sorted({r["parameters"] for r in group}) for name, group in groups.items() if group},
        "multiply_adds": {name: sorted({r["multiply_adds"] for r in group}) for name, group in groups.items() if group},
        "cost": {name: round(hours, 6) for name, hours in cost.items()},
        "devices": head["devices"],
        "versions": versions(),
    }


def read_report(out: str | Path) -> dict[str, Any] | None:
    """The report of a finished experiment; None before its end.

    Raises:
        UserError: a damaged file.
    """
    path = Path(out) / REPORT
    if not path.is_file():
        return None
    try:
        return dict(json.loads(read_text(path)))
    except ValueError as error:
        raise UserError(f"{path} is damaged ({error}); remove it and give the same command again.") from error


def accuracy_groups(report: Mapping[str, Any]) -> dict[str, list[float]]:
    """{cell in words: the test accuracies of its trainings}, for `draw.accuracy_dots`."""
    return {GROUPS[name]: list(group["values"]) for name, group in report["test_accuracy"].items()}


def summarize(values: Sequence[float]) -> dict[str, Any]:
    """Mean, standard deviation (with n - 1; None for a single value), n, and the values."""
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return {"mean": float(np.mean(values)), "sd": sd, "n": len(values), "values": list(values)}


def percent(group: dict[str, Any]) -> str:
    """An accuracy with its spread, for people."""
    sd = "spread unknown" if group["sd"] is None else f"± {100 * group['sd']:.2f}"
    return f"{100 * group['mean']:.2f} % {sd} (n = {group['n']})"


def compare(ours: dict[str, Any], other: dict[str, Any], name: str) -> str:
    """Whether two groups of accuracies differ, in one careful sentence; see `compare_means`."""
    found = compare_means(ours["values"], other["values"])
    difference = f"{100 * abs(found.points):.2f} points {'above' if found.points >= 0 else 'below'} {name}"
    if ours["n"] == 1 or other["n"] == 1:
        return f"The chosen cell is {difference}; with a single run on one side this may be chance."
    if found.limit is None:
        return f"The chosen cell is {difference}; all runs on one side are equal, so this may be chance."
    verdict, chance = (
        ("more", "so it is probably not chance") if found.verdict == "different" else ("no more", "so it may be chance")
    )
    return (
        f"The chosen cell is {difference}: {verdict} than the {100 * found.limit:.2f} points that chance exceeds in "
        f"1 of 20 comparisons of {ours['n']} and {other['n']} runs, {chance}."
    )


def place_among_published(report: dict[str, Any]) -> str:
    """Where the result ranks among the published ones, or why it must not be ranked."""
    error = 100 - 100 * report["test_accuracy"]["chosen"]["mean"]
    if report["reduced"]:
        return (
            f"This run differs from the published experiment ({', '.join(report['reduced'])}), so its error of "
            f"{error:.2f} % must not be compared with this table; compare it with the lines above."
        )
    better = [name for name, reported, *_ in REPORTED if reported < error]
    before = f"behind {', '.join(better)}" if better else "before all of them"
    return f"The test error of the chosen cell is {error:.2f} %: {before}."


def to_markdown(report: dict[str, Any]) -> str:
    """The report as Markdown."""
    asked = report["experiment"]
    method = "DARTS" if asked["method"] == "darts" else split_name(asked["method"])[0]
    lines = [f"# {method} on {asked['data']}, {asked['order']} order, {asked['seeds']} searches", "", "## The cell", ""]
    lines += [f"- {line}" for line in Genotype.from_json(json.dumps(report["genotype"])).to_lines()]
    lines += ["", f"Found with seed {report['chosen_seed']}.", ""]
    if asked["seeds"] > 1:
        lines += ["| seed | accuracy on the validation half after a short training |", "|---|---|"]
        lines += [f"| {s['seed']} | {100 * s['choice_validation_accuracy']:.2f} % |" for s in report["seeds"]]
        lines += ["", "Chosen by this number, which is not a test result: the test set was not used.", ""]
    lines += ["## Test accuracy at the same size, trained from scratch", ""]
    lines += ["| cell | mean ± standard deviation | parameters |", "|---|---|---|"]
    accuracies = report["test_accuracy"]
    for name, group in accuracies.items():
        parameters = report["parameters"][name]
        size = f"{parameters[0]:,}" + (f" to {parameters[-1]:,}" if len(parameters) > 1 else "")
        lines.append(f"| {GROUPS[name]} | {percent(group)} | {size} |")
    lines.append("")
    lines += [compare(accuracies["chosen"], accuracies[name], GROUPS[name]) for name in accuracies if name != "chosen"]
    lines += [
        "The spread of random cells is over cells, each trained once; the others are over trainings of one cell.",
        "",
        f"## Cost on {' and '.join(report['devices'])}",
        "",
        "| part | hours |",
        "|---|---|",
        *(f"| {GROUPS.get(name, name)} | {hours:.3g} |" for name, hours in report["cost"].items()),
        f"| all | {sum(report['cost'].values()):.3g} |",
        "",
        f"## Published results on CIFAR-10 with cutout, {SOURCE}",
        "",
        "| method | test error % | parameters in millions | search in GPU days |",
        "|---|---|---|---|",
    ]
    for method, error, sd, millions, days in REPORTED:
        lines.append(f"| {method} | {error:.2f}{'' if sd is None else f' ± {sd}'} | {millions} | {days} |")
    lines += ["", place_among_published(report), ""]
    return "\n".join(lines)
