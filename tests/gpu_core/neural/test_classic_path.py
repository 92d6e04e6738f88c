"""The classic path shows what the host path shows, and says what it does not know."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.atlas import Atlas
from gpu_core.engine import open_engine
from gpu_core.errors import InferenceError, PathUnavailable
from gpu_core.expression import NEUTRAL
from gpu_core.gl.pixel_buffers import write_texture
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.choosing import open_path
from gpu_core.neural.model import load_model
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.settings import EngineSettings, FrameRequest, View
from gpu_core.timing import StageTimer
from tests.networks import SIZE, WRONG_FILES, save_for, save_network, save_quantised

pytestmark = pytest.mark.gl
PLAIN = {"width": SIZE, "height": SIZE}
OTHER = {"width": SIZE // 2, "height": SIZE // 2}
FORMS = {
    "alpha from the render image, straight colours": Signature(
        (InputTensor("x", ("render", "texture"), mean=(0.4,), std=(0.5,), **PLAIN),),
        OutputTensor("y", 3, premultiplied=False, **PLAIN),
    ),
    "three numbers, blue first": Signature(
        (InputTensor("x", ("render",), order="bgr", mean=(0.4, 0.5, 0.6), std=(0.2, 0.3, 0.4), **PLAIN),),
        OutputTensor("y", order="bgr", mean=(0.1, 0.2, 0.3), std=(0.5, 0.6, 0.7), **PLAIN),
    ),
    "channels last, half the size": Signature(
        (InputTensor("x", ("render",), layout="NHWC", **OTHER),), OutputTensor("y", 3, layout="NHWC", **OTHER)
    ),
    "one number for alpha as well": Signature(
        (InputTensor("x", ("render",), **PLAIN),), OutputTensor("y", mean=(0.25,), std=(0.5,), **PLAIN)
    ),
}


def filled(faces: int = 1) -> TargetSet:
    target, chance = TargetSet(Atlas(faces, SIZE)), np.random.default_rng(3)
    width, height = target.atlas.width, target.atlas.height
    for view in (View.TEXTURE, View.RENDER):
        pixels = chance.integers(0, 256, (height, width, 4), np.uint8)
        pixels[..., :3] = np.minimum(pixels[..., :3], pixels[..., 3:])
        write_texture(target.textures[view], width, height, 4, pixels)
    return target


def picture_of(path, target):
    timer = StageTimer()
    path.submit(target, timer).finish(timer)
    pixels = np.empty((target.atlas.height, target.atlas.width, 4), np.uint8)
    target.read(View.GENERATED, pixels)
    return pixels


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("faces", [1, 3])
def test_it_shows_what_the_host_path_shows(gl_context, tmp_path, name, faces):
    model = load_model(save_for(tmp_path, FORMS[name]), FORMS[name])
    pictures = []
    with filled(faces) as target:
        for way in ("host", "classic"):
            path = open_path(
                model, EngineSettings(size=SIZE, faces=faces, path=way, precision="fp32", inference="auto")
            )
            pictures.append(picture_of(path, target).astype(int))
            path.close()
    assert np.abs(pictures[0] - pictures[1]).max() <= 1
    assert pictures[0].std() > 10


def test_the_shipped_face_is_the_same_on_both(gl_context):
    pictures, request = [], FrameRequest((NEUTRAL.with_weights({"jawOpen": 0.7, "mouthSmileLeft": 0.5}),))
    for way in ("host", "classic"):
        with open_engine(settings=EngineSettings(path=way, precision="fp32")) as engine:
            assert engine.path_name == way
            frame = engine.render(request)
            pictures.append(engine.read(frame, View.GENERATED).astype(int))
            engine.recycle(frame)
    assert np.abs(pictures[0] - pictures[1]).max() <= 1


def test_it_does_one_frame_at_a_time_whatever_the_depth(gl_context):
    with open_engine(settings=EngineSettings(path="classic", depth=3)) as engine:
        engine.submit(FrameRequest())
        assert not engine.can_submit
        (frame,) = engine.collect(wait=False)  # done already
        assert engine.can_submit
        engine.recycle(frame)


def test_a_batch_that_fails_is_told_when_it_is_finished_and_the_next_goes_on(gl_context, tmp_path):
    make, _ = WRONG_FILES["fails when run"]
    said = load_model(save_network(tmp_path)).signature
    path = open_path(load_model(make(tmp_path), said), EngineSettings(size=SIZE, path="classic"))
    with filled() as target:
        for _ in range(2):
            pending = path.submit(target, StageTimer())
            with pytest.raises(InferenceError) as caught:
                pending.finish(StageTimer())
            assert "\n" not in str(caught.value)
    path.close()


def test_what_it_does_not_know_has_a_reason(gl_context, tmp_path):
    settings = EngineSettings(size=SIZE, path="classic")
    original = save_network(tmp_path)
    save_quantised(original)
    with pytest.raises(PathUnavailable, match="fp32, not in int8"):
        open_path(load_model(original).variant("int8"), settings)
    deep = Signature((InputTensor("x", ("render", "depth"), **PLAIN),), OutputTensor("y", **PLAIN))
    with pytest.raises(PathUnavailable, match="want depth"):
        open_path(load_model(save_for(tmp_path, deep, name="deep"), deep), settings)
