"""`mien bench recording`: what is measured, and that it is told whole. No test asserts a time."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from tests.networks import save_network
from viewer import bench
from viewer.benches import recording
from viewer.benches.recording import Span, loss_percent


@pytest.mark.gl
def test_spans_with_and_without_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report, network = tmp_path / "bench.json", save_network(tmp_path)
    words = ["recording", "--quick", "--path", "host", "--model", str(network), "--json", str(report)]
    assert bench.main(words) == 0
    told = json.loads(report.read_text())
    assert told["settings"]["codec"] == "h264"
    for name in ("off", "on"):
        assert len(told["spans"][name]) == recording.QUICK_ROUNDS
        assert told["medians"][name]["fps"] > 0
    on, off = told["medians"]["on"], told["medians"]["off"]
    assert off["recorder_core_ms"] == off["record_ms"] == off["encode_ms"] == 0
    assert min(on["recorder_core_ms"], on["record_ms"], on["encode_ms"], on["engine_core_ms"]) > 0
    assert on["core_ms"] > on["engine_core_ms"]
    assert {"of_medians", "pairs_p25", "pairs_p50", "pairs_p75"} <= set(told["loss_percent"])
    assert "% of the rate" in capsys.readouterr().out


def test_the_loss_is_that_of_pairs() -> None:
    off = [_span(fps) for fps in (30.0, 31.0, 32.0)]
    on = [_span(fps) for fps in (27.0, 27.9, 28.8)]
    assert loss_percent(off, on) == pytest.approx(
        {"of_medians": 10.0, "pairs_p25": 10.0, "pairs_p50": 10.0, "pairs_p75": 10.0}
    )


def _span(fps: float) -> Span:
    return Span(fps, 1.0, 1.0, 0.0, 0.0, 0.0, 0)


def test_another_threads_clock_runs_while_it_works() -> None:
    if not hasattr(time, "pthread_getcpuclockid"):
        pytest.skip("this system has no clocks of threads")
    begin, worked, end = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begin.wait()
        sum(range(200_000))
        worked.set()
        end.wait()

    thread = threading.Thread(target=work, name="busy bee")
    thread.start()
    clock = recording._clock_of("busy bee")
    before = clock()
    begin.set()
    worked.wait()
    after = clock()
    end.set()
    thread.join()
    assert after > before
    assert recording._clock_of("nobody")() == 0.0
