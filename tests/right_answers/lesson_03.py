"""Right answers to the exercises of lesson 03, each written differently."""

from typing import Any

RIGHT: dict[str, tuple[Any, ...]] = {}
