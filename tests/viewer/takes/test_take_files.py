"""viewer.takes.take_files: takes in and out of the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.assets import shipped_faces
from gpu_core.expression import NEUTRAL
from tests.viewer.sessions.recording_process import face, picture
from tests.viewer.speech.fake_voice import FakeVoices
from tests.viewer.timeline.test_transport import Desk, desk_of
from viewer.performance.keyframes import Key, Track
from viewer.performance.preset_file import write_presets
from viewer.performance.timeline import Timeline
from viewer.performance.timeline_file import read_timeline, write_timeline
from viewer.playable import TIMELINE, Playable
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm
from viewer.sessions.take import open_take, save_take
from viewer.speech.speech_order import Speaker, SpeechOrder
from viewer.takes.take_files import TakeFiles
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
JAW = Timeline.of([Track("jawOpen", (Key(0.0, 0.0), Key(1.0, 0.9)))], duration_s=1.0, fps=60.0, title="jaw")


@pytest.fixture
def desk(model: ViewerModel) -> Iterator[Desk]:
    desk = desk_of(model)
    yield desk
    desk.history.close()


@pytest.fixture
def files(desk: Desk) -> Iterator[TakeFiles]:
    playable = desk.clock._performances
    assert isinstance(playable, Playable)
    files = TakeFiles(desk.model, desk.timeline, playable)
    yield files
    files.close()
    playable.close()


@pytest.fixture(scope="module")
def csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("takes") / "a take 说.csv"
    save_take(open_take("talk"), path)
    return path


def said(model: ViewerModel, text: str, level: str = "") -> Callable[[], bool]:
    return lambda: text in model.message.text and level in model.message.level


def test_a_take_joins_the_performances_exactly_and_plays(desk: Desk, files: TakeFiles, qtbot: QtBot, csv: Path) -> None:
    opened: list[tuple[str, str]] = []
    files.opened.connect(lambda key, title: opened.append((key, title)))
    files.open(csv)
    assert desk.model.message.text == "Reading a take 说.csv …"
    qtbot.waitUntil(lambda: desk.model.playback.name == str(csv), timeout=20_000)
    assert opened == [(str(csv), "a take 说")]
    assert desk.model.playback.playing
    assert desk.clock._performances[str(csv)].at(1.23) == open_take(csv).at(1.23)
    assert files.recent.paths == (csv,)
    assert not desk.timeline.timeline.tracks, "the timeline is left alone"
    desk.model.set_playback(replace(desk.model.playback, playing=False))


def test_what_is_chosen_becomes_keys_and_that_can_be_undone(desk: Desk, files: TakeFiles, qtbot: QtBot) -> None:
    desk.key(0.0, cheekPuff=0.3)
    before = desk.timeline.timeline
    desk.model.set_playback(replace(desk.model.playback, name="talk", playing=True))
    files.edit_as_keys()
    qtbot.waitUntil(said(desk.model, "keys on"), timeout=20_000)
    timeline = desk.timeline.timeline
    assert timeline.at(2.0)["jawOpen"] == pytest.approx(open_take("talk").at(2.0)["jawOpen"], abs=0.02)
    assert (desk.model.playback.name, desk.model.playback.playing) == (TIMELINE, False)
    assert not files.is_saved
    desk.history.undo_action.trigger()
    assert desk.timeline.timeline is before
    files.edit_as_keys()
    assert "already" in desk.model.message.text


def test_a_speech_becomes_keys(desk: Desk, files: TakeFiles, qtbot: QtBot) -> None:
    pytest.importorskip("jieba")
    speech = Speaker(FakeVoices()).perform(SpeechOrder("A paper cat."))
    assert isinstance(desk.clock._performances, Playable)
    desk.clock._performances.add(speech)
    desk.model.set_playback(replace(desk.model.playback, name=speech.key))
    assert files.sound is speech.spoken
    files.edit_as_keys()
    qtbot.waitUntil(said(desk.model, "keys on"), timeout=20_000)
    assert desk.timeline.timeline.at(0.4)["jawOpen"] == pytest.approx(speech.at(0.4)["jawOpen"], abs=0.02)
    assert files.sound is None


def test_few_keys_are_fewer_and_as_near_as_is_said(desk: Desk, files: TakeFiles, qtbot: QtBot) -> None:
    counts = []
    for coarseness, off in ((0, "0.005 and 0.1°"), (5, "0.03 and 0.6°")):
        desk.model.set_playback(replace(desk.model.playback, name="talk"))
        files.edit_as_keys(coarseness)
        qtbot.waitUntil(said(desk.model, off), timeout=20_000)
        timeline = desk.timeline.timeline
        counts.append(sum(len(track.keys) for track in timeline.tracks))
        take = open_take("talk")
        for frame in range(60):
            exact, face = take.at(frame / 30), timeline.at(frame / 30)
            assert face["jawOpen"] == pytest.approx(exact["jawOpen"], abs=0.005 * (1 + coarseness) + 1e-9)
            assert face.yaw == pytest.approx(exact.yaw, abs=0.1 * (1 + coarseness) + 1e-9)
    assert counts[1] < 0.7 * counts[0]


def test_a_timeline_is_opened_saved_and_knows_whether_it_is(
    desk: Desk, files: TakeFiles, qtbot: QtBot, tmp_path: Path
) -> None:
    assert files.is_saved
    desk.key(0.0, cheekPuff=0.3)
    assert (files.path, files.is_saved) == (None, False)
    write_timeline(JAW, tmp_path / "jaw.json")
    files.open(tmp_path / "jaw.json")
    qtbot.waitUntil(lambda: files.path == tmp_path / "jaw.json", timeout=20_000)
    assert (desk.timeline.timeline, files.is_saved, files.name) == (JAW, True, "jaw")
    desk.key(0.5, jawOpen=0.2)
    assert not files.is_saved
    files.save()
    qtbot.waitUntil(lambda: files.is_saved, timeout=5000)
    assert read_timeline(tmp_path / "jaw.json") == desk.timeline.timeline
    desk.history.undo_action.trigger()
    assert not files.is_saved
    desk.history.undo_action.trigger()
    assert files.path is None, "what was there before has no file, and does not overwrite this one"
    desk.history.redo_action.trigger()
    desk.history.redo_action.trigger()
    assert files.is_saved


def test_saving_under_a_name_gives_it_that(desk: Desk, files: TakeFiles, qtbot: QtBot, tmp_path: Path) -> None:
    desk.key(0.0, cheekPuff=0.3)
    files.save(tmp_path / "smile.json")
    qtbot.waitUntil(lambda: files.is_saved, timeout=5000)
    assert (files.name, read_timeline(tmp_path / "smile.json").title) == ("smile", "smile")
    files.new()
    assert (files.path, files.is_saved, desk.timeline.timeline.tracks) == (None, True, ())
    desk.history.undo_action.trigger()
    assert files.path == tmp_path / "smile.json"


def test_saving_where_one_may_not_is_one_line(desk: Desk, files: TakeFiles, qtbot: QtBot, tmp_path: Path) -> None:
    desk.key(0.0, cheekPuff=0.3)
    (tmp_path / "file").touch()
    files.save(tmp_path / "file" / "x.json")
    qtbot.waitUntil(said(desk.model, "cannot be written", "error"), timeout=5000)
    assert not files.is_saved


@pytest.mark.parametrize("name", ["x.csv", "x.glb", "x.json"])
def test_exports(desk: Desk, files: TakeFiles, qtbot: QtBot, tmp_path: Path, name: str) -> None:
    desk.timeline.edit(JAW, "Jaw")
    files.export(tmp_path / name)
    qtbot.waitUntil(said(desk.model, "saved"), timeout=20_000)
    assert open_take(tmp_path / name).at(0.5)["jawOpen"] == pytest.approx(JAW.at(0.5)["jawOpen"], abs=1e-3)
    files.export(tmp_path / "x.txt")
    qtbot.waitUntil(said(desk.model, "x.txt", "error"), timeout=20_000)


def test_a_take_is_exported_as_it_is(desk: Desk, files: TakeFiles, qtbot: QtBot, csv: Path, tmp_path: Path) -> None:
    files.open(csv)
    qtbot.waitUntil(lambda: desk.model.playback.name == str(csv), timeout=20_000)
    files.export(tmp_path / "same.csv")
    qtbot.waitUntil((tmp_path / "same.csv").exists, timeout=20_000)
    assert open_take(tmp_path / "same.csv").at(2.0) == open_take(csv).at(2.0)
    desk.model.set_playback(replace(desk.model.playback, playing=False))


def test_what_cannot_be_read_changes_nothing(desk: Desk, files: TakeFiles, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    before = desk.model.playback
    files.open(tmp_path / "x.csv")
    qtbot.waitUntil(said(desk.model, "x.csv:1", "error"), timeout=20_000)
    files.open_session(tmp_path)
    qtbot.waitUntil(said(desk.model, "session", "error"), timeout=20_000)
    assert (desk.model.playback, files.recent.paths) == (before, ())


def test_the_newest_wins(desk: Desk, files: TakeFiles, qtbot: QtBot, csv: Path, tmp_path: Path) -> None:
    write_timeline(JAW, tmp_path / "jaw.json")
    files.open(csv)
    files.open(tmp_path / "jaw.json")
    qtbot.waitUntil(lambda: desk.timeline.timeline == JAW, timeout=20_000)
    qtbot.waitUntil(lambda: not files.errands._running, timeout=20_000)
    assert str(csv) not in desk.clock._performances


def test_a_face_is_passed_on(desk: Desk, files: TakeFiles, qtbot: QtBot) -> None:
    shipped = next(iter(shipped_faces().values()))
    with qtbot.waitSignal(files.face_found, timeout=20_000) as found:
        files.open(shipped)
    assert found.args == [shipped]


def test_a_folder_is_passed_on(desk: Desk, files: TakeFiles, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(files.session_found, timeout=20_000) as found:
        files.open(tmp_path)
    assert found.args == [tmp_path]


def test_a_session_plays_and_is_read_again(desk: Desk, files: TakeFiles, qtbot: QtBot, tmp_path: Path) -> None:
    for turn in range(2):
        with Recorder(tmp_path / "s", RecordingForm(25.0, name=""), 32) as session:
            for number in range(50 + turn):
                session.add(picture(number % 2, 32), face(turn), number / 25)
        files.open_session(tmp_path / "s")
        qtbot.waitUntil(lambda turn=turn: desk.model.expression == face(turn), timeout=10_000)
        assert desk.model.playback.playing
        for item in (tmp_path / "s").iterdir():
            item.unlink()
        (tmp_path / "s").rmdir()
    desk.model.set_playback(replace(desk.model.playback, playing=False))
    assert face(0) != face(1) != NEUTRAL


def test_presets_are_passed_on(files: TakeFiles, qtbot: QtBot, tmp_path: Path) -> None:
    write_presets([], tmp_path / "faces.json")
    with qtbot.waitSignal(files.presets_found, timeout=20_000) as found:
        files.open(tmp_path / "faces.json")
    assert found.args == [tmp_path / "faces.json"]
    assert not files.recent.paths, "it is no take"
