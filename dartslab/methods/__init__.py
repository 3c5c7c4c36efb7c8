"""Published searches, one file each: what each changes about DARTS. A method is found by the name of its file.

`methods/pc_darts.py` holds METHOD, which `METHODS["pc-darts"]` gives. Asking for the names loads no torch. A method of
your own needs no file here: `METHODS["mine"] = Method(...)`.
"""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .method import Method

SEAM = "method"  # the file that says what a method is


class Methods(MutableMapping[str, "Method"]):
    """The published searches by name; each is loaded when it is asked for."""

    def __init__(self) -> None:
        names = (path.name for path in files(__name__).iterdir() if path.name.endswith(".py"))
        modules = {name.removesuffix(".py") for name in names if not name.startswith("_")} - {SEAM}
        self._modules = {module.replace("_", "-"): module for module in sorted(modules)}
        self._added: dict[str, Method] = {}

    def __getitem__(self, name: str) -> "Method":
        if name in self._added:
            return self._added[name]
        method: Method = import_module(f"{__name__}.{self._modules[name]}").METHOD
        return method

    def __setitem__(self, name: str, method: "Method") -> None:
        self._added[name] = method

    def __delitem__(self, name: str) -> None:
        del self._added[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._modules, *self._added]))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:  # without loading it
        return name in self._modules or name in self._added


METHODS = Methods()
