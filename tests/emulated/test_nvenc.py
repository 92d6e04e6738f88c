"""Recording by the GPU's encoder, against a double of PyNvVideoCodec: our half of it, the other nobody has seen."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from gpu_core.contract import picture_contract
from gpu_core.cuda.nvenc import GpuEncoder
from gpu_core.engine import Engine
from gpu_core.errors import InferenceError, PathUnavailable
from gpu_core.expression import NEUTRAL
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.emulated.paths import keep_plan, use_double
from tests.emulation.nvenc_double import Double
from tests.faces import save_head
from tests.networks import SIZE, save_network
from tests.video_frames import nv12
from viewer.filming.camera import Camera
from viewer.sessions.expression_csv import read_csv
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.recording import RecordingForm

FPS = 25


@pytest.fixture(scope="module")
def face(tmp_path_factory):
    return load_face(save_head(tmp_path_factory.mktemp("face")))


@pytest.fixture
def engine(emulated_gl, monkeypatch, tmp_path, tmp_path_factory, face):
    use_double(monkeypatch, tmp_path_factory.getbasetemp() / "cache")
    model = load_model(save_network(tmp_path, contract=picture_contract(face.sha256)))
    settings = EngineSettings(size=SIZE, precision="fp32", path="auto")
    keep_plan(model, settings)
    with Engine(face, model, settings) as made:
        yield made


@pytest.fixture
def nvenc(emulated_gl, monkeypatch):
    double = Double(emulated_gl)
    monkeypatch.setitem(sys.modules, "PyNvVideoCodec", double)
    return double


class Take:
    """A recording of frames at given moments of the video."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.moments, self.told = engine, [], []
        self.pictures, self.copied = [], []
        self.camera = Camera(
            folder, RecordingForm(FPS), lambda _frame, _index: self.moments[-1] / FPS, self.told.append
        )

    def film(self, moment: int) -> None:
        self.moments.append(moment)
        expression = NEUTRAL.with_weights({"jawOpen": moment / 100}).with_head(yaw=3.0 * moment)
        frame = self.engine.render(FrameRequest((expression,), frozenset({View.GENERATED})))
        self.pictures.append(nv12(self.engine.read(frame, View.GENERATED)))
        self.copied.append(self.camera.film(self.engine, frame))
        self.engine.recycle(frame)

    def end(self) -> list[np.ndarray]:
        self.camera.close(self.engine)
        with av.open(str(Path(self.told[-1].folder) / "video.mp4")) as container:
            self.stream = container.streams.video[0].codec_context.name
            frames = list(container.decode(video=0))
        self.tags = [int(frames[0].colorspace), int(frames[0].color_range)]
        self.times = [round(float(frame.time) * FPS) for frame in frames]
        return [frame.to_ndarray() for frame in frames]

    def rows(self) -> list[int]:
        path = Path(self.told[-1].folder) / "expressions.csv"
        return [round(100 * face["jawOpen"]) for _, face in read_csv(path) if face]


@pytest.fixture
def take(engine, tmp_path):
    return Take(engine, tmp_path / "takes")


def assert_shows(frame: np.ndarray, picture: np.ndarray) -> None:
    """Luma agrees within what a lossy codec leaves."""
    assert np.abs(frame[:SIZE].astype(int) - picture[:SIZE]).mean() < 2


def test_the_encoder_replaces_the_copy(take, nvenc, emulated_gl):
    for moment in range(8):
        take.film(moment)
    frames = take.end()
    assert take.times == list(range(8)) == take.rows()
    for frame, picture in zip(frames, take.pictures, strict=True):
        assert_shows(frame, picture)
    assert take.tags == [1, 1]
    assert sum(take.copied) < 8 * SIZE * SIZE * 3 // 2 / 2, "only packets leave the GPU"
    assert nvenc.made[0].ended
    assert emulated_gl.calls("cuMemAllocHost") == 0


def test_moments_nobody_drew_hold_the_picture_before_and_surplus_is_skipped(take, nvenc):
    for moment in (0, 0, 1, 4, 5):
        take.film(moment)
    frames = take.end()
    assert len(frames) == nvenc.made[0].frames == 6
    first, _, second, third, fourth = take.pictures
    for frame, picture in zip(frames, (first, second, second, second, third, fourth), strict=True):
        assert_shows(frame, picture)
    assert take.rows() == [0, 1, 1, 1, 4, 5]


def test_without_the_package_pictures_are_copied(take, monkeypatch, emulated_gl):
    monkeypatch.setitem(sys.modules, "PyNvVideoCodec", None)
    with pytest.raises(PathUnavailable, match=r"pip install 'mien\[nvenc\]'"):
        GpuEncoder(SIZE, FPS)
    take.film(0)
    assert take.copied == [SIZE * SIZE * 3 // 2]
    assert emulated_gl.calls("cuMemAllocHost") > 0
    assert len(take.end()) == 1


def test_an_encoder_that_cannot_be_opened_is_done_without(take, nvenc, caplog):
    nvenc.fail["CreateEncoder"] = 1
    with caplog.at_level("INFO", "viewer.filming.camera"):
        take.film(0)
    assert caplog.messages == [
        "recording copies each picture to the host: the GPU's encoder cannot be opened: "
        "CreateEncoder: NV_ENC_ERR_GENERIC"
    ]
    assert take.copied == [SIZE * SIZE * 3 // 2]
    take.end()


def test_an_encoder_that_reorders_is_refused(engine, nvenc):
    nvenc.reorders = 2
    with pytest.raises(PathUnavailable, match="reorders"):
        GpuEncoder(SIZE, FPS)


def test_an_encoder_that_fails_ends_the_recording_with_what_it_has(take, nvenc):
    nvenc.fail["Encode"] = 7
    for moment in range(6):
        take.film(moment)
    with pytest.raises(InferenceError, match=r"^the GPU's encoder failed: Encode: NV_ENC_ERR_GENERIC$"):
        take.film(6)
    assert not take.told[-1].running
    assert len(take.end()) == 6


def test_what_it_still_had_is_missing_if_it_fails_at_the_end(take, nvenc, caplog):
    nvenc.fail["EndEncode"] = 1
    for moment in range(6):
        take.film(moment)
    assert len(take.end()) == 3
    assert "the last pictures are missing" in caplog.text
    caplog.clear()


def test_it_outlives_a_change_of_precision_and_ends_where_the_gpu_is_left(take, nvenc, engine, emulated_gl):
    for moment in range(4):
        take.film(moment)
    engine.configure(replace(engine.settings, precision="auto"))
    take.film(4)
    emulated_gl.lose("cuGraphicsMapResources")
    with pytest.raises(RecordingError, match="only the GPU's encoder can go on"):
        take.film(5)
    assert engine.path_state.name == "host"
    assert len(take.end()) >= 2
