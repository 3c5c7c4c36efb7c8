"""Public names of a package that are loaded from their rooms when they are used, so that importing it costs nothing."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def loader(package: str, room_of: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package.

    Args:
        package: its name.
        room_of: {public name: the module below the package that holds it}.
    Raises:
        AttributeError: (by what is given back) for any other name; the sentence lists the known ones.
    """

    def load(name: str) -> Any:
        if name not in room_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}; it offers: {', '.join(room_of)}")
        return getattr(import_module(f"{package}.{room_of[name]}"), name)

    return load
