"""Where the classic path runs, and that it says so: see tests/emulated/test_classic_on_gpu.py for a GPU."""

from __future__ import annotations

import pytest

from gpu_core.errors import PathUnavailable
from gpu_core.neural import classic_way
from gpu_core.neural.classic_way import open_classic
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings
from tests.networks import SIZE, save_network

SETTINGS = EngineSettings(size=SIZE, path="classic")


@pytest.fixture
def model(tmp_path):
    return load_model(save_network(tmp_path))


def refuse(*_):
    raise PathUnavailable("there is no NVIDIA driver")


def test_without_a_gpu_it_is_the_processor_and_says_why(model, monkeypatch):
    monkeypatch.setattr(classic_way, "PlannedClassic", refuse)
    path = open_classic(model, SETTINGS)
    assert path.state.reason.startswith("chosen by hand (there is no NVIDIA driver): one frame at a time")
    assert (path.state.name, path.state.engine, path.state.gpu) == ("classic", "ONNX Runtime fp32, as it comes", "")
    path.close()


def test_onnxruntime_by_hand_asks_for_no_gpu(model, monkeypatch):
    monkeypatch.setattr(classic_way, "PlannedClassic", lambda *_: pytest.fail("a GPU was asked for"))
    path = open_classic(model, EngineSettings(size=SIZE, path="classic", inference="onnxruntime"))
    assert path.state.reason.startswith("chosen by hand: one frame")
    path.close()


def test_what_the_baseline_does_not_know_opens_no_gpu(model, monkeypatch):
    monkeypatch.setattr(classic_way, "PlannedClassic", lambda *_: pytest.fail("a GPU was asked for"))
    with pytest.raises(PathUnavailable, match="classic path runs ONNX Runtime"):
        open_classic(model, EngineSettings(size=SIZE, path="classic", inference="openvino"))
