"""viewer.streams.memory: how many workers have room."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from viewer.streams.asking import StreamError
from viewer.streams.memory import available_mb, refuse_too_many, worker_mb

TEN = 10.5 * worker_mb(256) / 0.9


def test_who_has_room_is_admitted_and_one_more_is_told_how_many_have() -> None:
    refuse_too_many(10, 256, available=lambda: TEN)
    with pytest.raises(StreamError, match=r"room for 10; .*--way batch") as told:
        refuse_too_many(11, 256, available=lambda: TEN)
    assert "\n" not in str(told.value)


def test_a_spare_needs_room_too_and_large_pictures_more() -> None:
    with pytest.raises(StreamError, match="room for 9"):
        refuse_too_many(10, 256, spares=1, available=lambda: TEN)
    with pytest.raises(StreamError, match="room for 6"):
        refuse_too_many(10, 512, available=lambda: TEN)
    with pytest.raises(StreamError, match="room for 0"):
        refuse_too_many(1, 512, available=lambda: 100.0)


def test_a_containers_limit_counts(tmp_path: Path) -> None:
    machine = psutil.virtual_memory().total / (1 << 20)
    assert 0 < available_mb(tmp_path) <= machine
    for name, text in {"max": "max", "current": "5", "stat": "anon 3\ninactive_file 1048576\n"}.items():
        (tmp_path / f"memory.{name}").write_text(text)
    assert available_mb(tmp_path) > 4
    (tmp_path / "memory.max").write_text(str(4 << 20))
    (tmp_path / "memory.current").write_text(str(2 << 20))
    assert available_mb(tmp_path) == 3.0
