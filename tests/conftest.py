"""What holds for all tests.

One thread for every process: their networks are tiny, and threads that wait for each other on a busy machine make them
tens of times slower. Set before torch is imported; kernels and subprocesses inherit it. And no test depends on a time.
"""

import gc
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def logbook(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a logbook of its own, and a kernel in which nothing has passed; nobody's real one is touched."""
    monkeypatch.setattr("dartslab.teach.checks._passed", {})
    monkeypatch.setattr("dartslab.teach.checks._borrowed", set())
    path = tmp_path_factory.mktemp("logbook") / "logbook.json"
    monkeypatch.setenv("DARTSLAB_LOGBOOK", str(path))
    return path


def pytest_collection_finish(session: pytest.Session) -> None:
    """The garbage collector need not look again at what was loaded and collected; it stays to the end anyway."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist loadfile`, but all tests in a browser run in one process: one JupyterLab, one browser."""
    from xdist.scheduler import LoadFileScheduling

    class OneBrowser(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if "tests/browser/" in nodeid else super()._split_scope(nodeid)

    return OneBrowser(config, log) if config.getvalue("dist") == "loadfile" else None
