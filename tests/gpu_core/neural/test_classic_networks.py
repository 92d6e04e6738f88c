"""Who runs the network on the classic path, on the CPU: see tests/emulated/test_classic_on_gpu.py for the GPU."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.errors import InferenceError, PathUnavailable
from gpu_core.neural.classic_networks import SessionNetwork
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings
from gpu_core.timing import StageTimer
from tests.networks import PAIR, SIZE, WRONG_FILES, save_for, save_network


def feed_for(model, faces=1):
    chance = np.random.default_rng(1)
    return {said.name: chance.random((faces, *said.shape), np.float32) for said in model.signature.inputs}


def test_onnxruntime_answers_every_face_and_its_time_is_told(tmp_path):
    model, timer = load_model(save_network(tmp_path)), StageTimer()
    network = SessionNetwork(model, EngineSettings(size=SIZE, faces=2))
    made = network.run(feed_for(model, 2), timer)
    assert made.shape == (2, *model.signature.output.shape)
    assert [stage.name for stage in timer.take()] == ["infer"]
    assert (network.gpu, network.copied_bytes) == ("", 0)
    network.close()
    network.close()


def test_what_fails_is_one_line_and_was_timed_all_the_same(tmp_path):
    make, _ = WRONG_FILES["fails when run"]
    model, timer = load_model(make(tmp_path), PAIR), StageTimer()
    network = SessionNetwork(model, EngineSettings(size=SIZE))
    with pytest.raises(InferenceError) as caught:
        network.run(feed_for(model), timer)
    assert "\n" not in str(caught.value)
    assert [stage.name for stage in timer.take()] == ["infer"]


def test_a_network_for_one_picture_takes_no_two(tmp_path):
    model = load_model(save_for(tmp_path, PAIR, batch=1))
    with pytest.raises(PathUnavailable, match="takes 1 picture at a time, 2 faces"):
        SessionNetwork(model, EngineSettings(size=SIZE, faces=2))
