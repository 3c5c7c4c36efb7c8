"""Public names of a package, each loaded from its module when it is first used: importing the package costs nothing."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def loader(package: str, module_of: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package.

    Args:
        package: its name.
        module_of: {public name: the module below the package that defines it}.
    Returns:
        A function name -> value. It raises AttributeError for a name that is not public, and lists those that are.
    """

    def load(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}; it offers: {', '.join(module_of)}")
        return getattr(import_module(f"{package}.{module_of[name]}"), name)

    return load
