"""What lessons are made with: `from dartslab.teach import check, hint, mine, quiz, start`.

Each name is loaded from its module when it is used, so that building notebooks does not wait for torch.
"""

from typing import TYPE_CHECKING

from ..base.lazy import loader

if TYPE_CHECKING:  # for mypy and editors; nothing is loaded
    from .ask import predict, quiz, reveal
    from .board import progress_board
    from .checks import CheckFailed, check, hint, mine, solution
    from .lesson import fast, start, steps

_MODULE_OF = {
    "start": "lesson",
    "fast": "lesson",
    "steps": "lesson",
    "check": "checks",
    "hint": "checks",
    "solution": "checks",
    "mine": "checks",
    "CheckFailed": "checks",
    "predict": "ask",
    "reveal": "ask",
    "quiz": "ask",
    "progress_board": "board",
}
__all__ = [  # the names of _MODULE_OF; written out, as a type checker reads it
    "CheckFailed",
    "check",
    "fast",
    "hint",
    "mine",
    "predict",
    "progress_board",
    "quiz",
    "reveal",
    "solution",
    "start",
    "steps",
]
__getattr__ = loader(__name__, _MODULE_OF)
