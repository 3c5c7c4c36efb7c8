"""Kill a small experiment at random moments; what comes out must be what an uninterrupted run gives, bit for bit.

    python tests/kills.py --kills 20

Every start is a process of its own, ended with SIGKILL wherever it is: reading pictures, in the middle of a step or of
writing a file. (The processes are forked from this one, which has imported torch already, so that kills strike the work
and not the import.) Where an experiment ends before all kills are spent, another is begun in a new folder.
"""

import argparse
import json
import os
import random
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torchvision.datasets as preloaded

import dartslab.cli.main as command_line
from dartslab.experiment.config import Size
from dartslab.run.record import COLUMNS, Record

assert preloaded.ImageFolder  # what reads a folder of pictures; it takes seconds to import
SMALL = ["--preset", "tiny", "--image-size", "8", "--nodes", "1", "--cutout", "2", "--checkpoint-every", "1"]
SMALL += ["--evaluations", "1", "--random-cells", "1", "--auxiliary", "0"]
SIZES = {
    "search": Size(2, 3, 2, 16, 6),
    "choice": Size(2, 2, 2, 16, 6),
    "evaluation": Size(2, 2, 2, 16, 8),
}


def words(data: str, out: Path, steps: int) -> list[str]:
    sizes = []
    for name, size in SIZES.items():
        for field, value in (vars(size) | {"steps": steps}).items():
            sizes += [f"--{name}.{field.replace('_', '-')}", str(value)]
    return ["reproduce", "cifar10", "--data", data, "--out", str(out), *SMALL, *sizes]


def start(arguments: list[str], log: Path) -> int:
    """The number of a process that runs a command."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            opened = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(opened, 1)
            os.dup2(opened, 2)
            command_line.main(arguments)
            code = 0
        finally:
            os._exit(code)
    return process


def finish(process: int, log: Path) -> None:
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert code == 0, log.read_text(encoding="utf-8")


def kill_after(process: int, seconds: float) -> bool:
    """Whether the process still ran after that time and was killed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            assert os.waitstatus_to_exitcode(status) == 0, f"the command ended with status {status}"
            return False
        time.sleep(0.002)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return True


def outcome(out: Path) -> dict[str, Any]:
    """Everything an experiment computed, without the time it took."""
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    for name in ("cost", "devices", "versions"):
        del report[name]
    columns = {}
    for path in sorted(out.glob(f"*/{COLUMNS}")):
        kept = Record.load(path.parent).columns
        columns[path.parent.name] = {name: kept[name] for name in sorted(kept) if name != "seconds"}
    return {"report": report, "columns": columns}


def where(out: Path) -> str:
    """How far an experiment is, for people."""
    done = len(list(out.glob("*/done.json")))
    steps = {p.parent.name: len(Record.load(p.parent)) for p in out.glob("*/config.json")}
    unfinished = [f"{name} step {n}" for name, n in steps.items() if not (out / name / "done.json").is_file()]
    parts = len(list(out.glob("*/.*.part"))) + len(list(out.glob(".*.part")))
    half = f", {parts} half-written file(s)" * (parts > 0)
    return f"{done} stages done{''.join(f', {one}' for one in unfinished)}{half}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--steps", type=int, default=12, help="of every stage")
    parser.add_argument("--data", default="fashion-mini")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    asked = parser.parse_args()
    moments = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        log, whole = Path(folder) / "log", Path(folder) / "whole"
        begun = time.monotonic()
        finish(start(words(asked.data, whole, asked.steps), log), log)
        seconds = time.monotonic() - begun
        expected = outcome(whole)
        print(f"an uninterrupted run took {seconds:.1f} s", flush=True)
        kills = experiments = 0
        while kills < asked.kills:
            experiments += 1
            out = Path(folder) / f"killed-{experiments}"
            while kills < asked.kills:
                process = start(words(asked.data, out, asked.steps), log)
                if not kill_after(process, moments.uniform(0, seconds / 2)):
                    break
                kills += 1
                print(f"kill {kills}: {where(out)}", flush=True)
            finish(start(words(asked.data, out, asked.steps), log), log)
            np.testing.assert_equal(outcome(out), expected)
            assert not list(out.rglob(".*.part")), "half-written files were left behind"
    print(f"{kills} kills in {experiments} experiment(s): every result is that of the uninterrupted run, bit for bit")


if __name__ == "__main__":
    main()
