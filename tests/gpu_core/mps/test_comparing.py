"""gpu_core.mps.comparing: the same measurement off and on in one run, and nothing left running."""

from __future__ import annotations

import pytest

from gpu_core.errors import MpsError
from gpu_core.mps import comparing
from gpu_core.mps.comparing import compare_ways, why_not
from gpu_core.mps.places import own_place
from gpu_core.mps.running import start
from tests.emulation.mps.double import GPU


def test_off_runs_beside_every_daemon_and_on_under_ours(double):
    seen = []

    def measure(environment):
        seen.append((environment["CUDA_MPS_PIPE_DIRECTORY"], len(double.running())))
        return len(seen)

    found = compare_ways(measure, GPU)
    assert (found.off, found.on, found.mps.gpu) == (1, 2, GPU)
    off, on = seen
    assert off[1] == 0
    assert off[0].endswith("off")
    assert on == (str(own_place(GPU).pipes), 1)
    assert double.running() == []


def test_a_daemon_that_serves_already_is_used_and_left(double):
    start(GPU)
    pids = double.running()
    assert compare_ways(lambda environment: environment.get("CUDA_VISIBLE_DEVICES"), GPU).on == GPU
    assert double.running() == pids


def test_a_measurement_that_fails_leaves_nothing_running(double):
    def measure(environment):
        if "CUDA_VISIBLE_DEVICES" in environment:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        compare_ways(measure, GPU)
    assert double.running() == []


def test_without_a_gpu_the_reason_is_one_line(double, monkeypatch):
    def none():
        raise MpsError("there is no NVIDIA GPU to share: Driver Not Loaded")

    monkeypatch.setattr(comparing, "first_gpu", none)
    assert why_not() == "there is no NVIDIA GPU to share: Driver Not Loaded"
    with pytest.raises(MpsError, match="no NVIDIA GPU"):
        compare_ways(lambda _: pytest.fail("measured without a GPU"))
