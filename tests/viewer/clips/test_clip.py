"""viewer.clips.clip: the take's expressions, in order, each once, into the form that was asked for."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest

from gpu_core.errors import InferenceError
from gpu_core.expression import NEUTRAL
from gpu_core.settings import View
from tests.fakes import SIZE, FakeEngine, draw_face
from tests.video_frames import over
from viewer.clips.clip import Clip, ClipForm, offline_style, video_at
from viewer.sessions.take import Course, Take

pytestmark = pytest.mark.gl
FRAMES = 7
FACES = [NEUTRAL.with_weights({"jawOpen": k / FRAMES}).with_head(yaw=4.0 * k) for k in range(FRAMES)]
TAKE = Take("talk", FRAMES / 25, 25.0, Course([k / 25 for k in range(FRAMES)], FACES))


@pytest.fixture
def engine(gl_context):
    with FakeEngine(depth=3) as made:
        yield made


def decoded(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_each_expression_becomes_a_frame(engine, tmp_path):
    told: list[int] = []
    with closing(Clip(engine, TAKE, ClipForm(25.0), video_at(tmp_path / "clip.mp4", ClipForm(25.0)))) as clip:
        figures = clip.film(told.append)
    assert [request.expressions for request in engine.submitted] == [(face,) for face in FACES]
    assert sorted(engine.recycled) == list(range(FRAMES))
    assert (clip.frames, clip.made, figures.frames, len(told)) == (FRAMES, FRAMES, FRAMES, FRAMES)
    assert told == sorted(told)
    for request, frame in zip(engine.submitted, decoded(tmp_path / "clip.mp4"), strict=True):
        wanted = over(draw_face(request, View.GENERATED)[::-1], (0x1B, 0x1C, 0x1F))
        assert np.abs(frame.astype(int) - wanted).mean() < 3


def test_the_form_is_kept(engine, tmp_path):
    form = ClipForm(50.0, View.RENDER, (0, 0, 255), side=SIZE // 2)
    with closing(Clip(engine, TAKE, form, video_at(tmp_path / "clip.mp4", form))) as clip:
        clip.film()
    frames = decoded(tmp_path / "clip.mp4")
    assert len(frames) == 2 * FRAMES
    assert frames[0].shape == (SIZE // 2, SIZE // 2, 3)
    assert frames[0][1, 1] == pytest.approx((0, 0, 255), abs=4)
    assert {request.views for request in engine.submitted} == {frozenset({View.RENDER})}


def test_an_engine_that_fails_ends_it_and_nothing_is_left_running(engine, tmp_path):
    engine.fail_with = InferenceError("no more")
    with closing(Clip(engine, TAKE, ClipForm(25.0), video_at(tmp_path / "clip.mp4", ClipForm(25.0)))) as clip:
        with pytest.raises(InferenceError, match="no more"):
            clip.film()
        assert clip.made == 0


@pytest.mark.parametrize(("cores", "threads"), [(None, 1), (1, 1), (2, 1), (16, 8), (128, 8)])
def test_the_encoder_leaves_cores_to_the_rest(monkeypatch, cores, threads):
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert offline_style().threads == threads
