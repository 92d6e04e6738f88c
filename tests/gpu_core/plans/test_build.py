"""The child process that builds, with a double of TensorRT in it: its plan, its failures, its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from gpu_core.errors import PlanCancelled, PlanError
from gpu_core.plans.build import PlanBuild, PlanDone
from gpu_core.plans.build_process import OTHERS
from gpu_core.plans.cache import PlanCache
from gpu_core.plans.progress import PlanProgress
from gpu_core.plans.request import PlanRequest
from tests.emulation.tensorrt.faults import misbehaving
from tests.gpu_core.plans.requests import generator, request_for

pytestmark = pytest.mark.skipif(
    find_spec("tensorrt_bindings") is None, reason="the wheel tensorrt-cu13-bindings is not installed"
)

PATIENCE_S = 60.0


@pytest.fixture
def request_(tmp_path: Path) -> PlanRequest:
    return request_for(generator(tmp_path))


@pytest.fixture
def cache(tmp_path: Path) -> PlanCache:
    return PlanCache(tmp_path / "cache")


def wait(build: PlanBuild, until: Callable[[PlanProgress | PlanDone], bool]) -> PlanProgress | PlanDone:
    """Poll until it says what is waited for."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if until(told := build.poll()):
            return told
        time.sleep(0.01)
    raise AssertionError(f"still at {told}")


def finished(build: PlanBuild) -> PlanDone:
    """Its plan."""
    done = wait(build, lambda told: isinstance(told, PlanDone))
    assert isinstance(done, PlanDone)
    return done


def begun(build: PlanBuild) -> None:
    """Until TensorRT is at work."""
    wait(build, lambda told: isinstance(told, PlanProgress) and told.fraction is not None)


def gone(pid: int) -> bool:
    """True once a process has ended."""
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True


def test_a_plan_is_built_and_kept(request_: PlanRequest, cache: PlanCache):
    with PlanBuild(request_, cache) as build:
        done = finished(build)
        assert build.poll() == done
    assert cache.get(request_) == done.plan
    assert done.seconds > 0
    assert cache.get_timing(request_) == b"."  # of the double: one build has measured


def test_timings_of_earlier_builds_are_used(request_: PlanRequest, cache: PlanCache):
    cache.put_timing(request_, b"...")
    with PlanBuild(request_, cache) as build:
        finished(build)
    assert cache.get_timing(request_) == b"...."


def test_timings_that_tensorrt_does_not_take_do_not_stop_it(request_: PlanRequest, cache: PlanCache):
    cache.put_timing(request_, b"not of this TensorRT")
    with PlanBuild(request_, cache) as build:
        finished(build)
    assert cache.get_timing(request_) == b"."


def test_progress_goes_up_through_nested_phases(request_: PlanRequest, cache: PlanCache):
    told: list[PlanProgress] = []

    def note(progress: PlanProgress | PlanDone) -> bool:
        if isinstance(progress, PlanProgress) and progress.fraction is not None:
            told.append(progress)
        return isinstance(progress, PlanDone)

    with misbehaving(steps=4, step_s=0.2), PlanBuild(request_, cache) as build:
        wait(build, note)
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert len(set(fractions)) > 4
    assert "Timing tactics" in {progress.phase for progress in told}


def test_a_refusal_carries_tensorrts_words(request_: PlanRequest, cache: PlanCache):
    with (
        misbehaving(fail={"Builder.build_serialized_network": 0}, text="[a.cpp::b::1] Error Code 2: OutOfMemory"),
        PlanBuild(request_, cache) as build,
        pytest.raises(PlanError) as raised,
    ):
        finished(build)
    words = "TensorRT 11.4.0 cannot build a plan of pick (fp16) for NVIDIA L4: Error Code 2: OutOfMemory"
    assert str(raised.value) == words
    assert "ERROR: [a.cpp::b::1] Error Code 2: OutOfMemory" in raised.value.log
    assert not isinstance(raised.value, PlanCancelled)
    assert cache.get(request_) is None


def test_cancelling_stops_it(request_: PlanRequest, cache: PlanCache):
    with misbehaving(step_s=1.0), PlanBuild(request_, cache) as build:
        begun(build)
        build.cancel()
        build.cancel()
        with pytest.raises(PlanCancelled, match="building the plan of pick was cancelled"):
            finished(build)
        with pytest.raises(PlanCancelled):  # and so it stays
            build.poll()
    assert cache.get(request_) is None


def test_a_builder_that_does_not_stop_is_killed(request_: PlanRequest, cache: PlanCache):
    with misbehaving(step_s=600.0, deaf=True), PlanBuild(request_, cache) as build:
        begun(build)
        build.cancel()
        with pytest.raises(PlanCancelled):
            finished(build)


def test_a_crash_is_an_error_that_says_so(request_: PlanRequest, cache: PlanCache):
    with misbehaving(crash_at=1), PlanBuild(request_, cache) as build, pytest.raises(PlanError) as raised:
        finished(build)
    assert str(raised.value) == "TensorRT crashed while it built the plan of pick (SIGSEGV)"
    assert "build_serialized_network" in raised.value.log  # where it was
    assert not list(cache.folder.glob("*.plan*"))


def test_what_libraries_print_disturbs_nobody(request_: PlanRequest, cache: PlanCache):
    with misbehaving(noise='{"event": "failed", "text": "x"}'), PlanBuild(request_, cache) as build:
        assert finished(build).plan


def test_without_a_cache_it_builds_all_the_same(request_: PlanRequest, tmp_path: Path, caplog):
    (tmp_path / "file").write_text("in the way")
    with PlanBuild(request_, PlanCache(tmp_path / "file" / "cache")) as build:
        assert finished(build).plan
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1


def test_a_file_that_has_changed_meanwhile_is_not_built(request_: PlanRequest, cache: PlanCache):
    request_.model.write_bytes(b"another network")
    with PlanBuild(request_, cache) as build, pytest.raises(PlanError, match="has changed since it was opened"):
        finished(build)


def test_a_missing_tensorrt_is_told(request_: PlanRequest, cache: PlanCache):
    other = request_for(generator(cache.folder.parent), module="no_such_tensorrt")
    with PlanBuild(other, cache) as build, pytest.raises(PlanError, match="no_such_tensorrt"):
        finished(build)


def test_no_process_can_be_started(request_: PlanRequest, cache: PlanCache, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(PlanError, match="no process can be started to build a plan: No such file"):
        PlanBuild(request_, cache)


def test_closing_ends_the_child(request_: PlanRequest, cache: PlanCache):
    with misbehaving(step_s=600.0, deaf=True):
        build = PlanBuild(request_, cache)
        begun(build)
        pid = build._child.pid
        build.close()
        build.close()
    assert gone(pid)


PARENT = """
import json, sys, time
from pathlib import Path
from gpu_core.plans.build import PlanBuild
from gpu_core.plans.cache import PlanCache
from gpu_core.plans.request import PlanRequest
build = PlanBuild(PlanRequest.from_json(sys.argv[1]), PlanCache(Path(sys.argv[2])))
while build.poll().fraction is None:
    time.sleep(0.01)
print(build._child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_the_child_ends_when_its_parent_is_killed(request_: PlanRequest, cache: PlanCache):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PARENT, request_.to_json(), str(cache.folder)]
    with misbehaving(step_s=600.0, deaf=True):
        environment |= {key: value for key, value in os.environ.items() if key.startswith("MIEN_")}
        parent = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone(child)
        parent.kill()
    deadline = time.monotonic() + PATIENCE_S
    while not gone(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert gone(child)


def test_two_builds_of_the_same_plan_do_not_disturb_each_other(request_: PlanRequest, cache: PlanCache):
    with PlanBuild(request_, cache) as one, PlanBuild(request_, PlanCache(cache.folder)) as other:
        assert finished(one).plan == finished(other).plan
    assert cache.get(request_) == finished(one).plan
    assert len(list(cache.folder.glob("*.plan*"))) == 1


@pytest.mark.skipif(find_spec("fcntl") is None, reason="this system has no locks on files")
def test_of_two_that_want_the_same_plan_one_builds(request_: PlanRequest, cache: PlanCache):
    with misbehaving(step_s=0.2), PlanBuild(request_, cache) as one:
        begun(one)
        with PlanBuild(request_, PlanCache(cache.folder)) as other:
            wait(other, lambda told: isinstance(told, PlanProgress) and told.phase == OTHERS)
            assert finished(other).plan == finished(one).plan
    assert cache.get_timing(request_) == b".", "of the double: one build has measured"
    assert list(cache.folder.glob("*.turn")) == []


@pytest.mark.skipif(find_spec("fcntl") is None, reason="this system has no locks on files")
def test_who_waits_can_be_cancelled_and_builds_when_the_other_is_gone(request_: PlanRequest, cache: PlanCache):
    with misbehaving(step_s=600.0, deaf=True):
        hanging = PlanBuild(request_, cache)
    begun(hanging)
    with hanging, PlanBuild(request_, cache) as cancelled, PlanBuild(request_, cache) as patient:
        for build in (cancelled, patient):
            wait(build, lambda told: isinstance(told, PlanProgress) and told.phase == OTHERS)
        cancelled.cancel()
        with pytest.raises(PlanCancelled, match="was cancelled"):
            finished(cancelled)
        hanging.close()
        assert finished(patient).plan


@pytest.mark.parametrize("line", ["no JSON", '{"event": "done"}', "[]"])
def test_a_child_that_talks_nonsense_is_an_error(line: str, request_, cache: PlanCache, tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho '{line}'\nexec sleep 600\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with PlanBuild(request_, cache) as build, pytest.raises(PlanError, match="said what nobody understands"):
        finished(build)


def test_the_child_is_given_the_gpu_that_is_not_the_first(
    request_: PlanRequest, cache: PlanCache, tmp_path, monkeypatch
):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "{\\"event\\": \\"failed\\", \\"text\\": \\"<$CUDA_VISIBLE_DEVICES>\\"}"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    for index, seen in ((0, "<>"), (1, "<GPU-1>")):
        other = PlanRequest.from_json(
            json.dumps(json.loads(request_.to_json()) | {"gpu_index": index, "gpu_uuid": "GPU-1"})
        )
        with PlanBuild(other, cache) as build, pytest.raises(PlanError, match=f"^{seen}$"):
            finished(build)
