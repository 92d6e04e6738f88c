"""viewer.streams.gpu_sharing: MPS is used where it runs, started where that is asked for, and kept away from else."""

from __future__ import annotations

import argparse
import sys

import pytest

from gpu_core.errors import MpsError
from gpu_core.mps.looking import look
from gpu_core.mps.places import own_place
from gpu_core.mps.running import start
from tests.emulation.mps.double import GPU, mps_double
from viewer.streams.gpu_sharing import Sharing, add_mps_options, limits_of, shared
from viewer.streams.values import MpsLimits

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="MPS is there on Linux alone")


@pytest.fixture
def double(monkeypatch):
    with mps_double(monkeypatch) as made:
        yield made


def options(*words):
    parser = argparse.ArgumentParser()
    add_mps_options(parser)
    return parser.parse_args(words)


def test_options_become_limits():
    assert limits_of(options()) == MpsLimits()
    asked = options("--mps-threads", "25", "--mps-memory", "512", "--mps-priority", "below")
    assert limits_of(asked) == MpsLimits(25.0, 512, "below")
    with pytest.raises(MpsError, match=r"0 \(no limit\) to 100 percent"):
        limits_of(options("--mps-threads", "500"))


def test_auto_uses_what_runs_and_starts_nothing(double):
    told = []
    with shared("auto", MpsLimits(), tell=told.append) as sharing:
        assert (sharing, told, double.running()) == (Sharing(), [], [])
    start(GPU)
    pids = double.running()
    with shared("auto", MpsLimits(25), tell=told.append) as sharing:
        assert sharing.environment["CUDA_MPS_ACTIVE_THREAD_PERCENTAGE"] == "25"
        assert sharing.environment["CUDA_MPS_PIPE_DIRECTORY"] == str(own_place(GPU).pipes)
    assert told == [f"workers share the GPU through the MPS daemon in {own_place(GPU).pipes}"]
    assert double.running() == pids


def test_on_starts_one_and_stops_it(double):
    told = []
    with shared("on", MpsLimits(), tell=told.append, gpu=GPU) as sharing:
        assert len(double.running()) == 1
        assert sharing.environment["CUDA_VISIBLE_DEVICES"] == GPU
    assert double.running() == []
    assert told == [f"MPS started for {GPU} in {own_place(GPU).pipes}; it stops at the end"]


def test_off_stays_away_from_one_that_runs(double):
    start(GPU)
    with shared("off", MpsLimits(), tell=pytest.fail) as sharing:
        assert sharing.mps is None
        assert sharing.environment["CUDA_MPS_PIPE_DIRECTORY"] != str(own_place(GPU).pipes)


@pytest.mark.parametrize("how", ["auto", "off"])
def test_limits_that_nobody_keeps_are_refused(double, how):
    with pytest.raises(MpsError, match="mien mps start"), shared(how, MpsLimits(memory_mb=1), tell=pytest.fail):
        pytest.fail("not reached")


def test_one_that_does_not_start_is_one_line(double):
    double.behave("refuses")
    with pytest.raises(MpsError, match="does not start"), shared("on", MpsLimits(), tell=pytest.fail, gpu=GPU):
        pytest.fail("not reached")
    assert double.running() == []


def test_a_client_is_ended_before_it_is_killed(double):
    mps = start(GPU)
    double.serve({41: [42, 43]})
    sharing = Sharing(mps)
    assert sharing.before_kill(43)
    assert [client.pid for client in look(mps).clients] == [42]
    assert not sharing.before_kill(44)
    assert not Sharing().before_kill(42)
