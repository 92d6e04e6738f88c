"""A client of MPS through the emulated driver: limits, each refusal, pictures that may not pass, the client's end.

What the emulated driver does under MPS is a choice (tests/emulation/driver/mps.cpp): no hardware has confirmed it.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import numpy as np
import pytest

from gpu_core.cuda.calls import check_not_lost, forget_loss
from gpu_core.cuda.driver import call, lost, open_cuda, probe
from gpu_core.cuda.interop import open_interop
from gpu_core.engine import Engine
from gpu_core.errors import CudaError, PathUnavailable
from gpu_core.expression import NEUTRAL
from gpu_core.mps.deaths import Death, read_death, what_they_took
from gpu_core.mps.environment import worker_environment
from gpu_core.mps.explained import HINTS
from gpu_core.mps.places import Mps
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.networks import SIZE
from viewer.streams.values import MpsLimits

SEEN_REFUSALS = [219, 304, 801, 999]  # what drivers answer where pictures of OpenGL do not pass
ALL = frozenset(View)


@pytest.fixture
def limited(emulator, monkeypatch):
    """This process as a client with a quarter of the threads and 64 MB."""
    for name, value in worker_environment(MpsLimits(25, 64, "below"), Mps(Path("/x"))).items():
        monkeypatch.setenv(name, value)
    emulator.mps()


def settings(**changes):
    return EngineSettings(size=SIZE, precision="fp32", path="auto", **changes)


def draw(engine, weight=0.0):
    """One frame; the picture that the generator made, checked against the one that it was made from."""
    engine.submit(FrameRequest((NEUTRAL.with_weights({"jawOpen": weight}),), ALL))
    frame = engine.collect(wait=True)[0]
    render, made = (engine.read(frame, view).astype(float) for view in (View.RENDER, View.GENERATED))
    assert np.abs(render - made).max() > 0
    return made


# ---- limits --------------------------------------------------------------------------------------------------------


def test_the_limits_of_the_environment_are_what_the_client_gets(emulator, limited):
    (info,) = probe().devices
    assert info.mps_enabled
    with open_cuda() as cuda:
        free, total = call("cuMemGetInfo")
        assert free <= total == 64 << 20
        stream = cuda.stream()
        with pytest.raises(CudaError) as raised:
            cuda.allocate(65 << 20, stream)
        assert raised.value.is_out_of_memory
        stream.close()
    from cuda.bindings import driver

    count = driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT
    assert call("cuDeviceGetAttribute", count, 0) == 14  # a quarter of 58


# ---- each refusal --------------------------------------------------------------------------------------------------


def test_a_daemon_that_cannot_be_reached_is_one_line(emulator):
    emulator.mps()
    emulator.mps_fails(805)
    report = probe()
    assert report.problem == f"cuInit failed: CUDA_ERROR_MPS_CONNECTION_FAILED (805); {HINTS[805]}"
    with pytest.raises(PathUnavailable, match="mien mps status"):
        open_cuda()
    assert lost() is None
    emulator.mps_fails(0)
    with open_cuda():
        pass


@pytest.mark.parametrize("code", [806, 807, 808, 809])
def test_a_server_that_takes_no_more_is_one_line_and_can_be_tried_again(emulator, code):
    """In a thread of its own: cuda.core asks for a device's context once a thread."""
    told = []

    def tries():
        for failing in (code, 0):
            emulator.mps_fails(failing)
            try:
                with open_cuda():
                    told.append("")
            except PathUnavailable as error:
                told.append(str(error))

    emulator.mps()
    thread = threading.Thread(target=tries)
    thread.start()
    thread.join(60)
    refused, then = told
    assert f"({code}); {HINTS[code]}" in refused
    assert "\n" not in refused
    assert then == ""
    assert lost() is None


@pytest.mark.parametrize("code", [805, 806])
def test_the_engine_goes_on_with_the_cpu_and_says_why(emulator, face, generator, code):
    emulator.mps()
    emulator.mps_fails(code)
    with Engine(face, generator, settings()) as engine:
        assert engine.path_state.name == "host"
        assert f"({code}); {HINTS[code]}" in engine.path_state.reason
        draw(engine)


# ---- pictures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", SEEN_REFUSALS)
def test_where_opengl_is_refused_it_draws_outside_and_the_generator_infers_inside(
    emulator, face, generator, code, caplog
):
    with Engine(face, generator, settings()) as engine:
        assert engine.path_state.tier == "image"
        expected = [draw(engine, weight) for weight in (0.1, 0.5)]
    emulator.mps(gl=code)
    with caplog.at_level(logging.INFO), Engine(face, generator, settings()) as engine:
        state = engine.path_state
        assert (state.name, state.tier, state.reason) == (
            "cuda",
            "host copy",
            "Emulated GPU 0 is there, shared through MPS, and its plan",
        )
        found = [draw(engine, weight) for weight in (0.1, 0.5)]
    np.testing.assert_allclose(found, expected, atol=1.0)
    assert f"({code})" in state.tier_reason
    assert "MPS is on, which may be why" in state.tier_reason
    assert "cannot pass by image (mps_enabled is 1): cuGraphicsGLRegisterImage failed: CUDA_ERROR" in caplog.text
    assert lost() is None


def test_where_opengl_is_not_refused_the_pictures_stay_on_the_gpu(emulator, face, generator):
    emulator.mps()
    with Engine(face, generator, settings()) as engine:
        assert (engine.path_state.tier, engine.path_state.tier_reason) == ("image", "")
        assert "shared through MPS" in engine.path_state.reason
        draw(engine)


def test_one_refused_while_running_goes_on_by_copies(emulator, face, generator):
    emulator.mps()
    with Engine(face, generator, settings()) as engine:
        draw(engine)
        for api in ("cuGraphicsMapResources", "cuGraphicsGLRegisterBuffer"):
            emulator.fail(api, 304)
        draw(engine, 0.5)
        assert engine.path_state.tier == "host copy"
        assert "MPS is on" in engine.path_state.tier_reason


def test_the_share_of_a_client_is_told(emulator, limited, emulated_gl, face, generator):
    with Engine(face, generator, settings()) as engine:
        assert "shared through MPS (25 % of its threads, 64M of its memory, behind others)" in engine.path_state.reason


# ---- a client's end ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [810, 700, 719])
def test_a_client_whose_context_is_gone_says_so_and_has_to_be_started_again(emulator, face, generator, code):
    """Its own fault or another client's: the face stays on screen by the CPU until the worker ends itself."""
    emulator.mps()
    with Engine(face, generator, settings()) as engine:
        draw(engine)
        check_not_lost()
        emulator.mps_fails(code)
        for _ in range(2):
            draw(engine, 0.3)
        assert engine.path_state.name == "host"
        assert f"({code})" in engine.path_state.reason
        with pytest.raises(CudaError) as raised:
            check_not_lost()
    assert raised.value.code == code
    death = read_death(1, 0.0, f"ended with code 2: {raised.value}")
    assert death == Death(1, 0.0, code)
    with pytest.raises(PathUnavailable, match="restart Mien"):
        open_cuda()


def test_one_clients_fault_is_what_the_others_are_told_of(emulator):
    """Two workers, one after the other for want of two drivers: the second only hears of the first one's fault."""
    heard = []
    for code in (719, 810):
        emulator.mps()
        with open_cuda():
            emulator.mps_fails(code)
            with pytest.raises(CudaError) as raised:
                call("cuMemGetInfo")
        heard.append(read_death(len(heard) + 1, len(heard) / 10, f"ended with code 2: {raised.value}"))
        forget_loss()
        emulator.reset()
    (taken,) = what_they_took(heard, under_mps=True)
    assert taken.text.startswith("stream 1 ended with CUDA error 719 and took stream 2 along: under MPS")


def test_a_probe_that_is_answered_by_a_fault_ends_the_client(emulator, emulated_gl):
    emulator.mps()
    with open_cuda() as cuda:
        emulator.mps_fails(719)
        with pytest.raises(PathUnavailable, match="719"):
            open_interop(cuda)
    assert lost() is not None
