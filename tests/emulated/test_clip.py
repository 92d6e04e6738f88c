"""A take on the NVIDIA path: pictures come as copies that nobody waits for, all of them, in order."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest

from gpu_core.contract import picture_contract
from gpu_core.engine import Engine
from gpu_core.expression import NEUTRAL
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings
from gpu_core.trace import TraceWriter
from tests.chrome_trace import check, read_trace, spans_by_track
from tests.emulated.paths import keep_plan, use_double
from tests.faces import save_head
from tests.networks import SIZE, save_network
from viewer.clips.clip import Clip, ClipForm, video_at
from viewer.sessions.take import Course, Take

FRAMES = 19  # more than copies fit on their way, and no whole number of batches


@pytest.fixture
def head(tmp_path_factory):
    return load_face(save_head(tmp_path_factory.mktemp("face")))


@pytest.fixture(autouse=True)
def caches(emulated_gl, monkeypatch, tmp_path_factory):
    use_double(monkeypatch, tmp_path_factory.getbasetemp() / "cache")


@pytest.fixture
def tiny(tmp_path, head):
    return load_model(save_network(tmp_path, contract=picture_contract(head.sha256)))


def take():
    faces = [NEUTRAL.with_head(yaw=7 * k % FRAMES * 3 - 27.0) for k in range(FRAMES)]
    return Take("turning", FRAMES / 25, 25.0, Course([k / 25 for k in range(FRAMES)], faces))


def filmed(folder: Path, head, tiny, path, faces, trace=None):
    """The frames of the video, luma."""
    settings = EngineSettings(size=SIZE, path=path, precision="fp32", depth=3, faces=faces)
    part = folder / f"{path}{faces}.mp4"
    with (
        Engine(head, tiny, settings) as engine,
        closing(Clip(engine, take(), ClipForm(25.0), video_at(part, ClipForm(25.0)), trace=trace)) as clip,
    ):
        clip.film()
        assert engine.path_name == path
    with av.open(str(part)) as container:
        return np.stack([frame.to_ndarray(format="gray") for frame in container.decode(video=0)]).astype(int)


@pytest.mark.parametrize("faces", [1, 4])
def test_the_video_is_the_host_paths(head, tiny, tmp_path, faces):
    keep_plan(tiny, EngineSettings(size=SIZE, precision="fp32"))
    with TraceWriter(tmp_path / "trace.json") as trace:
        made = filmed(tmp_path, head, tiny, "cuda", faces, trace)
    wanted = filmed(tmp_path, head, tiny, "host", faces)
    assert made.shape == wanted.shape == (FRAMES, SIZE, SIZE)
    errors = np.abs(made[:, None] - wanted[None]).mean((2, 3))
    assert errors.argmin(1).tolist() == list(range(FRAMES))
    assert errors.diagonal().max() < 2.0
    events = read_trace(tmp_path / "trace.json")
    check(events)
    spans = spans_by_track(events)
    assert spans["encoder"] == ["encode"] * FRAMES
    on_gpu = [name for track, names in spans.items() if track.startswith("GPU") for name in names]
    assert on_gpu.count("infer") == -(-FRAMES // faces)
