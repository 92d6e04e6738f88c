"""The machine: system, processor, memory, Python, screen."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil

from gpu_core.doctor.finding import Finding, version_of
from gpu_core.thread_load import usable_cores

# Linux's names for the instructions that make CPU inference quick, and ours.
CPU_FEATURES = {
    "avx2": "AVX2", "avx512f": "AVX-512", "avx512_vnni": "AVX512-VNNI", "avx512_bf16": "AVX512-BF16",
    "amx_bf16": "AMX-BF16", "amx_int8": "AMX-INT8", "asimd": "NEON", "bf16": "BF16",
}  # fmt: skip
PACKAGES = (
    "mien",
    "PySide6-Essentials",
    "PyOpenGL",
    "numpy",
    "opencv-python-headless",
    "onnxruntime",
    "openvino",
    "av",
)


def operating_system() -> Finding:
    """Name and version of the system; Linux is where Mien is proven."""
    name = f"{platform.system()} {platform.release()} ({platform.machine()})"
    if platform.system() == "Linux":
        return Finding("system", True, f"{_distribution()}, {name}")
    return Finding("system", False, name, "Mien is proven on Linux only", "try it, and tell us", needed=False)


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return "unknown distribution"


def python() -> Finding:
    """The interpreter and the packages that matter for a bug report."""
    versions = [f"{name} {version_of(name) or 'missing'}" for name in PACKAGES]
    missing = [name for name in PACKAGES[1:] if name != "openvino" and version_of(name) is None]
    value = f"{platform.python_version()}; {', '.join(versions)}"
    if missing:
        return Finding("python", False, value, f"not installed: {', '.join(missing)}", "./run, or pip install mien")
    return Finding("python", True, value)


def processor() -> Finding:
    """CPU model, cores this process may use, and the instructions that matter for inference."""
    model, flags = _cpuinfo(Path("/proc/cpuinfo"))
    features = [ours for theirs, ours in CPU_FEATURES.items() if theirs in flags]
    value = f"{model}, {usable_cores()} cores, {', '.join(features) or 'instructions unknown'}"
    return Finding("processor", True, value)


def _cpuinfo(path: Path) -> tuple[str, frozenset[str]]:
    """Model and flags as Linux tells them; elsewhere the model alone."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine(), frozenset()
    pairs = [(key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in lines)]
    told = dict(reversed(pairs))  # the first processor speaks for all
    return told.get("model name", platform.machine()), frozenset(
        (told.get("flags") or told.get("Features", "")).split()
    )


def memory() -> Finding:
    """RAM in all and free for use."""
    told = psutil.virtual_memory()
    return Finding("memory", True, f"{told.total / 2**30:.1f} GiB, {told.available / 2**30:.1f} GiB free")


def display() -> Finding:
    """Somewhere to open a window."""
    if platform.system() != "Linux":
        return Finding("screen", True, "native")
    for variable in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(variable):
            return Finding("screen", True, f"{variable}={os.environ[variable]}")
    reason = "neither DISPLAY nor WAYLAND_DISPLAY is set"
    return Finding("screen", False, "none", reason, "./run starts a private one; or: xvfb-run -a mien", needed=False)
