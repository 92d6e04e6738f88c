"""gpu_core.mps.gpus: GPUs by UUID, without CUDA."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gpu_core.errors import MpsError
from gpu_core.mps.gpus import chosen, first_gpu, gpus

KNOWN = {"GPU-aa01": "L4", "GPU-aa02": "T4", "GPU-bb00": "T4"}


class NoDriver(Exception):
    """What NVML raises."""


def nvml(uuids=(), *, fails=False):
    def init():
        if fails:
            raise NoDriver("Driver Not Loaded")

    closed = []
    return SimpleNamespace(
        NVMLError=NoDriver,
        nvmlInit=init,
        nvmlShutdown=lambda: closed.append(True),
        nvmlDeviceGetCount=lambda: len(uuids),
        nvmlDeviceGetHandleByIndex=lambda index: uuids[index],
        nvmlDeviceGetUUID=lambda handle: handle.encode(),
        nvmlDeviceGetName=lambda handle: KNOWN[handle],
        closed=closed,
    )


def test_gpus_are_told_in_the_order_of_the_bus():
    library = nvml(list(KNOWN))
    assert gpus(library) == KNOWN
    assert first_gpu(library) == "GPU-aa01"
    assert library.closed == [True, True]


def test_without_a_gpu_one_line_says_so():
    with pytest.raises(MpsError, match="no NVIDIA GPU to share: Driver Not Loaded"):
        gpus(nvml(fails=True))
    with pytest.raises(MpsError, match="the driver sees none"):
        gpus(nvml())


@pytest.mark.parametrize(
    ("asked", "uuid"), [("", "GPU-aa01"), ("1", "GPU-aa02"), ("bb", "GPU-bb00"), ("gpu-AA02", "GPU-aa02")]
)
def test_a_gpu_by_number_or_by_the_beginning_of_its_uuid(asked, uuid):
    assert chosen(asked, KNOWN) == uuid


@pytest.mark.parametrize(
    ("asked", "said"), [("9", "no GPU is called"), ("aa", "several GPUs"), ("x", "0: GPU-aa01 .L4.")]
)
def test_one_that_there_is_not(asked, said):
    with pytest.raises(MpsError, match=said):
        chosen(asked, KNOWN)
