"""Known wrong answers to `10.forecast`."""

import math

from ....items import Twin


def _hours(seconds: float) -> float:
    return seconds / 3600


def _batches(pictures: int, batch_size: int) -> int:
    return math.ceil(pictures // 2 / batch_size)


FORECAST = (
    Twin(
        "all pictures",
        lambda n, b, e, s, k: _hours(e * math.ceil(n / b) * (s + k)),
        "Weights and alpha share the training pictures: from how many of them do the weights learn?",
    ),
    Twin(
        "steps over all pictures, looks over half",
        lambda n, b, e, s, k: _hours(e * (math.ceil(n / b) * s + _batches(n, b) * k)),
        "You count steps over all training pictures, and looks over half of them: what is the other half for?",
    ),
    Twin(
        "steps over half, looks over all pictures",
        lambda n, b, e, s, k: _hours(e * (_batches(n, b) * s + math.ceil(n / b) * k)),
        "You look at all training pictures after an epoch: which half did the weights not learn from?",
    ),
    Twin(
        "last batch left out",
        lambda n, b, e, s, k: _hours(e * (n // 2 // b) * (s + k)),
        "You count whole batches only: what happens to the pictures that are left at the end of an epoch?",
    ),
    Twin(
        "a part of a batch",
        lambda n, b, e, s, k: _hours(e * (n / 2 / b) * (s + k)),
        "Your number of steps is not whole: can a search make a part of a step?",
    ),
    Twin(
        "rounded up once, at the end",
        lambda n, b, e, s, k: _hours(math.ceil(e * n / 2 / b) * (s + k)),
        "You round up once for all epochs: when is the smaller batch made, once or in every epoch?",
    ),
    Twin(
        "one batch too many",
        lambda n, b, e, s, k: _hours(e * (n // 2 // b + 1) * (s + k)),
        "You add a batch also where none is left over: 500 pictures in batches of 50 are how many?",
    ),
    Twin(
        "looks left out",
        lambda n, b, e, s, k: _hours(e * _batches(n, b) * s),
        "Equation 10.1 has two terms: what does a search do after every epoch?",
    ),
    Twin(
        "steps left out",
        lambda n, b, e, s, k: _hours(e * _batches(n, b) * k),
        "Only the looks are there: which term of equation 10.1 is missing?",
    ),
    Twin(
        "one look for each epoch",
        lambda n, b, e, s, k: _hours(e * (_batches(n, b) * s + k)),
        "A look is one batch: how many batches has the half that is looked at?",
    ),
    Twin(
        "looks of one epoch",
        lambda n, b, e, s, k: _hours(_batches(n, b) * (e * s + k)),
        "You look at the other half once: is it once, or once after every epoch?",
    ),
    Twin(
        "one epoch",
        lambda n, b, e, s, k: _hours(_batches(n, b) * (s + k)),
        "That is the time of one epoch: how many does the search make?",
    ),
    Twin(
        "seconds",
        lambda n, b, e, s, k: e * _batches(n, b) * (s + k),
        "Your number is 3,600 times too large: in which unit is the time asked for?",
    ),
    Twin(
        "minutes",
        lambda n, b, e, s, k: e * _batches(n, b) * (s + k) / 60,
        "Your number is 60 times too large: in which unit is the time asked for?",
    ),
    Twin(
        "days",
        lambda n, b, e, s, k: e * _batches(n, b) * (s + k) / 86400,
        "Your number is 24 times too small: in which unit is the time asked for?",
    ),
    Twin(
        "divided by the batch size only",
        lambda n, b, e, s, k: _hours(e * n // 2 * (s + k)),
        "You count pictures, not batches: how many pictures does one step take?",
    ),
    Twin(
        "a look at each picture",
        lambda n, b, e, s, k: _hours(e * (_batches(n, b) * s + n // 2 * k)),
        "You count a look for each picture: how many pictures does one look take?",
    ),
    Twin(
        "a step for each picture",
        lambda n, b, e, s, k: _hours(e * (n // 2 * s + _batches(n, b) * k)),
        "You count a step for each picture: how many pictures does one step take?",
    ),
    Twin(
        "two steps in one",
        lambda n, b, e, s, k: _hours(e * _batches(n, b) * (2 * s + k)),
        "You count a step twice: `t_step` is the time of a whole step, of alpha and of the weights.",
    ),
    Twin(
        "the other term subtracted",
        lambda n, b, e, s, k: _hours(e * _batches(n, b) * (s - k)),
        "You subtract the looks: do they take time or give it back?",
    ),
)
