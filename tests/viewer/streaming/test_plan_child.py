"""viewer.streaming.plan_child: asked for a plan, it tells how far it is, and the plan."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from gpu_core.errors import MienError
from tests.viewer.fake_streams import a_plan
from viewer.streaming import plan_child
from viewer.streams.messages import forms_line
from viewer.streams.plan import Plan
from viewer.streams.plan_cache import plan_from
from viewer.streams.values import StreamForm

ASKED = [forms_line([StreamForm(size=256)]).decode()]


def answers(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    def planned(form: StreamForm, **options: Any) -> Plan:
        assert form.size == 256
        assert options["anew"] is True
        options["tell"]("round 1 of 3")
        if isinstance(answer, Plan):
            return answer
        raise answer

    monkeypatch.setattr(plan_child, "planned", planned)


def test_it_tells_how_far_it_is_and_then_the_plan(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, a_plan())
    told: list[str] = []
    assert plan_child.main(ASKED, told.append) == 0
    assert told == ["round 1 of 3"]
    assert plan_from(json.loads(capsys.readouterr().out)) == a_plan()


@pytest.mark.parametrize(
    ("problem", "code", "last"),
    [(MienError("no OpenGL"), 1, "no OpenGL"), (KeyboardInterrupt(), plan_child.INTERRUPTED, "round 1 of 3")],
)
def test_a_failure_is_its_last_line(
    monkeypatch: pytest.MonkeyPatch, problem: BaseException, code: int, last: str
) -> None:
    answers(monkeypatch, problem)
    told: list[str] = []
    assert plan_child.main(ASKED, told.append) == code
    assert told[-1] == last


def test_what_is_no_form_is_refused() -> None:
    told: list[str] = []
    assert plan_child.main(["[]"], told.append) == 1
    assert len(told) == 1


def test_it_knows_no_qt() -> None:
    code = "import sys, viewer.streaming.plan_child; print('PySide6' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "False"
    )
