"""What stands around the NVIDIA driver, read without calling it: kernel module, PCI bus, WSL, VirtualGL, MPS."""

from __future__ import annotations

import ctypes
import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from gpu_core.errors import MpsError
from gpu_core.mps import looking
from gpu_core.mps.places import Mps, inherited_place

NVIDIA_VENDOR = "0x10de"
DISPLAY_CLASS = "0x03"  # of PCI: VGA and 3D controllers; sound over HDMI is another
MPS_ANSWER_S = 2.0  # a daemon answers in milliseconds


@dataclass(frozen=True)
class Surroundings:
    """What can be seen without asking the driver."""

    library: str = ""  # why the driver's library cannot be loaded; "" if it can
    module: str = ""  # version of the kernel module; "" if there is none
    has_gpu: bool = False  # on the bus
    is_wsl: bool = False
    virtual_gl: str = ""  # what shows that VirtualGL stands between
    mps: str = ""  # what shows that MPS is meant to be used
    mps_problem: str = ""  # why its daemon is of no use
    visible: str | None = None  # CUDA_VISIBLE_DEVICES


def look_around(root: Path = Path("/")) -> Surroundings:
    """Read it all; `root` is where /proc and /sys are."""
    mps, mps_problem = _mps()
    return Surroundings(
        library=_why_no_library(),
        module=_module(root / "proc/driver/nvidia/version"),
        has_gpu=_has_gpu(root / "sys/bus/pci/devices"),
        is_wsl="microsoft" in _text(root / "proc/version").lower(),
        virtual_gl=_virtual_gl(),
        mps=mps,
        mps_problem=mps_problem,
        visible=os.environ.get("CUDA_VISIBLE_DEVICES"),
    )


def _why_no_library() -> str:
    name = "nvcuda.dll" if platform.system() == "Windows" else "libcuda.so.1"
    try:
        ctypes.CDLL(name)
    except OSError as error:
        return f"{name} is not there" if "No such file" in str(error) else str(error)
    return ""


def _module(path: Path) -> str:
    """`580.65.06` of "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun ..."."""
    found = re.search(r"\s(\d{3,}\.\d+(\.\d+)?)\s", _text(path))
    return found[1] if found else ""


def _has_gpu(devices: Path) -> bool:
    try:
        places = list(devices.iterdir())
    except OSError:
        return False
    return any(
        _text(place / "vendor").strip() == NVIDIA_VENDOR and _text(place / "class").startswith(DISPLAY_CLASS)
        for place in places
    )


def _virtual_gl() -> str:
    if "vglfaker" in os.environ.get("LD_PRELOAD", ""):
        return "LD_PRELOAD names libvglfaker"
    return next((f"{name} is set" for name in ("VGL_ISACTIVE", "VGL_DISPLAY") if os.environ.get(name)), "")


def _mps() -> tuple[str, str]:
    """Either a daemon listens, ours or another's, or a client's settings are there; and what is wrong with it."""
    for mps in looking.places():
        if looking.is_there(mps):
            whose = "Mien's own daemon" if mps.is_own else "its daemon"
            return f"{whose} listens in {mps.pipes}", _mps_problem(mps)
    settings = sorted(name for name in os.environ if name.startswith("CUDA_MPS_"))
    if not settings:
        return "", ""
    return f"{', '.join(settings)} set", f"no daemon listens in {inherited_place().pipes}"


def _mps_problem(mps: Mps) -> str:
    try:
        return looking.look(mps, MPS_ANSWER_S, deeply=False).problem
    except MpsError:
        return ""  # in a container the daemon may be outside, and nobody here to ask it


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
