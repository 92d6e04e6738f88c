"""The kernels' tests once more, on real hardware: the same functions with another `bench`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulated import test_kernels_compare, test_kernels_convert, test_kernels_frames
from tests.emulation.workbench import Workbench, workbenches

pytestmark = pytest.mark.gpu


@pytest.fixture(params=["gpu"])
def bench(request: pytest.FixtureRequest) -> Iterator[Workbench]:
    yield from workbenches(request)


for module in (test_kernels_convert, test_kernels_frames, test_kernels_compare):
    globals().update({name: test for name, test in vars(module).items() if name.startswith("test_")})
