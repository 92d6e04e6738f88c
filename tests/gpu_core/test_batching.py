"""Takes played through an engine: every expression once, in order, whatever the batch."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.assets import resource
from gpu_core.batch import Batch
from gpu_core.batching import in_batches, play_through
from gpu_core.contract import picture_contract
from gpu_core.engine import Engine
from gpu_core.errors import InferenceError
from gpu_core.expression import NEUTRAL
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.networks import SIZE, save_network

TAKE = tuple(NEUTRAL.with_weights({"jawOpen": step / 10}) for step in range(7))


@pytest.fixture(scope="module")
def face():
    return load_face(resource("face", "face.glb"))


@pytest.fixture(params=[1, 2, 4])
def engine(request, gl_context, tmp_path, face):
    generator = load_model(save_network(tmp_path, contract=picture_contract(face.sha256)))
    with Engine(face, generator, EngineSettings(size=SIZE, faces=request.param, precision="fp32")) as made:
        yield made


def drawn(engine, expressions):
    """Every expression's picture, by way of `play_through`."""
    pictures = []
    for frame, count in play_through(engine, expressions):
        assert len(frame.pictures[View.GENERATED]) == engine.settings.faces
        pictures += [engine.read(frame, View.GENERATED, face=face) for face in range(count)]
        engine.recycle(frame)
    return pictures


@pytest.mark.gl
def test_every_expression_comes_out_once_and_in_order(engine):
    pictures = drawn(engine, TAKE)
    assert len(pictures) == len(TAKE)
    for expression, picture in zip(TAKE, pictures, strict=True):
        frame = engine.render(FrameRequest((expression,)))
        alone = engine.read(frame, View.GENERATED)
        engine.recycle(frame)
        np.testing.assert_allclose(picture.astype(int), alone, atol=1)  # a rasteriser rounds elsewhere elsewhere
    assert all(np.abs(one.astype(int) - next_).max() > 1 for one, next_ in itertools.pairwise(pictures))


@pytest.mark.gl
def test_the_pipeline_is_full_and_the_take_is_read_no_further_than_that(engine, monkeypatch):
    monkeypatch.setattr(Batch, "ready", lambda _batch: False)  # so small a network may be done before it is looked at
    read = itertools.count()
    endless = (TAKE[next(read) % len(TAKE)] for _ in itertools.count())
    depths = []
    for frame, count in itertools.islice(play_through(engine, endless), 6):
        depths.append(frame.in_flight)
        assert count == engine.settings.faces
        engine.recycle(frame)
    assert max(depths) == engine.settings.depth
    assert next(read) <= (6 + 2 * engine.settings.depth) * engine.settings.faces
    assert engine.in_flight == 0
    engine.recycle(engine.render(FrameRequest()))


@pytest.mark.gl
def test_a_failing_batch_ends_the_take_and_not_the_engine(engine, monkeypatch):
    def failing():
        for index, expression in enumerate(TAKE):
            if index == 4:
                raise InferenceError("lost")
            yield expression

    with pytest.raises(InferenceError, match="lost"):
        drawn(engine, failing())
    assert engine.in_flight == 0
    for _ in range(8):
        engine.recycle(engine.render(FrameRequest()))


@pytest.mark.gl
def test_frames_that_are_never_recycled_are_an_error_and_no_hang(engine):
    with pytest.raises(RuntimeError, match="recycle"):
        list(play_through(engine, TAKE * 4))


@pytest.mark.gl
def test_what_is_in_flight_already_is_not_mixed_up(engine):
    engine.submit(FrameRequest())
    with pytest.raises(RuntimeError, match="in flight"):
        next(play_through(engine, TAKE))


@given(st.integers(0, 40), st.integers(1, 9))
def test_batches_hold_everything_once(count, size):
    batches = list(in_batches(range(count), size))
    assert [*itertools.chain(*batches)] == [*range(count)]
    assert all(len(batch) == size for batch in batches[:-1])
    assert all(0 < len(batch) <= size for batch in batches)
