"""Known wrong answers to `05.step_order`."""

from collections.abc import Callable
from typing import Any

from ....items import Twin
from ..cases import letters_of

LETTERS = "ABCD"


def in_order(is_so: Callable[[str], bool]) -> Callable[[list[tuple[Any, Any]]], bool]:
    """Whether an answer with each of the four letters once has a property."""
    return lambda pairs: (
        isinstance(pairs[0][1], str) and sorted(found := letters_of(pairs[0][1])) == list(LETTERS) and is_so(found)
    )


def of_letters(is_so: Callable[[str], bool]) -> Callable[[list[tuple[Any, Any]]], bool]:
    """Whether a text has a property."""
    return lambda pairs: isinstance(pairs[0][1], str) and is_so(letters_of(pairs[0][1]))


TWINS = (
    Twin(
        "a list",
        ["B", "D", "C", "A"],
        "You wrote several letters, and one text is asked for: how do you write four letters between two quotation "
        "marks?",
        shows=lambda pairs: isinstance(pairs[0][1], (list, tuple)),
    ),
    Twin(
        "a set",
        {"B", "D", "C", "A"},
        "A set has no order: write one text of four letters.",
        shows=lambda pairs: isinstance(pairs[0][1], (set, frozenset)),
    ),
    Twin(
        "numbers",
        "2431",
        "Write the letters themselves, in the order of time, and not the numbers of their places.",
        shows=lambda pairs: letters_of(pairs[0][1]).isdigit(),
    ),
    Twin(
        "a letter missing",
        "BDA",
        "All four happen in a step, and one or more of the letters are missing: which part of a pair do you leave out?",
        shows=of_letters(lambda found: 0 < len(set(found)) < 4 and set(found) < set(LETTERS)),
    ),
    Twin(
        "a letter twice",
        "BDCAB",
        "A letter is there twice: how often does each of the four happen in one step?",
        shows=of_letters(lambda found: set(found) == set(LETTERS) and len(found) > 4),
    ),
    Twin(
        "alphabetical",
        "ABCD",
        "These are the letters as they are listed: in which order do the four happen?",
        shows=of_letters(lambda found: found == "ABCD"),
    ),
    Twin(
        "backwards",
        "ACDB",
        "This is the right order read backwards: what happens first in a step?",
        shows=of_letters(lambda found: found == "ACDB"),
    ),
    Twin(
        "w first",
        "CABD",
        "You move w before alpha: that is a search too, but what did the two library calls above do first?",
    ),
    Twin(
        "both gradients at the old point",
        "BCDA",
        "You take the gradient of w before alpha has moved: which alpha do the mixing weights of the training loss "
        "come from?",
    ),
    Twin(
        "both gradients at the old point, w moved first",
        "BCAD",
        "You take both gradients, then move w before alpha: which alpha does the weight step see, and who moves first?",
    ),
    Twin(
        "both gradients at the old point, w's first",
        "CBDA",
        "Your gradient of w is taken before anything has moved: which alpha does the weight step see?",
    ),
    Twin(
        "both gradients at the old point, w's pair around",
        "CBAD",
        "You take both gradients, w's first, and make both moves after them: which alpha does the weight step see?",
    ),
    Twin(
        "alpha and w moved before their gradients",
        "DBAC",
        "You move before you know where to: what does an optimiser need before its step?",
        shows=in_order(lambda found: found.index("D") < found.index("B") and found.index("A") < found.index("C")),
    ),
    Twin(
        "alpha moved before its gradient",
        "DBCA",
        "Adam moves alpha before its gradient is there: which of the four letters does D need before it?",
        shows=in_order(lambda found: found.index("D") < found.index("B")),
    ),
    Twin(
        "w moved before its gradient",
        "BDAC",
        "SGD moves w before its gradient is there: which of the four letters does A need before it?",
        shows=in_order(lambda found: found.index("A") < found.index("C")),
    ),
)
