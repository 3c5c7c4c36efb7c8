"""Things that are found by the name of their file: published searches, rankings, and a user's own file.

    methods/pc_darts.py                METHODS["pc-darts"] is the METHOD that it defines
    mine/cooled.py                     METHODS["mine/cooled.py"] is that of a file outside the package
    mine/cooled.py@1f3870be2740        the same, if its text still has this digest; a run keeps this name

Names cost nothing: a file is loaded when what it defines is asked for. A file of one's own is one file; what it imports
from its neighbours is neither found nor in the digest.
"""

import hashlib
import os
import re
import sys
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from importlib.resources import files
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any, TypeVar

from .messages import UserError, require, short

Thing = TypeVar("Thing")
ENDING = ".py"
DIGITS = 12  # of a digest
OF_A_FILE = {  # what a file may define: what that does, and the command that takes it
    "method": ("changes a search", "search --method"),
    "ranking": ("scores cells without a search", "rank --ranking"),
}
OWN = "own_"  # begins the names of modules that are files of one's own
PINNED = re.compile(rf"(.*\.py)@([0-9a-f]{{{DIGITS}}})", re.DOTALL)


def say_use(seam: str, name: str) -> str:
    """What a method or a ranking does, and the command that takes it."""
    does, command = OF_A_FILE[seam]
    return f"it {does}; use `dartslab {command} {name}`"


def is_own_file(name: object) -> bool:
    """Whether a name is that of a file outside the package, with a digest or without."""
    return isinstance(name, str) and (name.endswith(ENDING) or PINNED.fullmatch(name) is not None)


def split_name(name: str) -> tuple[str, str]:
    """The path and the digest in the name of a file of one's own; "" where it has no digest."""
    pinned = PINNED.fullmatch(name)
    return (pinned[1], pinned[2]) if pinned else (name, "")


class ByFile(MutableMapping[str, Thing]):
    """What the files of a folder define, by name; each is loaded when it is asked for.

    Args:
        package: the folder, for example "dartslab.methods".
        seam: the file in it that says what is defined: `method` holds the class `Method`, and all other files METHOD.
    """

    def __init__(self, package: str, seam: str) -> None:
        names = (path.name for path in files(package).iterdir() if path.name.endswith(ENDING))
        modules = {name.removesuffix(ENDING) for name in names if not name.startswith("_")} - {seam}
        self._modules = {module.replace("_", "-"): module for module in sorted(modules)}
        self._added: dict[str, Thing] = {}
        self._own: dict[str, Thing] = {}  # by pinned name
        self.package, self.seam, self.variable = package, seam, seam.upper()

    def __getitem__(self, name: str) -> Thing:
        if name in self._added:
            return self._added[name]
        if is_own_file(name):
            pinned = self.pin(name)
            if pinned not in self._own:
                self._own[pinned] = self._load(pinned)
            return self._own[pinned]
        thing: Thing = getattr(import_module(f"{self.package}.{self._modules[name]}"), self.variable)
        return thing

    def __setitem__(self, name: str, thing: Thing) -> None:
        self._added[name] = thing

    def __delitem__(self, name: str) -> None:
        del self._added[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._modules, *self._added]))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:  # without loading it
        return name in self._modules or name in self._added or is_own_file(name)

    def pin(self, name: str) -> str:
        """The name of a file of one's own with the digest of its text; every other name as it is.

        Raises:
            UserError: there is no such file, or its text is no longer that of the digest.
        """
        if not is_own_file(name) or name in self._added or name in self._own:
            return name
        path, digest = split_name(name)
        why = " that this run was started with" if digest else ""
        advice = "put it back there" if digest else f"name the file of your {self.seam} where it is"
        require(
            os.path.isfile(path),
            f"there is no file {path}{why}; {advice}.",
        )
        found = hashlib.sha256(Path(path).read_bytes()).hexdigest()[:DIGITS]
        require(
            digest in ("", found),
            f"{path} was changed since this run was started; put the file back as it was, or start again in another "
            "folder.",
        )
        return f"{path}@{found}"

    def _load(self, pinned: str) -> Thing:
        """What the file defines, run as a module of its own.

        Raises:
            UserError: it does not import, or does not define it.
        """
        path, digest = split_name(pinned)
        kind = getattr(import_module(f"{self.package}.{self.seam}"), self.seam.title())
        spec = spec_from_loader(f"{OWN}{self.seam}_{digest}", loader=None, origin=path)
        assert spec is not None
        module = module_from_spec(spec)
        module.__file__ = path
        sys.modules[spec.name] = module  # dataclasses and pickles look their module up
        try:
            exec(compile(Path(path).read_bytes(), path, "exec"), module.__dict__)
        except (Exception, SystemExit) as error:
            del sys.modules[spec.name]
            place = own_place(error)  # None where the text is no Python: that error says its line itself
            line = "" if place is None else f", line {place[2]}"
            if isinstance(error, UserError):  # a whole sentence, of what the file makes
                raise UserError(f"{path}{line}: {error}") from error
            raise UserError(
                f"{path} cannot be imported ({type(error).__name__}: {short(error)}{line}); mend it."
            ) from error
        form = f"write {self.variable} = {kind.__name__}(...), see docs/methods.md"
        if not hasattr(module, self.variable):
            for other in OF_A_FILE:
                require(not hasattr(module, other.upper()), f"{path} is a {other}: {say_use(other, path)}.")
            raise UserError(f"{path} defines no {self.variable}; {form}.")
        thing: Any = getattr(module, self.variable)
        require(
            isinstance(thing, kind),
            f"{self.variable} of {path} is of type {type(thing).__name__}, not a {kind.__name__}; {form}.",
        )
        found: Thing = thing
        return found


def own_place(error: BaseException) -> tuple[str, str, int] | None:
    """Module, path and line of a file of one's own where an error arose, the innermost; None where none."""
    traceback, found = error.__traceback__, None
    while traceback is not None:
        module = str(traceback.tb_frame.f_globals.get("__name__", ""))
        if module.startswith(OWN):
            found = module, traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next
    return found


def own_failure(error: BaseException, folder: object = "") -> UserError | None:
    """An error that arose in a file of one's own, as one sentence; None for every other error.

    Args:
        error: any.
        folder: of a run that was recorded up to there; "" for none.
    """
    found = own_place(error)
    if found is None:
        return None
    module, path, line = found
    kept = f"; {folder} keeps the steps before it" if folder else ""
    check = f", try it with `dartslab methods check {path}`" if module.startswith(f"{OWN}method") else ""
    again = ", and start again in another folder" if folder else ""
    return UserError(
        f"{path} failed in line {line} ({type(error).__name__}: {short(error)}){kept}; mend it{check}{again}."
    )
