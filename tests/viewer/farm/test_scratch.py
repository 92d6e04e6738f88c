"""viewer.farm.scratch: what a killed process has left goes, what a living one has stays."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from viewer.farm.scratch import scratch


def test_only_the_folders_of_the_dead_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    alive = (f"mien-kind-{os.getpid()}-x", "mien-kind-x", "mien-other-999999999-x")
    for name in (*alive, "mien-kind-999999999-x"):
        (tmp_path / name).mkdir()
    with scratch("kind") as mine:
        assert {path.name for path in tmp_path.iterdir()} == {*alive, Path(mine).name}
    assert {path.name for path in tmp_path.iterdir()} == set(alive)
