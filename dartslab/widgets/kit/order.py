"""Which change of a control counts where Python and pages change it at the same time: the one that was made last.

Every change gets the next revision, and a message from a page says the latest revision that the page had seen. A change
that was made in knowledge of all others is the last one. Where two were made without knowledge of each other, the clock
decides, to which both sides look: two machines whose clocks differ may then take the wrong one of two changes within
that difference, but never end with two different values.
"""

import time
from dataclasses import dataclass, field

PYTHON = ""  # the sender of changes that Python makes; pages have names by chance


@dataclass
class Order:
    """The order of the changes of a view's controls.

    Attributes:
        revision: number of changes so far.
        heard: {sender: number of its latest message that was dealt with}.
    """

    revision: int = 0
    heard: dict[str, int] = field(default_factory=dict)
    _last: dict[str, tuple[int, str, float]] = field(default_factory=dict)  # name -> revision, sender, time in ms
    _latest: dict[tuple[str, str], int] = field(default_factory=dict)  # (sender, name) -> number of its message

    def note(self, name: str, sender: str = PYTHON, at: float | None = None) -> None:
        """Note a change.

        Args:
            name: of the control.
            sender: who made it.
            at: when, in milliseconds since 1970; now where None.
        """
        self.revision += 1
        self._last[name] = self.revision, sender, 1000 * time.time() if at is None else at

    def accept(self, name: str, sender: str, number: int, seen: int, at: float) -> bool:
        """Whether a change in a message of a page is later than all that are known; it is then noted.

        Args:
            name: of the control.
            sender: the page.
            number: of the message. A page sends one again that gets no answer, so it can arrive twice; and messages can
                arrive out of order, where JupyterLab sends them over a subshell of the kernel.
            seen: the revision that the page had seen.
            at: when it was made, in milliseconds since 1970.
        """
        if self._latest.get((sender, name), -1) >= number:
            return False
        self._latest[sender, name] = number
        revision, other, when = self._last.get(name, (0, sender, 0.0))
        if other != sender and revision > seen and when > at:
            return False
        self.note(name, sender, at)
        return True

    def hear(self, sender: str, number: int) -> None:
        """Note that a message was dealt with."""
        self.heard[sender] = max(number, self.heard.get(sender, 0))
