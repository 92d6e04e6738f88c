"""The NVIDIA path piece by piece: driver, packages, TensorRT, OpenGL beside CUDA, the passage between the two.

None of it is needed: without it the generator runs on the CPU.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from gpu_core.doctor.finding import Finding, version_of
from gpu_core.doctor.surroundings import Surroundings, look_around
from gpu_core.doctor.trial import Trial, run_trial
from gpu_core.plans.backend import FLAVOURS, OLDEST

TIMEOUT_S = 60.0  # a machine of eight GPUs without persistence takes long to answer the first call
COMMAND = (sys.executable, "-m", "gpu_core.doctor.nvidia_trial")

OLDEST_DRIVER = 580  # the first of CUDA 13
EXTRA = "pip install 'mien[cuda]' (a large download, nearly all of it TensorRT); ./run does so where there is a driver"
INSTALL_DRIVER = (
    f"install NVIDIA's driver, {OLDEST_DRIVER} or newer (Ubuntu: sudo ubuntu-drivers install; "
    "others: https://www.nvidia.com/drivers), and start the machine again"
)
# OpenGL interop was switched off in these when they were built.
BAD_BINDINGS = ("12.9.3", "13.0.2")
PACKAGES = ("cuda-python", "cuda-core", "cuda-bindings", "nvidia-cuda-nvrtc")
NO_DRIVER = "nothing more can be tried without the driver"


def try_nvidia(command: Iterable[str] = COMMAND, around: Surroundings | None = None) -> Trial:
    """Try the NVIDIA path in a process of its own, if there is a driver at all."""
    around = around or look_around()
    return Trial(ending=NO_DRIVER) if around.library else run_trial(command, TIMEOUT_S)


def nvidia(trial: Trial, around: Surroundings) -> tuple[Finding, ...]:
    """Every piece that the NVIDIA path needs, in the order in which it is needed."""
    pieces = (driver(trial, around), packages(trial), tensorrt(trial))
    passing = (drawing(trial, around), passage(trial, around)) if "device" in trial.told else ()
    sharing = (mps(trial, around),) if around.mps else ()
    return (*pieces, *passing, *sharing)


def driver(trial: Trial, around: Surroundings) -> Finding:
    """There, new enough, and with a GPU that it sees."""
    name = "nvidia driver"
    if around.library:
        return _no_driver(name, around)
    version = around.module or trial.told.get("watch", "")
    value = f"driver {version}" if version else "there"
    said = trial.told.get("driver")
    if said is None:
        return _lacking(
            name, value, trial.why_not("driver"), f"look into the kernel's log (dmesg), then {INSTALL_DRIVER}"
        )
    if said["problem"] and version_of("cuda-bindings") is None:
        return _unasked(name, value, version)
    if said["problem"]:
        hidden = "" if around.visible is None else f" (CUDA_VISIBLE_DEVICES is {around.visible!r})"
        return _lacking(name, value, said["problem"] + hidden, said["remedy"] or INSTALL_DRIVER)
    gpus = ", ".join(f"{gpu['name']} (sm_{gpu['architecture']})" for gpu in said["devices"])
    return Finding(name, True, f"{value}, CUDA {_dotted(said['driver_version'])}: {gpus}", needed=False)


def _unasked(name: str, value: str, version: str) -> Finding:
    """Without CUDA for Python nobody can ask the driver: its version has to do."""
    if version and _numbers(version)[0] < OLDEST_DRIVER:
        return _lacking(name, value, f"{OLDEST_DRIVER} or newer is needed", INSTALL_DRIVER)
    return Finding(name, True, f"{value}; no GPU asked for, CUDA for Python is missing", needed=False)


def _no_driver(name: str, around: Surroundings) -> Finding:
    if around.module:
        remedy = "in a container, start it with --gpus all (NVIDIA Container Toolkit); else install libcuda1"
        return _lacking(name, f"kernel module {around.module} alone", f"{around.library}: half a driver", remedy)
    if around.is_wsl:
        remedy = "install NVIDIA's driver for Windows, 580 or newer, and none in WSL; then: wsl --shutdown"
        return _lacking(name, "no driver", f"{around.library}; this is WSL", remedy)
    if around.has_gpu:
        return _lacking(name, "a GPU without driver", around.library, INSTALL_DRIVER)
    remedy = f"with an NVIDIA GPU: {INSTALL_DRIVER}; without one none is needed, the generator runs on the CPU"
    return _lacking(name, "no driver", around.library, remedy)


def packages(trial: Trial) -> Finding:
    """CUDA for Python, and the compiler of the kernels."""
    name = "cuda packages"
    there = {package: version_of(package) for package in PACKAGES}
    value = ", ".join(f"{package} {version or 'missing'}" for package, version in there.items())
    missing = [package for package, version in there.items() if version is None]
    if len(missing) == len(PACKAGES):
        return _lacking(name, "none", "CUDA for Python is not installed", EXTRA)
    if missing:
        return _lacking(name, value, f"not installed: {', '.join(missing)}", EXTRA)
    if there["cuda-bindings"] in BAD_BINDINGS:
        reason = f"cuda-bindings {there['cuda-bindings']} was built without the passage to OpenGL"
        return _lacking(name, value, reason, "pip install --upgrade 'mien[cuda]'")
    if "compiler" in trial.failed:
        return _lacking(name, value, f"NVRTC does not load: {trial.failed['compiler']}", EXTRA)
    return Finding(name, True, value, needed=False)


def tensorrt(trial: Trial) -> Finding:
    """TensorRT in a version that is supported: loaded where there is a driver, else looked up."""
    name = "tensorrt"
    if "tensorrt" in trial.told:
        return Finding(name, True, trial.told["tensorrt"], needed=False)
    wanted = " or ".join(f"{flavour} {_version(OLDEST[flavour])} or later" for flavour in FLAVOURS)
    found = [(flavour, version) for flavour in FLAVOURS if (version := version_of(flavour))]
    if "tensorrt" in trial.failed:
        value = ", ".join(f"{flavour} {version}" for flavour, version in found) or "none"
        return _lacking(name, value, trial.failed["tensorrt"], EXTRA)
    if not found:
        return _lacking(name, "none", f"TensorRT is not installed: {wanted}", EXTRA)
    flavour, version = found[0]
    if _numbers(version) < OLDEST[flavour]:
        return _lacking(name, f"{flavour} {version}", f"too old: {wanted}", EXTRA)
    return Finding(name, True, f"{flavour} {version}, installed; not loaded without a driver", needed=False)


def drawing(trial: Trial, around: Surroundings) -> Finding:
    """Whether OpenGL is drawn by the GPU that computes."""
    name, said = "opengl on gpu", trial.told["device"]
    if said["draws"] == said["index"]:
        return Finding(name, True, f"{said['name']} draws and computes: {said['opengl']}", needed=False)
    if said["draws"] is not None:
        reason = f"GPU {said['draws']} draws, GPU {said['index']} computes: pictures cross the bus"
        return _lacking(name, said["opengl"], reason, "let one do both: CUDA_VISIBLE_DEVICES names it by its UUID")
    return _lacking(name, said["opengl"], said["why_not"], _remedy_for_drawing(around))


def _remedy_for_drawing(around: Surroundings) -> str:
    if around.is_wsl:
        return "none under WSL: its OpenGL is Microsoft's; Linux on the machine itself has NVIDIA's"
    if around.virtual_gl:
        return "start Mien without vglrun: it draws on the GPU through EGL by itself, and only shows through X"
    return (
        "install NVIDIA's OpenGL beside its driver (libnvidia-gl of the same version, libegl1); in a container set "
        "NVIDIA_DRIVER_CAPABILITIES=all: the default leaves graphics out"
    )


def passage(trial: Trial, around: Surroundings) -> Finding:
    """How pixels pass between OpenGL and CUDA."""
    name = "passage"
    if "passage" not in trial.told:
        return _lacking(name, "none", trial.why_not("passage"), _remedy_for_passage(trial, around))
    said = trial.told["passage"]
    if said["tier"] == "image":
        return Finding(name, True, "image: kernels read and write OpenGL's textures in place", needed=False)
    return _lacking(name, said["tier"], said["reason"], _remedy_for_passage(trial, around))


def _remedy_for_passage(trial: Trial, around: Surroundings) -> str:
    if around.is_wsl:
        return "none under WSL, where registering OpenGL's textures answers 304; Linux on the machine itself has it"
    if around.virtual_gl:
        return f"start Mien without vglrun ({around.virtual_gl}): it needs none to draw on the GPU"
    if around.mps and _is_client(trial) is not False:
        return f"try without MPS ({around.mps}): whether pictures of OpenGL pass under it is documented nowhere"
    return "see 'opengl on gpu' above; else update the driver, and tell us what this report says"


def mps(trial: Trial, around: Surroundings) -> Finding:
    """The multi-process service of CUDA, and whether CUDA in this process is a client of it."""
    if around.mps_problem:
        remedy = "`mien mps start` starts one of Mien's own, `mien mps stop` ends it; or unset CUDA_MPS_PIPE_DIRECTORY"
        return _lacking("mps", f"of no use: {around.mps}", around.mps_problem, remedy)
    client = _is_client(trial)
    told = "" if client is None else "; CUDA here is its client" if client else "; CUDA here does without it"
    return Finding("mps", True, f"{around.mps}{told} (`mien mps status` tells more)", needed=False)


def _is_client(trial: Trial) -> bool | None:
    """What CUDA itself says, None if it was not asked."""
    devices = trial.told.get("driver", {}).get("devices") or ()
    said = [device["mps_enabled"] for device in devices if "mps_enabled" in device]
    return any(said) if said else None


def chosen_by_cuda(trial: Trial, around: Surroundings) -> tuple[str, str]:
    """What `--path auto` does with this: the CUDA path in words or "", and why not."""
    for piece in (driver(trial, around), packages(trial), tensorrt(trial)):
        if not piece.ok:
            return "", piece.reason
    for step in ("device", "passage", "plans"):
        if step not in trial.told:
            return "", trial.why_not(step)
    return _on_cuda(trial.told), ""


def _on_cuda(told: Mapping[str, Any]) -> str:
    way = f"cuda, {told['tensorrt']} on {told['device']['name']}, tier {told['passage']['tier']}"
    there = [name for name, is_cached in told["plans"].items() if is_cached]
    to_build = [name for name, is_cached in told["plans"].items() if not is_cached]
    plans = [f"plans ready: {', '.join(there)}"] if there else []
    plans += [f"built at first use, the CPU serving meanwhile: {', '.join(to_build)}"] if to_build else []
    return "; ".join([way, *plans])


def _lacking(name: str, value: str, reason: str, remedy: str) -> Finding:
    return Finding(name, False, value, reason, remedy, needed=False)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


def _version(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


def _dotted(version: int) -> str:
    """13.0 of CUDA's 13000."""
    return f"{version // 1000}.{version % 1000 // 10}"
