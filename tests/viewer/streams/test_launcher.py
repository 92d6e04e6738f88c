"""viewer.streams.launcher: processes that are heard without waiting, and of which nothing is left."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.viewer.streams.waiting import FAKE, fake_workers, is_there, until
from viewer.streams.launcher import LaunchError, ProcessLauncher
from viewer.streams.messages import forms_line, read_status
from viewer.streams.values import StreamForm


def test_a_worker_is_told_its_form_heard_and_ends_with_its_input() -> None:
    worker = fake_workers("good").start([StreamForm(number=5)])
    try:
        heard: list[bytes] = []
        until(lambda: heard.extend(worker.messages()) or heard, "a message")
        assert read_status(heard[0]).number == 5
        assert worker.ended() is None
        worker.finish()
        until(worker.ended, "its end")
        assert worker.ended() == "ended with code 0"
        assert read_status(worker.messages()[-1]).state == "ended"
    finally:
        worker.kill()


def test_its_last_words_say_why_it_ended() -> None:
    worker = fake_workers("dying").start([StreamForm()])
    until(worker.ended, "its end")
    assert worker.ended() == "ended with code 1: there is no such driver"
    worker.kill()
    worker.kill()


def test_killing_takes_what_it_has_started_along(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    worker = fake_workers("parent", note).start([StreamForm()])
    until(lambda: worker.messages(), "a message")
    child = int(note.read_text())
    assert is_there(child)
    worker.kill()
    until(lambda: not is_there(child), "the end of its child")
    assert worker.ended() == "killed by SIGKILL"
    with pytest.raises(ChildProcessError):
        os.waitpid(worker.pid, os.WNOHANG)  # reaped: no zombie


def test_what_cannot_be_started_is_one_line() -> None:
    with pytest.raises(LaunchError, match="/nowhere/python: No such file"):
        ProcessLauncher(command=["/nowhere/python"]).start([StreamForm()])


def test_a_worker_gets_the_environment_that_it_is_given() -> None:
    code = "import os, sys; sys.exit(os.environ['MIEN_TRIED'])"
    launcher = ProcessLauncher(command=[sys.executable, "-S", "-c", code], environment={"MIEN_TRIED": "yes"})
    worker = launcher.start([StreamForm()])
    until(worker.ended, "its end")
    assert worker.ended() == "ended with code 1: yes"
    worker.kill()


def test_before_force_is_used_somebody_may_do_something() -> None:
    told: list[int] = []
    launcher = ProcessLauncher(command=[sys.executable, "-S", str(FAKE), "good"], before_kill=told.append)
    worker = launcher.start([StreamForm()])
    worker.kill()
    worker.kill()
    assert told == [worker.pid]


def test_what_finds_no_room_in_a_pipe_is_sent_later() -> None:
    code = "import sys, time; time.sleep(0.3); sys.exit(str(len(sys.stdin.read())))"
    worker = ProcessLauncher(command=[sys.executable, "-S", "-c", code]).start([StreamForm()])
    first = len(forms_line([StreamForm()]))
    for _ in range(4):
        worker.send(b"x" * 99_999 + b"\n")
    until(lambda: not worker.messages() and not worker._unsent, "all sent")
    worker.finish()
    until(worker.ended, "its end")
    assert worker.ended() == f"ended with code 1: {first + 400_000}"
    worker.kill()


def test_one_that_ended_itself_for_standing_still_says_so_and_no_traceback() -> None:
    code = "import faulthandler, time; faulthandler.dump_traceback_later(0.05, exit=True); time.sleep(60)"
    worker = ProcessLauncher(command=[sys.executable, "-S", "-c", code]).start([StreamForm()])
    until(worker.ended, "its end")
    assert worker.ended() == "ended with code 1: it stood still"
    worker.kill()


def test_a_worker_draws_with_as_many_threads_as_it_infers_with_unless_somebody_says_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def drawing() -> str | None:
        code = "import os, sys; sys.exit('LP ' + os.environ.get('LP_NUM_THREADS', 'unset'))"
        worker = ProcessLauncher(command=[sys.executable, "-S", "-c", code]).start([StreamForm(threads=2)])
        until(worker.ended, "its end")
        worker.kill()
        return worker.ended()

    monkeypatch.delenv("LP_NUM_THREADS", raising=False)
    assert drawing() == "ended with code 1: LP 2"
    monkeypatch.setenv("LP_NUM_THREADS", "7")
    assert drawing() == "ended with code 1: LP 7"


def test_what_lies_in_the_current_folder_is_not_taken_for_pythons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('the wrong json')")
    root = os.getcwd()
    monkeypatch.setattr(sys, "path", [entry or root for entry in sys.path])
    monkeypatch.chdir(tmp_path)
    worker = ProcessLauncher().start([StreamForm(source="no such take")])
    until(worker.ended, "its end")
    assert "no such take" in str(worker.ended())
    worker.kill()
