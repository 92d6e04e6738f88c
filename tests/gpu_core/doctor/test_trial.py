"""A trial that crashes, hangs or lies is a finding; what it found before counts."""

from __future__ import annotations

import sys

import pytest

from gpu_core.doctor.trial import run_trial

HEAD = "from gpu_core.doctor.trial import step\nimport os, signal, time\n"


def tried(code, timeout_s=20.0):
    return run_trial((sys.executable, "-c", HEAD + code), timeout_s)


def test_steps_are_told_and_failures_have_their_line():
    trial = tried(
        """
from gpu_core.errors import PathUnavailable
def refuse(): raise PathUnavailable("no such thing")
print("a library's own words")
print('{"half": ')
step("first", lambda: {"a": 1})
step("second", refuse)
step("third", lambda: __import__("no_such_module"))
"""
    )
    assert trial.told == {"first": {"a": 1}}
    assert trial.failed == {"second": "no such thing", "third": "No module named 'no_such_module'"}
    assert trial.ending == ""
    assert [trial.why_not(name) for name in ("first", "second", "fourth")] == ["", "no such thing", "it was not tried"]


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "at second: the trial died of signal 11"),
        ("raise SystemExit('no EGL here')", "at second: the trial failed: no EGL here"),
    ],
)
def test_a_crash_says_where_and_keeps_what_was_found(code, ending):
    trial = tried(f"step('first', lambda: 1)\ndef die(): {code}\nstep('second', die)")
    assert trial.told == {"first": 1}
    assert trial.why_not("second").startswith(ending)


def test_a_hang_says_where_and_keeps_what_was_found():
    trial = tried("step('first', lambda: 1)\nstep('second', lambda: time.sleep(60))", 3.0)
    assert trial.told == {"first": 1}
    assert trial.why_not("second") == "at second: no answer in 3 s"


def test_a_crash_between_steps_names_none():
    assert tried("step('first', lambda: 1)\nraise SystemExit('gone')").ending == "the trial failed: gone"
