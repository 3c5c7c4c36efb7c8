"""Measures the variants of a benchmark in turn, and keeps the newest result as JSON and as a page.

    python benchmarks/measure.py             write the pages of benchmarks/results again, each from its JSON
    python benchmarks/measure.py --check     name the pages that differ from their JSON

Every measurement has a process of its own, because memory that another variant has used and left in pieces is slower.
Variants take turns, A B C, then C B A, so that a busy machine slows all of them.

A result has a date, a command, a source (measured here, or transcribed from a page), machine, threads, versions, n,
spread, tables as lists of rows, and one line for each earlier result. All other numbers at its top are what the
benchmark is about: they stand first on the page, and make the line when a newer result comes. The text of a page is the
docstring of the program in its command.
"""

import ast
import json
import os
import platform
import re
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
Result = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """How to measure.

    Args:
        repeats: measurements of each variant.
        minutes: after so many no further round begins; the first is always made.
        threads: of torch.
        only: measure this variant once, in this process, and print what it gives as JSON.
        json: print JSON instead of the page.
        save: keep the result as the newest one.
    """

    repeats: int = 3
    minutes: float = 10.0
    threads: int = 1
    only: str = ""
    json: bool = False
    save: bool = False


def run(
    options: Options,
    variants: Mapping[str, int],
    measure: Callable[[str], Any],
    report: Callable[[dict[str, list[Any]]], Result],
) -> None:
    """Measure, print, and save the result where asked.

    Args:
        options: what the user asked for.
        variants: how often each is measured.
        measure: makes one measurement of a variant: numbers, in lists or by name.
        report: from all measurements to fields of the result.
    """
    import torch  # here, because pages are written without it

    torch.set_num_threads(options.threads)
    if options.only:
        print(json.dumps(measure(options.only)))
        return
    command = ["python", Path(sys.argv[0]).resolve().relative_to(ROOT).as_posix()]
    command += [word for word in sys.argv[1:] if word not in ("--save", "--json")]
    found = report(measure_in_turn(variants, options.minutes))
    result = {
        "date": str(date.today()),
        "command": shlex.join(command),
        "source": "measured",
        "machine": describe_machine() | {"vector": torch.backends.cpu.get_cpu_capability()},
        "threads": options.threads,
        **found,
        "versions": {"torch": version("torch"), "python": platform.python_version()} | found.get("versions", {}),
    }
    result = json.loads(json.dumps(result), parse_float=lambda text: float(f"{float(text):.4g}"))
    if options.save:
        result = save(RESULTS / f"{Path(sys.argv[0]).stem}.json", result)
    print(in_json(result) if options.json else page(result), end="")


def measure_in_turn(variants: Mapping[str, int], minutes: float) -> dict[str, list[Any]]:
    """What each variant gives, measured by this program with `--only` in a new process each time."""
    found: dict[str, list[Any]] = {name: [] for name in variants}
    begun = time.monotonic()
    for turn in range(max(variants.values())):
        if turn and time.monotonic() - begun > 60 * minutes:
            break
        names = [name for name, times in variants.items() if turn < times]
        for name in reversed(names) if turn % 2 else names:
            print(f"{name}: {turn + 1} of {variants[name]}", file=sys.stderr, flush=True)
            command = [sys.executable, *sys.argv, "--only", name]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            found[name].append(json.loads(done.stdout))
    return found


def median(found: list[Any]) -> Any:
    """The median of each number in measurements of one shape. What is the same in all of them stays as it is."""
    first = found[0]
    if isinstance(first, dict):
        return {key: median([each[key] for each in found]) for key in first}
    if isinstance(first, list):
        return [median(list(each)) for each in zip(*found, strict=True)]
    return first if all(each == first for each in found) else statistics.median(found)


def fractions(found: Any) -> list[float]:
    """All floating-point numbers of a measurement, in order; whole numbers are sizes and counts."""
    if isinstance(found, dict | list):
        return [number for each in (found.values() if isinstance(found, dict) else found) for number in fractions(each)]
    return [found] if isinstance(found, float) else []


def spread(found: list[Any]) -> float:
    """(largest - smallest) / median of the measurements of a number; of many numbers, the median of their spreads."""
    numbers = zip(*map(fractions, found), strict=True)
    return statistics.median((max(each) - min(each)) / statistics.median(each) for each in numbers)


def summarize(heading: str, samples: dict[str, list[float]]) -> Result:
    """n, spread and a table of samples: {name: measurements of one number}."""
    rows = [
        {"": name, "median": median(each), "smallest": min(each), "largest": max(each), "n": len(each)}
        for name, each in samples.items()
    ]
    return {
        "n": {name: len(each) for name, each in samples.items()},
        "spread": {name: spread(each) for name, each in samples.items()},
        "tables": {heading: rows},
    }


def describe_machine() -> dict[str, Any]:
    """Processor, cores, and memory in GiB."""
    import psutil

    from dartslab.run.device import name_processor

    memory = round(psutil.virtual_memory().total / 2**30)
    return {"processor": name_processor(), "cores": os.cpu_count(), "memory_gib": memory}


def headline(result: Result) -> dict[str, float]:
    """What a benchmark is about: the numbers at the top of its result."""
    return {k: v for k, v in result.items() if isinstance(v, int | float) and k not in ("n", "threads")}


def save(path: Path, result: Result) -> Result:
    """Write a result and its page. The one that was there becomes a line of the new one."""
    earlier = []
    if path.exists():
        old = json.loads(path.read_text(encoding="utf-8"))
        numbers = ", ".join(f"{name} {in_text(value)}" for name, value in headline(old).items())
        earlier = [f"{old['date']}, {describe(old)}: {numbers}; {old['source']}, `{old['command']}`.", *old["earlier"]]
    result = {**result, "earlier": earlier}
    path.write_text(in_json(result), encoding="utf-8")
    path.with_suffix(".md").write_text(page(result), encoding="utf-8")
    return result


def in_json(result: Result) -> str:
    """JSON with a line for each row of a table and for each list of numbers."""
    inner = r'\{[^{}\[\]]*\}|\[[^\[\]{}"]*\]'
    return re.sub(inner, lambda found: " ".join(found[0].split()), json.dumps(result, indent=1)) + "\n"


def in_text(value: Any) -> str:
    """A cell of a table: three digits of what was measured, all digits of a count."""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(rows: list[dict[str, Any]]) -> str:
    """Rows in Markdown; their names are the head."""
    lines = [list(rows[0]), ["---"] * len(rows[0]), *([in_text(cell) for cell in row.values()] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def describe(result: Result) -> str:
    """The machine and threads of a result, in words."""
    machine, threads = result["machine"], result["threads"]
    words = [machine["processor"], machine.get("vector"), f"{machine['cores']} cores"]
    words += [f"{machine['memory_gib']} GiB" if "memory_gib" in machine else None]
    return ", ".join([*filter(None, words), f"{threads} thread{'s' * (threads != 1)}"])


def page(result: Result) -> str:
    """The page of a result: what the program says of itself, the newest result, a line for each earlier one."""
    program = (ROOT / result["command"].split()[1]).read_text(encoding="utf-8")
    title, *about = (ast.get_docstring(ast.parse(program)) or "").split("\n\n")
    about = [paragraph for paragraph in about if not paragraph.startswith("    ")]
    versions = "".join(f", {name} {number}" for name, number in result["versions"].items())
    n = f" n = {result['n']}." if isinstance(result["n"], int) else ""
    said = f"{result['date']}, {result['source']}: `{result['command']}`; {describe(result)}{versions}.{n}"
    numbers = [{"": name, "newest": value} for name, value in headline(result).items()]
    parts = [f"# {title.rstrip('.')}", *about, "## Newest result", said]
    parts += [table(numbers)] if numbers else []
    for heading, rows in result["tables"].items():
        parts += [f"### {heading}", table(rows)]
    if result.get("earlier"):
        parts += ["## Earlier results", "\n".join(f"- {line}" for line in result["earlier"])]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write or check all pages."""
    wrong = 0
    for path in sorted(RESULTS.glob("*.json")):
        text, old = page(json.loads(path.read_text(encoding="utf-8"))), path.with_suffix(".md")
        if "--check" not in sys.argv:
            old.write_text(text, encoding="utf-8")
        elif not old.exists() or old.read_text(encoding="utf-8") != text:
            print(f"{old.relative_to(ROOT)} differs from its JSON; run python benchmarks/measure.py")
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
