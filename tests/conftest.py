"""One thread for every process of the tests: their networks are tiny, and threads that wait for each other on a busy
machine make them tens of times slower. Set before torch is imported; kernels and subprocesses inherit it.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
