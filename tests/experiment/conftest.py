"""What tests of experiments share: a small experiment on pictures of its own, and its finished folder."""

from pathlib import Path

import pytest

import tiny
from dartslab.experiment.config import Experiment
from dartslab.experiment.reproduce import reproduce


@pytest.fixture(scope="session")
def own_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.picture_folder(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="session")
def small(own_pictures: Path) -> Experiment:
    return tiny.experiment(own_pictures)


@pytest.fixture(scope="session")
def finished(small: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an experiment that was never interrupted; tests only read it, or add to a copy."""
    out = tmp_path_factory.mktemp("whole") / "runs"
    assert reproduce(small, out) == ""
    return out
