"""A GPU that torch cannot use: one sentence says why, from the doctor and from `--device cuda` alike.

No GPU is needed: what torch reports is replaced, in the words that torch itself uses.
"""

import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from dartslab.cli import doctor
from dartslab.run import device as cuda
from dartslab.run.device import Trouble, choose_device, cuda_trouble, runs_on
from sentences import refusal

TOO_OLD = (
    "CUDA initialization: The NVIDIA driver on your system is too old (found version 11040). Please update your GPU "
    "driver by downloading and installing a new version from the URL: http://www.nvidia.com/Download/index.aspx "
    "(Triggered internally at CUDAFunctions.cpp:119.)"
)
UNKNOWN = "CUDA initialization: CUDA unknown error - this may be due to an incorrectly set up environment"
BUILT_FOR = ["sm_75", "sm_80", "sm_90a"]


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Makes this machine another one; without a call, one with torch for CUDA 12.6 and nothing of NVIDIA."""

    def become(
        built: str | None = "12.6",
        driver: bool = False,
        smi: bool = False,
        says: str = "",
        gpus: tuple[tuple[int, int], ...] = (),
        visible: str | None = None,
    ) -> None:
        def available() -> bool:
            if says:
                warnings.warn(says, stacklevel=1)
            return bool(gpus)

        monkeypatch.setattr(torch, "__version__", "2.9.0")
        monkeypatch.setattr(torch.version, "cuda", built)
        monkeypatch.setattr(torch.cuda, "is_available", available)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: len(gpus))
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda number: gpus[number])
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda number: f"GPU {number}")
        monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: BUILT_FOR)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
        monkeypatch.setattr(cuda, "DRIVER", tmp_path if driver else tmp_path / "nothing")
        which = shutil.which
        monkeypatch.setattr(shutil, "which", lambda name, *rest: name if name == "nvidia-smi" and smi else which(name))
        if visible is None:
            monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        else:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    become()
    return become


# (machine, what is found, what to do)
TROUBLES = [
    (
        {"built": None, "smi": True},
        "torch 2.9.0 was built without CUDA, and this machine seems to have an NVIDIA GPU (nvidia-smi is installed)",
        "install a torch that was built with CUDA; pytorch.org names the command for each version",
    ),
    (
        {"says": TOO_OLD, "driver": True},
        "the NVIDIA driver is too old for torch 2.9.0, which was built for CUDA 12.6 (the driver knows CUDA 11.4)",
        "install a newer driver, or a torch that was built for a CUDA that the driver knows: 11.4",
    ),
    (
        {"says": "The NVIDIA driver is too old."},
        "the NVIDIA driver is too old for torch 2.9.0, which was built for CUDA 12.6",
        "install a newer driver, or a torch that was built for a CUDA that the driver knows",
    ),
    ({"says": UNKNOWN, "smi": True}, f"torch 2.9.0 cannot start CUDA 12.6 ({UNKNOWN})", cuda.LOOK),
    (
        {"smi": True},
        "torch 2.9.0, built for CUDA 12.6, finds no GPU, and this machine seems to have one (nvidia-smi is installed)",
        cuda.LOOK,
    ),
    ({"smi": True, "visible": ""}, "the variable CUDA_VISIBLE_DEVICES hides every GPU from torch", "unset it"),
    ({"smi": True, "visible": "-1"}, "the variable CUDA_VISIBLE_DEVICES hides every GPU from torch", "unset it"),
    (
        {"driver": True, "gpus": ((5, 2),)},
        "torch 2.9.0 has no code for GPU 0 (sm_52); it was built for sm_75, sm_80, sm_90a",
        "install a torch that was built for sm_52: an older one for an old GPU, a newer one for a new GPU",
    ),
]
IDS = ["no CUDA", "driver", "driver, no version", "unknown error", "no GPU found", "hidden", "hidden, -1", "old GPU"]


@pytest.mark.parametrize(("how", "found", "fix"), TROUBLES, ids=IDS)
def test_the_doctor_says_what_is_wrong_and_what_to_install(machine, how: dict, found: str, fix: str) -> None:
    machine(**how)
    assert doctor._accelerator() == doctor.Finding("accelerator", found, fix)


@pytest.mark.parametrize("name", ["cuda", "cuda:0"])
@pytest.mark.parametrize(("how", "found", "fix"), TROUBLES, ids=IDS)
def test_asking_for_cuda_gives_the_same_sentence(machine, how: dict, found: str, fix: str, name: str) -> None:
    machine(**how)
    assert refusal(choose_device, name) == f"device '{name}' was asked for, but {found}; {fix}, or use device 'cpu'."


SOUND = {
    "no GPU": {},
    "no GPU, no CUDA": {"built": None},
    "good GPU": {"driver": True, "gpus": ((8, 6),)},
    "AMD": {"built": None, "gpus": ((9, 0),)},  # torch for ROCm calls its GPUs cuda, and its build has no CUDA
    "hidden, and no GPU": {"visible": ""},
}


@pytest.mark.parametrize("how", SOUND.values(), ids=SOUND)
def test_where_nothing_is_wrong_nothing_is_said(machine, how: dict) -> None:
    machine(**how)
    assert cuda_trouble() is None and not doctor._accelerator().fix
    assert choose_device("auto").type == ("cuda" if how.get("gpus") else "cpu")


def test_each_gpu_is_looked_at_by_its_number(machine) -> None:
    machine(driver=True, gpus=((8, 0), (5, 2)))
    assert choose_device("cuda:0") == torch.device("cuda:0")
    assert "torch 2.9.0 has no code for GPU 1 (sm_52)" in refusal(choose_device, "cuda:1")
    assert "this machine has 2 of kind 'cuda'" in refusal(choose_device, "cuda:2")


def test_auto_goes_on_without_a_gpu_that_torch_has_no_code_for(machine) -> None:
    machine(driver=True, gpus=((5, 2),))
    with pytest.warns(UserWarning, match=r"the GPU is not used: torch 2\.9\.0 has no code for GPU 0 \(sm_52\)"):
        assert choose_device("auto") == torch.device("cpu")


@pytest.mark.parametrize("error", [RuntimeError("CUDA error: out of memory\nmore lines"), AssertionError()])
def test_a_gpu_that_cannot_be_started_is_said_in_one_line(machine, monkeypatch, error: Exception) -> None:
    def fail(number: int) -> None:
        raise error

    machine(driver=True, gpus=((8, 0),))
    monkeypatch.setattr(torch.cuda, "get_device_capability", fail)
    reason = "CUDA error: out of memory" if str(error) else "AssertionError"
    assert cuda_trouble() == Trouble(f"torch 2.9.0 sees a GPU and cannot start it ({reason})", cuda.LOOK)


@pytest.mark.parametrize(
    ("code", "capability", "runs"),
    [
        ("sm_80", (8, 0), True),
        ("sm_80", (8, 6), True),
        ("sm_86", (8, 0), False),
        ("sm_80", (9, 0), False),
        ("sm_90a", (9, 0), True),
        ("sm_90a", (9, 1), False),
        ("sm_120", (12, 0), True),
        ("sm_120", (12, 1), True),
        ("compute_80", (12, 0), True),
        ("compute_80", (7, 5), False),
        ("gfx90a", (9, 0), False),
    ],
)
def test_which_code_runs_on_which_gpu(code: str, capability: tuple[int, int], runs: bool) -> None:
    assert runs_on(code, capability) == runs
