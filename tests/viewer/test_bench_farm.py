"""`mien bench farm`: both numbers of workers do the same segments in turns, and bytes that differ are told."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from gpu_core.errors import MienError
from tests.farm_fakes import FakeExecutor, done, failed
from viewer import bench
from viewer.benches import farm
from viewer.farm.values import Event, Job, Opened, Room, Work


class Farm(FakeExecutor):
    """As many fake workers as are asked for; what they make may depend on how many there are."""

    made: ClassVar[list[Farm]] = []
    differs = fails = False

    def __init__(self, _job: Job, room: Room, *, most: int, log: Path) -> None:
        super().__init__(workers=most, fate=self._answer)
        assert room == Room(workers=most, pinned=True)
        self._events.extend(Opened(number, "here", {}, "proof") for number in range(1, most))
        self._most = most
        self.made.append(self)

    def _answer(self, work: Work, _tries: int) -> Event | None:
        if self.fails:
            return failed(work)
        data = b"other" if self.differs and self._most == 2 else done(work).data
        return replace(done(work), data=data, sha256=hashlib.sha256(data).hexdigest(), core_s=0.5)


@pytest.fixture(autouse=True)
def on_fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(farm, "RayExecutor", Farm)
    monkeypatch.setattr(Farm, "made", [])


def measured(tmp_path: Path) -> dict[str, Any]:
    report = tmp_path / "farm.json"
    assert bench.main(["farm", "--rounds", "2", "--frames", "8", "--json", str(report)]) == 0
    told: dict[str, Any] = json.loads(report.read_text())
    return told


def test_both_do_every_segment_in_every_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = measured(tmp_path)
    assert [len(each.submitted) for each in Farm.made] == [2 * farm.SEGMENTS] * 2
    assert [each.closed for each in Farm.made] == [True, True]
    assert [row["core_ms_per_frame"] for row in told["rows"]] == [500.0, 500.0]
    assert (told["gain_by_core_time"], told["same_bytes"], len(told["gains"])) == (2.0, True, 2)
    assert "the same bytes" in capsys.readouterr().out


def test_bytes_that_depend_on_the_number_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Farm, "differs", True)
    assert measured(tmp_path)["same_bytes"] is False
    assert "OTHER BYTES" in capsys.readouterr().out


def test_a_worker_that_fails_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Farm, "fails", True)
    with pytest.raises(MienError, match="the farm failed: the engine is on fire"):
        measured(tmp_path)
    assert all(each.closed for each in Farm.made)
