"""The three tiers through the emulated driver: which one and why, lifetimes, and each call failing in turn."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.atlas import Atlas
from gpu_core.cuda.driver import lost, open_cuda
from gpu_core.cuda.interop import TIERS, Interop, open_interop
from gpu_core.errors import CudaError, PathUnavailable
from gpu_core.gl.targets import TargetSet
from tests.emulated.opengl_order import keep_opengl_in_order
from tests.gpu_core.cuda.passage import ABOVE, EXACT, Passage


@pytest.fixture
def cuda(emulated_gl, monkeypatch):
    keep_opengl_in_order(monkeypatch, emulated_gl)
    with open_cuda() as cuda:
        yield cuda


@pytest.fixture
def interop(cuda, request):
    """A tier by indirect parameter."""
    with open_interop(cuda, below=ABOVE[request.param], because="for the test") as interop:
        yield interop


@pytest.fixture
def passage(cuda, interop):
    passage = Passage(cuda, interop)
    yield passage
    passage.close()


each_tier = pytest.mark.parametrize("interop", TIERS, indirect=True)


# ---- what it costs -------------------------------------------------------------------------------------------------


@each_tier
def test_reading_and_writing_at_once_takes_one_mapping(emulator, interop, passage):
    with interop.pass_through(passage.target, ("display", "render"), passage.stream):
        pass
    before = emulator.calls("cuGraphicsMapResources")
    with interop.pass_through(passage.target, ("display", "render"), passage.stream) as sources:
        assert sorted(sources) == ["display", "render"]
    assert emulator.calls("cuGraphicsMapResources") - before == (0 if interop.tier == "host copy" else 1)


@pytest.mark.parametrize("interop", TIERS[:2], indirect=True)
def test_the_cpu_waits_for_nothing_on_the_gpu_tiers(emulator, interop, passage):
    emulator.mode("lazy")
    for _ in range(3):
        with interop.read(passage.target, ("texture", "render"), passage.stream):
            pass
        with interop.write(passage.target, passage.stream):
            pass
    assert not emulator.calls("cuStreamSynchronize")
    assert not emulator.calls("cuCtxSynchronize")


@pytest.mark.parametrize("interop", ["host copy"], indirect=True)
def test_the_bytes_told_are_the_bytes_copied(emulator, interop, passage):
    """As far as CUDA copies them: OpenGL's half of the way is as long."""
    before = sum(emulator.report()["copied"].values())
    with interop.pass_through(passage.target, ("render", "display"), passage.stream):
        pass
    copied = sum(emulator.report()["copied"].values()) - before
    assert 2 * copied == interop.traffic(passage.target, ("render", "display")).pixel_bytes


# ---- lifetimes -----------------------------------------------------------------------------------------------------


@each_tier
def test_textures_are_registered_once_and_again_when_made_anew(emulator, interop, passage):
    """The emulated driver tells if a texture is deleted while it is registered."""
    stream = passage.stream
    registered = []
    for _ in range(3):
        with TargetSet(Atlas(1, 24)) as target:
            for _ in range(3):
                with interop.read(target, ("texture", "depth"), stream), interop.write(target, stream):
                    pass
            registered.append(emulator.live()["registered resources"])
        assert not target.closing
    assert len(set(registered)) == 1
    assert registered[0] == (0 if interop.tier == "host copy" else 3)


@each_tier
def test_a_closed_interop_lets_sets_go_by_themselves(cuda, interop, passage):
    with interop.write(passage.target, passage.stream):
        pass
    assert len(passage.target.closing) == 1
    interop.close()
    interop.close()
    assert not passage.target.closing


@each_tier
def test_a_body_that_raises_gives_the_textures_back(interop, passage):
    with pytest.raises(ZeroDivisionError), interop.read(passage.target, ("render",), passage.stream):
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), interop.write(passage.target, passage.stream):
        raise ZeroDivisionError
    drawn = passage.draw("render")
    np.testing.assert_allclose(passage.read(("render",)), passage.expected({"render": drawn}), atol=EXACT)
    assert np.abs(passage.displayed().astype(int) - passage.write()).max() >= 0


@pytest.mark.parametrize("interop", TIERS[:2], indirect=True)
def test_a_texture_that_is_mapped_is_not_mapped_again(interop, passage):
    with (
        interop.read(passage.target, ("render",), passage.stream),
        pytest.raises(RuntimeError, match="mapped already"),
        interop.read(passage.target, ("render",), passage.stream),
    ):
        pytest.fail("mapped twice")


# ---- choosing ------------------------------------------------------------------------------------------------------


def opened(cuda, **below: str) -> Interop:
    """The tier that is chosen; closed already."""
    with open_interop(cuda, **below) as interop:
        return interop


def test_the_best_tier_needs_no_reason(cuda):
    interop = opened(cuda)
    assert (interop.tier, interop.reason) == ("image", "")


@pytest.mark.parametrize("code", [2, 219, 304, 999])
def test_textures_refused_buffers_taken(emulator, cuda, code):
    emulator.fail("cuGraphicsGLRegisterImage", code)
    interop = opened(cuda)
    assert interop.tier == "pixel buffer"
    assert interop.reason.startswith("image: cuGraphicsGLRegisterImage failed")
    assert f"({code})" in interop.reason
    assert "no pixel crosses the bus" in interop.reason
    assert "MPS" not in interop.reason


def test_nothing_shared_at_all(emulator, cuda):
    emulator.fail("cuGraphicsGLRegisterImage", 304)
    emulator.fail("cuGraphicsGLRegisterBuffer", 999)
    interop = opened(cuda)
    assert interop.tier == "host copy"
    for said in ("(304)", "(999)", "8 bytes on the bus", "prime-run"):
        assert said in interop.reason


def test_mps_is_noted_beside_the_refusal(emulator, emulated_gl):
    emulator.mps()
    emulator.fail("cuGraphicsGLRegisterImage", 304)
    with open_cuda() as cuda:
        assert "MPS is on" in opened(cuda).reason


@pytest.mark.parametrize(
    ("api", "tier"),
    [
        ("cuGraphicsGLRegisterImage", "pixel buffer"),
        ("cuGraphicsSubResourceGetMappedArray", "pixel buffer"),
        ("cuGraphicsGLRegisterBuffer", "host copy"),
        ("cuGraphicsResourceGetMappedPointer", "host copy"),
    ],
)
def test_success_with_nothing_in_hand_is_a_refusal(emulator, cuda, api, tier):
    emulator.fail("cuGraphicsGLRegisterImage", 304 if tier == "host copy" else 0)
    emulator.null_handle(api)
    interop = opened(cuda)
    assert interop.tier == tier
    assert "null handle" in interop.reason


OF_IMAGES = ["cuGraphicsGLRegisterImage", "cuGraphicsSubResourceGetMappedArray", "cuSurfObjectCreate"]
OF_BUFFERS = ["cuGraphicsGLRegisterBuffer", "cuGraphicsResourceGetMappedPointer"]
OF_BOTH = ["cuGraphicsMapResources", "cuGraphicsUnmapResources", "cuGraphicsResourceSetMapFlags"]
OF_COPIES = ["cuMemAllocHost", "cuMemAlloc", "cuMemcpyAsync"]


@pytest.mark.parametrize("api", OF_IMAGES)
def test_each_call_of_the_probe_may_fail_on_images(emulator, cuda, api):
    emulator.fail(api, 2)
    assert opened(cuda).tier == "pixel buffer"


@pytest.mark.parametrize("api", OF_BOTH)
def test_each_call_of_the_probe_may_fail_on_all_that_is_shared(emulator, cuda, api):
    emulator.fail(api, 2)
    interop = opened(cuda)
    assert interop.tier == "host copy"
    assert interop.reason.count(api) == 2
    _expect_leftovers(emulator, api)


@pytest.mark.parametrize("api", [*OF_COPIES, "cuStreamCreateWithPriority"])
def test_where_no_tier_works_the_reason_names_each(emulator, cuda, api):
    emulator.fail("cuGraphicsMapResources", 304)
    emulator.fail(api, 2)
    with pytest.raises(PathUnavailable, match=f"no picture passes.*image: .*pixel buffer: .*host copy: {api}"):
        open_interop(cuda)


def test_what_failed_while_running_is_not_tried_again(emulator, cuda):
    interop = opened(cuda, below="pixel buffer", because="cuGraphicsMapResources failed: CUDA_ERROR_UNKNOWN (999)")
    assert interop.tier == "host copy"
    assert interop.reason.startswith("pixel buffer: cuGraphicsMapResources failed: CUDA_ERROR_UNKNOWN (999); it costs")
    assert not emulator.calls("cuGraphicsMapResources")
    with pytest.raises(PathUnavailable, match="no picture passes"):
        open_interop(cuda, below="host copy")


def test_another_gpu_that_draws_means_copies(emulator, emulated_gl):
    emulator.devices(2)
    emulator.gl_device(1)
    with open_cuda(0) as cuda:
        interop = opened(cuda)
    assert interop.tier == "host copy"
    assert "OpenGL draws on CUDA device 1, the generator runs on 0" in interop.reason


def test_where_nobody_knows_who_draws_trying_tells(emulator, emulated_gl):
    emulator.gl_device(None)
    with open_cuda() as cuda:
        assert cuda.gl_device is None
        assert opened(cuda).tier == "image"
        emulator.fail("cuGraphicsGLRegisterImage", 219)
        emulator.fail("cuGraphicsGLRegisterBuffer", 219)
        assert opened(cuda).tier == "host copy"


@pytest.mark.parametrize("code", [700, 719])
def test_a_device_lost_by_the_probe_is_not_tried_again(emulator, cuda, code):
    emulator.lose("cuGraphicsGLRegisterImage", code)
    with pytest.raises(PathUnavailable, match=f"cuGraphicsGLRegisterImage failed.*{code}"):
        open_interop(cuda)
    assert not emulator.calls("cuGraphicsGLRegisterBuffer")
    with pytest.raises(PathUnavailable, match="lost in this process"):
        open_cuda()


# ---- failures while running ----------------------------------------------------------------------------------------


def _expect_leftovers(emulator, api: str) -> None:
    """A driver that refuses to unmap leaves its resources mapped, and says so when they are unregistered."""
    misuses = emulator.take_misuses()
    assert bool(misuses) == (api == "cuGraphicsUnmapResources"), misuses


@pytest.mark.parametrize(
    ("interop", "api"),
    [
        *(("image", api) for api in (*OF_IMAGES, *OF_BOTH, "cuEventQuery")),
        *(("pixel buffer", api) for api in (*OF_BUFFERS, *OF_BOTH)),
        *(("host copy", api) for api in (*OF_COPIES, "cuEventSynchronize")),
    ],
    indirect=["interop"],
)
@pytest.mark.parametrize("code", [2, 304, 999])
def test_each_call_may_fail_on_the_way(emulator, interop, passage, api, code):
    """One line, nothing stays mapped, and it works again if the driver does."""
    if api not in (*OF_COPIES[:2], *OF_IMAGES[:1], *OF_BUFFERS[:1]):  # those are called on first use only
        with interop.read(passage.target, ("render",), passage.stream):
            pass
    sticky = CudaError(api, code, "").is_sticky
    (emulator.lose if sticky else emulator.fail)(api, code, nth=1)
    with (
        pytest.raises(CudaError, match=rf"{api} failed: CUDA_ERROR_\w+ \({code}\)") as raised,
        interop.pass_through(passage.target, ("texture", "display"), passage.stream),
    ):
        pass
    assert "\n" not in str(raised.value)
    if sticky:
        assert lost() == str(raised.value)
        return
    drawn = passage.draw("render")
    np.testing.assert_allclose(passage.read(("render",)), passage.expected({"render": drawn}), atol=EXACT)
    _expect_leftovers(emulator, "")


@each_tier
@pytest.mark.parametrize("api", ["cuEventCreate", "cuEventRecord"])
def test_without_events_it_goes_on_by_waiting(emulator, interop, passage, api, caplog):
    emulator.fail(api, 2)
    drawn = passage.draw("render")
    np.testing.assert_allclose(passage.read(("render",)), passage.expected({"render": drawn}), atol=EXACT)
    assert ("for want of an event" in caplog.text) == (interop.tier != "pixel buffer")


FREEING = ["cuGraphicsUnregisterResource", "cuMemFree", "cuMemFreeHost", "cuEventDestroy", "cuSurfObjectDestroy"]


@each_tier
@pytest.mark.parametrize("api", FREEING)
def test_closing_never_fails(emulator, cuda, interop, passage, api, caplog):
    passage.read(("render",))
    before = emulator.calls(api)
    emulator.fail(api, 2, nth=1)
    interop.close()
    assert ("while closing" in caplog.text) == (emulator.calls(api) > before)
    emulator.start()  # what the driver refuses to take back stays with it


@each_tier
def test_of_a_lost_device_nothing_is_called_any_more(emulator, interop, passage):
    passage.read(("render",))
    emulator.lose("cuMemcpyAsync", 719)
    with pytest.raises(CudaError, match="719"):
        passage.read(("render",))
    before = sum(emulator.report()["calls"].values())
    interop.close()
    assert sum(emulator.report()["calls"].values()) == before
    assert not passage.target.closing


@each_tier
def test_an_abandoned_interop_forgets_everything(emulator, interop, passage):
    passage.read(("render",))
    before = sum(emulator.report()["calls"].values())
    interop.abandon()
    assert sum(emulator.report()["calls"].values()) == before
    assert not passage.target.closing
    emulator.start()  # what was abandoned stays
