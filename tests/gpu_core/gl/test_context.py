"""Headless contexts."""

from __future__ import annotations

import pytest

from gpu_core.cuda.opengl_devices import DeviceMatch
from gpu_core.errors import GLError
from gpu_core.gl import context
from gpu_core.gl.context import describe_current, headless_context
from gpu_core.gl.egl_devices import list_devices

pytestmark = pytest.mark.gl


def test_a_context_says_what_it_is(gl_context):
    assert gl_context == describe_current()
    assert float(gl_context.version.split()[0]) >= 3.3


def test_contexts_can_follow_each_other():
    for _ in range(3):
        with headless_context() as info:
            assert info.renderer


def test_an_error_inside_passes_through_unchanged():
    with pytest.raises(KeyError, match="mine"), headless_context():
        raise KeyError("mine")


def first_device():
    if not list_devices():
        pytest.skip("this EGL lists no devices")
    return 0


def test_a_context_can_be_made_on_a_device():
    with headless_context(first_device()) as info:
        assert info == describe_current()
        assert float(info.version.split()[0]) >= 3.3


def test_a_device_that_is_not_there_is_one_line():
    with pytest.raises(GLError, match=r"^there is no EGL device 99, EGL lists \d+$"), headless_context(99):
        pass


def test_the_cuda_device_is_drawn_on_if_there_is_one(monkeypatch):
    opened, open_display = [], context.device_display
    monkeypatch.setattr(context, "device_display", lambda index: opened.append(index) or open_display(index))
    monkeypatch.setattr(context, "match", lambda: DeviceMatch(None, None, "no CUDA"))
    with headless_context():
        assert opened == []
    monkeypatch.setattr(context, "match", lambda: DeviceMatch(first_device(), 0, "the only one"))
    with headless_context() as info:
        assert info.renderer
        assert opened == [0]


def test_a_cuda_device_that_cannot_be_drawn_on_is_passed_over_with_one_warning(monkeypatch, caplog):
    monkeypatch.setattr(context, "match", lambda: DeviceMatch(99, 0, "EGL device 99 is CUDA device 0, NVIDIA L4"))
    with headless_context() as info:
        assert info.renderer
    (said,) = caplog.messages
    assert said.startswith("EGL device 99 is CUDA device 0, NVIDIA L4, but there is no EGL device 99")


def test_a_context_that_is_refused_does_not_go_unnoticed_without_pyopengls_checks(monkeypatch):
    monkeypatch.setattr(context.EGL, "eglMakeCurrent", lambda *_: 0)
    with pytest.raises(GLError, match="makes no context current"), headless_context():
        pass
