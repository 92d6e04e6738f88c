"""What stands around the driver is read from where Linux tells it."""

from __future__ import annotations

import ctypes
import os
import signal

import pytest

from gpu_core.doctor import surroundings
from gpu_core.doctor.surroundings import look_around
from gpu_core.mps.places import own_place
from gpu_core.mps.running import start
from tests.emulation.mps.double import GPU, mps_double


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A machine of a test's own, without any of it."""
    for name in ("LD_PRELOAD", "VGL_DISPLAY", "VGL_ISACTIVE", "CUDA_VISIBLE_DEVICES", "CUDA_MPS_PIPE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("gpu_core.mps.places.DEFAULT_PIPES", tmp_path / "nvidia-mps")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def write(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def card(root, vendor, kind):
    write(root, "sys/bus/pci/devices/0000:01:00.0/vendor", f"{vendor}\n")
    write(root, "sys/bus/pci/devices/0000:01:00.0/class", f"{kind}\n")


def test_nothing_there(root):
    seen = look_around(root)
    assert (seen.module, seen.has_gpu, seen.is_wsl, seen.virtual_gl, seen.mps) == ("", False, False, "", "")


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 07:17:18 UTC 2025\n", "580.65.06"),
        ("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  615.10  Release Build\n", "615.10"),
        ("something else\n", ""),
    ],
)
def test_version_of_the_kernel_module(root, line, version):
    write(root, "proc/driver/nvidia/version", line)
    assert look_around(root).module == version


@pytest.mark.parametrize(
    ("vendor", "kind", "has_gpu"),
    [
        ("0x10de", "0x030000", True),
        ("0x10de", "0x030200", True),
        ("0x10de", "0x040300", False),
        ("0x8086", "0x030000", False),
    ],
)
def test_a_gpu_on_the_bus_is_no_sound_card(root, vendor, kind, has_gpu):
    card(root, vendor, kind)
    assert look_around(root).has_gpu is has_gpu


def test_wsl_and_virtual_gl(root, monkeypatch):
    write(root, "proc/version", "Linux version 6.6.87.2-microsoft-standard-WSL2 (root@x)\n")
    assert look_around(root).is_wsl
    monkeypatch.setenv("VGL_DISPLAY", "egl")
    assert look_around(root).virtual_gl == "VGL_DISPLAY is set"
    monkeypatch.setenv("LD_PRELOAD", "libdlfaker.so:libvglfaker.so")
    assert look_around(root).virtual_gl == "LD_PRELOAD names libvglfaker"


def test_mps_with_and_without_its_daemon(root, monkeypatch):
    monkeypatch.setenv("CUDA_MPS_PIPE_DIRECTORY", str(root / "pipes"))
    seen = look_around(root)
    assert seen.mps == "CUDA_MPS_PIPE_DIRECTORY set"
    assert seen.mps_problem == f"no daemon listens in {root / 'pipes'}"
    write(root, "pipes/control", "")
    assert look_around(root).mps == f"its daemon listens in {root / 'pipes'}"
    assert look_around(root).mps_problem == ""  # nobody is here to ask


def test_a_daemon_of_ours_is_seen_and_one_that_does_not_answer(monkeypatch, tmp_path):
    with mps_double(monkeypatch) as double:
        start(GPU)
        seen = look_around(tmp_path)
        assert (seen.mps, seen.mps_problem) == (f"Mien's own daemon listens in {own_place(GPU).pipes}", "")
        monkeypatch.setattr(surroundings, "MPS_ANSWER_S", 0.3)
        os.kill(double.running()[0], signal.SIGSTOP)
        assert "does not answer within 0.3 s" in look_around(tmp_path).mps_problem


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("libcuda.so.1: cannot open shared object file: No such file or directory", "libcuda.so.1 is not there"),
        ("libcuda.so.1: wrong ELF class: ELFCLASS32", "libcuda.so.1: wrong ELF class: ELFCLASS32"),
    ],
)
def test_a_library_that_does_not_load_says_why(root, monkeypatch, text, told):
    def refuse(name):
        raise OSError(text)

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    assert look_around(root).library == told
