"""`mien record`, `session`, `replay`, end to end: a session is whole, comes back bit by bit, and is compared."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import av
import pytest

from gpu_core.assets import resource
from gpu_core.contract import picture_contract
from gpu_core.gltf.face import load_face
from gpu_core.settings import EngineSettings
from tests.networks import SIZE, save_network
from viewer import record, replay
from viewer.app import main as mien
from viewer.clips import offline
from viewer.sessions.session import open_session
from viewer.sessions.take import Take
from viewer.sessions.video import VideoFile

pytestmark = pytest.mark.gl


@pytest.fixture(scope="module")
def generator(tmp_path_factory):
    face = load_face(resource("face", "face.glb"))
    return save_network(tmp_path_factory.mktemp("network"), contract=picture_contract(face.sha256))


@pytest.fixture
def folder(tmp_path, monkeypatch, gl_context):
    """The current folder; what is drawn is small."""
    monkeypatch.chdir(tmp_path)
    for module in (record, replay):
        monkeypatch.setattr(module, "EngineSettings", lambda **given: EngineSettings(**{"size": SIZE, **given}))
    large = offline.offline_settings
    monkeypatch.setattr(offline, "offline_settings", lambda options: replace(large(options), size=SIZE))
    return tmp_path


@pytest.fixture
def mien_with(folder, generator):
    """Run a command with the small generator."""

    def run(*arguments):
        return mien([*arguments, "--model", str(generator), "--precision", "fp32"])

    return run


@pytest.fixture
def session(mien_with, capsys):
    assert mien_with("record", "--seconds", "1", "--codec", "ffv1", "--out", "带 空格", "--performance", "range") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "带 空格"
    return Path("带 空格")


def test_what_is_recorded_is_whole_and_says_what_made_it(session, generator, capsys):
    assert mien(["session", "check", str(session)]) == 0
    assert capsys.readouterr().out == "带 空格: whole\n"
    opened = open_session(session)
    assert opened.told("settings", "precision") == "fp32"
    assert opened.told("face", "sha256") == load_face(resource("face", "face.glb")).sha256
    assert opened.told("generator", "sha256")
    assert all(opened.told(*names) for names in (["contract"], ["machine", "cores"], ["versions", "numpy"]))
    assert {"pose", "render", "infer", "record", "encode"} <= set(opened.timings())
    assert json.loads((session / "trace.json").read_text())


def test_a_replay_is_bit_by_bit_and_shows_what_changed(session, mien_with, capsys):
    assert mien_with("replay", str(session), "--compare", "--json", "f.json", "--out", "again") == 0
    told = capsys.readouterr().out
    figures = json.loads(Path("f.json").read_text())
    frames = len(list(open_session(session).track()))
    assert f"{frames} expressions came back bit by bit" in told
    assert f"pictures: all {figures['pictures']['pictures']} are the same, byte for byte" in told
    assert {row["stage"] for row in figures["stages"]} >= {"pose", "render", "infer"}
    assert (session / "track.csv").read_text() == Path("again/track.csv").read_text()
    assert mien(["session", "check", "again"]) == 0


def test_a_replay_by_another_way_says_so_and_how_far_off_it_is(session, generator, folder, capsys):
    assert mien(["replay", str(session), "--compare", "--model", str(generator), "--inference", "onnxruntime"]) == 0
    told = capsys.readouterr().out
    assert "inference: recorded with" in told


def test_a_replay_as_a_clip_has_every_moment(session, mien_with, capsys):
    assert mien_with("replay", str(session), "--out", "clip.mp4") == 0
    index = list(open_session(session).index())
    with av.open("clip.mp4") as file:
        assert sum(1 for _ in file.decode(video=0)) == index[-1].video_frame + 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["replay", "nowhere"], "there is no folder nowhere"),
        (["replay", "."], "holds no session"),
        (["session", "check", "nowhere"], "there is no folder nowhere"),
        (["session", "recover", "."], "holds no session"),
        (["session", "mend", "."], "invalid choice"),
        (["record", "--out", "x", "--take", "a.csv", "--performance", "talk"], "one at a time"),
        (["record", "--out", "x", "--take", "nowhere.csv"], "there is no take"),
        (["record", "--out", "x", "--seconds", "0"], "must be more than 0"),
        (["record", "--out", "x", "--fps", "9999"], "more than 240"),
        (["record", "--out", "x", "--codec", "vp9"], "invalid choice"),
        (["record"], "--out"),
    ],
)
def test_nonsense_is_one_line(folder, arguments, complaint, capsys):
    assert mien(arguments) == 2
    told = capsys.readouterr().err
    assert complaint in told
    assert told.count("\n") == 1
    assert list(folder.iterdir()) == []


def test_a_folder_with_something_in_it_is_not_recorded_into(folder, mien_with, capsys):
    (folder / "mine").touch()
    assert mien_with("record", "--seconds", "0.3", "--out", str(folder)) == 2
    assert "there is something in it" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["mine"]


def test_missing_files_are_told_and_the_exit_code_says_so(session, capsys):
    (session / "timings.csv").unlink()
    assert mien(["session", "check", str(session)]) == 1
    assert capsys.readouterr().out == "带 空格: timings.csv is missing\n"


def test_a_lost_session_is_recovered_by_the_next_recording(session, mien_with, capsys):
    about = session / "session.json"
    about.write_text(about.read_text().replace('"closed"', '"recording"'))
    assert mien(["session", "check", str(session)]) == 1
    capsys.readouterr()
    assert mien_with("record", "--seconds", "0.3", "--out", "another") == 0
    assert "recovered" in capsys.readouterr().out
    assert mien(["session", "check", str(session)]) == 0


def test_ctrl_c_ends_a_recording_and_what_there_is_is_whole(folder, mien_with, monkeypatch):
    asked = []

    def check(_):
        asked.append(True)
        if len(asked) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(record.Interruptions, "check", check)
    assert mien_with("record", "--seconds", "60", "--out", "short") == 130
    assert mien(["session", "check", "short"]) == 0


def test_a_broken_encoder_is_one_line_and_the_folder_is_whole(folder, mien_with, monkeypatch, capsys):
    write = VideoFile.write

    def fail(video, pixels):
        if video.frames >= 2:
            raise RuntimeError("the encoder is lost")
        write(video, pixels)

    monkeypatch.setattr(VideoFile, "write", fail)
    assert mien_with("record", "--seconds", "60", "--out", "short") == 2
    told = capsys.readouterr().err
    assert "the encoder is lost" in told
    assert told.count("\n") == 1
    assert mien(["session", "check", "short"]) == 0


def test_faces_come_in_real_time_and_begin_anew(monkeypatch):
    now, slept = [0.0], []
    monkeypatch.setattr(record.time, "perf_counter", lambda: now[0])

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(record.time, "sleep", sleep)
    seen = []
    for face in record.live(Take("t", 0.47, 25.0, lambda time_s: time_s), 1.0, 10.0):
        seen.append(face)
        now[0] += 0.25 if len(seen) == 2 else 0.01  # the engine was late once
    assert seen == pytest.approx([0.0, 0.1, 0.35, 0.4, 0.03, 0.13, 0.23, 0.33, 0.43])
