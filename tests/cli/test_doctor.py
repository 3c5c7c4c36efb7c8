"""The doctor: what is there, what is not, and how to repair it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torchvision

import dartslab
import dartslab.cli.main as command_line
from dartslab.cli import doctor
from dartslab.run import device


def finding(what: str) -> doctor.Finding:
    return next(f for f in doctor.examine() if f.what == what)


def test_a_sound_machine_needs_no_fix_that_is_essential(capsys) -> None:
    command_line.main(["doctor"])
    text = capsys.readouterr().out
    for what in ("python", "torch and torchvision", "threads", "accelerator", "graphviz", "widgets", "fashion-mini"):
        assert what in text


def test_a_missing_essential_package_gives_its_fix_and_status_1(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SystemExit) as left:
        command_line.main(["doctor"])
    assert left.value.code == 1
    assert "fix  matplotlib: cannot be imported" in capsys.readouterr().out


def test_a_missing_widget_package_is_reported_and_not_essential(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    command_line.main(["doctor"])
    assert "fix  anywidget: cannot be imported" in capsys.readouterr().out


def test_without_dot_the_fallback_draws_and_the_doctor_says_so(monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, *rest, **more: None)
    found = finding("graphviz")
    assert not found.fix and "graphviz-pure" in found.found and "no PDF" in found.found


@pytest.mark.skipif(os.name == "nt", reason="the fake programs are shell scripts")
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exec sleep 600", "drew nothing in 0.5 seconds"),
        ("echo no plug-ins >&2; exit 1", "failed with status 1: no plug-ins"),
        ("exit 0", "ended without an error and wrote no whole SVG: without a message"),
    ],
)
def test_a_dot_that_hangs_or_fails_is_reported_with_what_to_do(tmp_path, monkeypatch, script: str, said: str) -> None:
    program = tmp_path / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(doctor, "DOT_LIMIT_S", 0.5)
    found = finding("graphviz")
    assert f"{program} {said}" in found.found and not found.essential
    assert "graphviz-pure" in found.fix and str(tmp_path) in found.fix


def test_a_torchvision_of_another_release_is_noticed_by_an_operation(monkeypatch) -> None:
    def nms(*arguments: object) -> None:
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(torchvision.ops, "nms", nms)
    found = finding("torch and torchvision")
    assert "torchvision::nms does not exist" in found.found and found.fix and found.essential


def test_a_gpu_that_torch_cannot_use_is_reported_with_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr(device, "cuda_trouble", lambda: device.Trouble("no code for it", "install another torch"))
    found = finding("accelerator")
    assert (found.found, found.fix, found.essential) == ("no code for it", "install another torch", False)


def test_an_old_python_is_essential(monkeypatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    found = doctor._python()
    assert found.essential and "install Python 3.10 or newer" in found.fix


def test_widgets_need_their_extension_of_jupyterlab(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *names: [str(tmp_path)])
    (tmp_path / "@jupyter-widgets").mkdir()
    assert "jupyterlab_widgets" in finding("widgets in JupyterLab").fix
    (tmp_path / "@jupyter-widgets" / "jupyterlab-manager").mkdir()
    assert finding("widgets in JupyterLab").found == "installed"


def test_altered_pictures_are_noticed(monkeypatch) -> None:
    monkeypatch.setattr(doctor, "FASHION_MINI_SHA256", "0" * 64)
    found = finding("fashion-mini")
    assert found.essential and "not the ones that were shipped" in found.found


def test_little_memory_is_reported(monkeypatch) -> None:
    monkeypatch.setattr(doctor, "WANTED_MEMORY_GIB", 1e9)
    assert "close other programs" in finding("free memory").fix


def test_a_check_that_fails_itself_becomes_a_finding(monkeypatch) -> None:
    def broken() -> doctor.Finding:
        raise OSError("no such thing")

    monkeypatch.setattr(doctor, "CHECKS", (("threads", broken, True),))
    (found,) = doctor.examine()
    assert "OSError: no such thing" in found.found and found.fix and found.essential


@pytest.mark.parametrize("trouble", [("ImportError", "libtorch.so: no such file"), ("OSError", "a DLL is broken")])
def test_the_doctor_explains_a_torch_that_cannot_be_loaded(tmp_path: Path, trouble: tuple[str, str]) -> None:
    (tmp_path / "torch.py").write_text(f"raise {trouble[0]}({trouble[1]!r})\n", encoding="utf-8")
    paths = os.pathsep.join([str(tmp_path), str(Path(dartslab.__file__).parents[1])])
    command = [sys.executable, "-m", "dartslab", "doctor"]
    said = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": paths}, check=False)
    assert said.returncode == 1 and not said.stderr
    assert f"fix  torch and torchvision: failed ({trouble[0]}: {trouble[1]})" in said.stdout
    assert "ok   matplotlib" in said.stdout
