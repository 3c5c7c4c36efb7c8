"""What a page computes against what Python computes."""

import math
from typing import Any

# what the page computes, not what it draws
FRAME = """(settings) => {
  const frame = view.frame(settings, spec.data);
  return { frame, words: view.words(frame, spec.data) };
}"""


def assert_same(left: Any, right: Any, where: str = "frame") -> None:
    """The same structure, numbers to 1e-6 of their size."""
    if isinstance(right, dict):
        assert set(left) == set(right), where
        for name in right:
            assert_same(left[name], right[name], f"{where}.{name}")
    elif isinstance(right, list):
        assert len(left) == len(right), where
        for i, (one, other) in enumerate(zip(left, right, strict=True)):
            assert_same(one, other, f"{where}[{i}]")
    elif isinstance(right, float) and not isinstance(left, bool):
        assert math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-6), where
    else:
        assert left == right, where
