"""What stands around the NVIDIA driver, read without calling it: kernel module, PCI bus, WSL, VirtualGL, MPS."""

from __future__ import annotations

import ctypes
import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

NVIDIA_VENDOR = "0x10de"
DISPLAY_CLASS = "0x03"  # of PCI: VGA and 3D controllers; sound over HDMI is another
MPS_PIPES = "/tmp/nvidia-mps"  # where the daemon listens unless it is told otherwise


@dataclass(frozen=True)
class Surroundings:
    """What can be seen without asking the driver."""

    library: str = ""  # why the driver's library cannot be loaded; "" if it can
    module: str = ""  # version of the kernel module; "" if there is none
    has_gpu: bool = False  # on the bus
    is_wsl: bool = False
    virtual_gl: str = ""  # what shows that VirtualGL stands between
    mps: str = ""  # what shows that MPS is meant to be used
    visible: str | None = None  # CUDA_VISIBLE_DEVICES


def look_around(root: Path = Path("/")) -> Surroundings:
    """Read it all; `root` is where /proc and /sys are."""
    return Surroundings(
        library=_why_no_library(),
        module=_module(root / "proc/driver/nvidia/version"),
        has_gpu=_has_gpu(root / "sys/bus/pci/devices"),
        is_wsl="microsoft" in _text(root / "proc/version").lower(),
        virtual_gl=_virtual_gl(),
        mps=_mps(),
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


def _mps() -> str:
    """Either a daemon listens, or a client's settings are there."""
    folder = os.environ.get("CUDA_MPS_PIPE_DIRECTORY", MPS_PIPES)
    if (Path(folder) / "control").exists():
        return f"its daemon listens in {folder}"
    settings = sorted(name for name in os.environ if name.startswith("CUDA_MPS_"))
    return f"{', '.join(settings)} set, but no daemon listens in {folder}" if settings else ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
