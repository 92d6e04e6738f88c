"""What a request's look changes in the engine's frames, and what it never does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu_core.engine import Engine, open_engine
from gpu_core.expression import NEUTRAL
from gpu_core.free_views import free_look
from gpu_core.look import TRAINED, FreeCamera, Look
from gpu_core.settings import EngineSettings, FrameRequest, Light, Lighting, View

pytestmark = pytest.mark.gl
SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.8, "jawOpen": 0.25})
AROUND = Look(FreeCamera(yaw=60.0), Lighting((Light((1.0, 0.0, 0.0), 2.0, (1.0, 0.4, 0.2)),)))
ALL = frozenset(View)


@pytest.fixture(scope="module")
def engine():
    from gpu_core.gl.context import headless_context

    with headless_context(), open_engine(settings=EngineSettings(path="host")) as engine:
        yield engine


def pictures(engine: Engine, look: Look | None, views: frozenset[View] = ALL) -> dict[View, np.ndarray]:
    frame = engine.render(FrameRequest((SMILE,), views, look=look))
    try:
        return {view: engine.read(frame, view) for view in frame.pictures}
    finally:
        engine.recycle(frame)


def test_the_generated_picture_is_the_same_whatever_the_look(engine: Engine) -> None:
    usual, free = pictures(engine, None), pictures(engine, AROUND)
    np.testing.assert_array_equal(free[View.GENERATED], usual[View.GENERATED])
    for view in (View.TEXTURE, View.RENDER):
        assert np.abs(free[view].astype(int) - usual[view]).mean() > 5
    np.testing.assert_array_equal(
        pictures(engine, AROUND, frozenset({View.GENERATED}))[View.GENERATED], usual[View.GENERATED]
    )


def test_the_default_look_changes_no_byte_and_draws_nothing_twice(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = pictures(engine, None)
    monkeypatch.setattr("gpu_core.gl.renderer.Renderer.draw_free", lambda *_: pytest.fail("the free pass was run"))
    for look in (Look(), TRAINED, Look(FreeCamera(), Lighting())):
        for view, picture in pictures(engine, look).items():
            np.testing.assert_array_equal(picture, usual[view])


def test_a_view_that_nobody_generates_from_is_drawn_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    free = pictures(engine, AROUND)
    monkeypatch.setattr("gpu_core.gl.renderer.Renderer.draw", lambda *_: pytest.fail("the pair was drawn"))
    only = pictures(engine, AROUND, frozenset({View.RENDER}))
    np.testing.assert_array_equal(only[View.RENDER], free[View.RENDER])
    assert View.GENERATED not in only


def test_frames_with_and_without_a_look_may_be_in_flight_together(engine: Engine) -> None:
    usual, free = pictures(engine, None), pictures(engine, AROUND)
    engine.submit(FrameRequest((SMILE,), ALL, look=AROUND))
    engine.submit(FrameRequest((SMILE,), ALL))
    frames = engine.collect(wait=True)
    while len(frames) < 2:
        frames += engine.collect(wait=True)
    for frame, wanted in zip(frames, (free, usual), strict=True):
        np.testing.assert_array_equal(engine.read(frame, View.RENDER), wanted[View.RENDER])
        engine.recycle(frame)


def test_a_still_has_its_own_size_and_the_look_of_its_request(engine: Engine) -> None:
    free, usual = pictures(engine, AROUND), pictures(engine, None)
    request = FrameRequest((SMILE,), frozenset({View.RENDER}), look=AROUND)
    np.testing.assert_array_equal(engine.still(request, View.RENDER, 512), free[View.RENDER])
    np.testing.assert_array_equal(engine.still(replace(request, look=None), View.TEXTURE, 512), usual[View.TEXTURE])
    large = engine.still(request, View.RENDER, 1024)
    assert large.shape == (1024, 1024, 4)
    halved = large.reshape(512, 2, 512, 2, 4).mean((1, 3))
    assert np.abs(halved - free[View.RENDER]).mean() < 4


def test_a_still_leaves_what_is_in_flight_alone(engine: Engine) -> None:
    usual = pictures(engine, None)
    engine.submit(FrameRequest((SMILE,), ALL))
    engine.still(FrameRequest((NEUTRAL,), ALL, look=AROUND), View.RENDER, 64)
    (frame,) = engine.collect(wait=True)
    for view, wanted in usual.items():
        np.testing.assert_array_equal(engine.read(frame, view), wanted)
    engine.recycle(frame)


def test_looks_are_part_of_what_is_asked_for() -> None:
    assert FrameRequest(look=AROUND) != FrameRequest()
    assert free_look(FrameRequest(look=AROUND)) is None, "the generated view alone has no other look"
    assert free_look(FrameRequest(views=ALL, look=AROUND)) == AROUND
    assert free_look(FrameRequest(views=ALL, look=TRAINED)) is None
