"""Every "no" has a reason and a remedy, and a crashing driver is a finding."""

from __future__ import annotations

import ctypes
import sys

import pytest

from gpu_core import capabilities
from gpu_core.capabilities import opengl

# The probes that are quick and need nothing: the real ones of this machine.
PROBES = [probe for probe in capabilities.PROBES if probe is not opengl]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
def test_a_no_says_why_and_what_to_do(probe):
    finding = probe()
    assert finding.name
    assert finding.value
    assert finding.ok or (finding.reason and finding.remedy)


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
    monkeypatch.setattr(capabilities, "GL_TIMEOUT_S", 0.2)
    finding = opengl((sys.executable, "-c", "import time; time.sleep(60)"))
    assert (finding.ok, finding.value) == (False, "hangs")


def test_screen_follows_the_environment(monkeypatch):
    monkeypatch.setattr(capabilities.platform, "system", lambda: "Linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":7")
    assert capabilities.display().value == "DISPLAY=:7"
    monkeypatch.delenv("DISPLAY")
    finding = capabilities.display()
    assert not finding.ok
    assert not finding.needed


def test_no_nvidia_driver_is_not_a_fault(monkeypatch):
    def missing(name):
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    finding = capabilities.nvidia()
    assert (finding.ok, finding.needed) == (False, False)


def test_cpuinfo_is_read_and_its_absence_survived(tmp_path):
    told = tmp_path / "cpuinfo"
    told.write_text("processor : 0\nmodel name\t: First\nflags\t: avx2 avx512_bf16\n\nmodel name : Second\n")
    assert capabilities._cpuinfo(told) == ("First", frozenset({"avx2", "avx512_bf16"}))
    assert capabilities._cpuinfo(tmp_path / "none")[1] == frozenset()
