"""Instruments: numbers that say how a search is doing, measured between two steps, which they leave as they are.

    SearchConfig.lesson(instruments=("lambda_max", "skips"), measure_every=20)     a run that measures
    INSTRUMENTS["lambda_max"].cost                                                 what that costs, in passes
    instruments_of(record)                                                         what a record still tells

Every instrument is a small pure function; `measure` of its row in INSTRUMENTS calls it for a search. Asking for names,
units and costs loads no torch.
"""

from .instrument import Instrument, Snapshot, Subject
from .recorded import Recorded, instruments_of
from .table import INSTRUMENTS

__all__ = ["INSTRUMENTS", "Instrument", "Recorded", "Snapshot", "Subject", "instruments_of"]
