"""Known wrong answers to `00.share`."""

import math

import numpy as np

from ....items import Twin

SHARE = (
    Twin(
        "a text",
        "1/8",
        "You give a text, and a number is asked for: what happens without the quotation marks?",
        shows=lambda pairs: isinstance(pairs[0][1], str),
    ),
    Twin(
        "all weights",
        [1 / 8] * 8,
        "You give a list: a mixing weight is one number, and which number stands in all its places?",
        shows=lambda pairs: np.ndim(pairs[0][1]) > 0,
    ),
    Twin(
        "alpha itself",
        0.0,
        "Your weight is 0: is that alpha itself, or a division that drops the fraction? What does the softmax make of "
        "equal numbers?",
    ),
    Twin(
        "every operation in full",
        1.0,
        "With this weight every operation counts in full: what must the mixing weights of one edge add up to?",
    ),
    Twin(
        "over edges instead of operations",
        0.2,
        "You divide among the edges: do the edges of a cell compete, or the operations on one edge?",
    ),
    Twin(
        "over the whole table",
        0.025,
        "You divide among all entries of the table: how many operations compete on one edge?",
    ),
    Twin(
        "over the edges of the published cell",
        1 / 14,
        "You divide among the edges of the published cell: do edges compete, or the operations on one edge?",
    ),
    Twin(
        "over the table of the published cell",
        1 / 112,
        "You divide among all entries of the published table: how many operations compete on one edge?",
    ),
    Twin(
        "none left out",
        1 / 7,
        "You divide among seven operations: `none` is never kept in the end, but does it have a mixing weight in the "
        "search?",
    ),
    Twin(
        "one operation too many",
        1 / 9,
        "You divide among nine operations: how many does the question name?",
    ),
    Twin(
        "the operations of the space above",
        1 / 6,
        "You divide among six operations, as many as the small space above has: how many does the question name?",
    ),
    Twin(
        "over nodes",
        0.5,
        "You give one half: that is a sigmoid of 0, or the weight of one among two. How many operations compete on one "
        "edge?",
    ),
    Twin(
        "two operations kept",
        1 / 4,
        "You give one quarter: two edges per node are kept only in the end; how many operations does one edge mix now?",
    ),
    Twin(
        "per cent",
        12.5,
        "You give per cent: what do the mixing weights of one edge add up to in equation 00.1?",
    ),
    Twin(
        "the number of operations",
        8,
        "You give the number of operations on an edge: what part of the whole does one of them get?",
    ),
    Twin(
        "the others together",
        7 / 8,
        "That is what all the other operations have together: how much is left for one?",
    ),
    Twin(
        "the entropy",
        math.log(8),
        "That is the entropy of eight equal weights, the logarithm of their number: what is one of the weights?",
    ),
    Twin(
        "the logarithm",
        -math.log(8),
        "That is the logarithm of the weight: a weight lies between 0 and 1, so what undoes the logarithm?",
    ),
)
