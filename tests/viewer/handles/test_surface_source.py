"""viewer.handles.surface_source: a surface is made on the engine's thread once somebody asks, and again for another
face.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from viewer.cockpit import Cockpit
from viewer.handles.surface_source import SurfaceSource

pytestmark = pytest.mark.display


def test_it_comes_once_it_is_asked_for_and_stays(cockpit: Cockpit, qtbot: QtBot) -> None:
    source = SurfaceSource(cockpit.model, cockpit.engine_thread)
    assert cockpit.model.engine is not None
    assert source.surface() is None, "no engine has been told of yet"
    cockpit.model.set_engine(cockpit.model.engine)
    qtbot.waitUntil(lambda: source.surface() is not None, timeout=5000)
    first = source.surface()
    cockpit.model.set_engine(cockpit.model.engine)
    assert source.surface() is first, "another generator has the same face"


def test_another_face_has_another_surface(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    source = cockpit.desk.handles._picker._source
    qtbot.waitUntil(lambda: source.surface() is not None, timeout=5000)
    first = source.surface()
    face = tmp_path / "bella.glb"
    face.write_bytes(b"")
    cockpit.open_face(face)
    qtbot.waitUntil(lambda: source.surface() not in (first, None), timeout=5000)
    found = source.surface()
    assert found is not None
    assert found.asset.name == "bella"
