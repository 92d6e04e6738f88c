"""viewer.streams.worker_life: what ends a worker, tried on processes of their own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.viewer.streams.waiting import GENEROUS_S, is_there, until

ROOT = Path(__file__).parents[3]
HEAD = """
import sys, time
from viewer.streams import worker_life
from viewer.streams.worker_life import Life
life = Life(0, still_s=STILL)
life.begin()
life.listen(0, lambda line: print("heard", line, flush=True))
"""
LOOP = "print('ready', flush=True)\nwhile not life.wait(0.05):\n    life.tick()\nprint('ended', flush=True)\n"


@contextmanager
def running(body: str, still: float = 60.0) -> Iterator[subprocess.Popen[str]]:
    code = HEAD.replace("STILL", str(still)) + body
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_end_of_its_input_and_sigterm_end_it_in_order() -> None:
    for end in ("input", signal.SIGTERM, signal.SIGHUP):
        with running(LOOP) as process:
            assert line(process) == "ready"
            assert process.stdin is not None
            process.stdin.write("form\n")
            process.stdin.flush()
            assert line(process) == "heard b'form'"
            if end == "input":
                process.stdin.close()
            else:
                process.send_signal(end)
            assert line(process) == "ended"
            assert process.wait(GENEROUS_S) == 0


def test_ctrl_c_is_its_parents() -> None:
    with running(LOOP) as process:
        assert line(process) == "ready"
        process.send_signal(signal.SIGINT)
        assert process.stdin is not None
        process.stdin.write("still there\n")
        process.stdin.flush()
        assert line(process).startswith("heard")


def test_a_loop_that_stands_still_ends_itself() -> None:
    with running("life.is_live()\nwhile True: pass", still=0.3) as process:
        assert process.wait(GENEROUS_S) == 1


def test_a_start_may_take_longer_than_a_loop_may_stand_still() -> None:
    with running("life.tick()\ntime.sleep(0.8)\nprint('up', flush=True)", still=0.2) as process:
        assert line(process) == "up"


def test_one_that_does_not_end_when_asked_is_ended() -> None:
    with running("worker_life.ENDING_S = 0.2\nprint('ready', flush=True)\ntime.sleep(600)") as process:
        assert line(process) == "ready"
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(GENEROUS_S) == 1


def test_it_dies_with_its_parent_even_if_it_hears_nothing() -> None:
    imports = "import time; from viewer.streams.worker_life import Life; "
    child = imports + "Life(still_s=600).begin(); print('on', flush=True); time.sleep(600)"
    body = f"""
import subprocess
child = subprocess.Popen([sys.executable, "-c", {child!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""
    with running(body) as process:
        pid = int(line(process))
        assert is_there(pid)
        process.kill()
        process.wait(GENEROUS_S)
        until(lambda: not is_there(pid), "the child's end")


def test_one_whose_parent_died_before_it_could_look_leaves() -> None:
    code = "from viewer.streams.worker_life import Life; Life(1 << 22).begin(); print('stayed')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=GENEROUS_S)
    assert (done.returncode, done.stdout) == (1, "")
