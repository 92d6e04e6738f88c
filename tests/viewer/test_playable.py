"""What the window can play: built-in performances and sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.viewer.sessions.recording_process import face, picture
from viewer.performance.builtin import BUILTIN
from viewer.playable import Playable
from viewer.sessions.layout import SessionError
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm


def test_sessions_join_the_built_in_ones(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    with Recorder(folder, RecordingForm(25.0, name=""), 32) as session:
        session.add(picture(0, 32), face(0), 0.0)
    playable = Playable(BUILTIN)
    with pytest.raises(SessionError):
        playable.open(tmp_path)
    assert list(playable) == list(BUILTIN)
    key = playable.open(folder).key
    assert playable[key].at(0.0) == face(0)
    assert playable.open(folder).key == key
    assert list(playable) == [*BUILTIN, key]
    assert len(playable) == len(BUILTIN) + 1
    playable.close()
    assert key not in playable
