"""Prints pyproject.toml's dependencies, those for development too, pinned to the lowest version each may have.

pip install $(python tools/lowest_versions.py)
"""

import re
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def lowest_versions(text: str) -> list[str]:
    """Turn every line `"name>=version",` of a pyproject.toml's text into `name==version`.

    Read as lines, because Python 3.10 has no reader for TOML.
    """
    return [f"{name}=={version}" for name, version in re.findall(r'^    "([\w-]+)>=([\w.]+)"', text, re.MULTILINE)]


if __name__ == "__main__":
    print("\n".join(lowest_versions(PYPROJECT.read_text(encoding="utf-8"))))
