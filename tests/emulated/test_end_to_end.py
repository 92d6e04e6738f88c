"""The engine on the NVIDIA path, pose to picture, on the emulated driver and software OpenGL, beside the host path."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from gpu_core.assets import DEFAULT_FACE, resource
from gpu_core.contract import picture_contract
from gpu_core.engine import Engine
from gpu_core.expression import NEUTRAL
from gpu_core.gl import sync
from gpu_core.gltf.face import load_face
from gpu_core.neural.library import generator_for
from gpu_core.neural.model import load_model
from gpu_core.quality import psnr
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.emulated.paths import keep_plan, use_double
from tests.emulation.lazy_window import LazyWindow
from tests.emulation.tensorrt.faults import misbehaving
from tests.faces import save_head
from tests.networks import SIZE, save_network
from viewer.benches import passage

SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.7, "mouthSmileRight": 0.7, "jawOpen": 0.2})
GENERATED = frozenset({View.GENERATED})


@pytest.fixture(scope="module")
def face():
    return load_face(resource(*DEFAULT_FACE))


@pytest.fixture(scope="module")
def head(tmp_path_factory):
    return load_face(save_head(tmp_path_factory.mktemp("face")))


@pytest.fixture(autouse=True)
def caches(emulated_gl, monkeypatch, tmp_path_factory):
    use_double(monkeypatch, tmp_path_factory.getbasetemp() / "cache")


@pytest.fixture
def tiny(tmp_path, head):
    return load_model(save_network(tmp_path, contract=picture_contract(head.sha256)))


def settings(path="auto", **changes):
    return EngineSettings(size=SIZE, path=path, precision="fp32", **changes)


def expressions(count):
    return tuple(NEUTRAL.with_weights({"jawOpen": number / count, "browInnerUp": 0.5}) for number in range(count))


def pictures(engine, wanted):
    """What the engine makes of a batch: (faces, size, size, 4) uint8."""
    frame = engine.render(FrameRequest(wanted, GENERATED))
    made = np.stack([engine.read(frame, View.GENERATED, face) for face in range(len(wanted))])
    engine.recycle(frame)
    return made


def steps(made, wanted):
    """The largest difference in steps of 8 bits."""
    return int(np.abs(made.astype(int) - wanted.astype(int)).max())


def advance_until_cuda(engine, wanted=SMILE):
    """Draw until the plan is there; the states on the way."""
    states, until = [engine.path_state], time.monotonic() + 30
    while engine.path_state.name != "cuda":
        assert time.monotonic() < until, engine.path_state
        pictures(engine, (wanted,))
        states.append(engine.path_state)
    return states


@pytest.mark.parametrize("faces", [1, 4, 16])
def test_batches_agree_with_the_host_path(head, tiny, faces):
    keep_plan(tiny, settings())
    made = {}
    for path in ("cuda", "host"):
        with Engine(head, tiny, settings(path, faces=faces)) as engine:
            made[path] = [pictures(engine, expressions(faces)) for _ in range(3)][-1]
            assert engine.path_state.name == path
    assert len(np.unique(made["cuda"].reshape(faces, -1), axis=0)) == faces
    assert steps(made["cuda"], made["host"]) <= 1


def test_the_shipped_generator_in_fp16_makes_the_host_paths_face(face):
    model, fp16 = generator_for(face), EngineSettings(path="cuda", precision="fp16")
    keep_plan(model, fp16)
    with Engine(face, model, fp16) as engine:
        made = pictures(engine, (SMILE,))[0]
        assert engine.path_state.engine.endswith("fp16")
    with Engine(face, model, EngineSettings(path="host", precision="fp32")) as engine:
        wanted = pictures(engine, (SMILE,))[0]
    assert psnr(made[..., :3] / 255, wanted[..., :3] / 255) > 50  # measured: see resources/models/README.md
    assert steps(made, wanted) < 32


def test_the_classic_path_infers_on_the_gpu_and_makes_the_host_paths_face(face):
    model, made = generator_for(face), {}
    keep_plan(model, EngineSettings(path="classic", precision="fp32"))
    for path in ("classic", "host"):
        with Engine(face, model, EngineSettings(path=path, precision="fp32")) as engine:
            made[path] = pictures(engine, (SMILE,))
            assert bool(engine.path_state.gpu) == (path == "classic")
            assert engine.path_name == path
    assert steps(made["classic"], made["host"]) <= 2


def test_the_host_serves_while_a_child_builds_the_plan(head, tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_: tmp_path / "empty")
    model = load_model(save_network(tmp_path, contract=picture_contract(head.sha256)))
    with misbehaving(step_s=0.1), Engine(head, model, settings()) as engine:
        states = advance_until_cuda(engine)
        told = [state.building for state in states if state.building is not None]
        assert states[0].name == "host"
        assert told
        assert any(progress.fraction for progress in told)
        assert engine.path_state.tier == "image"
        on_gpu = pictures(engine, (SMILE,))
    with Engine(head, model, settings()) as again:  # the plan is kept
        assert again.path_state.name == "cuda"
        assert steps(pictures(again, (SMILE,)), on_gpu) == 0


def test_a_kept_plan_that_tensorrt_does_not_load_is_built_again(head, tiny, caplog):
    keep_plan(tiny, settings())
    with misbehaving(fail={"Runtime.deserialize_cuda_engine": 1}), Engine(head, tiny, settings()) as engine:
        assert engine.path_state.name == "host"
        assert engine.path_state.building is not None
        advance_until_cuda(engine)
    assert sum("made anew" in line for line in caplog.messages) == 1


def test_a_cancelled_build_leaves_the_host_and_ends_its_child(head, tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_: tmp_path / "empty")
    model = load_model(save_network(tmp_path, contract=picture_contract(head.sha256)))
    with misbehaving(step_s=1.0), Engine(head, model, settings()) as engine:
        engine.cancel_building()
        until = time.monotonic() + 20
        while engine.path_state.building is not None:
            assert time.monotonic() < until
            pictures(engine, (SMILE,))
        assert engine.path_state.name == "host"
        assert "cancelled" in engine.path_state.reason
    assert not list((tmp_path / "empty").rglob("*.plan"))


def test_another_generator_and_another_precision_between_two_frames(face):
    swift = generator_for(face)
    fine = load_model(swift.path.with_name("fine.onnx"))
    start = EngineSettings(path="cuda", precision="fp16")
    for model, precision in ((swift, "fp16"), (fine, "fp16"), (swift, "fp32"), (fine, "fp32")):
        keep_plan(model, replace(start, precision=precision))
    with Engine(face, swift, start) as engine:
        made = [pictures(engine, (SMILE,))]
        engine.load_generator(fine)
        made.append(pictures(engine, (SMILE,)))
        engine.configure(replace(engine.settings, precision="fp32"))
        made.append(pictures(engine, (SMILE,)))
        assert engine.path_state.engine.endswith("fp32")
    assert steps(made[0], made[1]) > 8  # another network
    assert 0 < steps(made[1], made[2]) < 32  # the same one, rounded less


def test_another_size_is_resized_on_the_gpu_as_on_the_host(head, tiny):
    keep_plan(tiny, settings())
    made = {}
    for path in ("cuda", "host"):
        with Engine(head, tiny, EngineSettings(size=SIZE + 32, path=path, precision="fp32")) as engine:
            made[path] = pictures(engine, (SMILE,))
    assert made["cuda"].shape == (1, SIZE + 32, SIZE + 32, 4)
    assert steps(made["cuda"], made["host"]) <= 2  # a rounding on the way in, and one on the way out


def test_a_tier_that_was_chosen_says_so(head, tiny):
    keep_plan(tiny, settings("cuda"))
    with Engine(head, tiny, settings("cuda", tier="host copy")) as engine:
        assert engine.path_state.tier == "host copy"
        assert "chosen by hand" in engine.path_state.tier_reason


def test_no_pixel_crosses_the_bus_and_a_recorded_one_is_counted_apart(head, tiny):
    keep_plan(tiny, settings("cuda"))
    with Engine(head, tiny, settings("cuda", posing="gpu")) as engine:
        frame = engine.render(FrameRequest((SMILE,), GENERATED))
        assert frame.traffic.pixel_bytes == 0
        assert 0 < frame.traffic.host_bytes < 4096  # weights, angles and eyes; no vertices
        recorded = engine.film(frame, (27, 28, 31))
        assert recorded.size == SIZE * SIZE * 3 // 2
        assert recorded.picture().shape == (SIZE * 3 // 2, SIZE)
        recorded.release()
        engine.recycle(frame)


def test_every_passage_is_measured_beside_the_others(head, tiny, capsys):
    for faces in (1, 2):
        keep_plan(tiny, settings("cuda", faces=faces))
    rows = passage.measure_passage(head, tiny, size=SIZE, rounds=2, batches=(1, 2))
    passage.print_table(rows)
    assert [row["way"] for row in rows] == 2 * ["host path", "image", "pixel buffer", "host copy"]
    assert [row["pixel_bytes"] > 0 for row in rows] == 2 * [True, False, False, True]
    assert [row["times_readback"] for row in rows if row["way"] == "host copy"] == [1.0, 1.0]
    assert "pixel buffer" in capsys.readouterr().out


# ---- fences ------------------------------------------------------------------------------------------------------


def shown_lazily(lazy_gl, head, tiny):
    """What a window shows of eight poses when everything happens as late as fences allow; and what it should show."""
    keep_plan(tiny, settings("cuda"))
    wanted = [SMILE if number % 2 else NEUTRAL.with_weights({"jawOpen": number / 8}) for number in range(8)]
    with Engine(head, tiny, settings("cuda")) as engine:
        window = LazyWindow(lazy_gl, engine.recycle)
        for expression in wanted:
            engine.submit(FrameRequest((expression,), GENERATED))
            (frame,) = engine.collect(wait=True)
            window.show(frame, frame.pictures[View.GENERATED][0].texture, frame.fence)
        drawn = [pixels[::-1] for pixels in window.finish()]
        lazy_gl.emulator.finish()
    with Engine(head, tiny, settings("host")) as engine:
        return drawn, [pictures(engine, (expression,))[0] for expression in wanted]


def differ(drawn, wanted):
    return [steps(*pair) > 2 for pair in zip(drawn, wanted, strict=True)]


def test_with_both_fences_a_lazy_gpu_shows_every_frame(lazy_gl, head, tiny):
    assert not any(differ(*shown_lazily(lazy_gl, head, tiny)))


def test_without_the_engines_fence_the_window_shows_the_past(lazy_gl, head, tiny, monkeypatch):
    monkeypatch.setattr("gpu_core.batch.fence_here", lambda: lazy_gl.fence(lambda: None))
    assert any(differ(*shown_lazily(lazy_gl, head, tiny)))


def test_without_the_windows_fence_a_picture_is_overwritten_before_it_is_drawn(lazy_gl, head, tiny, monkeypatch):
    monkeypatch.setattr("gpu_core.engine.wait_on_gpu", sync.drop)
    assert any(differ(*shown_lazily(lazy_gl, head, tiny)))
