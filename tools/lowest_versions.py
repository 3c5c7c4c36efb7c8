"""Prints pyproject.toml's dependencies, also those for building and development, with the lowest version of each.

pip install $(python tools/lowest_versions.py)
"""

import re
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def lowest_versions(text: str) -> list[str]:
    """Turn every `"name>=version"` in a pyproject.toml's text into `name==version`.

    Searched as text, because Python 3.10 has no reader for TOML.
    """
    return [f"{name}=={version}" for name, version in re.findall(r'"([\w-]+)>=([\w.]+)"', text)]


if __name__ == "__main__":
    print("\n".join(lowest_versions(PYPROJECT.read_text(encoding="utf-8"))))
