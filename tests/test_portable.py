"""dartslab where only what every system has is there: POSIX names are taken away before anything is imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dartslab

PACKAGES = "anywidget filelock graphviz ipywidgets joblib jupyter_core matplotlib.pyplot numpy PIL platformdirs psutil \
safetensors.torch torch torch.testing torchvision tqdm.auto tyro jupytext nbclient nbformat"
MODULES = "fcntl resource pwd grp termios tty pty syslog"
OF_SIGNAL = "SIGALRM SIGKILL SIGHUP SIGQUIT SIGUSR1 SIGUSR2 SIGPIPE SIGCHLD SIGSTOP SIGCONT ITIMER_REAL setitimer \
getitimer alarm pause pthread_kill pthread_sigmask sigwait siginterrupt"
OF_OS = (
    "fork forkpty setsid setpgid setpgrp getpgid getpgrp getsid killpg wait wait3 wait4 getuid geteuid getgid getegid \
getgroups setuid setgid chown fchown lchown chroot mkfifo mknod nice getpriority setpriority getloadavg uname sysconf \
statvfs fstatvfs sched_getaffinity sched_setaffinity sched_yield posix_spawn pread pwrite sendfile ttyname openpty"
)

# The packages below dartslab come first: on this system they took their own way to it, on another they take another.
PROGRAM = f"""
import importlib, os, pkgutil, signal, subprocess, sys
subprocess._USE_POSIX_SPAWN = False  # Python 3.13 begins programs by it where the system has it
for name in {PACKAGES!r}.split():
    importlib.import_module(name)
for name in {MODULES!r}.split():
    sys.modules[name] = None
for module, names in ((signal, {OF_SIGNAL!r}), (os, {OF_OS!r})):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)

import dartslab
for found in pkgutil.walk_packages(dartslab.__path__, "dartslab."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)

from dartslab.cli.main import main
main(["search", "--data", "fashion-mini", "--out", "run", "--image-size", "8", "--nodes", "1", "--channels", "2",
      "--layers", "3", "--operations", "none", "skip_connect", "--epochs", "1", "--steps", "2"])
main(["draw", "run"])
main(["lab", "lessons", "--no-start"])

from dartslab.teach import check
from right_answers import RIGHT
print(check("02.mixed_op", RIGHT["02.mixed_op"][0]))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is nothing to take away")
def test_everything_loads_and_a_search_and_a_check_run_without_what_only_posix_has(tmp_path: Path) -> None:
    paths = os.pathsep.join(str(path) for path in (Path(dartslab.__file__).parents[1], Path(__file__).parent))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "genotype.png").is_file() and (tmp_path / "lessons" / "00_first_search.ipynb").is_file()
    assert "02.mixed_op" in done.stdout
