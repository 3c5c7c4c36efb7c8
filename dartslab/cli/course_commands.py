"""The commands of `dartslab` that belong to the course: the doctor, the list of exercises, the learner's folder.

Their fields are their flags. Each loads what it needs when it runs, so that `--help` and the doctor do without torch.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tyro.conf import Positional

from ..base.messages import counted


@dataclass(frozen=True)
class Doctor:
    """Look at this machine: versions, threads, accelerator, graphviz, widgets, data, memory; say how to repair it."""

    def run(self) -> None:
        """Print the findings; leave with status 1 if something essential is missing."""
        from .doctor import examine

        findings = examine()
        for finding in findings:
            print(f"{'fix ' if finding.fix else 'ok  '} {finding.what}: {finding.found}")
            if finding.fix:
                print(f"     -> {finding.fix}")
        if any(finding.fix and finding.essential for finding in findings):
            sys.exit(1)


@dataclass(frozen=True)
class Exercises:
    """List the exercises of the course, with the wrong answers that their checks know."""

    json: bool = False
    """As JSON, for other programs."""

    def run(self) -> None:
        """Print one exercise after the other."""
        import json

        from ..teach.registry import EXERCISES

        listed: list[dict[str, Any]] = [
            {
                "name": exercise.name,
                "lesson": exercise.lesson,
                "title": exercise.title,
                "minutes": exercise.minutes,
                "points": exercise.points,
                "difficulty": exercise.difficulty,
                "twins": [twin.name for twin in exercise.twins],
            }
            for exercise in EXERCISES.values()
        ]
        if self.json:
            print(json.dumps(listed, indent=1))
            return
        for one in listed:
            points, minutes = counted(one["points"], "point"), counted(one["minutes"], "minute")
            print(f"{one['name']:<20} {one['title']}: {minutes}, {points}")
            print(f"{'':<20} {len(one['twins'])} wrong answers known: {'; '.join(one['twins'])}")


@dataclass(frozen=True)
class Lab:
    """Copy the lessons into a folder of your own and open JupyterLab there.

    Lessons that you changed are left as they are; a newer version of such a lesson is laid beside it, once.
    """

    folder: Positional[Path] = Path("dartslab-lessons")
    """The folder; new, or one that was made by this command before."""
    browser: bool = True
    """Open a browser; else the address is printed."""
    port: int = 0
    """Port of JupyterLab; 0 takes a free one."""
    start: bool = True
    """Start JupyterLab; else only copy."""

    def run(self) -> None:
        """Copy, say what was copied, and run JupyterLab until it ends."""
        from .lab import copy_lessons, find_lessons, require_port, start_jupyter

        require_port(self.port)
        copied = copy_lessons(self.folder, find_lessons())
        print(f"{len(copied.new)} lessons copied into {self.folder}")
        for name, copy in copied.beside.items():
            print(f"{name} was changed by you and is left as it is; the newer version is {copy}")
        if self.start:
            sys.exit(start_jupyter(self.folder, self.browser, self.port))
