"""viewer.idle_overlay: a face that lives in the picture and in nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL, Expression
from tests.viewer.sound_devices import Clock
from viewer.idle_overlay import AFTER_HAND_S, FADE_S, IdleOverlay
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


class Watched:
    """An overlay in a time of its own, and the faces that it asks for."""

    def __init__(self, model: ViewerModel) -> None:
        self.model, self.clock = model, Clock()
        self.is_pressed = False
        self.overlay = IdleOverlay(model, now_s=self.clock, is_pressed=lambda: self.is_pressed)
        self.asked: list[Expression] = []
        model.request_changed.connect(lambda request: self.asked.append(request.expressions[0]))

    def run(self, seconds: float) -> list[Expression]:
        before = len(self.asked)
        for _ in range(round(seconds / 0.033)):
            self.clock.now_s += 0.033
            self.overlay.tick()
        return self.asked[before:]


@pytest.fixture
def watched(model: ViewerModel, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr("viewer.idle_overlay.PATIENCE_S", 0.0)  # nothing is drawn here: ask at every tick
    return Watched(model)


def test_it_is_off_at_first_and_asks_for_nothing(watched: Watched, qtbot: QtBot) -> None:
    assert not watched.overlay.is_on
    assert not watched.overlay._timer.isActive()
    watched.model.edit(NEUTRAL.with_weights({"jawOpen": 0.2}))
    assert watched.asked == [watched.model.expression]


def test_the_picture_lives_and_the_face_does_not(watched: Watched) -> None:
    edits: list[object] = []
    watched.model.face_edited.connect(edits.append)
    watched.model.expression_changed.connect(lambda *_: edits.append(1))
    watched.overlay.set_on(True)
    faces = watched.run(20.0)
    assert max(face["eyeBlinkLeft"] for face in faces) > 0.9
    assert max(abs(face.pitch) for face in faces) > 0.2
    assert faces[0] == NEUTRAL or abs(faces[0].pitch) < 0.1  # it comes slowly
    assert watched.model.expression == NEUTRAL
    assert not edits
    watched.overlay.set_on(False)
    assert watched.asked[-1] == NEUTRAL
    assert not watched.run(1.0) or not watched.overlay._timer.isActive()


def test_it_waits_for_the_hand(watched: Watched) -> None:
    watched.overlay.set_on(True)
    watched.run(5.0)
    face = NEUTRAL.with_weights({"jawOpen": 0.4})
    watched.is_pressed = True
    watched.model.edit(face)
    watched.run(FADE_S + 0.1)
    assert watched.asked[-1] == face  # life has gone
    assert not watched.run(2.0)  # and nothing is asked for
    watched.is_pressed = False
    assert watched.run(AFTER_HAND_S + 1.0)
    assert all(face["jawOpen"] == 0.4 for face in watched.run(1.0))


def test_it_is_silent_while_something_plays(watched: Watched) -> None:
    watched.overlay.set_on(True)
    watched.run(2.0)
    watched.model.set_playback(replace(watched.model.playback, name="talk", playing=True))
    assert not watched.run(3.0)
    watched.model.edit(NEUTRAL.with_weights({"jawOpen": 0.3}), by_hand=False)
    assert watched.asked[-1] == watched.model.expression
    watched.model.set_playback(replace(watched.model.playback, playing=False))


def test_pictures_are_asked_for_as_they_are_made(model: ViewerModel) -> None:
    watched = Watched(model)
    watched.overlay.set_on(True)
    assert len(watched.run(3.0)) < 3.0 / 0.25 + 4  # none is ever shown here


def test_what_lives_rests(watched: Watched) -> None:
    watched.overlay.set_on(True)
    watched.run(1.0)
    assert watched.model._worked_on == 0
    watched.model.edit(NEUTRAL.with_weights({"jawOpen": 0.3}))
    assert watched.model._worked_on == watched.model.request.stamp


def test_it_is_remembered(model: ViewerModel, tmp_path: object) -> None:
    memory = QSettings(f"{tmp_path}/mien.ini", QSettings.Format.IniFormat)
    IdleOverlay(model, memory).set_on(True)
    again = IdleOverlay(ViewerModel(), memory)
    assert again.is_on
    again.set_on(False)
    assert not IdleOverlay(ViewerModel(), memory).is_on
    again.close()
    again.close()
