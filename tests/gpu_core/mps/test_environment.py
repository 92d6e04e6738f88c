"""gpu_core.mps.environment: what a client is told, and limits that there are not."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.errors import MpsError
from gpu_core.mps.environment import check_limits, own_share, without_mps, worker_environment
from gpu_core.mps.places import Mps
from viewer.streams.values import MpsLimits

OURS = Mps(Path("/run/mps"), Path("/log"), "GPU-1", is_own=True)


def test_all_limits_are_told_in_the_words_of_cuda():
    assert worker_environment(MpsLimits(12.5, 2048, "below"), OURS) == {
        "CUDA_MPS_PIPE_DIRECTORY": "/run/mps",
        "CUDA_VISIBLE_DEVICES": "GPU-1",
        "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE": "12.5",
        "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT": "0=2048M",
        "CUDA_MPS_CLIENT_PRIORITY": "1",
    }
    assert worker_environment(MpsLimits(priority="normal"), OURS)["CUDA_MPS_CLIENT_PRIORITY"] == "0"


def test_without_limits_a_client_is_only_sent_there():
    assert worker_environment(MpsLimits(), Mps(Path("/tmp/x"))) == {"CUDA_MPS_PIPE_DIRECTORY": "/tmp/x"}
    assert worker_environment(MpsLimits(), None) == {}


def test_limits_that_nobody_would_keep_are_refused():
    with pytest.raises(MpsError, match="mien mps start"):
        worker_environment(MpsLimits(thread_percent=25), None)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (MpsLimits(thread_percent=101), "0 .no limit. to 100 percent, not 101"),
        (MpsLimits(thread_percent=-1), "percent, not -1"),
        (MpsLimits(thread_percent=math.nan), "percent, not nan"),
        (MpsLimits(memory_mb=-1), "whole MB, not -1"),
        (MpsLimits(memory_mb=1 << 40), "whole MB"),
        (MpsLimits(priority="high"), "normal or below, not 'high'"),
    ],
)
def test_a_limit_out_of_its_range_is_named_in_one_line(limits, said):
    for mps in (OURS, None):
        with pytest.raises(MpsError, match=said) as raised:
            worker_environment(limits, mps)
        assert "\n" not in str(raised.value)


@given(st.floats(), st.integers(), st.sampled_from(["", "normal", "below", "x"]))
def test_what_passes_is_what_cuda_takes(percent, memory, priority):
    limits = MpsLimits(percent, memory, priority)
    try:
        check_limits(limits)
    except MpsError:
        return
    told = worker_environment(limits, OURS)
    assert 0 < float(told.get("CUDA_MPS_ACTIVE_THREAD_PERCENTAGE", 100)) <= 100
    assert told.get("CUDA_MPS_CLIENT_PRIORITY", "0") in ("0", "1")


def test_a_client_can_say_its_share(monkeypatch):
    for name in worker_environment(MpsLimits(1, 1, "below"), OURS):
        monkeypatch.delenv(name, raising=False)
    assert own_share() == ""
    for name, value in worker_environment(MpsLimits(25, 512, "below"), OURS).items():
        monkeypatch.setenv(name, value)
    assert own_share() == "25 % of its threads, 512M of its memory, behind others"


def test_beside_mps_nobody_listens(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert not Path(without_mps()["CUDA_MPS_PIPE_DIRECTORY"]).exists()
