"""Errors that end a run although all values given were valid. Nothing from torch."""


class NonFiniteLoss(RuntimeError):
    """The loss or a gradient is no longer a finite number; the step that met it was not applied."""


class RankError(RuntimeError):
    """The processes of a data parallel search no longer work together: one ended, one hangs, or they differ."""
