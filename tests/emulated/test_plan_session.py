"""Sessions on the emulated driver, with the double of TensorRT: what is inferred, how, and every refusal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gpu_core.cuda.driver import Cuda, lost, open_cuda
from gpu_core.errors import CudaError, PlanError
from gpu_core.neural.model import GeneratorModel
from gpu_core.plans.session import PlanSession, PlanUnusable
from tests.emulated.plans import Tensor, double, hold_against_onnxruntime, plan_of, put, taken
from tests.emulation.emulator import Emulator
from tests.emulation.tensorrt.faults import misbehaving
from tests.gpu_core.plans.requests import SIZE, generator

pytest.importorskip("onnx")
OUT_OF_MEMORY = 2
CAPTURE_UNSUPPORTED = 900
ILLEGAL_ADDRESS = 700


@pytest.fixture
def cuda(emulator: Emulator) -> Iterator[Cuda]:
    with open_cuda() as opened:
        yield opened


@pytest.fixture
def model(tmp_path: Path) -> GeneratorModel:
    return generator(tmp_path)


@pytest.fixture(autouse=True)
def nothing_runs_after_its_end() -> Iterator[None]:
    yield
    from tests.emulation.tensorrt.runtime import misuses

    assert not misuses
    misuses.clear()


def opened(cuda: Cuda, model: GeneratorModel, batch: int = 1, slots: int = 1, plan: bytes | None = None) -> PlanSession:
    """A session of a model's plan."""
    plan = plan_of(model) if plan is None else plan
    return PlanSession(double(), cuda, plan, signature=model.signature, batch=batch, slots=slots)


def pictures(batch: int, dtype: str = "float16", seed: int = 0) -> Tensor:
    """(batch, 6, SIZE, SIZE) at random."""
    return np.random.default_rng(seed).random((batch, 6, SIZE, SIZE)).astype(dtype)


def expected(pair: Tensor) -> Tensor:
    """What the test's network makes of it: the render picture, and 1 as alpha."""
    return np.concatenate([pair[:, 3:], np.ones_like(pair[:, :1])], axis=1)


def inferred(cuda: Cuda, session: PlanSession, model: GeneratorModel, pair: Tensor, slot: int = 0) -> Tensor:
    """Infer one batch, and wait for it."""
    stream = cuda.stream()
    put(cuda, stream, pair, session.input(slot, "pair"))
    session.infer(slot, stream)
    return taken(cuda, stream, session.output(slot), model.signature.output, len(pair))


@pytest.mark.parametrize("mode", ["eager", "lazy"])
@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("batch", [1, 4, 16])
def test_it_infers(batch: int, dtype: str, mode: str, cuda: Cuda, emulator: Emulator, tmp_path: Path):
    emulator.mode(mode)
    emulator.protect()
    model = generator(tmp_path, dtype=dtype)
    session = opened(cuda, model, batch)
    for seed in range(4):
        pair = pictures(batch, dtype, seed)
        np.testing.assert_array_equal(inferred(cuda, session, model, pair), expected(pair))
    assert session.title == "TensorRT 11.4.0"
    session.close()


def test_what_a_real_gpu_is_asked(cuda: Cuda, tmp_path: Path):
    """The double gives the answers that tests/gpu_core/plans/test_on_gpu.py expects of TensorRT."""
    hold_against_onnxruntime(generator(tmp_path), double(), cuda, tmp_path / "plans", (1, 4))
    hold_against_onnxruntime(generator(tmp_path, batch=1), double(), cuda, tmp_path / "plans", (1,))


def test_the_first_run_is_plain_and_then_it_is_a_graph_of_inference_alone(cuda, emulator, model):
    session = opened(cuda, model)
    states = []
    for seed in range(3):
        inferred(cuda, session, model, pictures(1, seed=seed))
        states.append((session.captured(0), emulator.calls("cuGraphLaunch")))
    assert states == [(False, 0), (True, 1), (True, 2)]
    (operations,) = emulator.report()["graphs"]
    assert len(operations) == 1
    assert session.graph_reason == ""
    session.close()


def test_slots_do_not_share_anything(cuda: Cuda, emulator: Emulator, model: GeneratorModel):
    emulator.mode("lazy")
    session = opened(cuda, model, slots=3)
    streams = [cuda.stream() for _ in range(3)]
    for turn in range(3):
        pairs = [pictures(1, seed=3 * turn + slot) for slot in range(3)]
        for slot, stream in enumerate(streams):
            put(cuda, stream, pairs[slot], session.input(slot, "pair"))
            session.infer(slot, stream)
        for slot in (2, 0, 1):
            face = taken(cuda, streams[slot], session.output(slot), model.signature.output, 1)
            np.testing.assert_array_equal(face, expected(pairs[slot]))
    session.close()


def test_buffers_are_aligned_and_of_the_size_of_their_tensor(cuda: Cuda, model: GeneratorModel):
    session = opened(cuda, model, batch=4, slots=2)
    for slot in range(2):
        assert session.input(slot, "pair").size == 4 * 6 * SIZE * SIZE * 2
        assert session.output(slot).size == 4 * 4 * SIZE * SIZE * 2
        assert int(session.input(slot, "pair").handle) % 256 == int(session.output(slot).handle) % 256 == 0
    session.close()


def test_memory_is_that_of_the_batch_and_not_of_the_largest_one(cuda: Cuda, emulator: Emulator, model: GeneratorModel):
    plan = plan_of(model)
    one, sixteen = opened(cuda, model, 1, plan=plan), opened(cuda, model, 16, plan=plan)
    assert one._slots[0].scratch.size * 16 == sixteen._slots[0].scratch.size
    one.close()
    sixteen.close()


def test_a_network_of_one_face_at_a_time_runs_once_for_each(cuda: Cuda, emulator: Emulator, tmp_path: Path):
    model = generator(tmp_path, batch=1)
    session = opened(cuda, model, batch=3)
    for seed in range(3):
        pair = pictures(3, seed=seed)
        np.testing.assert_array_equal(inferred(cuda, session, model, pair), expected(pair))
    (operations,) = emulator.report()["graphs"]
    assert len(operations) == 3
    session.close()


def test_outputs_that_nobody_wants_are_left_out(cuda: Cuda, tmp_path: Path):
    model = generator(tmp_path, spare=True)
    session = opened(cuda, model)
    pair = pictures(1)
    np.testing.assert_array_equal(inferred(cuda, session, model, pair), expected(pair))
    session.close()


def test_the_precision_of_a_plan_must_be_that_of_the_signature(cuda: Cuda, tmp_path: Path):
    half, single = generator(tmp_path), generator(tmp_path, dtype="float32")
    with pytest.raises(PlanError, match="the plan's tensor 'pair' is half, not float32"):
        opened(cuda, single, plan=plan_of(half))


def test_more_faces_than_it_was_built_for(cuda: Cuda, model: GeneratorModel):
    with pytest.raises(PlanError, match="the plan serves up to 16 faces, not 17"):
        opened(cuda, model, batch=17)


@pytest.mark.parametrize("damage", [lambda plan: plan[:-1], lambda plan: b"", lambda plan: b"x" * 100])
def test_a_plan_that_is_none(damage, cuda: Cuda, model: GeneratorModel):
    with pytest.raises(
        PlanUnusable, match=r"^TensorRT 11\.4\.0 cannot load the plan: Error Code 1: Serialization"
    ) as raised:
        opened(cuda, model, plan=damage(plan_of(model)))
    assert "Serialization" in raised.value.log


def test_the_plan_of_another_version(cuda: Cuda, model: GeneratorModel):
    with (
        misbehaving(version="11.3.0"),
        pytest.raises(PlanUnusable, match="not compatible with this version of TensorRT"),
    ):
        opened(cuda, model, plan=plan_of(model))


@pytest.mark.parametrize("api", ["cuStreamBeginCapture", "cuStreamEndCapture", "cuGraphInstantiateWithParams"])
def test_a_capture_that_fails_costs_nothing_but_the_graph(api: str, cuda, emulator: Emulator, model: GeneratorModel):
    emulator.fail(api, CAPTURE_UNSUPPORTED, nth=1)
    session = opened(cuda, model, slots=2)
    for seed in range(3):
        for slot in range(2):
            pair = pictures(1, seed=seed)
            np.testing.assert_array_equal(inferred(cuda, session, model, pair, slot), expected(pair))
    assert "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED (900)" in session.graph_reason
    assert not session.captured(0)
    session.close()


RUN_CALLS = (
    "Runtime", "Runtime.deserialize_cuda_engine", "ICudaEngine.create_execution_context",
    "IExecutionContext.set_optimization_profile_async", "IExecutionContext.set_input_shape",
    "IExecutionContext.set_tensor_address", "IExecutionContext.set_device_memory",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "nth"), [(name, nth) for name in RUN_CALLS for nth in (1, 2) if nth == 1 or not name.startswith("Runtime")]
)
def test_every_refusal_at_opening_is_an_error_and_leaves_nothing_behind(name: str, nth: int, cuda, model):
    plan = plan_of(model)
    with misbehaving(fail={name: nth}, text="[a.cpp::b::1] as asked for"), pytest.raises(PlanError) as raised:
        opened(cuda, model, slots=2, plan=plan)
    assert str(raised.value).endswith(": as asked for")
    assert "as asked for" in raised.value.log


def test_a_refusal_to_run_is_an_error_and_the_session_goes_on(cuda: Cuda, model: GeneratorModel):
    session = opened(cuda, model)
    pair = pictures(1)
    with misbehaving(fail={"IExecutionContext.execute_async_v3": 1}, text="no"):
        with pytest.raises(PlanError, match=r"^TensorRT 11\.4\.0 cannot infer: no$"):
            inferred(cuda, session, model, pair)
        np.testing.assert_array_equal(inferred(cuda, session, model, pair), expected(pair))
    session.close()


def test_a_refusal_while_it_is_captured_is_the_reason_for_none(cuda: Cuda, model: GeneratorModel):
    session = opened(cuda, model)
    pair = pictures(1)
    with misbehaving(fail={"IExecutionContext.execute_async_v3": 2}, text="not while capturing"):
        for _ in range(3):
            np.testing.assert_array_equal(inferred(cuda, session, model, pair), expected(pair))
    assert session.graph_reason == "TensorRT 11.4.0 cannot infer: not while capturing"
    session.close()


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_without_memory_for_its_buffers_it_leaves_nothing_behind(nth: int, cuda, emulator, model):
    plan = plan_of(model)
    emulator.fail("cuMemAllocFromPoolAsync", OUT_OF_MEMORY, nth)
    with pytest.raises(CudaError) as raised:
        opened(cuda, model, slots=2, plan=plan)
    assert raised.value.is_out_of_memory


def test_without_memory_for_its_weights_tensorrt_says_so(cuda: Cuda, emulator: Emulator, model: GeneratorModel):
    emulator.fail("cuMemAlloc", OUT_OF_MEMORY)
    with pytest.raises(PlanError, match="OutOfMemory") as raised:
        opened(cuda, model)
    assert not isinstance(raised.value, PlanUnusable)  # the plan is good, and stays in the cache


def test_a_lost_device_ends_it_without_another_call(cuda: Cuda, emulator: Emulator, model: GeneratorModel):
    session = opened(cuda, model, slots=2)
    inferred(cuda, session, model, pictures(1))
    emulator.lose("cuGraphLaunch", ILLEGAL_ADDRESS)
    with pytest.raises(CudaError) as raised:
        inferred(cuda, session, model, pictures(1))
    assert raised.value.is_sticky
    assert lost() is not None
    session.close(lost=True)
    session.close(lost=True)


def test_a_device_found_lost_at_closing_is_not_called_again(cuda: Cuda, emulator: Emulator, model: GeneratorModel):
    """As when TensorRT was the first to meet it: what it says then is a refusal like any other."""
    session = opened(cuda, model)
    inferred(cuda, session, model, pictures(1))
    emulator.lose("cuCtxSynchronize", ILLEGAL_ADDRESS)
    calls = emulator.report()["calls"]
    session.close()
    assert lost() is not None
    made = {name for name, count in emulator.report()["calls"].items() if count > calls.get(name, 0)}
    assert made <= {"cuCtxSynchronize", "cuMemFree"}  # the latter is TensorRT's own, of its weights


def test_a_device_lost_while_capturing_is_no_reason_to_go_on(cuda: Cuda, emulator: Emulator, model: GeneratorModel):
    session = opened(cuda, model)
    inferred(cuda, session, model, pictures(1))
    emulator.lose("cuStreamBeginCapture", ILLEGAL_ADDRESS)
    with pytest.raises(CudaError):
        session.infer(0, cuda.stream())
    session.close(lost=True)


def test_closing_takes_its_memory_from_whoever_still_holds_it(cuda: Cuda, emulator: Emulator, model: GeneratorModel):
    before = emulator.live()
    session = opened(cuda, model)
    held = (session.input(0, "pair"), session.output(0))
    session.close()
    assert emulator.live() == before
    assert len(held) == 2


def test_closing_waits_for_what_is_under_way(cuda: Cuda, emulator: Emulator, model: GeneratorModel):
    emulator.mode("lazy")
    session = opened(cuda, model)
    stream = cuda.stream()
    for _ in range(3):
        session.infer(0, stream)
    session.close()
    session.close()


def test_a_device_lost_unnoticed_does_not_disturb_closing(cuda: Cuda, emulator: Emulator, model: GeneratorModel):
    session = opened(cuda, model)
    emulator.lose("cuCtxSynchronize", ILLEGAL_ADDRESS)
    session.close()
