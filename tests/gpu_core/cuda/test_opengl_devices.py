"""Which EGL device is the CUDA device: matching on lists made up here, listing through a driver made up here."""

from __future__ import annotations

import ctypes

import pytest

from gpu_core.cuda import opengl_devices
from gpu_core.cuda.driver import DeviceInfo, DriverReport
from gpu_core.cuda.opengl_devices import DeviceMatch, match, pair
from gpu_core.gl.egl_devices import (
    QUERY_ATTRIBUTE,
    QUERY_DEVICES,
    QUERY_STRING,
    EglDevice,
    EglFunctions,
    device_display,
    list_devices,
)

SOFTWARE = "EGL_MESA_device_software"


def egl(*cuda_indices):
    """EGL devices in this order: a number is a CUDA device, None a hardware device of another make."""
    return [
        EglDevice(place, 1000 + place, None if index == SOFTWARE else index, frozenset({SOFTWARE} & {index}))
        for place, index in enumerate(cuda_indices)
    ]


def cuda(*indices):
    return DriverReport(
        tuple(
            DeviceInfo(index, f"NVIDIA L{index}", "GPU-x", "0000:01:00.0", "89", 1 << 34, 13050, False)
            for index in indices
        ),
        13050,
    )


@pytest.mark.parametrize(
    ("devices", "known", "expected"),
    [
        (egl(0), cuda(0), DeviceMatch(0, 0, "EGL device 0 of 1 is CUDA device 0, NVIDIA L0")),
        (egl(SOFTWARE, None, 0), cuda(0), DeviceMatch(2, 0, "EGL device 2 of 3 is CUDA device 0, NVIDIA L0")),
        (egl(3, 2, 1, 0), cuda(0, 1, 2, 3), DeviceMatch(3, 0, "EGL device 3 of 4 is CUDA device 0, NVIDIA L0")),
        (egl(0, 0), cuda(0), DeviceMatch(0, 0, "EGL device 0 of 2 is CUDA device 0, NVIDIA L0")),
        (
            egl(SOFTWARE, 1), cuda(0, 1),
            DeviceMatch(1, 1, "EGL device 1 of 2 is CUDA device 1, NVIDIA L1; "
                              "CUDA device 0, NVIDIA L0, draws no OpenGL"),
        ),
        (egl(2), cuda(0, 1), DeviceMatch(None, 0, "EGL's only device is no CUDA device")),
        (egl(SOFTWARE), cuda(0), DeviceMatch(None, 0, "EGL's only device, software, is no CUDA device")),
        (egl(None, SOFTWARE), cuda(0), DeviceMatch(None, 0, "none of EGL's 2 devices is a CUDA device")),
        (egl(), cuda(0), DeviceMatch(None, 0, "EGL lists no devices here")),
        (
            egl(0), DriverReport(problem="there is no NVIDIA driver"),
            DeviceMatch(None, None, "CUDA cannot be used: there is no NVIDIA driver"),
        ),
    ],
)  # fmt: skip
def test_pairs(devices, known, expected):
    assert pair(devices, known) == expected


def test_cuda_is_asked_only_where_egl_has_a_cuda_device(monkeypatch):
    def asked():
        raise AssertionError("CUDA was asked")

    monkeypatch.setattr(opengl_devices, "_cuda_report", asked)
    for devices in (egl(), egl(SOFTWARE), egl(None, SOFTWARE)):
        monkeypatch.setattr(opengl_devices, "_egl_devices", lambda devices=devices: devices)
        found = match()
        assert (found.egl_index, found.cuda_index) == (None, None)
        assert "\n" not in found.reason
    monkeypatch.setattr(opengl_devices, "_egl_devices", lambda: egl(SOFTWARE, 0))
    monkeypatch.setattr(opengl_devices, "_cuda_report", lambda: cuda(0))
    assert match().egl_index == 1


class Driver:
    """An EGL driver of C functions: a device is its extensions and what it answers for the CUDA device."""

    def __init__(self, devices, *, fails=False):
        self.asked = []

        @QUERY_DEVICES
        def query_devices(most, handles, count):
            for place in range(min(most, len(devices))):
                handles[place] = 0x7F0000000000 + place  # as wide as addresses are
            count[0] = len(devices)
            return 0 if fails else 1

        texts = [text and ctypes.create_string_buffer(text) for text, _ in devices]

        @ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)  # an address: callbacks cannot own a string
        def query_string(handle, name):
            assert name == 0x3055
            text = texts[handle - 0x7F0000000000]
            return ctypes.addressof(text) if text else None

        @QUERY_ATTRIBUTE
        def query_attribute(handle, name, value):
            answer = devices[handle - 0x7F0000000000][1]
            self.asked.append((handle, name))
            if answer is None:
                return 0
            value[0] = answer
            return 1

        self._kept = query_string, texts
        address = ctypes.cast(query_string, ctypes.c_void_p).value
        self.functions = EglFunctions(query_devices, QUERY_STRING(address), query_attribute)


def test_devices_are_listed_with_the_cuda_device_they_are():
    driver = Driver([
        (b"EGL_NV_device_cuda EGL_EXT_device_drm", 1),
        (b"EGL_NV_device_cuda", None),
        (b"EGL_MESA_device_software EGL_EXT_device_drm_render_node", None),
        (None, None),
        (b"EGL_NV_device_cuda", 0),
    ])  # fmt: skip
    devices = list_devices(driver.functions)
    assert [device.index for device in devices] == [0, 1, 2, 3, 4]
    assert [device.cuda_index for device in devices] == [1, None, None, None, 0]
    assert [device.is_software for device in devices] == [False, False, True, False, False]
    assert [device.handle - 0x7F0000000000 for device in devices] == [0, 1, 2, 3, 4]
    assert {name for _, name in driver.asked} == {0x323A}
    assert len(driver.asked) == 3, "only those that have the extension are asked"


def test_an_egl_that_fails_lists_nothing():
    assert list_devices(Driver([(b"", None)], fails=True).functions) == ()
    assert list_devices(Driver([]).functions) == ()


def test_the_attribute_is_as_wide_as_a_pointer():
    assert ctypes.sizeof(ctypes.c_ssize_t) == ctypes.sizeof(ctypes.c_void_p)


@pytest.mark.gl
def test_this_machines_devices(gl_context):
    devices = list_devices()
    assert [device.index for device in devices] == list(range(len(devices)))
    assert not any(device.is_software and device.cuda_index is not None for device in devices)
    assert match().reason
    if devices:
        assert device_display(0)


@pytest.mark.gpu
def test_headless_opengl_draws_on_the_cuda_device_and_its_shaders_pose():
    """On an NVIDIA machine: CUDA itself names the device that draws, and a face's vertices stay there."""
    from gpu_core.assets import resource
    from gpu_core.cuda.driver import device_of_current_gl, open_cuda
    from gpu_core.gl.context import headless_context
    from gpu_core.gl.renderer import Renderer
    from gpu_core.gltf.face import load_face

    found = match()
    assert found.egl_index is not None, found.reason
    with headless_context() as info, open_cuda(found.cuda_index):
        assert "NVIDIA" in info.vendor
        assert device_of_current_gl() == found.cuda_index
        with Renderer(load_face(resource("face", "face.glb"))) as renderer:
            assert renderer.posing.name == "shaders"
