"""Memory that a step frees stays with the process, so that the next step need not ask the system for it again.

A search step on a processor frees hundreds of MiB and allocates as much again. By default the C library of Linux gives
large pieces back at once; the system clears every page anew when it is next touched, which can take longer than the
step's arithmetic (`benchmarks/results/search_step.md`).
"""

import ctypes
import os
import sys

SWITCH = "DARTSLAB_MALLOC"  # "default" leaves the C library as it is
# From glibc's malloc.h, the value that means never, and the largest that it takes.
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
NEVER, LARGEST = -1, 2**25


def keep_freed_memory() -> bool:
    """Ask the C library to keep what is freed, in pieces of up to 32 MiB, for the whole process.

    Returns:
        Whether it does: on Linux with glibc, unless the environment variable DARTSLAB_MALLOC is "default".
    """
    if sys.platform != "linux" or os.environ.get(SWITCH) == "default":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:  # another C library
        return False
    return bool(mallopt(MMAP_THRESHOLD, LARGEST)) and bool(mallopt(TRIM_THRESHOLD, NEVER))
