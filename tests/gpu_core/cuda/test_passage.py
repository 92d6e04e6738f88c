"""Pictures between OpenGL and CUDA, on each tier: on a real GPU here, on the emulated driver in tests/emulated."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gpu_core.atlas import Atlas
from gpu_core.cuda.clock import GpuClock
from gpu_core.cuda.driver import device_of_current_gl, open_cuda
from gpu_core.cuda.interop import TIERS, open_interop
from gpu_core.cuda.pinned import PinnedRing
from gpu_core.gl.targets import TargetSet
from gpu_core.settings import Traffic
from tests.gpu_core.cuda.passage import ABOVE, EXACT, SIZE, Passage

pytestmark = [pytest.mark.gpu, pytest.mark.gl]

PATIENCE_S = 10.0  # for work that takes microseconds


@pytest.fixture
def cuda(gl_context):
    with open_cuda() as cuda:
        yield cuda


@pytest.fixture(params=TIERS)
def interop(cuda, request):
    """Each tier in turn; skipped where this machine refuses it."""
    with open_interop(cuda, below=ABOVE[request.param], because="for the test") as interop:
        if interop.tier != request.param:
            pytest.skip(interop.reason)
        yield interop


@pytest.fixture
def passage(cuda, interop):
    passage = Passage(cuda, interop)
    yield passage
    passage.close()


def soon(answer):
    """What a question answers once it answers something; for devices that nobody waits for."""
    end = time.monotonic() + PATIENCE_S
    while not (told := answer()):
        assert time.monotonic() < end, "the device is stuck"
    return told


def test_kernels_see_what_was_drawn(passage):
    for _ in range(3):
        drawn = {name: passage.draw(name) for name in ("texture", "render", "normal", "depth")}
        np.testing.assert_allclose(passage.read(tuple(drawn)), passage.expected(drawn), atol=EXACT)


def test_opengl_sees_what_kernels_wrote(passage):
    for _ in range(3):
        wanted = passage.write()
        assert np.abs(passage.displayed().astype(int) - wanted).max() <= 1


def test_other_kernels_see_what_kernels_wrote(passage):
    """As a recording does, on another stream, after the display texture was given back."""
    for _ in range(3):
        wanted = passage.write()
        seen = passage.read_display()
        np.testing.assert_allclose(seen, passage.expected({"render": wanted}), atol=1 / 255 + EXACT)


def test_drawing_goes_on_while_kernels_have_yet_to_run(passage):
    """The next picture must not reach a kernel that was to see the one before."""
    first = passage.draw("render")
    earlier = passage.start_reading(("render",))
    second = passage.draw("render")
    later = passage.start_reading(("render",))
    np.testing.assert_allclose(earlier.taken(), passage.expected({"render": first}), atol=EXACT)
    np.testing.assert_allclose(later.taken(), passage.expected({"render": second}), atol=EXACT)


def test_textures_made_anew_are_registered_anew(interop, passage):
    """OpenGL hands the same names out again."""
    for size in (24, 40, 24):
        with TargetSet(Atlas(1, size)) as target:
            for _ in range(2):
                with interop.read(target, ("texture", "depth"), passage.stream) as sources:
                    assert {source.width for source in sources.values()} == {size}
                with interop.write(target, passage.stream):
                    pass


def test_bytes_over_the_bus(interop, passage):
    """Two faces of 4 bytes a pixel, there and back, on the last tier alone."""
    crossed = 16 * SIZE * SIZE if interop.tier == "host copy" else 0
    assert interop.traffic(passage.target, ("render",)) == Traffic(crossed, crossed)
    assert interop.traffic(passage.target, ("render", "depth", "display")) == Traffic(3 * crossed, 3 * crossed)


def test_a_better_tier_is_refused_for_a_reason(interop):
    assert (interop.tier == "image") == (not interop.reason)


def test_the_device_is_the_one_that_draws(cuda):
    assert cuda.info.index == cuda.gl_device == device_of_current_gl()


def test_stages_lie_between_issuing_and_seeing_them(cuda, passage):
    clock, begun = GpuClock(cuda), time.perf_counter_ns()
    batch = clock.batch()
    for name in ("pack", "unpack"):
        with batch.stage(passage.stream, name):
            passage.write()
    stages = soon(batch.stages)
    seen = time.perf_counter_ns()
    assert [(stage.name, stage.clock) for stage in stages] == [("pack", "gpu"), ("unpack", "gpu")]
    for stage in stages:
        assert begun <= stage.start_ns
        assert stage.start_ns + stage.duration_ms * 1e6 <= seen
    assert stages[0].start_ns <= stages[1].start_ns
    clock.close()


def test_copies_to_the_host_do_not_mix(cuda, passage):
    buffer, ring = cuda.allocate(1 << 16, passage.stream), PinnedRing(cuda, 3, 1 << 16)
    slots = []
    for value in range(3):
        buffer.fill(value + 1, stream=passage.stream)
        slots.append(ring.copy(buffer, passage.stream))
    assert ring.copy(buffer, passage.stream) is None
    for value, slot in enumerate(slots):
        soon(slot.ready)
        assert (slot.view == value + 1).all()
        slot.release()
    ring.close()
    buffer.close()
