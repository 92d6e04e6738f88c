"""Every "no" has a reason and a remedy, and a crashing driver is a finding."""

from __future__ import annotations

import ctypes
import sys

import pytest

from gpu_core import assets, capabilities
from gpu_core.capabilities import opengl, shipped_files
from gpu_core.openvino_import import cpu_capabilities
from tests.faces import save_head
from tests.networks import save_network, save_quantised, sha256

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


def test_openvino_is_asked_once():
    cpu_capabilities.cache_clear()
    for probe in (capabilities.openvino, capabilities.chosen_path):
        probe()
    assert cpu_capabilities.cache_info().misses == 1


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Shipped files of a test's own: a face, and a place for generators."""
    monkeypatch.setattr(assets, "resources_root", lambda: tmp_path)
    for name in ("face", "models"):
        (tmp_path / name).mkdir()
    save_head(tmp_path / "face")
    return tmp_path / "models"


def test_generators_are_told_with_their_variants(shelf):
    swift = save_network(shelf, "swift")
    save_network(shelf, "swift.fp16", precision="fp16", made_from=sha256(swift))
    save_quantised(swift)
    save_network(shelf, "man-swift")
    finding = shipped_files()
    assert finding.ok, finding.reason
    assert finding.value == "faces: head; generators: man-swift (fp32), swift (fp32, fp16, int8)"


def test_a_variant_of_something_else_is_named(shelf):
    save_network(shelf, "swift")
    save_network(shelf, "swift.int8", precision="int8", made_from="0" * 64)
    finding = shipped_files()
    assert (finding.ok, finding.needed) == (False, False)
    assert finding.reason.startswith("swift.int8.onnx: ")


def test_no_generator_and_a_damaged_one_are_faults(shelf):
    assert "no generator" in shipped_files().reason
    save_network(shelf, "swift").write_bytes(b"damaged")
    finding = shipped_files()
    assert (finding.ok, finding.needed) == (False, True)
    assert "swift.onnx is not the network its card describes" in finding.reason
