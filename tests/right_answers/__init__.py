"""Right answers, each written differently: one module for each lesson. A check has to let all of
them pass. CUT_OFF holds answers with the right numbers whose result has no gradient where one is asked for.
"""

from importlib import import_module
from typing import Any

from dartslab.teach.registry import LESSONS

RIGHT: dict[str, tuple[Any, ...]] = {
    name: answers
    for lesson in LESSONS
    for name, answers in import_module(f"right_answers.lesson_{lesson}").RIGHT.items()
}
CUT_OFF: dict[str, tuple[Any, ...]] = {
    name: answers
    for lesson in LESSONS
    for name, answers in getattr(import_module(f"right_answers.lesson_{lesson}"), "CUT_OFF", {}).items()
}
