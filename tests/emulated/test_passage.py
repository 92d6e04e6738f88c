"""What holds on hardware holds on the emulated driver: eager and lazy, with device memory out of the host's reach."""

from __future__ import annotations

import pytest

from gpu_core.cuda.driver import open_cuda
from tests.emulated.opengl_order import keep_opengl_in_order
from tests.gpu_core.cuda.test_passage import (  # noqa: F401
    interop,
    passage,
    test_a_better_tier_is_refused_for_a_reason,
    test_bytes_over_the_bus,
    test_copies_to_the_host_do_not_mix,
    test_drawing_goes_on_while_kernels_have_yet_to_run,
    test_kernels_see_what_was_drawn,
    test_opengl_sees_what_kernels_wrote,
    test_other_kernels_see_what_kernels_wrote,
    test_stages_lie_between_issuing_and_seeing_them,
    test_textures_made_anew_are_registered_anew,
    test_the_device_is_the_one_that_draws,
)


@pytest.fixture(params=["eager", "lazy"])
def cuda(request, emulated_gl, monkeypatch):
    keep_opengl_in_order(monkeypatch, emulated_gl)
    emulated_gl.protect()
    emulated_gl.mode(request.param)
    with open_cuda() as cuda:
        yield cuda
