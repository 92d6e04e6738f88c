"""viewer.failures: told once, counted, forgotten."""

from __future__ import annotations

import logging

import pytest

from viewer.failures import PAUSE_AFTER, Failures


def test_equal_failures_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    failures = Failures(logging.getLogger("test"))
    told = [failures.note(ValueError("no")) for _ in range(PAUSE_AFTER)]
    assert told == [True] + [False] * (PAUSE_AFTER - 1)
    assert failures.pausing
    assert len(caplog.records) == 1


def test_another_failure_starts_anew() -> None:
    failures = Failures(logging.getLogger("test"))
    for _ in range(PAUSE_AFTER - 1):
        failures.note(ValueError("no"))
    assert failures.note(KeyError("other"))
    assert not failures.pausing


def test_success_forgets() -> None:
    failures = Failures(logging.getLogger("test"))
    failures.note(ValueError("no"))
    failures.forget()
    assert failures.note(ValueError("no"))
    assert failures.count == 1
