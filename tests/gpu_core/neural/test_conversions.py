"""Conversions: OpenGL's are the CPU's within a step, and what it cannot do is said."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.atlas import Atlas
from gpu_core.errors import GLError
from gpu_core.gl.pixel_buffers import write_texture
from gpu_core.gl.targets import TargetSet
from gpu_core.neural import conversion_trial, conversions
from gpu_core.neural.conversions import CpuConversion, GpuConversion, open_conversion, why_not
from gpu_core.neural.readback import DirectReadback
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.settings import EngineSettings, View
from gpu_core.timing import StageTimer

pytestmark = pytest.mark.gl
SIZE = 32
PLAIN = {"width": SIZE, "height": SIZE}
PAIR = Signature((InputTensor("x", ("texture", "render"), **PLAIN),), OutputTensor("y", **PLAIN))
FORMS = {
    "the shipped ones'": PAIR,
    "two tensors, blue first, normalised": Signature(
        (
            InputTensor("a", ("render",), order="bgr", mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), **PLAIN),
            InputTensor("b", ("render", "texture"), mean=(0.5,), std=(0.5,), **PLAIN),
        ),
        OutputTensor("y", order="bgr", mean=(0.1, 0.2, 0.3), std=(0.9, 0.8, 0.7), premultiplied=False, **PLAIN),
    ),
    "alpha from the render image": Signature(
        (InputTensor("x", ("texture",), **PLAIN),),
        OutputTensor("y", 3, mean=(0.5,), std=(0.5,), premultiplied=False, **PLAIN),
    ),
}


def filled(faces: int) -> TargetSet:
    target, chance = TargetSet(Atlas(faces, SIZE)), np.random.default_rng(5)
    width, height = target.atlas.width, target.atlas.height
    for view in View:
        pixels = chance.integers(0, 256, (height, width, 4), np.uint8)
        write_texture(target.textures[view], width, height, 4, pixels)
    return target


def results(conversion, said, target):
    """The tensors it makes, and the picture it shows of a made-up answer."""
    faces, timer = target.atlas.faces, StageTimer()
    tensors = tuple(np.empty((faces, *tensor.shape), np.float32) for tensor in said.inputs)
    conversion.fill(target, 0, tensors, timer)
    made = np.random.default_rng(6).uniform(-0.5, 1.5, (faces, *said.output.shape)).astype(np.float32)
    conversion.show(target, 0, made, timer)
    shown = np.empty((target.atlas.height, target.atlas.width, 4), np.uint8)
    target.read(View.GENERATED, shown)
    conversion.close()
    return tensors, shown.astype(int), {stage.name for stage in timer.take()}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("faces", [1, 3])
def test_opengl_converts_as_opencv_does(gl_context, name, faces):
    said = FORMS[name]
    with filled(faces) as target, filled(faces) as other:
        by_cpu = CpuConversion(said, DirectReadback(said.pictures | {"render"}))
        wanted, picture, stages = results(by_cpu, said, target)
        got, drawn, also = results(GpuConversion(said, SIZE), said, other)
        regions = target.atlas.regions
    for one, another in zip(wanted, got, strict=True):
        np.testing.assert_allclose(one, another, atol=1e-5)
    for region in regions:
        part = (slice(region.y, region.y + SIZE), slice(region.x, region.x + SIZE))
        assert np.abs(picture[part] - drawn[part]).max() <= 1
    assert stages == also == {"render", "copy_out", "pack", "unpack", "copy_in"}


def test_left_alone_software_opengl_reads_directly_and_converts_on_the_cpu(gl_context):
    conversion = open_conversion(PAIR, EngineSettings(size=SIZE), PAIR.pictures)
    assert isinstance(conversion, CpuConversion)
    assert conversion.title == ""


def test_a_gpu_converts_itself_or_reads_through_pixel_buffers(gl_context, monkeypatch):
    monkeypatch.setattr(type(gl_context), "is_software", property(lambda _: False))
    assert open_conversion(PAIR, EngineSettings(size=SIZE), PAIR.pictures).title == "OpenGL converts"
    other = open_conversion(PAIR, EngineSettings(size=SIZE * 2), PAIR.pictures)
    assert other.title == "pictures come down through pixel buffers"
    other.close()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Signature((InputTensor("x", ("render",), dtype="uint8", **PLAIN),), OutputTensor("y", **PLAIN)), "float32"),
        (Signature((InputTensor("x", ("render",), layout="NHWC", **PLAIN),), OutputTensor("y", **PLAIN)), "first"),
        (Signature((InputTensor("x", ("render",), width=64, height=64),), OutputTensor("y", **PLAIN)), "not 32x32"),
        (Signature((InputTensor("x", ("render", "depth"), **PLAIN),), OutputTensor("y", **PLAIN)), "render alone"),
    ],
)
def test_what_opengl_cannot_convert_is_converted_by_opencv_and_said(gl_context, said, words):
    assert words in why_not(said, SIZE)
    with pytest.raises(GLError, match=words):
        GpuConversion(said, SIZE)
    conversion = open_conversion(said, EngineSettings(size=SIZE, conversion="gpu"), said.pictures)
    assert isinstance(conversion, CpuConversion)
    assert conversion.title.startswith("OpenCV converts: ")
    assert (conversion.by, conversion.title) == ("cpu", f"OpenCV converts: {conversion.why_not_gpu}")
    assert words in conversion.title


def test_an_opengl_that_converts_wrongly_is_found_out(gl_context, monkeypatch):
    right = conversions._form_out
    monkeypatch.setattr(
        conversions, "_form_out", lambda said: type(right(said))((1.0, 1.0, 1.0, 0.9), right(said).offset)
    )
    with pytest.raises(GLError, match="unpacks tensors otherwise"):
        conversion_trial.try_out(GpuConversion(PAIR, SIZE), PAIR, SIZE)
    conversion = open_conversion(PAIR, EngineSettings(size=SIZE, conversion="gpu"), PAIR.pictures)
    assert "otherwise than the CPU" in conversion.title
