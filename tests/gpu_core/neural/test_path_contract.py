"""What every neural path has to do: one set of tests over each of them."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack

import numpy as np
import pytest

from gpu_core.atlas import Atlas
from gpu_core.errors import ModelError, PathUnavailable
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.choosing import open_path
from gpu_core.neural.model import load_model
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.settings import EngineSettings, View
from gpu_core.timing import StageTimer
from tests.networks import PAIR, SIZE, WRONG_FILES, save_for, save_network, save_quantised, sha256

pytestmark = pytest.mark.gl
WAYS = {
    "openvino-fp32": {"inference": "openvino", "precision": "fp32"},
    "openvino-bf16": {"inference": "openvino", "precision": "bf16"},
    "onnxruntime-fp32": {"inference": "onnxruntime", "precision": "fp32"},
    "pixel buffers": {"readback": "pixel buffer", "precision": "fp32"},
    "conversion by OpenGL": {"conversion": "gpu", "precision": "fp32"},
    "classic": {"path": "classic", "precision": "fp32"},
}
FORMS = {  # each way to convert, with each engine
    "openvino": {"inference": "openvino"},
    "onnxruntime": {"inference": "onnxruntime"},
    "pixel buffers": {"readback": "pixel buffer"},
    "conversion by OpenGL": {"conversion": "gpu"},
    "classic": {"path": "classic"},
}


def settings_for(inference="auto", precision="auto", path="host", **changes):
    return EngineSettings(size=SIZE, inference=inference, precision=precision, path=path, **changes)


def open_or_skip(model, settings):
    try:
        return open_path(model, settings)
    except PathUnavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=WAYS)
def path(request, gl_context, tmp_path):
    opened = open_or_skip(load_model(save_network(tmp_path)), settings_for(**WAYS[request.param]))
    yield opened
    opened.close()
    opened.close()


@pytest.fixture
def target(gl_context):
    with TargetSet(Atlas(1, SIZE)) as made:
        yield made


def fill(target: TargetSet, seed: int, *, opaque: bool = False) -> np.ndarray:
    """Random pixels in both attachments; returns the render image's, rows bottom first."""
    from OpenGL import GL

    drawn = np.random.default_rng(seed).integers(0, 256, (2, target.atlas.height, target.atlas.width, 4), np.uint8)
    if opaque:
        drawn[..., 3] = 255
    for view, pixels in zip((View.TEXTURE, View.RENDER), drawn, strict=True):
        GL.glBindTexture(GL.GL_TEXTURE_2D, target.textures[view])
        GL.glTexSubImage2D(
            GL.GL_TEXTURE_2D, 0, 0, 0, target.atlas.width, target.atlas.height, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels
        )
    return drawn[1]


def made_from(render: np.ndarray) -> np.ndarray:
    """What the tiny network makes of a render image."""
    wanted = render.astype(np.float32)
    wanted[..., 1] *= 0.5
    wanted[..., 3] = 255
    return wanted


def shown(target: TargetSet) -> np.ndarray:
    pixels = np.empty((target.atlas.height, target.atlas.width, 4), np.uint8)
    target.read(View.GENERATED, pixels)
    return pixels


def test_the_picture_arrives_in_the_display_texture(path, target):
    render = fill(target, 1)
    timer = StageTimer()
    path.submit(target, timer).finish(timer)
    # bf16 keeps eight bits of every value: one step of the byte, and a rounding on top
    np.testing.assert_allclose(shown(target).astype(np.float32), made_from(render), atol=1.6)


def test_every_stage_is_timed_once_the_picture_is_there(path, target):
    timer = StageTimer()
    path.submit(target, timer).finish(timer)
    assert {"copy_out", "pack", "infer", "unpack", "copy_in"} <= {stage.name for stage in timer.take()}


def test_several_batches_at_once_do_not_mix(path, gl_context):
    if path.depth == 1:
        pytest.skip("one at a time")
    with TargetSet(Atlas(1, SIZE)) as first, TargetSet(Atlas(1, SIZE)) as second:
        renders = [fill(target, seed) for seed, target in ((2, first), (3, second))]
        timer = StageTimer()
        pending = [path.submit(target, timer) for target in (first, second)]
        for one in pending:
            one.finish(timer)
        for target, render in zip((first, second), renders, strict=True):
            np.testing.assert_allclose(shown(target).astype(np.float32), made_from(render), atol=1.6)


def test_more_than_depth_is_refused_and_does_no_harm(path, target):
    timer = StageTimer()
    pending = [path.submit(target, timer) for _ in range(path.depth)]
    with pytest.raises(RuntimeError, match="pending already"):
        path.submit(target, timer)
    for one in pending:
        one.finish(timer)
    path.submit(target, timer).finish(timer)


def test_the_caller_is_told_when_a_batch_is_ready(path, target):
    told, timer = threading.Event(), StageTimer()
    path.on_ready(told.set)
    pending = path.submit(target, timer)
    assert told.wait(10)
    pending.finish(timer)
    assert path.state.name
    assert path.state.reason
    assert path.state.engine


def test_closing_waits_for_what_is_pending(path, target):
    path.submit(target, StageTimer())
    path.close()


@pytest.mark.parametrize("form", FORMS)
def test_every_face_of_a_batch_gets_its_own_picture(gl_context, tmp_path, form):
    settings = settings_for(**FORMS[form], precision="fp32", faces=3)
    opened = open_or_skip(load_model(save_network(tmp_path)), settings)
    try:
        with TargetSet(Atlas(3, SIZE)) as target:
            render, timer = fill(target, 4), StageTimer()
            opened.submit(target, timer).finish(timer)
            wanted, got = made_from(render), shown(target).astype(np.float32)
            for region in target.atlas.regions:
                crop = (slice(region.y, region.y + SIZE), slice(region.x, region.x + SIZE))
                np.testing.assert_allclose(got[crop], wanted[crop], atol=1.0)
    finally:
        opened.close()


# ---- conversions: the tiny network's picture through every form, on both engines ---------------------------------

IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
PLAIN = {"width": SIZE, "height": SIZE}
SIGNATURES = {
    "two tensors, one of them channels last": Signature(
        (
            InputTensor("albedo", ("texture",), **PLAIN),
            InputTensor("shaded", ("render",), layout="NHWC", order="bgr", **PLAIN),
        ),
        OutputTensor("face", **PLAIN),
    ),
    "everything else": Signature(
        (InputTensor("x", ("render",), order="bgr", layout="NHWC", **IMAGENET, **PLAIN),),
        OutputTensor("y", 3, order="bgr", layout="NHWC", mean=(0.5,), std=(0.5,), **PLAIN),
    ),
    "half floats": Signature(
        (InputTensor("x", ("render", "texture"), dtype="float16", mean=(0.5,), std=(0.5,), **PLAIN),),
        OutputTensor("y", dtype="float16", mean=(0.5,), std=(0.5,), premultiplied=False, **PLAIN),
    ),
    "bytes": Signature(
        (InputTensor("x", ("render",), dtype="uint8", layout="NHWC", **PLAIN),),
        OutputTensor("y", 3, dtype="uint8", layout="NHWC", **PLAIN),
    ),
}


@pytest.mark.parametrize("name", SIGNATURES)
@pytest.mark.parametrize("form", FORMS)
def test_a_network_of_any_form_gives_the_same_picture(gl_context, tmp_path, target, name, form):
    said = SIGNATURES[name]
    opened = open_or_skip(load_model(save_for(tmp_path, said), said), settings_for(**FORMS[form], precision="fp32"))
    try:
        assert opened.pictures == said.pictures
        opened.try_out()
        render, timer = fill(target, 5, opaque=True), StageTimer()
        for _ in range(3):
            opened.submit(target, timer).finish(timer)
        np.testing.assert_allclose(shown(target).astype(np.float32), made_from(render), atol=1.6)
    finally:
        opened.close()


@pytest.mark.parametrize("form", FORMS)
def test_a_network_of_another_size_gets_the_picture_resized(gl_context, tmp_path, target, form):
    small = {"width": SIZE // 2, "height": SIZE // 2}
    said = Signature((InputTensor("x", ("render",), **small),), OutputTensor("y", **small))
    opened = open_or_skip(load_model(save_for(tmp_path, said), said), settings_for(**FORMS[form]))
    render, timer = fill(target, 6, opaque=True), StageTimer()
    opened.submit(target, timer).finish(timer)
    opened.close()
    expected = made_from(render).reshape(SIZE // 2, 2, SIZE // 2, 2, 4).mean((1, 3))
    got = shown(target).astype(np.float32).reshape(SIZE // 2, 2, SIZE // 2, 2, 4).mean((1, 3))
    assert np.corrcoef(expected[..., 0].ravel(), got[..., 0].ravel())[0, 1] > 0.9


@pytest.mark.parametrize("form", FORMS)
def test_a_fixed_batch_of_one_takes_one_face_and_refuses_two(gl_context, tmp_path, target, form):
    model = load_model(save_for(tmp_path, PAIR, batch=1))
    opened = open_or_skip(model, settings_for(**FORMS[form], precision="fp32"))
    opened.submit(target, StageTimer()).finish(StageTimer())
    opened.close()
    with pytest.raises(PathUnavailable, match="takes 1 picture at a time, 2 faces"):
        open_path(model, settings_for(**FORMS[form], precision="fp32", faces=2))


@pytest.mark.parametrize("inference", ["openvino", "onnxruntime"])
def test_an_int8_file_runs_where_it_is_asked_for(gl_context, tmp_path, target, inference):
    path = save_network(tmp_path)
    save_quantised(path)
    model = load_model(path)
    for precision, engine in (("int8", "int8"), ("fp32", "fp32")):
        opened = open_or_skip(model, settings_for(inference, precision))
        assert opened.state.engine.endswith(engine)
        render, timer = fill(target, 7), StageTimer()
        opened.submit(target, timer).finish(timer)
        opened.close()
        np.testing.assert_allclose(shown(target).astype(np.float32), made_from(render), atol=2.6)
    with pytest.raises(PathUnavailable, match=r"tiny\.int8\.onnx is an int8 file, which runs as it is"):
        open_path(model.variant("int8"), settings_for(inference, "fp32"))


def open_and_try(model, settings, owner):
    opened = open_path(model, settings)  # OpenVINO finds out here
    owner.callback(opened.close)
    opened.try_out()


@pytest.mark.parametrize("form", FORMS)
def test_a_network_that_loads_but_does_not_run_is_found_out_by_trying(gl_context, tmp_path, form):
    make, words = WRONG_FILES["fails when run"]
    model = load_model(make(tmp_path), PAIR)
    with ExitStack() as opened, pytest.raises(ModelError, match=words) as caught:
        open_and_try(model, settings_for(**FORMS[form], precision="fp32"), opened)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"path": "warp"}, "unknown path"),
        ({"inference": "abacus"}, "unknown inference engine"),
        ({"inference": "onnxruntime", "precision": "bf16"}, "no bf16"),
        ({"precision": "fp16"}, "fp16 is for GPUs.* choose bf16, fp32 or auto"),
        ({"precision": "int8"}, "tiny has no int8 version .it would be tiny.int8.onnx.; choose auto"),
        ({"precision": "fp7"}, "unknown precision 'fp7'"),
        ({"path": "classic", "precision": "int8"}, "classic path computes in fp32, not in int8"),
        ({"path": "classic", "inference": "openvino"}, "classic path runs ONNX Runtime"),
    ],
)
def test_what_cannot_run_says_why(gl_context, tmp_path, changes, words):
    settings = EngineSettings(**({"size": SIZE} | changes))
    with pytest.raises(PathUnavailable, match=words):
        open_path(load_model(save_network(tmp_path)), settings)


@pytest.mark.parametrize("form", FORMS)
def test_a_network_that_does_not_load_is_named(gl_context, tmp_path, form):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"this is no network")
    card = json.loads(save_network(tmp_path, "other").with_suffix(".json").read_text())
    broken.with_suffix(".json").write_text(json.dumps(card | {"sha256": sha256(broken)}))  # a card that lies
    with pytest.raises(ModelError, match=r"cannot load broken\.onnx"):
        open_path(load_model(broken), settings_for(**FORMS[form]))
