"""Freed memory stays with the process, seen in how many pages the system had to hand out."""

import subprocess
import sys

import pytest

from dartslab import allocator

# Allocates and frees 8 MiB twenty times, and prints how many pages were touched for the first time after the first.
COUNT = """
import resource, sys, torch
from dartslab.run import choose_device
choose_device("cpu", 1)
def work():
    for _ in range(20):
        parts = [torch.ones(2**19) for _ in range(4)]
        del parts
work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages(setting: str) -> int:
    ran = subprocess.run(
        [sys.executable, "-c", COUNT],
        capture_output=True,
        text=True,
        check=True,
        env={
            "DARTSLAB_MALLOC": setting,
            "PATH": "",
            "MALLOC_TRIM_THRESHOLD_": "131072",
            "MALLOC_MMAP_THRESHOLD_": "131072",
        },
    )
    return int(ran.stdout)


@pytest.mark.skipif(not allocator.keep_freed_memory(), reason="a C library that has no mallopt")
def test_memory_that_was_freed_is_used_again_without_the_system() -> None:
    default, kept = pages("default"), pages("")
    assert default > 10_000  # 20 times 8 MiB in pages of 4 KiB are 40,960
    assert kept < 1_000


def test_the_environment_can_leave_the_library_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARTSLAB_MALLOC", "default")
    assert not allocator.keep_freed_memory()


def test_other_systems_and_other_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocator.sys, "platform", "darwin")
    assert not allocator.keep_freed_memory()
    monkeypatch.setattr(allocator.sys, "platform", "linux")
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda name: object())
    assert not allocator.keep_freed_memory()
