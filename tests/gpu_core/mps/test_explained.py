"""gpu_core.mps.explained: each of CUDA's errors about MPS says what to do."""

from __future__ import annotations

import pytest

from gpu_core.cuda.calls import checked, forget_loss, lost
from gpu_core.errors import CudaError
from gpu_core.mps.explained import HINTS, advice


@pytest.mark.parametrize("code", range(805, 811))
def test_every_error_has_one_sentence_and_an_advice(code):
    with pytest.raises(CudaError) as raised:
        checked((code,), "cuInit")
    assert HINTS[code] in str(raised.value)
    assert "\n" not in str(raised.value)
    assert advice(code) in ("look", "restart", "wait", "fewer")


def test_a_client_that_was_ended_has_lost_cuda():
    try:
        with pytest.raises(CudaError):
            checked((810,), "cuLaunchKernelEx")
        assert "until it is started again" in (lost() or "")
    finally:
        forget_loss()


def test_other_errors_are_not_of_mps():
    assert advice(700) == ""
