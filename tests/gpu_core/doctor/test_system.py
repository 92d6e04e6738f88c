"""The machine: what is missing is survived, and said."""

from __future__ import annotations

from gpu_core.doctor import system


def test_screen_follows_the_environment(monkeypatch):
    monkeypatch.setattr(system.platform, "system", lambda: "Linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":7")
    assert system.display().value == "DISPLAY=:7"
    monkeypatch.delenv("DISPLAY")
    finding = system.display()
    assert not finding.ok
    assert not finding.needed


def test_cpuinfo_is_read_and_its_absence_survived(tmp_path):
    told = tmp_path / "cpuinfo"
    told.write_text("processor : 0\nmodel name\t: First\nflags\t: avx2 avx512_bf16\n\nmodel name : Second\n")
    assert system._cpuinfo(told) == ("First", frozenset({"avx2", "avx512_bf16"}))
    assert system._cpuinfo(tmp_path / "none")[1] == frozenset()
