"""The stand-in for TensorRT on real hardware has what the product uses of TensorRT, and says what it is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gpu_core.plans.backend import open_backend
from tests.emulation.build import CannotBuild

STAND_IN = Path(__file__).parents[1] / "hardware" / "stand_in"


def test_it_is_taken_for_tensorrt_and_says_that_it_is_none(monkeypatch):
    monkeypatch.syspath_prepend(str(STAND_IN))
    monkeypatch.delitem(sys.modules, "tensorrt", raising=False)
    try:
        backend = open_backend("tensorrt")
    except CannotBuild as error:
        pytest.skip(str(error))
    finally:
        sys.modules.pop("tensorrt", None)
    assert backend.module == "tensorrt"
    assert backend.title == "TensorRT 11.4.0 stand-in (PyTorch computes)"
    assert backend.api.Runtime.__module__ == "tensorrt"
