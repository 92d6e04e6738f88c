"""gpu_core.mps.places: folders of ours, and where CUDA looks by itself."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

from gpu_core.mps.places import DEFAULT_PIPES, inherited_place, nowhere, own_folder, own_place

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="MPS is there on Linux alone")


def test_each_gpu_has_a_short_place_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    one, other = own_place("GPU-12345678-aaaa"), own_place("GPU-87654321-aaaa")
    assert one.pipes == own_folder() / "12345678"
    assert one.pipes != other.pipes
    assert one.is_own
    assert own_folder() in nowhere().parents
    assert not one.pipes.exists()


def test_without_a_runtime_folder_there_is_one_for_each_user(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert own_folder() == Path(tempfile.gettempdir()) / f"mien-{os.getuid()}" / "mps"


def test_what_is_inherited_is_what_cuda_would_use(monkeypatch):
    monkeypatch.delenv("CUDA_MPS_PIPE_DIRECTORY", raising=False)
    assert inherited_place().pipes == DEFAULT_PIPES
    monkeypatch.setenv("CUDA_MPS_PIPE_DIRECTORY", "/somewhere")
    monkeypatch.setenv("CUDA_MPS_LOG_DIRECTORY", "/log")
    assert (inherited_place().pipes, inherited_place().log) == (Path("/somewhere"), Path("/log"))
    assert not inherited_place().is_own
