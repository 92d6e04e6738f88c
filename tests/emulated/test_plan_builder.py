"""Building, step by step, with the double of TensorRT: what is asked of it, and every refusal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gpu_core.errors import PlanCancelled, PlanError
from gpu_core.neural.model import GeneratorModel
from gpu_core.plans.builder import Listener, build_plan
from gpu_core.plans.messages import Messages
from tests.emulated.plans import double, plan_of
from tests.emulation.tensorrt.faults import misbehaving
from tests.gpu_core.plans.requests import SIZE, generator, request_for

pytest.importorskip("onnx")
PAIR = (6, SIZE, SIZE)
BUILD_CALLS = (
    "Builder", "Builder.create_network", "Builder.create_builder_config", "OnnxParser", "OnnxParser.parse",
    "IBuilderConfig.set_memory_pool_limit", "IBuilderConfig.clear_flag", "Builder.create_optimization_profile",
    "IOptimizationProfile.set_shape", "IBuilderConfig.add_optimization_profile", "Builder.build_serialized_network",
    "INetworkDefinition.unmark_output",
)  # fmt: skip


@pytest.fixture(autouse=True)
def without_a_driver(emulator: object) -> Iterator[None]:
    """Nothing here needs one; but the double's other half is loaded with it."""
    return


@pytest.fixture
def model(tmp_path: Path) -> GeneratorModel:
    return generator(tmp_path)


def head_of(plan: bytes):
    """What the double remembers of how it was asked."""
    from tests.emulation.tensorrt.plan import read_plan

    return read_plan(plan)[0]


def test_what_is_asked_for(model: GeneratorModel):
    head = head_of(plan_of(model, workspace_bytes=123 << 20))
    ranges = [[[list(shape) for shape in profile["pair"]]] for profile in head.profiles]
    assert ranges == [[[[1, *PAIR]] * 3], [[[1, *PAIR], [8, *PAIR], [16, *PAIR]]]]
    assert head.workspace == 123 << 20
    assert head.flags == []  # no TF32: fp32 is fp32
    assert head_of(plan_of(model, tf32=True)).flags == ["TF32"]


def test_a_network_with_a_fixed_batch_has_nothing_to_range_over(tmp_path: Path):
    assert head_of(plan_of(generator(tmp_path, batch=1))).profiles == []


def test_only_the_signatures_output_is_computed(tmp_path: Path):
    assert head_of(plan_of(generator(tmp_path, spare=True))).outputs == ["face"]


def test_a_signature_of_another_network(model: GeneratorModel):
    with pytest.raises(PlanError, match="differ about the input 'other'"):
        plan_of(model, inputs=(("pair", PAIR), ("other", PAIR)))
    with pytest.raises(PlanError, match="has no output 'other'"):
        plan_of(model, output="other")
    with pytest.raises(PlanError, match=r"input 'pair' is \?x6x16x16, not \?x6x32x32"):
        plan_of(model, inputs=(("pair", (6, 32, 32)),))


@pytest.mark.parametrize("name", BUILD_CALLS)
def test_every_refusal_is_an_error_with_tensorrts_words(name: str, tmp_path: Path):
    model = generator(tmp_path, spare=True)
    with misbehaving(fail={name: 1}, text="[a.cpp::b::1] as asked for"), pytest.raises(PlanError) as raised:
        plan_of(model)
    assert str(raised.value).endswith(": as asked for")
    assert raised.value.log.splitlines()[-1] == "ERROR: [a.cpp::b::1] as asked for"


@pytest.mark.parametrize("name", ["IBuilderConfig.create_timing_cache", "IBuilderConfig.set_timing_cache"])
def test_without_a_timing_cache_it_builds_all_the_same(name: str, model: GeneratorModel):
    with misbehaving(fail={name: 0}):
        built = build_plan(request_for(model), double(), Messages(), timing=b"..")
    assert built.plan
    assert built.timing == b""


def test_every_call_that_can_be_refused_is_refused_in_some_test():
    from tests.emulated.test_plan_session import RUN_CALLS
    from tests.emulation.tensorrt.faults import REFUSABLE

    elsewhere = {
        "IExecutionContext.execute_async_v3", "IBuilderConfig.create_timing_cache", "IBuilderConfig.set_timing_cache",
        "IBuilderConfig.get_timing_cache",
    }  # fmt: skip
    assert set(REFUSABLE) == {*BUILD_CALLS, *RUN_CALLS, *elsewhere}


def test_what_is_not_onnx(model: GeneratorModel):
    from dataclasses import replace
    from hashlib import sha256

    model.path.write_bytes(b"not ONNX")
    with pytest.raises(PlanError, match=r"^TensorRT 11\.4\.0 cannot read pick-float16-batch-False\.onnx: "):
        plan_of(replace(model, sha256=sha256(b"not ONNX").hexdigest()))


def test_a_file_that_is_gone(model: GeneratorModel):
    model.path.unlink()
    with pytest.raises(PlanError, match=r"cannot read the generator .*: No such file"):
        plan_of(model)


def test_a_listener_follows_and_may_stop_it(model: GeneratorModel):
    told: list[tuple[str, float]] = []
    listener = Listener(lambda phase, fraction: told.append((phase, fraction)), lambda: len(told) > 5)
    with pytest.raises(PlanCancelled, match="building the plan of pick was cancelled"):
        build_plan(request_for(model), double(), Messages(), listener=listener)
    assert [phase for phase, _ in told[:2]] == ["Building engine", "Timing tactics"]
    fractions = [fraction for _, fraction in told]
    assert 0.0 == fractions[0] < fractions[-1] < 1.0
    assert fractions == sorted(fractions)
