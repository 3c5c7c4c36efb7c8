"""What lessons are made with: `from dartslab.teach import check, hint, mine, quiz, start`.

Each name is loaded from its module when it is first used, so building notebooks does not wait for torch.
"""

from typing import TYPE_CHECKING

from ..base.lazy import loader

_MODULE_OF = {
    "start": "lesson",
    "fast": "lesson",
    "steps": "lesson",
    "check": "checks",
    "case": "checks",
    "hint": "checks",
    "solution": "checks",
    "mine": "checks",
    "CheckFailed": "checks",
    "predict": "ask",
    "reveal": "ask",
    "quiz": "ask",
    "listing": "listed",
    "progress_board": "board",
}
__all__ = list(_MODULE_OF)

if TYPE_CHECKING:
    from .ask import predict as predict
    from .ask import quiz as quiz
    from .ask import reveal as reveal
    from .board import progress_board as progress_board
    from .checks import CheckFailed as CheckFailed
    from .checks import case as case
    from .checks import check as check
    from .checks import hint as hint
    from .checks import mine as mine
    from .checks import solution as solution
    from .lesson import fast as fast
    from .lesson import start as start
    from .lesson import steps as steps
    from .listed import listing as listing
else:
    __getattr__ = loader(__name__, _MODULE_OF)
