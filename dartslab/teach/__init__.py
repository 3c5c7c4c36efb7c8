"""What lessons are made with: `from dartslab.teach import check, hint, mine, quiz, start`.

Each name is loaded from its room when it is used, so that building notebooks does not wait for torch.
"""

from importlib import import_module
from typing import Any

_ROOM_OF = {
    "start": "lesson",
    "fast": "lesson",
    "steps": "lesson",
    "check": "checks",
    "hint": "checks",
    "solution": "checks",
    "mine": "checks",
    "CheckFailed": "checks",
    "predict": "questions",
    "reveal": "questions",
    "quiz": "questions",
    "progress_board": "board",
}
__all__ = list(_ROOM_OF)


def __getattr__(name: str) -> Any:
    """Load a name that lessons use from its room."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'dartslab.teach' has no attribute {name!r}; it offers: {', '.join(_ROOM_OF)}")
    return getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
