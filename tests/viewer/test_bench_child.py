"""viewer.benches.child: an answer, or why there is none in one line."""

from __future__ import annotations

import sys

import pytest

from viewer.benches import child


@pytest.fixture
def script(tmp_path):
    def install(lines: str) -> child.Path:
        path = tmp_path / "child"
        path.write_text(f"#!{sys.executable}\nimport sys, time\n{lines}\n")
        path.chmod(0o755)
        return path

    return install


def test_it_is_asked_and_answers(script):
    told = child.ask(script("print(sys.argv[3])"), "some.module", '{"runs": 2}')
    assert told == {"runs": 2}


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("sys.exit('first\\nno display here')", "^no display here$"),
        ("sys.exit(3)", "^ended with code 3$"),
        ("print('nonsense')", "^answers with 'nonsense'$"),
        ("time.sleep(60)", "^took more than 0 s$"),
    ],
)
def test_without_an_answer_the_reason_is_told(script, monkeypatch, lines, reason):
    if "sleep" in lines:
        monkeypatch.setattr(child, "PATIENCE_S", 0.3)
    with pytest.raises(child.ChildError, match=reason):
        child.ask(script(lines), "some.module", "{}")


def test_what_is_not_there_does_not_start(tmp_path):
    with pytest.raises(child.ChildError, match="nobody does not start: No such file"):
        child.ask(tmp_path / "nobody", "some.module", "{}")
