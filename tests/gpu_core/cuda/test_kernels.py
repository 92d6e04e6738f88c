"""What a launch refuses before the driver sees it: `cuda.core` passes whatever it is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gpu_core.cuda.kernels import check_arguments

SIZES = (8, 4, 4)
FITTING = (np.uint64(1), np.float32(2), np.int32(3))


class Buffer:
    handle, size = 4096, 100


def test_fitting_arguments_pass() -> None:
    check_arguments("k", SIZES, FITTING)
    check_arguments("k", SIZES, (Buffer(), *FITTING[1:]))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (FITTING[:2], "takes 3 arguments, got 2"),
        ((*FITTING, np.int32(0)), "takes 3 arguments, got 4"),
        ((FITTING[0], 2.0, FITTING[2]), r"argument 1: 2\.0 is a float; a numpy scalar or a buffer is needed"),
        ((FITTING[0], FITTING[1], 3), "argument 2: 3 is a int"),
        ((FITTING[0], np.float64(2), FITTING[2]), r"argument 1: .* has 8 bytes, 4 are needed"),
        ((np.uint32(1), *FITTING[1:]), r"argument 0: .* has 4 bytes, 8 are needed"),
        ((FITTING[0], Buffer(), FITTING[2]), r"argument 1: .* has 8 bytes, 4 are needed"),
    ],
)
def test_others_are_named(arguments: tuple[Any, ...], why: str) -> None:
    with pytest.raises(TypeError, match=why):
        check_arguments("k", SIZES, arguments)
