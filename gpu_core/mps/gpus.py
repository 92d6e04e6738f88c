"""The GPUs that a daemon can be started for, by UUID, from NVML: asking CUDA would make this process a client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gpu_core.errors import MpsError
from gpu_core.nvml import load_pynvml


def gpus(nvml: Any = None) -> dict[str, str]:
    """UUID -> name of every NVIDIA GPU, in the order of the bus.

    Raises:
        MpsError: there is no driver, or no GPU.
    """
    nvml = nvml if nvml is not None else load_pynvml()
    try:
        nvml.nvmlInit()
        try:
            handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
            found = {_text(nvml.nvmlDeviceGetUUID(one)): _text(nvml.nvmlDeviceGetName(one)) for one in handles}
        finally:
            nvml.nvmlShutdown()
    except nvml.NVMLError as error:
        raise MpsError(f"there is no NVIDIA GPU to share: {error}") from error
    if not found:
        raise MpsError("there is no NVIDIA GPU to share: the driver sees none")
    return found


def first_gpu(nvml: Any = None) -> str:
    """UUID of the first GPU on the bus.

    Raises:
        MpsError: as `gpus`.
    """
    return next(iter(gpus(nvml)))


def chosen(asked: str, known: Mapping[str, str]) -> str:
    """The UUID that "1", "GPU-1a2b" or "" (the first) stands for among known ones.

    Raises:
        MpsError: it stands for none, or for several.
    """
    uuids = list(known)
    if not asked:
        return uuids[0]
    if asked.isdecimal() and len(asked) < 4:
        found = uuids[int(asked) : int(asked) + 1]
    else:
        found = [uuid for uuid in uuids if _plain(uuid).startswith(_plain(asked))]
    if len(found) != 1:
        there = ", ".join(f"{index}: {uuid} ({name})" for index, (uuid, name) in enumerate(known.items()))
        what = "several GPUs begin" if found else "no GPU is called or begins"
        raise MpsError(f"{what} with {asked!r}; there is {there}")
    return found[0]


def _plain(uuid: str) -> str:
    return uuid.lower().removeprefix("gpu-")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
