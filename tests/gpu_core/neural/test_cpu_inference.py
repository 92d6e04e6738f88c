"""The CPU's engines: slots in flight, each with the result of its own input."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from gpu_core.errors import PathUnavailable
from gpu_core.neural.cpu_inference import open_inference, stream_count
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings
from tests.networks import SIZE, save_network

ROUNDS = 5


@pytest.fixture
def opened(tmp_path):
    """Open an engine on the tiny network; skips where it is not installed, and closes it."""
    engines = []

    def open_(**changes):
        try:
            engines.append(open_inference(load_model(save_network(tmp_path)), EngineSettings(size=SIZE, **changes)))
        except PathUnavailable as reason:
            pytest.skip(str(reason))
        return engines[-1]

    yield open_
    for engine in engines:
        engine.close()


@pytest.mark.parametrize("inference", ["openvino", "onnxruntime"])
@pytest.mark.parametrize("streams", [0, 1, 2])
def test_slots_in_flight_give_each_its_own_result(opened, inference, streams):
    engine = opened(inference=inference, precision="fp32", depth=3, streams=streams)
    chance = np.random.default_rng(0)
    alone = []
    for slot, (tensor,) in enumerate(engine.inputs):
        tensor[:] = chance.random(tensor.shape, np.float32)
        engine.start(slot, lambda: None)
        alone.append(np.array(engine.result(slot)[0]))
    assert np.abs(alone[0] - alone[1]).max() > 0.01
    for _ in range(ROUNDS):
        told = [threading.Event() for _ in engine.inputs]
        for slot in (2, 0, 1):
            engine.start(slot, told[slot].set)
        for slot in (0, 1, 2):
            made, start, end = engine.result(slot)
            assert told[slot].wait(5)
            assert engine.ready(slot)
            assert start <= end
            np.testing.assert_allclose(made, alone[slot], atol=1e-5)


@pytest.mark.parametrize(("streams", "depth", "expected"), [(0, 2, 1), (1, 2, 1), (2, 2, 2), (2, 1, 1), (2, 3, 2)])
def test_no_more_streams_than_slots(streams, depth, expected):
    assert stream_count(EngineSettings(streams=streams, depth=depth)) == expected


@pytest.mark.parametrize(
    ("streams", "faces", "threads", "expected"), [(0, 4, 2, 2), (0, 2, 8, 2), (1, 4, 2, 1), (2, 4, 4, 2)]
)
def test_a_batch_has_as_many_requests_at_once_as_there_are_threads(streams, faces, threads, expected):
    assert stream_count(EngineSettings(streams=streams, faces=faces, threads=threads)) == expected


@pytest.mark.parametrize("inference", ["openvino", "onnxruntime"])
@pytest.mark.parametrize("streams", [0, 1])
def test_every_face_of_a_batch_gets_what_it_gets_alone(opened, inference, streams):
    batch = opened(inference=inference, precision="fp32", faces=3, depth=2, threads=2, streams=streams)
    single = opened(inference=inference, precision="fp32", depth=1)
    chance = np.random.default_rng(0)
    for _ in range(ROUNDS):
        told = [threading.Event() for _ in batch.inputs]
        for slot, (tensor,) in enumerate(batch.inputs):
            tensor[:] = chance.random(tensor.shape, np.float32)
            batch.start(slot, told[slot].set)
        for slot, (tensor,) in enumerate(batch.inputs):
            made, start, end = batch.result(slot)
            assert told[slot].wait(5)
            assert start <= end
            assert made.shape == (3, 4, SIZE, SIZE)
            for face in range(3):
                single.inputs[0][0][:] = tensor[face]
                single.start(0, lambda: None)
                np.testing.assert_allclose(made[face], single.result(0)[0][0], atol=1e-5)


def test_two_streams_are_two_threads_of_openvino(opened):
    engine = opened(inference="openvino", precision="fp32", streams=2, threads=2)
    network = engine.slots[0].requests[0].get_compiled_model()
    assert (network.get_property("NUM_STREAMS"), network.get_property("INFERENCE_NUM_THREADS")) == (2, 2)
    assert network.get_property("ENABLE_CPU_PINNING") is False
