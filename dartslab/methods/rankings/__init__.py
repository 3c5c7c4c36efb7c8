"""Rankings, one file each: they give cells a score without a search. A ranking is found by the name of its file.

`rankings/naswot.py` holds RANKING, which `RANKINGS["naswot"]` gives. Asking for the names loads no torch.
"""

import os
from typing import TYPE_CHECKING

from ...base.by_file import ENDING, ByFile, is_own_file
from ...base.messages import UserError, nearest_names, require, short, unknown
from .. import METHODS

if TYPE_CHECKING:
    from .ranking import Ranking

RANKINGS: "ByFile[Ranking]" = ByFile(__name__, "ranking")


def require_method(name: str) -> str:
    """The name of a method as a run keeps it: that of a file of one's own with its digest, see `ByFile.pin`.

    Raises:
        UserError: no such method; a ranking; or a file that defines none.
    """
    require(
        name in METHODS or name not in RANKINGS,
        f"{name} is a ranking: it scores cells without a search; use `dartslab rank --ranking {name}`.",
    )
    if name not in METHODS:
        raise _unknown("method", name)
    if is_own_file(name):
        _ = METHODS[name]
    return METHODS.pin(name)


def require_ranking(name: str) -> "Ranking":
    """The ranking of that name.

    Raises:
        UserError: no such ranking; a method; or a file that defines none.
    """
    require(
        name in RANKINGS or name not in METHODS,
        f"{name} is a method: it changes a search; use `dartslab search --method {name}`.",
    )
    if name not in RANKINGS:
        raise _unknown("ranking", name)
    return RANKINGS[name]


def _unknown(what: str, name: str) -> UserError:
    """The error for a name of neither kind; it says where the nearest name belongs."""
    if os.path.isfile(name + ENDING):
        return UserError(f"unknown {what} {short(repr(name))}; a file is named with its ending: {name}{ENDING}.")
    of_kind = {"method": list(METHODS), "ranking": list(RANKINGS)}
    alike = nearest_names(name, of_kind["method"] + of_kind["ranking"])
    if not alike or alike[0] in of_kind[what]:
        return unknown(what, name, of_kind[what])
    near = alike[0]
    other, command = ("ranking", "rank --ranking") if what == "method" else ("method", "search --method")
    return UserError(
        f"unknown {what} {short(repr(name))}; allowed are: {', '.join(of_kind[what])}. Did you mean the {other} "
        f"{near!r}, `dartslab {command} {near}`?"
    )
