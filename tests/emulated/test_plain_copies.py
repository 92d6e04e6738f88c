"""Synchronous copies through the real bindings: what comes down is what went up, in the order of the streams."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.cuda.driver import open_cuda
from gpu_core.cuda.plain_copies import copy_down, copy_up
from gpu_core.errors import CudaError

BYTES = np.random.default_rng(2).integers(0, 256, 1000, np.uint8)


@pytest.fixture
def cuda(emulator):
    with open_cuda() as opened:
        yield opened


@pytest.fixture
def buffer(cuda, stream):
    made = cuda.allocate(BYTES.nbytes, stream)
    stream.sync()
    yield made
    made.close(stream)
    stream.sync()


def test_what_comes_down_is_what_went_up(emulator, buffer):
    emulator.protect()  # the host has no way to it but these
    copy_up(BYTES, buffer)
    np.testing.assert_array_equal(copy_down(buffer, (10, 100), np.uint8), BYTES.reshape(10, 100))
    assert emulator.calls("cuMemcpyHtoD") == emulator.calls("cuMemcpyDtoH") == 1


def test_a_stream_with_the_default_one_is_waited_for(emulator, cuda, buffer):
    stream = cuda.stream(with_default=True)
    emulator.mode("lazy")
    buffer.fill(np.uint8(7), stream=stream)
    made = copy_down(buffer, (1000,), np.uint8)
    emulator.finish()
    stream.close()
    assert (made == 7).all()


def test_other_sizes_and_scattered_rows_are_refused(buffer):
    with pytest.raises(ValueError, match="do not fill"):
        copy_up(BYTES[:-1], buffer)
    with pytest.raises(ValueError, match="do not follow"):
        copy_up(np.zeros((1000, 2), np.uint8)[:, 0], buffer)
    with pytest.raises(ValueError, match="no array of 999"):
        copy_down(buffer, (999,), np.uint8)


def test_a_copy_that_fails_is_one_line(emulator, buffer):
    for api, copy in (
        ("cuMemcpyHtoD", lambda: copy_up(BYTES, buffer)),
        ("cuMemcpyDtoH", lambda: copy_down(buffer, (1000,), np.uint8)),
    ):
        emulator.fail(api, 2)
        with pytest.raises(CudaError, match=f"^{api} failed: CUDA_ERROR_OUT_OF_MEMORY") as caught:
            copy()
        assert "\n" not in str(caught.value)
