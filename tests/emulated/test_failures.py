"""Whatever call fails, the face stays on screen, the reason is said, and nothing is left behind."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gpu_core.cuda.driver import lost, open_cuda
from gpu_core.engine import Engine
from gpu_core.errors import InferenceError, MienError, PathUnavailable
from gpu_core.expression import NEUTRAL
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.emulation.tensorrt.faults import misbehaving
from tests.networks import SIZE

ALL = frozenset(View)
OUT_OF_MEMORY, REFUSED, UNKNOWN, LOST = 2, 304, 999, 700

# What a healthy run calls after it was opened, by what a failure of it leads to.
PASSAGE = (
    "cuGraphicsMapResources", "cuGraphicsUnmapResources", "cuGraphicsSubResourceGetMappedArray",
    "cuGraphicsGLRegisterImage",
)  # fmt: skip
WORK = (
    "cuLaunchKernelEx", "cuLaunchHostFunc", "cuSurfObjectCreate", "cuEventRecord", "cuEventCreate",
    "cuGraphLaunch",
)  # fmt: skip
CAPTURING = ("cuStreamBeginCapture", "cuStreamEndCapture", "cuGraphInstantiateWithParams")  # while it is opened
ASKED = ("cuEventQuery", "cuEventElapsedTime")
LEFT_OPEN = ("cuGraphicsUnmapResources", "cuStreamEndCapture")  # what refuses to end is still open when it is released
OPENING = (
    "cuDriverGetVersion", "cuInit", "cuDeviceGetCount", "cuDeviceGet", "cuDeviceGetName", "cuDeviceGetUuid",
    "cuDeviceGetPCIBusId", "cuDeviceTotalMem", "cuDeviceGetAttribute", "cuGLGetDevices", "cuCtxSetCurrent",
    "cuStreamCreateWithPriority", "cuMemAllocFromPoolAsync", "cuLibraryLoadData", "cuLibraryGetKernel",
    "cuKernelGetParamInfo", "cuEventCreate", "cuGraphicsGLRegisterImage", "cuGraphicsMapResources",
)  # fmt: skip
TENSORRT_OPENING = (
    "Runtime", "Runtime.deserialize_cuda_engine", "ICudaEngine.create_execution_context",
    "IExecutionContext.set_optimization_profile_async", "IExecutionContext.set_input_shape",
    "IExecutionContext.set_tensor_address",
)  # fmt: skip


def settings(path="auto", **changes):
    return EngineSettings(size=SIZE, precision="fp32", path=path, **changes)


@pytest.fixture
def engine(face, generator):
    with Engine(face, generator, settings()) as made:
        assert made.path_state.name == "cuda"
        yield made


def draw(engine, count=1, views=ALL):
    """Draw frames one after the other, each with another pose, and check each of the pictures."""
    for number in range(count):
        engine.submit(FrameRequest((NEUTRAL.with_weights({"jawOpen": 0.1 * number}),), views))
        frame = engine.collect(wait=True)[0]
        render, made = (engine.read(frame, view).astype(float) for view in (View.RENDER, View.GENERATED))
        np.testing.assert_allclose(made[..., 0], render[..., 0], atol=2)
        np.testing.assert_allclose(made[..., 1], render[..., 1] / 2, atol=2)
        assert made[..., 3].min() == 255
        engine.recycle(frame)


@pytest.mark.parametrize("code", [REFUSED, UNKNOWN])
@pytest.mark.parametrize("api", PASSAGE)
def test_a_refused_passage_takes_the_next_tier(engine, emulated_gl, api, code):
    draw(engine)
    emulated_gl.fail(api, code)
    draw(engine, 3)
    state = engine.path_state
    if api != "cuGraphicsGLRegisterImage":  # whose textures were registered long ago
        assert state.tier in ("pixel buffer", "host copy")
        assert str(code) in state.reason + state.tier_reason
    assert lost() is None
    engine.close()
    assert bool(emulated_gl.take_misuses()) == (api in LEFT_OPEN)


@pytest.mark.parametrize("api", WORK)
def test_a_full_or_failing_device_leaves_the_picture_to_the_host(engine, emulated_gl, api):
    emulated_gl.fail(api, OUT_OF_MEMORY)
    draw(engine, 5)
    state = engine.path_state
    assert state.name == "host" or "without a CUDA graph" in state.reason
    assert "OUT_OF_MEMORY" in state.reason
    assert lost() is None
    engine.close()
    assert bool(emulated_gl.take_misuses()) == (api in LEFT_OPEN)


@pytest.mark.parametrize("api", CAPTURING)
def test_what_cannot_be_captured_runs_without_a_graph(face, generator, emulated_gl, api):
    emulated_gl.fail(api, OUT_OF_MEMORY)
    with Engine(face, generator, settings()) as engine:
        draw(engine, 5)
        assert engine.path_state.name == "cuda"
        assert "without a CUDA graph" in engine.path_state.reason
        assert "OUT_OF_MEMORY" in engine.path_state.reason
    assert bool(emulated_gl.take_misuses()) == (api in LEFT_OPEN)


@pytest.mark.parametrize("api", CAPTURING)
def test_a_device_lost_while_it_captures_leaves_the_picture_to_the_host(face, generator, emulated_gl, api):
    emulated_gl.lose(api, LOST)
    with Engine(face, generator, settings()) as engine:
        draw(engine, 3)
        assert engine.path_state.name == "host"
        assert "700" in engine.path_state.reason
    assert lost() is not None


@pytest.mark.parametrize("api", ASKED)
def test_what_fails_in_passing_costs_no_picture(engine, emulated_gl, api):
    draw(engine)
    emulated_gl.fail(api, OUT_OF_MEMORY)
    draw(engine, 3)


@pytest.mark.parametrize("api", [*PASSAGE, *WORK, "cuEventQuery"])
def test_a_lost_device_closes_cuda_for_good(engine, emulated_gl, face, generator, api):
    emulated_gl.lose(api, LOST)
    for _ in range(2):
        engine.late_stages()
        draw(engine, 3)
    if engine.path_state.name == "cuda":
        pytest.fail(f"{api} was never called")
    assert "700" in engine.path_state.reason
    assert lost() is not None
    calls = emulated_gl.report()["calls"]
    with pytest.raises(PathUnavailable, match="700"):
        open_cuda()
    with Engine(face, generator, settings()) as another:
        draw(another)
        assert another.path_state.name == "host"
    assert emulated_gl.report()["calls"] == calls  # not retried


@pytest.mark.parametrize("api", OPENING)
def test_what_fails_while_opening_means_another_tier_or_the_host(face, generator, emulated_gl, api):
    emulated_gl.fail(api, OUT_OF_MEMORY)
    with Engine(face, generator, settings()) as engine:
        draw(engine, 3)
        state = engine.path_state
        assert state.name == "host" or state.tier != "image" or api == "cuGLGetDevices"


@pytest.mark.parametrize("api", TENSORRT_OPENING)
def test_a_tensorrt_that_refuses_the_plan_means_the_host(face, generator, api):
    with misbehaving(fail={api: 0}), Engine(face, generator, settings()) as engine:
        draw(engine, 2)
        until = time.monotonic() + 20  # a plan that does not load is built again, once
        while engine.path_state.building is not None:
            assert time.monotonic() < until
            draw(engine)
        assert engine.path_state.name == "host"
        assert "as the test wants it" in engine.path_state.reason


def test_a_tensorrt_that_fails_to_infer_leaves_the_picture_to_the_host(engine):
    draw(engine)
    with misbehaving(fail={"IExecutionContext.execute_async_v3": 0}):
        draw(engine, 4)


def test_success_with_a_null_handle_is_a_failure(face, generator, emulated_gl):
    emulated_gl.null_handle("cuGraphicsGLRegisterImage")
    with Engine(face, generator, settings()) as engine:
        draw(engine, 2)
        assert engine.path_state.tier == "pixel buffer"
        assert "null" in engine.path_state.tier_reason


def test_without_a_compiler_it_is_the_host(face, generator, monkeypatch):
    def refuse(*_):
        raise PathUnavailable("NVRTC is missing")

    monkeypatch.setattr("gpu_core.cuda.kernel_cache.KernelCache.compiled", refuse)
    with Engine(face, generator, settings()) as engine:
        draw(engine, 2)
        assert engine.path_state.name == "host"
        assert "NVRTC is missing" in engine.path_state.reason


def test_cuda_by_hand_stops_with_the_reason(face, generator, emulated_gl):
    with Engine(face, generator, settings("cuda")) as engine:
        draw(engine, 2)
        emulated_gl.fail("cuGraphicsMapResources", REFUSED)
        for _ in range(3):
            with pytest.raises(InferenceError, match="304"):
                draw(engine)
        assert engine.path_state.name == "cuda"


def test_without_a_gpu_it_is_the_host_and_cuda_by_hand_says_why(face, generator, emulated_gl):
    emulated_gl.devices(0)
    with Engine(face, generator, settings()) as engine:
        draw(engine, 2)
        assert engine.path_state.name == "host"
    with pytest.raises(MienError, match="GPU"):
        Engine(face, generator, settings("cuda"))
