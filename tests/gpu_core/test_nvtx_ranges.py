"""gpu_core.nvtx_ranges: a range for each stage while a profiler watches, nothing for nobody."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from gpu_core.nvtx_ranges import WATCHED_BY, _annotate, stage_range
from gpu_core.timing import StageTimer


@pytest.fixture
def ranges(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a fake nvtx was asked for; nobody watches yet."""
    asked: list[str] = []

    @contextmanager
    def annotate(message: str, *, domain: str) -> Iterator[None]:
        asked.append(f"{domain} {message} begins")
        try:
            yield
        finally:
            asked.append(f"{domain} {message} ends")

    monkeypatch.setitem(sys.modules, "nvtx", SimpleNamespace(annotate=annotate))
    for name in WATCHED_BY:
        monkeypatch.delenv(name, raising=False)
    _annotate.cache_clear()
    yield asked
    _annotate.cache_clear()


def test_nobody_watches_and_nothing_is_asked_for(ranges: list[str]) -> None:
    with StageTimer().stage("infer"):
        pass
    assert ranges == []
    assert stage_range("pose") is stage_range("infer"), "nothing is made for nobody"


@pytest.mark.parametrize("name", WATCHED_BY)
def test_a_stage_is_a_range_while_a_profiler_watches(
    ranges: list[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "17")
    timer = StageTimer()
    with timer.stage("render"):
        pass
    with pytest.raises(ValueError, match="broken"), timer.stage("pack"):
        raise ValueError("broken")
    assert ranges == ["Mien render begins", "Mien render ends", "Mien pack begins", "Mien pack ends"]
    assert [stage.name for stage in timer.take()] == ["render", "pack"]


def test_a_profiler_without_the_package_is_told_once(
    ranges: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(WATCHED_BY[0], "libinjection.so")
    monkeypatch.setitem(sys.modules, "nvtx", None)
    timer = StageTimer()
    for _ in range(3):
        with timer.stage("render"):
            pass
    assert len(timer.take()) == 3
    assert [entry.getMessage() for entry in caplog.records] == [
        "a profiler watches, but there are no NVTX ranges without the package nvtx: pip install nvtx"
    ]
