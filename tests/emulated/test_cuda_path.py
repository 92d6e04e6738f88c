"""The NVIDIA path by itself, on the emulated driver: what every path has to do, on each tier, eager and lazy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu_core.atlas import Atlas
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.model import load_model
from gpu_core.settings import Traffic
from gpu_core.timing import StageTimer
from tests.emulated.paths import cuda_path, use_double
from tests.gpu_core.neural.test_path_contract import (  # noqa: F401
    SIGNATURES,
    fill,
    made_from,
    settings_for,
    shown,
    target,
    test_closing_waits_for_what_is_pending,
    test_more_than_depth_is_refused_and_does_no_harm,
    test_several_batches_at_once_do_not_mix,
    test_the_caller_is_told_when_a_batch_is_ready,
    test_the_picture_arrives_in_the_display_texture,
)
from tests.networks import SIZE, save_for, save_network

TIERS = {"image": "", "pixel buffer": "image", "host copy": "pixel buffer"}


@pytest.fixture(autouse=True)
def double(emulated_gl, monkeypatch, tmp_path_factory):
    use_double(monkeypatch, tmp_path_factory.getbasetemp() / "cache")


@pytest.fixture(params=TIERS)
def path(request, double, tmp_path):
    with cuda_path(load_model(save_network(tmp_path)), settings_for(), TIERS[request.param]) as opened:
        assert opened.state.tier == request.param
        yield opened


def draw(path, target):  # noqa: F811
    timer = StageTimer()
    pending = path.submit(target, timer)
    pending.finish(timer)
    return pending


def test_the_state_names_gpu_tensorrt_and_tier(path):
    state = path.state
    assert state.name == "cuda"
    assert state.engine == "TensorRT 11.4.0 fp32"
    assert (state.tier == "image") == (not state.tier_reason)


def test_pixels_cross_the_bus_on_the_host_copy_tier_alone(path, target):  # noqa: F811
    # Three pictures, each from OpenGL to the host and on to CUDA, or back.
    wanted = 2 * 3 * SIZE * SIZE * 4 if path.state.tier == "host copy" else 0
    assert draw(path, target).traffic == Traffic(wanted, wanted)


def test_stages_are_told_by_the_device_and_late(path, target, emulated_gl):  # noqa: F811
    emulated_gl.mode("lazy")
    timer = StageTimer()
    pending = path.submit(target, timer)
    assert not pending.ready()
    pending.finish(timer)
    if path.state.tier == "image":
        assert pending.late_stages() is None  # nothing has waited
    shown(target)
    emulated_gl.finish()
    stages = pending.late_stages()
    assert [(stage.name, stage.clock) for stage in stages] == [("pack", "gpu"), ("infer", "gpu"), ("unpack", "gpu")]


def test_the_graph_holds_inference_alone(path, target, emulated_gl):  # noqa: F811
    for _ in range(4 * path.depth):
        draw(path, target)
    graphs = emulated_gl.report()["graphs"]
    assert len(graphs) == path.depth
    assert all("kernel" not in kinds for kinds in graphs)
    assert path.state.reason.count("graph") == 0


def test_after_the_trial_no_frame_waits_for_a_graph(path, target, emulated_gl):  # noqa: F811
    path.try_out()
    prepared = [emulated_gl.calls(name) for name in ("cuGraphInstantiateWithParams", "cuStreamBeginCapture_v2")]
    assert len(emulated_gl.report()["graphs"]) == path.depth
    for _ in range(2 * path.depth):
        draw(path, target)
    assert prepared == [emulated_gl.calls(name) for name in ("cuGraphInstantiateWithParams", "cuStreamBeginCapture_v2")]


def test_kernels_for_odd_sizes_are_there_before_the_first_frame(tmp_path, monkeypatch):
    """A frame would wait for the compiler; and where there is none, nobody expects to hear of it then."""
    prepared = []
    monkeypatch.setattr("gpu_core.cuda.kernels.Kernels.prepare", lambda _, names: prepared.extend(names))
    said, odd = SIGNATURES["two tensors, one of them channels last"], {"width": SIZE + 2, "height": SIZE + 2}
    said = replace(said, inputs=tuple(replace(one, **odd) for one in said.inputs), output=replace(said.output, **odd))
    settings = replace(settings_for(), size=SIZE + 2)
    with cuda_path(load_model(save_for(tmp_path, said), said), settings):
        assert "pack_resized_float32" in prepared


@pytest.mark.parametrize("faces", [1, 4, 16])
def test_every_face_of_a_batch_gets_its_own_picture(tmp_path, faces):
    with (
        cuda_path(load_model(save_network(tmp_path)), settings_for(faces=faces)) as path,
        TargetSet(Atlas(faces, SIZE)) as wide,
    ):
        for seed in range(3):
            render = fill(wide, seed)
            draw(path, wide)
            got, wanted = shown(wide).astype(np.float32), made_from(render)
            for region in wide.atlas.regions:
                crop = (slice(region.y, region.y + SIZE), slice(region.x, region.x + SIZE))
                np.testing.assert_allclose(got[crop], wanted[crop], atol=1.0)


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_network_of_any_form_gives_the_same_picture(tmp_path, target, name):  # noqa: F811
    said = SIGNATURES[name]
    with cuda_path(load_model(save_for(tmp_path, said), said), settings_for()) as path:
        path.try_out()
        render = fill(target, 5, opaque=True)
        for _ in range(3):
            draw(path, target)
        np.testing.assert_allclose(shown(target).astype(np.float32), made_from(render), atol=1.6)


def test_the_host_never_touches_device_memory(path, target, emulated_gl):  # noqa: F811
    emulated_gl.protect()  # touching it ends this process
    render = fill(target, 9)
    draw(path, target)
    np.testing.assert_allclose(shown(target).astype(np.float32), made_from(render), atol=1.0)


def test_textures_made_again_are_registered_again(path, emulated_gl):
    for seed in range(3):
        with TargetSet(Atlas(1, SIZE)) as fresh:
            render = fill(fresh, seed)
            draw(path, fresh)
            np.testing.assert_allclose(shown(fresh).astype(np.float32), made_from(render), atol=1.0)
    live = emulated_gl.live()
    assert not live.get("graphics resource", live.get("resource", 0)), live
