"""`dartslab doctor`: what this machine has, and how to get what is missing."""

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import metadata

FASHION_MINI_SHA256 = "424e057fe3e008742443c9e93f6df6fdadbb19891a58eeb46169723764613e7d"
INSTALL = "run `make lab` again, or `pip install -e .` in the project's folder"
WANTED_MEMORY_GIB = 2.0
DOT_LIMIT_S = 10.0  # a sound `dot` draws two nodes in much less than a second


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Args:
        what: the thing looked at.
        found: what is there.
        fix: what to do, empty where all is well.
        essential: nothing works without it.
    """

    what: str
    found: str
    fix: str = ""
    essential: bool = False


def _package(name: str, essential: bool) -> Finding:
    try:
        __import__(name)
        return Finding(name, metadata.version(name))
    except Exception as error:
        return Finding(name, f"cannot be imported ({error})", INSTALL, essential)


def _python() -> Finding:
    good = sys.version_info >= (3, 10)
    fix = "" if good else "install Python 3.10 or newer and run `make lab` again"
    return Finding("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}", fix, not good)


def _pair() -> Finding:
    """torch and torchvision must be of one release; a mismatch shows only when an operation is called."""
    import torch
    import torchvision

    torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
    return Finding("torch and torchvision", f"{torch.__version__} with {torchvision.__version__}, they match")


def _threads() -> Finding:
    import torch

    return Finding("threads", f"torch uses {torch.get_num_threads()} of {os.cpu_count()} processors")


def _accelerator() -> Finding:
    import torch

    from ..run.device import cuda_trouble

    if trouble := cuda_trouble():
        return Finding("accelerator", trouble.found, trouble.fix)
    if torch.cuda.is_available():
        return Finding("accelerator", f"CUDA, {torch.cuda.get_device_name(0)}")
    if torch.backends.mps.is_available():
        return Finding("accelerator", "MPS")
    return Finding("accelerator", "none, lessons run on the processor; a full CIFAR-10 search needs a GPU")


def _dot() -> Finding:
    """Draw a graph of two nodes: a `dot` that is there may still hang, or miss its plug-ins."""
    from ..draw.dot import ProgramFailed, find_dot, run_program

    program = find_dot()
    if program is None:
        return Finding("graphviz", "no `dot` and no `graphviz-pure`", f"install graphviz or {INSTALL}")
    fix = f"reinstall graphviz, or take {program.parent} off the PATH and run `pip install graphviz-pure`"
    try:
        run_program(program, "digraph { a -> b }", "svg", DOT_LIMIT_S)
    except ProgramFailed as error:
        return Finding("graphviz", str(error), fix)
    limits = "" if shutil.which("dot") else ", which makes no PDF"
    return Finding("graphviz", f"cells are drawn by {program.name}{limits}")


def _widgets() -> Finding:
    from jupyter_core.paths import jupyter_path

    for folder in jupyter_path("labextensions"):
        if os.path.isdir(os.path.join(folder, "@jupyter-widgets", "jupyterlab-manager")):
            return Finding("widgets in JupyterLab", "installed")
    fix = "pip install jupyterlab_widgets, then reload the page"
    return Finding("widgets in JupyterLab", "the front end is missing", fix)


def _data() -> Finding:
    from ..data.datasets import load_data

    train = load_data("fashion-mini").train
    pixels, labels = train.images.numpy(), train.labels.numpy().astype("uint8")
    digest = hashlib.sha256(pixels.tobytes() + labels.tobytes())
    if digest.hexdigest() != FASHION_MINI_SHA256:
        return Finding("fashion-mini", "its pictures are not the ones that were shipped", INSTALL, True)
    return Finding("fashion-mini", f"{len(train.labels):,} training pictures, unaltered")


def _memory() -> Finding:
    import psutil

    free = psutil.virtual_memory().available / 2**30
    fix = "" if free >= WANTED_MEMORY_GIB else f"close other programs; a lesson needs {WANTED_MEMORY_GIB:.0f} GiB"
    return Finding("free memory", f"{free:.1f} GiB", fix)


PACKAGES = {"numpy": True, "matplotlib": True, "jupyterlab": True, "ipywidgets": False, "anywidget": False}
CHECKS: tuple[tuple[str, Callable[[], Finding], bool], ...] = (
    ("python", _python, True),
    ("torch and torchvision", _pair, True),
    *((name, partial(_package, name, essential), essential) for name, essential in PACKAGES.items()),
    ("threads", _threads, False),
    ("accelerator", _accelerator, False),
    ("graphviz", _dot, False),
    ("widgets in JupyterLab", _widgets, False),
    ("fashion-mini", _data, True),
    ("free memory", _memory, False),
)


def examine() -> list[Finding]:
    """Look at everything; a check that itself fails becomes a finding."""
    findings = []
    for what, check, essential in CHECKS:
        try:
            findings.append(check())
        except Exception as error:
            findings.append(Finding(what, f"failed ({type(error).__name__}: {error})", INSTALL, essential))
    return findings
