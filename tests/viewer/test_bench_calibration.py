"""The fixed work that tells how fast the machine itself is. No test asserts a time."""

from __future__ import annotations

from viewer.benches import calibration


def test_the_work_is_timed_both_ways_and_changes_nothing(monkeypatch):
    monkeypatch.setattr(calibration, "_PASSES", 3)
    work = calibration.Calibration()
    before = work._bytes.copy(), work._floats.copy()
    mood = work.measure()
    assert mood.time_ms > 0
    assert mood.core_ms > 0
    assert (work._bytes == before[0]).all()
    assert (work._floats == before[1]).all()


def test_a_load_is_a_number_or_unknown(monkeypatch):
    assert calibration.load_average() is None or calibration.load_average() >= 0
    monkeypatch.delattr(calibration.os, "getloadavg", raising=False)
    assert calibration.load_average() is None
