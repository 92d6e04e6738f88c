"""`mien render --take`, end to end: every frame of the take is in the video, at its moment, whatever the batch."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from gpu_core.assets import resource
from gpu_core.contract import picture_contract
from gpu_core.engine import open_engine
from gpu_core.expression import NEUTRAL, Expression
from gpu_core.gl.context import headless_context
from gpu_core.gltf.face import load_face
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.chrome_trace import check, of_phase, read_trace, spans_by_track
from tests.networks import SIZE, save_network
from tests.signals import deliver
from tests.video_frames import over
from viewer.app import main as mien
from viewer.clips import clip, offline
from viewer.clips.offline_progress import Progress
from viewer.sessions.expression_csv import TimedExpression, write_csv
from viewer.sessions.recording import BACKGROUND
from viewer.sessions.video import VideoFile

pytestmark = pytest.mark.gl
FRAMES = 14


def moved(index: int) -> Expression:
    """Each frame's face is unlike its neighbours'."""
    jaw = NEUTRAL.with_weights({"jawOpen": index / FRAMES})
    return jaw.with_head(yaw=[-24.0, 8.0, 24.0, -8.0][index % 4])


@pytest.fixture(scope="module")
def generator(tmp_path_factory):
    face = load_face(resource("face", "face.glb"))
    return save_network(tmp_path_factory.mktemp("network"), contract=picture_contract(face.sha256))


def small(settings):
    return lambda options: replace(settings(options), size=SIZE)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a take; what is drawn is small."""
    monkeypatch.chdir(tmp_path)
    write_csv(Path("take.csv"), [TimedExpression(index / 25, moved(index)) for index in range(FRAMES)])
    monkeypatch.setattr(offline, "offline_settings", small(offline.offline_settings))
    return tmp_path


@pytest.fixture
def render(folder, generator, gl_context):
    """`mien render` with what every test here says; the exit code."""

    def run(*arguments):
        common = ["--out", "clip.mp4", "--model", str(generator), "--precision", "fp32"]
        return mien(["render", *common, *arguments])

    return run


def decoded(path="clip.mp4"):
    with av.open(path) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def stills(generator, faces):
    settings = EngineSettings(size=SIZE, precision="fp32")
    with headless_context(), open_engine(None, generator, settings) as engine:
        for face in faces:
            frame = engine.render(FrameRequest((face,)))
            yield over(engine.read(frame, View.GENERATED), BACKGROUND)
            engine.recycle(frame)


def test_the_kth_frame_shows_the_kth_expression(render, generator, capsys):
    assert render("take.csv") == 0
    frames = decoded()
    wanted = [still.astype(int) for still in stills(generator, map(moved, range(FRAMES)))]
    assert len(frames) == FRAMES
    errors = np.array([[np.abs(still - frame).mean() for still in wanted] for frame in frames])
    assert errors.argmin(1).tolist() == list(range(FRAMES))
    assert errors.diagonal().max() < 6.0  # what half the colours' resolution and the codec leave of 64 pixels
    with av.open("clip.mp4") as container:
        stream = container.streams.video[0]
        assert (stream.average_rate, stream.frames) == (25, FRAMES)
        assert float(stream.duration * stream.time_base) == pytest.approx(FRAMES / 25)
    told = capsys.readouterr()
    assert told.out == "clip.mp4\n"
    assert f"mien: {FRAMES} frames in " in told.err


def test_a_batch_makes_the_same_video(render):
    made = []
    for faces in ("1", "2", "4"):
        assert render("--take", "take.csv", "--faces", faces) == 0
        made.append(Path("clip.mp4").read_bytes())
    assert made[0] == made[1] == made[2]


def test_other_rate_size_background_and_view(render):
    assert render("take.csv", "--fps", "50", "--size", "96", "--background", "#ff0000", "--view", "render") == 0
    frames = decoded()
    assert len(frames) == 2 * FRAMES
    assert frames[0].shape == (96, 96, 3)
    assert frames[0][2, 2] == pytest.approx((255, 0, 0), abs=4)


def test_a_performance_by_name(render):
    assert render("--take", "range", "--fps", "1") == 0
    assert len(decoded()) == 14


def test_figures_say_where_the_time_went(render):
    assert render("take.csv", "--json", "figures.json") == 0
    figures = json.loads(Path("figures.json").read_text())
    assert figures["frames"] == FRAMES
    assert {"pose", "render", "infer", "read", "encode"} <= set(figures["stages_ms"])
    assert figures["stages_ms"]["encode"]["count"] > 0
    assert (figures["settings"]["depth"], figures["settings"]["faces"], figures["video_fps"]) == (3, 1, 25)
    assert figures["machine"]["cores"]


@pytest.mark.parametrize("faces", ["1", "4"])
def test_a_trace_shows_every_stage_of_every_frame(render, faces):
    assert render("take.csv", "--trace", "trace.json", "--faces", faces) == 0
    events = read_trace(Path("trace.json"))
    check(events)
    spans = spans_by_track(events)
    assert spans["encoder"] == ["encode"] * FRAMES
    assert {"pose", "render", "read"} <= set(spans["engine thread"])
    batches = -(-FRAMES // int(faces))
    assert sum(track.count("infer") for track in spans.values()) == batches
    assert len([event for event in events if event["ph"] == "b"]) == batches
    assert any(event["name"] == "waiting for the encoder" for event in of_phase(events, "C"))


def leftovers(folder, before):
    """What is there and was not; the parts of a clip that a later run goes on with are no litter."""
    return [path.name for path in sorted(folder.iterdir()) if path not in before and path.name != "clip.mp4.parts"]


def test_an_end_from_outside_leaves_nothing_but_parts(render, folder, monkeypatch):
    before = sorted(folder.iterdir())
    monkeypatch.setattr(Progress, "note", lambda *_: deliver(signal.SIGTERM))
    with pytest.raises(SystemExit) as ended:
        render("talk")
    assert ended.value.code == 143
    assert leftovers(folder, before) == []
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_ctrl_c_leaves_what_was_there_and_a_beginning(render, folder, generator, monkeypatch, capsys):
    Path("clip.mp4").write_bytes(b"old")
    before = sorted(folder.iterdir())
    monkeypatch.setattr(Progress, "note", lambda _self, made: deliver(signal.SIGINT) if made >= 3 else None)
    assert render("talk") == 130
    assert Path("clip.mp4").read_bytes() == b"old"
    assert leftovers(folder, before) == []
    error = capsys.readouterr().err
    assert "of 372 frames: the same command goes on from there" in error
    assert error.count("\n") == 1


def test_what_was_interrupted_goes_on_and_is_the_same_clip(render, folder, generator, monkeypatch, capsys):
    assert render("take.csv", "--out", "whole.mp4") == 0
    monkeypatch.setattr(clip, "PART_S", 0.2)
    monkeypatch.setattr(Progress, "note", lambda _self, made: deliver(signal.SIGINT) if made >= 7 else None)
    assert render("take.csv", "--json", "figures.json") == 130
    (parts,) = folder.glob("*.parts")
    assert len(list(parts.glob("*.mp4"))) >= 2
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(offline, "offline_settings", small(offline.offline_settings))
    capsys.readouterr()
    assert render("take.csv", "--json", "figures.json") == 0
    assert "going on after frame" in capsys.readouterr().err
    assert json.loads(Path("figures.json").read_text())["frames"] < FRAMES
    assert not parts.exists()
    apart, together = decoded(), decoded("whole.mp4")
    assert len(apart) == len(together) == FRAMES
    wanted = [still.astype(int) for still in stills(generator, map(moved, range(FRAMES)))]
    errors = np.array([[np.abs(still - frame).mean() for still in wanted] for frame in apart])
    assert errors.argmin(1).tolist() == list(range(FRAMES))
    with av.open("clip.mp4") as container:
        stream = container.streams.video[0]
        assert (stream.average_rate, float(stream.duration * stream.time_base)) == (25, pytest.approx(FRAMES / 25))


def test_another_clip_of_that_name_begins_anew(render, folder, monkeypatch, capsys):
    monkeypatch.setattr(Progress, "note", lambda _self, made: deliver(signal.SIGINT) if made >= 3 else None)
    assert render("take.csv") == 130
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(offline, "offline_settings", small(offline.offline_settings))
    assert render("take.csv", "--background", "#ff0000") == 0
    assert "beginning anew" in capsys.readouterr().err
    assert len(decoded()) == FRAMES


def test_what_was_traced_before_ctrl_c_is_kept(render, monkeypatch):
    monkeypatch.setattr(Progress, "note", lambda _self, made: deliver(signal.SIGINT) if made > 9 else None)
    assert render("talk", "--trace", "trace.json") == 130
    events = read_trace(Path("trace.json"))
    check(events)
    assert spans_by_track(events)["encoder"].count("encode") > 9


def test_a_full_disk_is_one_line(render, folder, monkeypatch, capsys):
    Path("clip.mp4").write_bytes(b"old")
    before = sorted(folder.iterdir())
    written = VideoFile._mux

    def full(self, packets):
        if self.frames < 5:
            return written(self, packets)
        raise self._failure(OSError(28, "No space left on device"))

    monkeypatch.setattr(VideoFile, "_mux", full)
    assert render("talk", "--trace", "trace.json") == 2
    assert capsys.readouterr().err == "mien: clip.mp4: cannot be written: No space left on device\n"
    assert Path("clip.mp4").read_bytes() == b"old"
    assert sorted(folder.iterdir()) == before
