"""OpenGL answers, and a driver that does not is a finding."""

from __future__ import annotations

import sys

import pytest

from gpu_core.doctor import opengl as room
from gpu_core.doctor.opengl import opengl


@pytest.mark.gl
def test_opengl_answers(gl_context):
    finding = opengl()
    assert finding.ok, finding.reason
    assert gl_context.renderer in finding.value


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "died of signal 11"),
        ("raise SystemExit('no EGL here')", "no EGL here"),
    ],
)
def test_a_crashing_driver_is_a_finding(code, reason):
    finding = opengl((sys.executable, "-c", code))
    assert not finding.ok
    assert reason in finding.reason
    assert finding.remedy


def test_a_hanging_driver_is_a_finding(monkeypatch):
    monkeypatch.setattr(room, "TIMEOUT_S", 0.2)
    finding = opengl((sys.executable, "-c", "import time; time.sleep(60)"))
    assert (finding.ok, finding.reason) == (False, "no answer in 0.2 s")
