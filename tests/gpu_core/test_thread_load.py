"""gpu_core.thread_load: threads as the kernel tells them, their names as they are."""

from __future__ import annotations

import os
import threading
import time

import pytest

from gpu_core.thread_load import TASKS, ThreadTimes, name_thread


@pytest.mark.skipif(not TASKS.is_dir(), reason="needs /proc")
def test_a_thread_that_works_is_seen_with_its_name():
    times, done = ThreadTimes(), threading.Event()

    def work():
        while not done.is_set():
            pass

    worker = threading.Thread(target=work, name="digger")
    worker.start()
    time.sleep(0.2)
    found = {load.python_name: load for load in times.sample()}
    done.set()
    worker.join()
    assert found["digger"].percent > 0.0
    assert found["digger"].tid == worker.native_id
    assert os.getpid() in {load.tid for load in times.sample()}


@pytest.mark.skipif(not TASKS.is_dir(), reason="needs /proc")
def test_a_thread_names_itself_and_those_it_starts():
    ready, done = threading.Event(), threading.Event()

    def work():
        name_thread("encoder of video")
        child = threading.Thread(target=done.wait)
        child.start()
        ready.set()
        done.wait()
        child.join()

    worker = threading.Thread(target=work)
    worker.start()
    ready.wait()
    names = [load.name for load in ThreadTimes().sample()]
    done.set()
    worker.join()
    assert names.count("encoder of vide") == 2


def stat(tasks, tid, name, user, system):
    (tasks / str(tid)).mkdir(exist_ok=True)
    fields = ["S", *["0"] * 10, str(user), str(system), *["0"] * 20]
    (tasks / str(tid) / "stat").write_text(f"{tid} ({name}) {' '.join(fields)}\n")


def test_names_may_hold_anything_and_threads_may_end(tmp_path):
    stat(tmp_path, 1, "a ) b (", 100, 0)
    stat(tmp_path, 2, "llvmpipe-0", 100, 100)
    stat(tmp_path, 5, "python", 100, 0)
    (tmp_path / "3").mkdir()  # it has ended between listing and reading
    (tmp_path / "4").mkdir()
    (tmp_path / "4" / "stat").write_text("nonsense")
    times = ThreadTimes(tmp_path)
    stat(tmp_path, 1, "a ) b (", 160, 0)
    stat(tmp_path, 2, "llvmpipe-0", 150, 150)
    stat(tmp_path, 5, "python", 90, 0)  # its number was given anew
    loads = times.sample()
    assert [load.name for load in loads] == ["a ) b (", "llvmpipe-0", "python"]
    assert loads[1].percent == pytest.approx(100 / 60 * loads[0].percent)
    assert loads[2].percent == 0.0 < loads[0].percent


def test_without_proc_nothing_is_told(tmp_path):
    assert ThreadTimes(tmp_path / "proc").sample() is None
