"""`mien bench window`: the real window measures itself. No test asserts a time; what is asserted is that it is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gpu_core.errors import MienError
from viewer import bench
from viewer.benches import window

pytestmark = pytest.mark.display


@pytest.fixture
def one_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "STARTS", 1)


@pytest.mark.soak
def test_every_promised_figure_is_measured(tmp_path: Path, one_start: None, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "bench.json"
    assert bench.main(["window", "--seconds", "1", "--json", str(report)]) == 0
    figures: dict[str, Any] = json.loads(report.read_text())
    assert figures["fps_delivered"] > 0
    assert 0 < figures["slider_to_frame_ms"]["p50"] <= figures["slider_to_frame_ms"]["p95"]
    assert figures["slider_to_frame_ms"]["count"] > 30, "most moves were answered by a picture of their own"
    stalls, recording = figures["drag_stall_ms"], figures["recording"]
    assert 0 <= stalls["p50"] <= stalls["p99"] <= stalls["worst"]
    assert 0 < stalls["worked_worst"] < 60_000
    assert stalls["count"] > 10
    assert figures["drag_docks"][0] == "Expressions"
    assert min(recording["fps_off"], recording["fps_on"]) > 0
    assert recording["loss_p25"] <= recording["loss_percent"] <= recording["loss_p75"] <= 100
    assert figures["idle_cpu_percent"] >= 0
    assert figures["idle_frames"] == 0, "nothing is drawn while nothing changes"
    assert 0 < figures["first_face_s"] < 300
    assert figures["rss_mb"] > 50
    printed = capsys.readouterr().out
    assert all(name in printed for name in window.GOALS)


def test_a_file_that_cannot_be_written_is_refused_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "measure_window", lambda *_: pytest.fail("it measured all the same"))
    (tmp_path / "file").write_text("")
    with pytest.raises(MienError, match="cannot be written"):
        bench.main(["window", "--json", str(tmp_path / "file" / "bench.json")])


@pytest.mark.parametrize("arguments", [["kitchen"], ["window", "--seconds", "-1"], ["window", "--inference", "x"]])
def test_senseless_arguments_are_one_line(arguments: list[str]) -> None:
    with pytest.raises(MienError, match="--help"):
        bench.main(arguments)
