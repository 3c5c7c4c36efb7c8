"""Rankings, one file each: they give cells a score without a search. A ranking is found by the name of its file.

`rankings/naswot.py` holds RANKING, which `RANKINGS["naswot"]` gives. Asking for the names loads no torch.
"""

import os
from typing import TYPE_CHECKING, Any

from ...base.by_file import ENDING, OF_A_FILE, ByFile, is_own_file, say_use
from ...base.messages import UserError, nearest_names, short, unknown
from .. import METHODS

if TYPE_CHECKING:
    from .ranking import Ranking

RANKINGS: "ByFile[Ranking]" = ByFile(__name__, "ranking")
OF_KIND: dict[str, ByFile[Any]] = {"method": METHODS, "ranking": RANKINGS}


def require_method(name: str) -> str:
    """The name of a method as a run keeps it: that of a file of one's own with its digest, see `ByFile.pin`.

    Raises:
        UserError: no such method; a ranking; or a file that defines none.
    """
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
    if name not in RANKINGS:
        raise _unknown("ranking", name)
    return RANKINGS[name]


def is_ranking(name: str) -> bool:
    """Whether a name is that of a ranking and not of a method; a file of one's own defines METHOD or RANKING.

    Raises:
        UserError: it is neither.
    """
    if not is_own_file(name):
        what = "method or ranking"
        if name not in METHODS and name not in RANKINGS:
            raise _without_ending(what, name) or unknown(what, name, [*METHODS, *RANKINGS])
        return name in RANKINGS
    try:
        require_method(name)
    except UserError as error:
        try:
            require_ranking(name)
        except UserError:
            raise error from None
        return True
    return False


def _without_ending(what: str, name: str) -> UserError | None:
    """The error for the name of a file that lacks its ending; None where there is no such file."""
    if not os.path.isfile(name + ENDING):
        return None
    return UserError(f"unknown {what} {short(repr(name))}; a file is named with its ending: {name}{ENDING}.")


def _unknown(what: str, name: str) -> UserError:
    """The error for a name that is not of this kind; it says where the name, or the nearest one, belongs."""
    (other,) = OF_KIND.keys() - {what}
    if name in OF_KIND[other]:
        return UserError(f"{name} is a {other}: {say_use(other, name)}.")
    if error := _without_ending(what, name):
        return error
    alike = nearest_names(name, [*METHODS, *RANKINGS])
    if not alike or alike[0] in OF_KIND[what]:
        return unknown(what, name, OF_KIND[what])
    return UserError(
        f"unknown {what} {short(repr(name))}; allowed are: {', '.join(OF_KIND[what])}. Did you mean the {other} "
        f"{alike[0]!r}, `dartslab {OF_A_FILE[other][1]} {alike[0]}`?"
    )
