"""The real TensorRT-RTX, on a CPU: it parses and builds every shipped generator for Turing to Blackwell.

It runs none of them: that takes a GPU. Its wheels are in the dependency group `rtx`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from gpu_core.errors import PlanCancelled, PlanError
from gpu_core.neural.library import shipped_models
from gpu_core.neural.model import GeneratorModel
from gpu_core.plans.backend import Backend, open_backend
from gpu_core.plans.build import PlanBuild, PlanDone
from gpu_core.plans.builder import Listener, build_plan
from gpu_core.plans.cache import PlanCache
from gpu_core.plans.messages import Messages
from gpu_core.plans.progress import PlanProgress
from gpu_core.plans.request import PlanRequest, plan_request
from tests.conftest import need
from tests.gpu_core.plans.requests import Gpu, generator

pytestmark = pytest.mark.tensorrt_rtx

WHEELS = ("tensorrt_rtx_bindings", "onnxruntime_ep_nv_tensorrt_rtx")
MODULE = "tests.emulation.tensorrt.rtx"
# Turing, Ampere, Ada, Blackwell. TensorRT-RTX knows no sm_90 and no sm_100: it is made for GeForce and RTX.
ARCHITECTURES = ("75", "80", "86", "89", "120")
BLUEPRINTS = [(model.name, precision) for model in shipped_models() for precision in ("fp32", "fp16")]
PATIENCE_S = 120.0
LEAST_PLAN_BYTES = 500_000  # the shipped generators have 0.7 million weights and more


@pytest.fixture(scope="module")
def rtx() -> Backend:
    """TensorRT-RTX."""
    if missing := [wheel for wheel in WHEELS if find_spec(wheel) is None]:
        need("TENSORRT_RTX", f"{missing[0]} is not installed: ./test -m tensorrt_rtx installs it")
    return open_backend("tensorrt_rtx", MODULE)


@pytest.fixture
def cache(tmp_path: Path) -> PlanCache:
    return PlanCache(tmp_path / "cache")


def shipped(name: str, precision: str) -> GeneratorModel:
    """A shipped generator's file."""
    found = next(model for model in shipped_models() if model.name == name).variant(precision)
    assert found is not None, f"{name} has no {precision} file"
    return found


def asked(model: GeneratorModel, rtx: Backend, architecture: str = "89") -> PlanRequest:
    """A request for an architecture."""
    return plan_request(model, rtx, Gpu(name=f"a GPU of sm_{architecture}", architecture=architecture))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(("name", "precision"), BLUEPRINTS)
def test_every_shipped_generator_builds(name: str, precision: str, architecture: str, rtx: Backend):
    messages = Messages()
    built = build_plan(asked(shipped(name, precision), rtx, architecture), rtx, messages)
    assert len(built.plan) > LEAST_PLAN_BYTES
    assert "ERROR" not in messages.log


def test_an_fp16_plan_is_smaller_than_the_fp32_one(rtx: Backend):
    sizes = {p: len(build_plan(asked(shipped("fine", p), rtx), rtx, Messages()).plan) for p in ("fp32", "fp16")}
    assert sizes["fp16"] < 0.75 * sizes["fp32"]


@pytest.mark.parametrize("batch", ["batch", 1])
def test_free_and_fixed_batches_build(batch: str | int, rtx: Backend, tmp_path: Path):
    assert build_plan(asked(generator(tmp_path, batch=batch), rtx), rtx, Messages()).plan


def test_an_output_that_nobody_wants_is_left_out(rtx: Backend, tmp_path: Path):
    assert build_plan(asked(generator(tmp_path, spare=True), rtx), rtx, Messages()).plan


def test_the_child_process_builds_and_tells_how_far_it_is(rtx: Backend, cache: PlanCache):
    request = asked(shipped("fine", "fp16"), rtx)
    told: list[PlanProgress] = []
    with PlanBuild(request, cache) as build:
        done = _finished(build, told)
    assert cache.get(request) == done.plan
    fractions = [progress.fraction for progress in told if progress.fraction is not None]
    assert fractions == sorted(fractions)
    assert all(0.0 <= fraction <= 1.0 for fraction in fractions)
    assert any(progress.phase not in ("", "starting") for progress in told)


def _finished(build: PlanBuild, told: list[PlanProgress]) -> PlanDone:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = build.poll()
        if isinstance(answer, PlanDone):
            return answer
        told.append(answer)
        time.sleep(0.005)
    raise AssertionError("it does not end")


def test_the_progress_of_the_real_phases_reaches_the_end(rtx: Backend):
    fractions: list[float] = []
    listener = Listener(lambda phase, fraction: fractions.append(fraction))
    build_plan(asked(shipped("swift", "fp16"), rtx), rtx, Messages(), listener=listener)
    assert fractions == sorted(fractions)
    assert len(set(fractions)) > 20
    assert 0.8 < fractions[-1] <= 1.0


def test_cancelling_stops_the_real_builder(rtx: Backend):
    calls: list[float] = []
    listener = Listener(lambda phase, fraction: calls.append(fraction), lambda: len(calls) > 20)
    with pytest.raises(PlanCancelled) as raised:
        build_plan(asked(shipped("fine", "fp16"), rtx), rtx, Messages(), listener=listener)
    assert "cancel" in raised.value.log.lower()


def test_cancelling_the_child_is_answered(rtx: Backend, cache: PlanCache):
    with PlanBuild(asked(shipped("fine", "fp32"), rtx), cache) as build:
        build.cancel()
        with pytest.raises(PlanCancelled):
            _finished(build, [])


def test_too_little_workspace_is_told_in_its_words(rtx: Backend):
    request = replace(asked(shipped("fine", "fp16"), rtx), workspace_bytes=64 << 20)
    with pytest.raises(
        PlanError, match=r"^TensorRT-RTX 1\.7\.1 cannot build .* OutOfMemory .*Requested size"
    ) as raised:
        build_plan(request, rtx, Messages())
    assert "\n" not in str(raised.value)
    assert "OutOfMemory" in raised.value.log


def test_what_is_not_onnx_is_told(rtx: Backend, tmp_path: Path):
    model = generator(tmp_path)
    with pytest.raises(PlanError, match=r"cannot read pick-float16-batch-False\.onnx: ") as raised:
        build_plan(_with_file(asked(model, rtx), b"not ONNX at all"), rtx, Messages())
    assert "says no more" not in str(raised.value)


def test_an_operator_that_it_does_not_know_is_named(rtx: Backend, tmp_path: Path):
    import onnx

    model = generator(tmp_path)
    network = onnx.load(str(model.path))
    network.graph.node[0].op_type = "NoSuchOperator"
    with pytest.raises(PlanError, match=r"Plugin not found.*'pick', NoSuchOperator"):
        build_plan(_with_file(asked(model, rtx), network.SerializeToString()), rtx, Messages())


def test_types_that_are_mixed_are_refused_not_converted(rtx: Backend, tmp_path: Path):
    import onnx
    from onnx import numpy_helper

    model = generator(tmp_path)
    network = onnx.load(str(model.path))
    weights = network.graph.initializer[0]
    weights.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weights).astype("float32"), weights.name))
    with pytest.raises(PlanError, match=r"`input` and `kernel` must be of same type.*'pick', Conv"):
        build_plan(_with_file(asked(model, rtx), network.SerializeToString()), rtx, Messages())


def test_an_architecture_that_it_does_not_know(rtx: Backend):
    with pytest.raises(PlanError, match="cannot build for a GPU of sm_90: it knows no architecture sm_90"):
        build_plan(asked(shipped("swift", "fp16"), rtx, "90"), rtx, Messages())


def test_plans_for_two_architectures_are_kept_apart(rtx: Backend, cache: PlanCache):
    model = shipped("swift", "fp16")
    old, new = asked(model, rtx, "75"), asked(model, rtx, "120")
    cache.put(old, build_plan(old, rtx, Messages()).plan)
    assert cache.get(new) is None


def _with_file(request: PlanRequest, data: bytes) -> PlanRequest:
    from hashlib import sha256

    request.model.write_bytes(data)
    return replace(request, model_sha256=sha256(data).hexdigest())
