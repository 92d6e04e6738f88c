"""viewer.benches.as_asked: what stands in for a row is no such row."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gpu_core.errors import MienError
from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings
from viewer.benches import as_asked
from viewer.benches.as_asked import wait_as_asked

HOST = PathState("host", "chosen by hand", "e")


class Building:
    """Serves after some looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    @property
    def path_state(self) -> PathState:
        return PathState("cuda", "a test", "e", serving=self.looks <= 0)

    def collect(self, *, wait: bool) -> list[object]:
        self.looks -= 1
        return []


def test_a_plan_is_waited_for(monkeypatch):
    monkeypatch.setattr(as_asked, "_LOOK_S", 0.0)
    engine = Building(3)
    wait_as_asked(engine, EngineSettings(path="cuda"))
    assert engine.looks == 0


def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(as_asked, "PATIENCE_S", -1.0)
    with pytest.raises(MienError, match="not built"):
        wait_as_asked(Building(10**9), EngineSettings(path="cuda"))


def test_who_converts_has_to_be_who_was_asked_to():
    with pytest.raises(MienError, match="OpenGL does not convert here"):
        wait_as_asked(SimpleNamespace(path_state=HOST), EngineSettings(path="host", conversion="gpu"))
    wait_as_asked(SimpleNamespace(path_state=HOST), EngineSettings(path="host"))
