"""Where a run computes: the device, its name, its free memory, and why a GPU cannot be used."""

import gc
import os
import platform
import re
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path

import torch

from ..base.messages import UserError, counted, require, unknown
from .distributed import local_device

DRIVER = Path("/proc/driver/nvidia")  # exists where Linux has loaded the NVIDIA driver
LOOK = "run `nvidia-smi`; where it fails too, install the NVIDIA driver again and restart the machine"


@dataclass(frozen=True)
class Trouble:
    """What is wrong with CUDA here, and what to do; parts of a sentence."""

    found: str
    fix: str


def cuda_trouble(number: int = 0) -> Trouble | None:
    """What keeps torch from computing on a GPU.

    Args:
        number: of the GPU, where torch finds some.
    Returns:
        None if the GPU can be used, if no GPU has that number, or if there is no sign of a GPU.
    """
    here, version, cuda = _signs(), torch.__version__, torch.version.cuda
    if cuda is None:
        if here and not torch.cuda.is_available():  # a torch for AMD has no CUDA either, and is available
            return Trouble(
                f"torch {version} was built without CUDA, and this machine seems to have an NVIDIA GPU ({here})",
                "install a torch that was built with CUDA; pytorch.org names the command for each version",
            )
        return None
    with warnings.catch_warnings(record=True) as caught:  # torch gives the reason only in this warning
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    if available:
        return _unknown_architecture(number) if number < torch.cuda.device_count() else None
    said = " ".join(str(warning.message) for warning in caught)
    if "too old" in said:
        offered = re.search(r"found version (\d+)", said)  # 11040 is 11.4
        most = f" {int(offered[1]) // 1000}.{int(offered[1]) % 1000 // 10}" if offered else ""
        return Trouble(
            f"the NVIDIA driver is too old for torch {version}, which was built for CUDA {cuda}"
            + (f" (the driver knows CUDA{most})" if most else ""),
            f"install a newer driver, or a torch that was built for a CUDA that the driver knows{most and ':' + most}",
        )
    if said:
        return Trouble(f"torch {version} cannot start CUDA {cuda} ({said.split(' (Triggered')[0]})", LOOK)
    if here and os.environ.get("CUDA_VISIBLE_DEVICES", "0").strip() in ("", "-1"):
        return Trouble("the variable CUDA_VISIBLE_DEVICES hides every GPU from torch", "unset it")
    if here:
        return Trouble(
            f"torch {version}, built for CUDA {cuda}, finds no GPU, and this machine seems to have one ({here})", LOOK
        )
    return None


def _signs() -> str:
    """Evidence of an NVIDIA GPU; empty if there is none."""
    if DRIVER.exists():
        return str(DRIVER)
    return "nvidia-smi is installed" if shutil.which("nvidia-smi") else ""


def _unknown_architecture(number: int) -> Trouble | None:
    """Whether torch was built without code for this GPU, or cannot even ask it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch says the same in a paragraph
            capability, name = torch.cuda.get_device_capability(number), torch.cuda.get_device_name(number)
    except (RuntimeError, AssertionError, torch.cuda.DeferredCudaCallError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return Trouble(f"torch {torch.__version__} sees a GPU and cannot start it ({reason})", LOOK)
    known = torch.cuda.get_arch_list()
    if not known or any(runs_on(code, capability) for code in known):
        return None
    wanted = f"sm_{capability[0]}{capability[1]}"
    return Trouble(
        f"torch {torch.__version__} has no code for {name} ({wanted}); it was built for {', '.join(known)}",
        f"install a torch that was built for {wanted}: an older one for an old GPU, a newer one for a new GPU",
    )


def runs_on(code: str, capability: tuple[int, int]) -> bool:
    """Whether code for an architecture runs on a GPU of a compute capability.

    Machine code (sm_86) runs on the same major number with the same or a higher minor one, "a" code (sm_90a) on exactly
    its own; compute_70 is compiled anew for every GPU from 7.0 on.
    """
    parts = re.fullmatch(r"(sm|compute)_(\d+)(\d)([a-z]?)", code)
    if parts is None:
        return False
    kind, built, only = parts[1], (int(parts[2]), int(parts[3])), parts[4] == "a"
    if only:
        return built == capability
    return built <= capability and (kind == "compute" or built[0] == capability[0])


def choose_device(name: str, threads: int = 0) -> torch.device:
    """The device to compute on: "auto" prefers CUDA, then MPS, then the CPU; any other name is used as it is.

    A GPU that torch has no code for is left out by "auto", with a warning that says why.

    Args:
        name: of the device.
        threads: of torch on the CPU, for the whole process; 0 leaves the number unchanged.

    Raises:
        UserError: an unknown name, a device that this machine does not have, or a GPU that torch cannot use, with why.
    """
    if threads:
        torch.set_num_threads(threads)
    mps = torch.backends.mps.is_available()
    if name == "auto":
        cuda = torch.cuda.is_available()
        if cuda and (trouble := cuda_trouble()):
            warnings.warn(f"the GPU is not used: {trouble.found}; {trouble.fix}.", stacklevel=2)
            cuda = False
        return local_device(torch.device("cuda" if cuda else "mps" if mps else "cpu"))
    kind, _, number = name.partition(":")
    if kind not in ("cpu", "cuda", "mps") or not (number.isdigit() or (number == "" and ":" not in name)):
        raise unknown("device", name, ("auto", "cpu", "cuda", "cuda:0", "mps"))
    if kind == "cuda" and (trouble := cuda_trouble(int(number or 0))):
        raise UserError(f"device {name!r} was asked for, but {trouble.found}; {trouble.fix}, or use device 'cpu'.")
    count = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(mps)}[kind]
    require(
        int(number or 0) < count,
        f"device {name!r} was asked for, and this machine has {count} of kind {kind!r}; use device 'auto' or 'cpu', "
        "or run `dartslab doctor` to see what torch finds.",
    )
    return local_device(torch.device(name))


def device_name(device: torch.device) -> str:
    """A readable name of the device, for a CPU with its number of threads."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU (MPS)"
    return f"{name_processor()}, {counted(torch.get_num_threads(), 'thread')}"


def name_processor() -> str:
    """The model of the processor."""
    name = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        lines = information.read_text(encoding="utf-8", errors="replace").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
    return name


def free_memory(device: torch.device) -> int:
    """Free memory of a device in bytes; for the CPU and MPS, that of the machine.

    On CUDA, torch keeps freed memory in its cache. The driver counts it as used, but this process can use it again.
    """
    if device.type == "cuda":
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + kept
    import psutil

    return psutil.virtual_memory().available


def release() -> None:
    """Free the memory of finished runs, also for other processes that share the GPU.

    A run holds reference cycles, which Python frees only at a garbage collection, and torch caches what it frees on a
    GPU.
    """
    gc.collect()
    torch.cuda.empty_cache()
