"""Settings change on the NVIDIA path while frames are held: nothing that is shown goes away, nothing is left over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu_core.batching import play_through
from gpu_core.contract import picture_contract
from gpu_core.engine import Engine
from gpu_core.errors import MienError
from gpu_core.expression import NEUTRAL
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.emulated.paths import keep_plan, use_double
from tests.faces import save_head
from tests.networks import SIZE, save_network

JAW = NEUTRAL.with_weights({"jawOpen": 0.6})
SETTINGS = EngineSettings(size=SIZE, path="cuda", precision="fp32")


@pytest.fixture
def engine(emulated_gl, monkeypatch, tmp_path, tmp_path_factory):
    use_double(monkeypatch, tmp_path_factory.getbasetemp() / "cache")
    head = load_face(save_head(tmp_path))
    tiny = load_model(save_network(tmp_path, contract=picture_contract(head.sha256)))
    keep_plan(tiny, SETTINGS)
    with Engine(head, tiny, SETTINGS) as made:
        yield made


def picture(engine, frame, face=0):
    return engine.read(frame, View.GENERATED, face).astype(int)


@pytest.mark.parametrize(
    "changes",
    [
        {"faces": 2},
        {"depth": 3},
        {"tier": "host copy"},
        {"tier": "pixel buffer"},
        {"path": "host"},
        {"path": "classic"},
    ],
)
def test_frames_that_are_held_stay_good_and_the_next_ones_are_the_same(engine, changes):
    held = engine.render(FrameRequest((JAW,)))
    before = picture(engine, held)
    engine.submit(FrameRequest((NEUTRAL,)))  # on its way when the change comes
    engine.configure(replace(engine.settings, **changes))
    after = engine.render(FrameRequest((JAW,)))
    np.testing.assert_array_equal(picture(engine, held), before)
    for face in range(engine.settings.faces):
        assert np.abs(picture(engine, after, face) - before).max() <= 1
    engine.recycle(held)
    engine.recycle(after)
    engine.configure(SETTINGS)
    again = engine.render(FrameRequest((JAW,)))
    np.testing.assert_array_equal(picture(engine, again), before)
    engine.recycle(again)


def test_what_is_refused_leaves_the_path_as_it_was(engine):
    state = engine.path_state
    with pytest.raises(MienError):
        engine.configure(replace(SETTINGS, precision="int8"))
    assert engine.path_state == state
    engine.recycle(engine.render(FrameRequest((JAW,))))


def test_a_take_is_played_through_two_faces_a_batch(engine):
    engine.configure(replace(SETTINGS, faces=2))
    take = [NEUTRAL.with_weights({"jawOpen": step / 5}) for step in range(5)]
    counts = []
    for frame, count in play_through(engine, take):
        counts.append(count)
        engine.recycle(frame)
    assert counts == [2, 2, 1]
