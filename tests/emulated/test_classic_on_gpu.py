"""The classic path on a GPU, on the emulated driver: what every path has to do, its copies, and what may fail."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gpu_core.cuda.driver import lost
from gpu_core.neural.choosing import open_path
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings, Traffic
from gpu_core.timing import StageTimer
from tests.emulated.paths import keep_plan, use_double
from tests.emulation.tensorrt.faults import misbehaving
from tests.gpu_core.neural.test_classic_path import FORMS, filled, picture_of
from tests.gpu_core.neural.test_path_contract import (  # noqa: F401
    fill,
    made_from,
    shown,
    target,
    test_closing_waits_for_what_is_pending,
    test_every_stage_is_timed_once_the_picture_is_there,
    test_more_than_depth_is_refused_and_does_no_harm,
    test_the_caller_is_told_when_a_batch_is_ready,
    test_the_picture_arrives_in_the_display_texture,
)
from tests.networks import SIZE, save_for, save_network

ON_GPU, ON_CPU = "TensorRT 11.4.0 fp32, synchronous copies", "ONNX Runtime fp32, as it comes"
OUT_OF_MEMORY, LOST = 2, 700


def settings(**changes):
    return EngineSettings(size=SIZE, path="classic", **changes)


@pytest.fixture(autouse=True)
def double(emulated_gl, monkeypatch, tmp_path_factory):
    use_double(monkeypatch, tmp_path_factory.getbasetemp() / "cache")


@pytest.fixture
def model(double, tmp_path):
    tiny = load_model(save_network(tmp_path))
    keep_plan(tiny, settings(precision="fp32"))
    return tiny


@pytest.fixture
def path(model):
    opened = open_path(model, settings())
    yield opened
    opened.close()
    opened.close()


def draw(path, target):  # noqa: F811
    timer = StageTimer()
    pending = path.submit(target, timer)
    pending.finish(timer)
    return pending, timer.take()


def draw_and_check(path, target, count=1):  # noqa: F811
    for seed in range(count):
        render = fill(target, seed)
        draw(path, target)
        np.testing.assert_allclose(shown(target).astype(np.float32), made_from(render), atol=1.0)


def test_it_says_what_it_is(path):
    state = path.state
    assert (state.name, state.engine, state.tier, state.building) == ("classic", ON_GPU, "", None)
    assert state.gpu.startswith("GPU-")
    assert state.reason == f"chosen by hand: one frame at a time, OpenCV and {ON_GPU}"
    assert path.depth == 1


def test_every_copy_is_counted_up_and_down(path, target, model):  # noqa: F811
    tensors = 4 * sum(np.prod(one.shape) for one in (*model.signature.inputs, model.signature.output))
    pictures = 4 * SIZE * SIZE * (len(model.signature.pictures) + 1)
    pending, _ = draw(path, target)
    assert pending.traffic == Traffic(pictures + tensors, pictures + tensors)


def test_each_step_waits_for_the_one_before_it(path, target):  # noqa: F811
    _, stages = draw(path, target)
    names = ["render", "copy_out", "pack", "copy_in", "infer", "copy_out", "unpack", "copy_in"]
    assert [stage.name for stage in stages] == names
    assert {stage.clock for stage in stages} == {"cpu"}


def test_copies_are_the_plain_ones_and_nothing_is_captured(path, target, emulated_gl):  # noqa: F811
    emulated_gl.mode("lazy")
    emulated_gl.protect()
    copies = ("cuMemcpyHtoD", "cuMemcpyDtoH")
    before = [emulated_gl.calls(name) for name in copies]
    draw_and_check(path, target, 3)
    after = [emulated_gl.calls(name) for name in copies]
    assert np.subtract(after, before).tolist() == [3, 3]
    assert emulated_gl.report()["graphs"] == []
    assert not emulated_gl.calls("cuMemAllocHost")


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("faces", [1, 3])
def test_it_shows_what_the_host_path_shows_in_fp32(tmp_path, name, faces):
    model = load_model(save_for(tmp_path, FORMS[name]), FORMS[name])
    keep_plan(model, settings(precision="fp32"))
    pictures = []
    with filled(faces) as target:  # noqa: F811
        for way in ("host", "classic"):
            path = open_path(model, EngineSettings(size=SIZE, faces=faces, path=way, precision="fp32"))
            pictures.append(picture_of(path, target).astype(int))
            assert bool(path.state.gpu) == (way == "classic")
            path.close()
    assert np.abs(pictures[0] - pictures[1]).max() <= 1
    assert pictures[0].std() > 10


def test_the_processor_serves_while_the_plan_is_built(tmp_path, monkeypatch, target):  # noqa: F811
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_: tmp_path / "empty")
    with misbehaving(step_s=0.05):
        path = open_path(load_model(save_network(tmp_path)), settings())
        assert (path.state.name, path.state.engine) == ("classic", ON_CPU)
        assert path.state.building is not None
        assert path.state.reason.startswith("until the plan for the GPU is built, the CPU runs")
        until = time.monotonic() + 30
        while path.state.building is not None:
            assert time.monotonic() < until
            draw_and_check(path, target)
            path.advance()
    assert path.state.engine == ON_GPU
    assert path.state.reason.startswith("the plan for this GPU is ready: one frame at a time")
    draw_and_check(path, target)
    path.close()


@pytest.mark.parametrize("api", ["cuMemcpyHtoD", "cuMemcpyDtoH", "cuStreamSynchronize"])
@pytest.mark.parametrize("code", [OUT_OF_MEMORY, LOST])
def test_a_full_or_lost_gpu_leaves_the_same_batch_to_the_processor(path, target, emulated_gl, api, code):  # noqa: F811
    draw_and_check(path, target)
    (emulated_gl.lose if code == LOST else emulated_gl.fail)(api, code)
    draw_and_check(path, target, 2)
    assert (path.state.name, path.state.engine, path.state.gpu) == ("classic", ON_CPU, "")
    assert f"{api} failed" in path.state.reason
    assert str(code) in path.state.reason
    assert "\n" not in path.state.reason
    assert (lost() is not None) == (code == LOST)


@pytest.mark.parametrize("api", ["cuMemAllocFromPoolAsync", "cuStreamCreateWithPriority", "cuInit"])
def test_what_fails_while_opening_means_the_processor_and_why(model, target, emulated_gl, api):  # noqa: F811
    emulated_gl.fail(api, OUT_OF_MEMORY)
    path = open_path(model, settings())
    draw_and_check(path, target)
    assert path.state.engine == ON_CPU
    assert "OUT_OF_MEMORY" in path.state.reason
    path.close()


def test_a_tensorrt_that_fails_leaves_the_batch_to_the_processor(path, target):  # noqa: F811
    with misbehaving(fail={"IExecutionContext.execute_async_v3": 0}):
        draw_and_check(path, target)
    assert path.state.engine == ON_CPU
    assert "cannot infer" in path.state.reason


def test_more_faces_than_a_plan_takes_are_the_processors(model):
    path = open_path(model, settings(faces=17))
    assert path.state.engine == ON_CPU
    assert "16 faces at once" in path.state.reason
    path.close()
