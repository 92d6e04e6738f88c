"""The report: readable, complete, and honest in its exit code."""

from __future__ import annotations

import json

import pytest

from gpu_core.doctor import report
from gpu_core.doctor.finding import Finding
from viewer import doctor

GOOD = Finding("memory", True, "8 GiB")
OPTIONAL = Finding("nvidia", False, "none", "no driver", "none needed", needed=False)
BAD = Finding("opengl", False, "none", "no EGL", "install libegl1")


def test_table_gives_reason_and_remedy_for_a_no_only():
    lines = doctor.table([GOOD, OPTIONAL, BAD], width=100).splitlines()
    assert lines[0].split() == ["ok", "memory", "8", "GiB"]
    assert [line.split()[0] for line in lines] == ["ok", "--", "why:", "do:", "NO", "why:", "do:"]
    assert lines[-1].endswith("install libegl1")


def test_table_keeps_to_its_width():
    long = Finding("processor", True, " ".join(["word"] * 60))
    assert max(map(len, doctor.table([long, BAD], width=60).splitlines())) <= 60


@pytest.mark.parametrize(("found", "code"), [((GOOD, OPTIONAL), 0), ((GOOD, BAD), 1)])
def test_exit_code_says_whether_something_needed_is_missing(monkeypatch, capsys, found, code):
    monkeypatch.setattr(report, "findings", lambda: found)
    assert doctor.main(["--json"]) == code
    assert [entry["name"] for entry in json.loads(capsys.readouterr().out)] == [finding.name for finding in found]
