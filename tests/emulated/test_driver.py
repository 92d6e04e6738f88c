"""Opening a device through the real bindings: the right one, and one line for each call that fails."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.cuda.driver import call, lost, open_cuda, probe
from gpu_core.errors import CudaError, PathUnavailable

KIB = 1 << 10


def test_the_report_describes_the_device(emulator):
    emulator.capability("8.9")
    emulator.memory_mb(8192)
    emulator.mps()
    (device,) = probe().devices
    assert (device.index, device.architecture, device.memory_bytes) == (0, "89", 8 << 30)
    assert device.mps_enabled
    assert device.name
    assert device.uuid.startswith("GPU-")
    assert device.pci_bus_id.count(":") == 2


def test_probing_and_opening_again_and_again_leaves_nothing(emulator):
    for _ in range(3):
        assert not probe().problem
        with open_cuda() as cuda:
            cuda.stream().close()


def test_no_gpu_and_an_old_driver_have_their_reasons(emulator):
    emulator.devices(0)
    with pytest.raises(PathUnavailable, match="CUDA_VISIBLE_DEVICES"):
        open_cuda()
    emulator.devices(1)
    emulator.driver(12080)
    with pytest.raises(PathUnavailable, match=r"serves CUDA 12\.8 and 13\.0 is needed.*580"):
        open_cuda()


def test_without_opengl_it_is_the_first_device(emulator):
    emulator.devices(2)
    with open_cuda() as cuda:
        assert (cuda.info.index, cuda.gl_device) == (0, None)
        assert "cuGLGetDevices failed: CUDA_ERROR_INVALID_GRAPHICS_CONTEXT (219)" in cuda.gl_remark


def test_with_opengl_it_is_the_device_that_draws(emulator, emulated_gl):
    emulator.devices(3)
    emulator.gl_device(2)
    with open_cuda() as cuda:
        assert (cuda.info.index, cuda.gl_device, cuda.gl_remark) == (2, 2, "")
        assert int(cuda.device.device_id) == 2
    with open_cuda(1) as cuda:
        assert (cuda.info.index, cuda.gl_device) == (1, 2)


def test_where_no_cuda_device_draws_it_is_the_first_one(emulator, emulated_gl):
    emulator.gl_device(None)
    with open_cuda() as cuda:
        assert (cuda.info.index, cuda.gl_device) == (0, None)
        assert "(100)" in cuda.gl_remark


def test_memory_and_streams_are_the_callers_to_close(emulator):
    with open_cuda() as cuda, cuda.pinned(KIB) as pinned:
        stream = cuda.stream()
        buffer = cuda.allocate(KIB, stream)
        assert buffer.size == KIB
        pinned.view[:] = np.arange(KIB, dtype=np.uint8)
        call("cuMemcpyAsync", int(buffer.handle), pinned.pointer, KIB, stream.handle)
        pinned.view[:] = 0
        call("cuMemcpyAsync", pinned.pointer, int(buffer.handle), KIB, stream.handle)
        stream.sync()
        np.testing.assert_array_equal(pinned.view, np.arange(KIB, dtype=np.uint8))
        buffer.close()
        stream.close()


@pytest.mark.parametrize(
    ("api", "ask"),
    [
        ("cuStreamCreateWithPriority", lambda cuda, stream: cuda.stream()),
        ("cuMemAllocFromPoolAsync", lambda cuda, stream: cuda.allocate(KIB, stream)),
        ("cuMemAllocHost", lambda cuda, stream: cuda.pinned(KIB)),
    ],
)
@pytest.mark.parametrize("code", [2, 999])
def test_each_thing_may_be_refused(emulator, api, ask, code):
    with open_cuda() as cuda:
        stream = cuda.stream()
        (emulator.lose if code == 999 else emulator.fail)(api, code, nth=1)
        with pytest.raises(CudaError, match=rf"{api} failed: CUDA_ERROR_\w+ \({code}\)") as raised:
            ask(cuda, stream)
        assert raised.value.is_out_of_memory == (code == 2)
        assert bool(lost()) == (code == 999)
        stream.close()


def test_memory_that_is_not_there_is_told(emulator):
    emulator.memory_mb(1)
    with open_cuda() as cuda:
        stream = cuda.stream()
        with pytest.raises(CudaError, match="the GPU's memory is full: close other programs") as raised:
            cuda.allocate(2 << 20, stream)
        assert raised.value.is_out_of_memory
        stream.close()


@pytest.mark.parametrize("code", [2, 46, 101])
def test_a_context_that_is_refused_is_a_reason(emulator, code):
    """A device nobody used before: the process keeps the contexts of the others."""
    emulator.devices(8)
    emulator.fail("cuDevicePrimaryCtxRetain", code)
    with pytest.raises(PathUnavailable, match=rf"cuDevicePrimaryCtxRetain failed: CUDA_ERROR_\w+ \({code}\)"):
        open_cuda(7)


@pytest.mark.parametrize(
    "api",
    ["cuInit", "cuDeviceGetCount", "cuDeviceGet", "cuDeviceGetName", "cuDeviceGetUuid", "cuDeviceGetPCIBusId",
     "cuDeviceGetAttribute", "cuDeviceTotalMem"],
)  # fmt: skip
def test_each_question_to_the_driver_may_fail(emulator, api):
    emulator.fail(api, 2)
    with pytest.raises(PathUnavailable, match=f"{api} failed: CUDA_ERROR_OUT_OF_MEMORY"):
        open_cuda()
    assert lost() is None


def test_a_lost_device_is_never_opened_again(emulator):
    with open_cuda() as cuda:
        stream = cuda.stream()
        emulator.lose("cuStreamSynchronize", 700)
        with pytest.raises(CudaError, match="700"):
            call("cuStreamSynchronize", stream.handle)
        before = emulator.report()["calls"]
        with pytest.raises(PathUnavailable, match=r"lost in this process: .*cuStreamSynchronize.*restart Mien"):
            open_cuda()
        assert emulator.report()["calls"] == before
        stream.close()
