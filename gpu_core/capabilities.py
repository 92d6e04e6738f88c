"""What this machine can do, and for each "no" the reason and the remedy: the doctor's data.

Every probe is narrow: it catches the one failure that means "not here" and keeps its text. OpenGL is tried in a process
of its own, so that a driver that crashes is a finding and not the end of the report.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil

from gpu_core.assets import resource, shipped_faces
from gpu_core.errors import MienError
from gpu_core.neural.library import shipped_models, versions
from gpu_core.openvino_import import cpu_capabilities

GL_TIMEOUT_S = 30.0  # a cold driver compiles for seconds; a hung one never comes back
SYSTEM_PACKAGES = "on Debian and Ubuntu, ./run installs packaging/system-packages.txt"

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
VIDEO_ENCODERS = ("libx264", "libx264rgb", "ffv1", "h264_nvenc")


@dataclass(frozen=True)
class Finding:
    """One line of the report. `reason` and `remedy` are filled where `ok` is False."""

    name: str
    ok: bool
    value: str
    reason: str = ""
    remedy: str = ""
    needed: bool = True  # False: Mien runs without it, with less


def findings() -> tuple[Finding, ...]:
    """Examine this machine; takes about a second, most of it for starting OpenGL."""
    return tuple(probe() for probe in PROBES)


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
    versions = [f"{name} {_version(name) or 'missing'}" for name in PACKAGES]
    missing = [name for name in PACKAGES[1:] if name != "openvino" and _version(name) is None]
    value = f"{platform.python_version()}; {', '.join(versions)}"
    if missing:
        return Finding("python", False, value, f"not installed: {', '.join(missing)}", "./run, or pip install mien")
    return Finding("python", True, value)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def processor() -> Finding:
    """CPU model, cores this process may use, and the instructions that matter for inference."""
    model, flags = _cpuinfo(Path("/proc/cpuinfo"))
    features = [ours for theirs, ours in CPU_FEATURES.items() if theirs in flags]
    value = f"{model}, {_usable_cores()} cores, {', '.join(features) or 'instructions unknown'}"
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


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory() -> Finding:
    """RAM in all and free for use."""
    told = psutil.virtual_memory()
    return Finding("memory", True, f"{told.total / 2**30:.1f} GiB, {told.available / 2**30:.1f} GiB free")


_GL_PROBE = """
import dataclasses, json
from gpu_core.gl.context import headless_context
with headless_context() as info:
    print(json.dumps(dataclasses.asdict(info)))
"""


def opengl(command: Iterable[str] = (sys.executable, "-c", _GL_PROBE)) -> Finding:
    """OpenGL without a window, tried in a process of its own."""
    name, remedy = "opengl", f"install a graphics driver, or Mesa's software one ({SYSTEM_PACKAGES})"
    # The trial has to find this very gpu_core, wherever this one was found.
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, sys.path)]),
    }
    try:
        done = subprocess.run(
            [*command], capture_output=True, text=True, timeout=GL_TIMEOUT_S, check=True, env=environment
        )
    except subprocess.TimeoutExpired:
        return Finding(name, False, "hangs", f"no answer in {GL_TIMEOUT_S:g} s", remedy)
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["it said nothing"])[-1]
        ending = f"died of signal {-error.returncode}" if error.returncode < 0 else "failed"
        return Finding(name, False, "none", f"the trial {ending}: {last}", remedy)
    told = json.loads(done.stdout)
    return Finding(name, True, f"{told['renderer']}, {told['version']}")


def display() -> Finding:
    """Somewhere to open a window."""
    if platform.system() != "Linux":
        return Finding("screen", True, "native")
    for variable in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(variable):
            return Finding("screen", True, f"{variable}={os.environ[variable]}")
    reason = "neither DISPLAY nor WAYLAND_DISPLAY is set"
    return Finding("screen", False, "none", reason, "./run starts a private one; or: xvfb-run -a mien", needed=False)


def nvidia() -> Finding:
    """The CUDA driver and, through NVML, the GPU. This version of Mien only watches it; it does not compute on it."""
    library = "nvcuda.dll" if platform.system() == "Windows" else "libcuda.so.1"
    remedy = "none needed: the generator runs on the CPU"
    try:
        code = ctypes.CDLL(library).cuInit(0)
    except OSError:
        return Finding("nvidia", False, "no driver", f"{library} is not there", remedy, needed=False)
    if code != 0:
        return Finding("nvidia", False, "driver without GPU", f"cuInit answers {code}", remedy, needed=False)
    return _nvml_finding()


def _nvml_finding() -> Finding:
    import pynvml

    try:
        pynvml.nvmlInit()
        device = pynvml.nvmlDeviceGetHandleByIndex(0)
        told = f"{pynvml.nvmlDeviceGetName(device)}, driver {pynvml.nvmlSystemGetDriverVersion()}"
        pynvml.nvmlShutdown()
    except pynvml.NVMLError as error:
        reason, remedy = f"CUDA is there, NVML is not: {error}", "install the driver's libnvidia-ml"
        return Finding("nvidia", False, "CUDA only", reason, remedy, needed=False)
    return Finding("nvidia", True, told, needed=False)


def openvino() -> Finding:
    """OpenVINO on the CPU, and whether it computes in bfloat16 here."""
    try:
        computes_in = cpu_capabilities()
    except ImportError as error:
        remedy = "none needed: ONNX Runtime takes over, at about half the speed"
        return Finding("openvino", False, "none", str(error), remedy, needed=False)
    return Finding("openvino", True, f"{_version('openvino')}, CPU: {', '.join(sorted(computes_in))}", needed=False)


def onnx_runtime() -> Finding:
    """ONNX Runtime and its providers."""
    try:
        import onnxruntime
    except ImportError as error:
        return Finding("onnxruntime", False, "none", str(error), "pip install onnxruntime")
    providers = (name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers())
    return Finding("onnxruntime", True, f"{onnxruntime.__version__}, providers: {', '.join(providers)}")


def ffmpeg() -> Finding:
    """The video encoders that recording uses."""
    try:
        from av.codec import Codec
        from av.codec.codec import UnknownCodecError
    except ImportError as error:
        return Finding("ffmpeg", False, "none", str(error), "pip install av", needed=False)

    def is_there(name: str) -> bool:
        try:
            Codec(name, "w")
        except UnknownCodecError:
            return False
        return True

    there = [name for name in VIDEO_ENCODERS if is_there(name)]
    if "libx264" in there:
        return Finding("ffmpeg", True, f"encoders {', '.join(there)}", needed=False)
    reason, remedy = "libx264 is not in this build of av", "pip install --force-reinstall av"
    return Finding("ffmpeg", False, f"encoders {', '.join(there) or 'none'}", reason, remedy, needed=False)


def shipped_files() -> Finding:
    """The faces and generators that come with Mien, each generator with the precisions it ships in."""
    name = "shipped files"
    try:
        faces, models = list(shipped_faces()), [versions(model) for model in shipped_models()]
        stray = {path.name for path in resource("models").glob("*.onnx")}
    except MienError as error:
        return Finding(name, False, "damaged", str(error), "install Mien again")
    stray -= {version.path.name for group in models for version in group}
    told = [f"{group[0].name} ({', '.join(version.precision for version in group)})" for group in models]
    value = f"faces: {', '.join(faces) or 'none'}; generators: {', '.join(told) or 'none'}"
    absent = [kind for kind, found in (("face", faces), ("generator", models)) if not found]
    if absent:
        reason = f"no {' and no '.join(absent)}"
        return Finding(name, False, value, reason, "./run recipe face, ./run recipe generator")
    if stray:
        reason = f"{', '.join(sorted(stray))}: no card says that it belongs to one of these generators"
        return Finding(name, False, value, reason, "none needed: it is left alone", needed=False)
    return Finding(name, True, value)


def chosen_path() -> Finding:
    """The way pixels take to the generator with `--path auto`, and why."""
    why = "the CUDA path is not part of this version"
    engine = openvino()
    if not engine.ok:
        return Finding("path", True, f"host, ONNX Runtime fp32 ({why}; OpenVINO: {engine.reason})")
    if "BF16" in engine.value:
        return Finding("path", True, f"host, OpenVINO bf16 ({why}; this CPU computes in bfloat16)")
    return Finding("path", True, f"host, OpenVINO fp32 ({why}; this CPU has no bfloat16)")


PROBES: tuple[Callable[[], Finding], ...] = (
    operating_system, processor, memory, python, opengl, display, nvidia, openvino, onnx_runtime, ffmpeg,
    shipped_files, chosen_path,
)  # fmt: skip
