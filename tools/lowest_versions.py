"""Print the lowest versions that pyproject.toml allows, one requirement a line: `make test-floors` installs them.

Linters are left out: they check the code, not what it runs on.
"""

import re
from pathlib import Path

LINTERS = {"ruff", "mypy", "codespell", "build", "twine"}


def lowest_versions(text: str) -> list[str]:
    """The requirements of a pyproject.toml, each as "name==its lower bound"; types-... and linters are left out."""
    found = re.findall(r'^ +"([\w-]+)>=([\w.]+)",', text, flags=re.MULTILINE)
    return [f"{name}=={version}" for name, version in found if name not in LINTERS and not name.startswith("types-")]


if __name__ == "__main__":
    print("\n".join(lowest_versions((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))))
