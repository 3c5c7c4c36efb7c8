"""What lessons are made with: `from dartslab.teach import check, hint, mine, quiz, start`.

Each name is loaded from its room when it is used, so that building notebooks does not wait for torch.
"""

from ..base.lazy import loader

_ROOM_OF = {
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
__all__ = list(_ROOM_OF)
__getattr__ = loader(__name__, _ROOM_OF)
