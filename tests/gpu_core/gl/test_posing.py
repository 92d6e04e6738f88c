"""Shaders pose as numpy does: every vertex, every normal, every strand, in batches, and in the pictures drawn of it."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
import pytest

from gpu_core.assets import resource
from gpu_core.atlas import Atlas
from gpu_core.contract import PICTURE_SHADERS
from gpu_core.engine import Engine
from gpu_core.errors import GLError
from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from gpu_core.gl import posing, shader_posing, shaders
from gpu_core.gl.context import GLInfo
from gpu_core.gl.pose_tables import NUMBERS_PER_FACE
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.targets import TargetSet
from gpu_core.gltf.face import load_face
from gpu_core.neural.library import generator_for
from gpu_core.neural.model import load_model
from gpu_core.neural.readback import read_picture
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.rig import LID_DEPTH, Poser
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.faces import save_head
from tests.networks import SIZE as NETWORK_SIZE
from tests.networks import save_for

pytestmark = pytest.mark.gl
TOLERANCE_DM = 1e-4  # what the task asks for; 2e-6 is what is seen
# Normals are sums of unit vectors and deltas of up to two; a difference of 1e-4 is far below a step of an 8-bit colour.
NORMAL_TOLERANCE = 1e-4
SIZE = 256
EXTREMES = (
    NEUTRAL,
    NEUTRAL.with_weights(dict.fromkeys(ARKIT_SHAPES, 1.0)).with_head(yaw=32, pitch=15, roll=10),
    NEUTRAL.with_weights({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}).with_gaze(-25, 20).with_head(yaw=-32),
    NEUTRAL.with_weights({"eyeWideLeft": 1.0, "jawOpen": 1.0, "tongueOut": 1.0})
    .with_gaze(25, -18)
    .with_head(pitch=-15),
    NEUTRAL.with_weights(dict.fromkeys(ARKIT_SHAPES, -0.5)).with_head(yaw=120, pitch=-70, roll=45),  # beyond all limits
)


@pytest.fixture(scope="module", params=["face.glb", "man.glb", "small", "stranger"])
def face(request, tmp_path_factory):
    if request.param.endswith(".glb"):
        return load_face(resource("face", request.param))
    return load_face(save_head(tmp_path_factory.mktemp("head"), own=request.param == "small"))


@pytest.fixture(scope="module")
def shipped():
    return load_face(resource("face", "face.glb"))


def random_expressions(count, seed=0):
    """All of a face's shapes, a few of them, or all or nothing; the head and the eyes anywhere."""
    random = np.random.default_rng(seed)
    found = []
    for index in range(count):
        weights = random.random(52)
        if index % 3 == 1:
            weights *= random.random(52) < 0.2
        elif index % 3 == 2:
            weights = (weights < 0.5).astype(float)
        yaw, pitch, roll = random.uniform(-1, 1, 3) * (32, 15, 10)
        found.append(Expression(tuple(weights.tolist()), yaw=yaw, pitch=pitch, roll=roll))
    return found


def posed_both_ways(renderers, expressions):
    """What numpy and what shaders write for a batch: [(surface, ribbons)] of (2, faces, count, 3)."""
    written = []
    for renderer in renderers:
        renderer.pose(expressions)
        written.append((renderer._surface.posed.read(), renderer._ribbons.posed.read()))
    return written


def on_the_edge(asset, renderer, expressions):
    """Vertices that are as deep in the head as lids may be at most: a last bit decides whether they are pushed."""
    rig = replace(asset.rig, lid_range=(0, 0), neck=replace(asset.rig.neck, low=-2e9, high=-1e9))
    source, edge = renderer._surface.source, []
    for expression in expressions:
        blended = Poser(replace(asset, rig=rig)).pose(expression.with_head(yaw=0, pitch=0, roll=0)).vertices[source]
        depths = [np.abs(blended[:, 2] - eye.pivot[2] - LID_DEPTH) for eye in rig.eyes]
        edge.append(np.min(depths, axis=0) < 1e-5 if depths else np.zeros(len(source), bool))
    return np.stack(edge)


@pytest.mark.parametrize("faces", [1, 16])
def test_shaders_pose_as_numpy_does(face, gl_context, faces):
    expressions = [*EXTREMES, *random_expressions(64 - len(EXTREMES))]
    with Renderer(face, posing="cpu") as first, Renderer(face, posing="gpu") as second:
        assert (first.posing.name, second.posing.name) == ("numpy", "shaders")
        for start in range(0, len(expressions), faces):
            batch = expressions[start : start + faces]
            (surface, ribbons), (shader_surface, shader_ribbons) = posed_both_ways((first, second), batch)
            firm = ~on_the_edge(face, first, batch)
            assert firm.mean() > 0.99
            np.testing.assert_allclose(shader_surface[0][firm], surface[0][firm], rtol=0, atol=TOLERANCE_DM)
            np.testing.assert_allclose(shader_surface[1], surface[1], rtol=0, atol=NORMAL_TOLERANCE)
            np.testing.assert_allclose(shader_ribbons, ribbons, rtol=0, atol=TOLERANCE_DM)


def test_what_goes_up_is_a_few_hundred_bytes_a_face(shipped, gl_context):
    with Renderer(shipped, posing="cpu") as first, Renderer(shipped, posing="gpu") as second:
        vertices = len(first._surface.source) + 2 * first._ribbons.points
        for faces in (1, 16):
            assert first.pose((NEUTRAL,) * faces) == faces * vertices * 2 * 3 * 4
            assert second.pose((NEUTRAL,) * faces) == faces * NUMBERS_PER_FACE * 4 < 6000


def test_batches_of_any_size_follow_each_other(shipped, gl_context):
    with Renderer(shipped, posing="cpu") as first, Renderer(shipped, posing="gpu") as second:
        for faces in (2, 5, 1, 5):
            (surface, ribbons), shaded = posed_both_ways((first, second), random_expressions(faces, faces))
            np.testing.assert_allclose(shaded[0], surface, rtol=0, atol=TOLERANCE_DM)
            np.testing.assert_allclose(shaded[1], ribbons, rtol=0, atol=TOLERANCE_DM)


def pictures(asset, way, expressions):
    """The pair and the geometry of a batch, {name: (height, width, channels)}."""
    with Renderer(asset, posing=way) as renderer, TargetSet(Atlas(len(expressions), SIZE)) as target:
        renderer.pose(expressions)
        renderer.draw(target)
        renderer.draw_geometry(target)
        return {name: read_picture(target, name).astype(float) for name in ("texture", "render", "normal", "depth")}


@pytest.mark.parametrize("expressions", [EXTREMES[:1], EXTREMES[1:4], tuple(random_expressions(16, 7))], ids=len)
def test_pictures_of_both_ways_agree(shipped, gl_context, expressions):
    """Vertices differ by a millionth: a pixel whose centre lies on an edge may go to the neighbour, no more."""
    first, second = (pictures(shipped, way, expressions) for way in ("cpu", "gpu"))
    for name in ("texture", "render", "normal"):
        away = np.abs(first[name] - second[name]).max(axis=2)
        assert np.mean(away > 2) < 2e-4, f"{name}: {np.mean(away > 2):.1e} of the pixels"
        assert np.mean(away) < 0.01
    assert np.mean(np.abs(first["depth"] - second["depth"]) > 1e-4) < 2e-4


def test_a_batch_that_does_not_fit_its_target_is_refused(shipped, gl_context):
    with Renderer(shipped) as renderer, TargetSet(Atlas(2, SIZE)) as target:
        with pytest.raises(ValueError, match="0 faces are posed for a target of 2"):
            renderer.draw(target)
        renderer.pose((NEUTRAL,))
        with pytest.raises(ValueError, match="1 faces are posed for a target of 2"):
            renderer.draw(target)


# ---- who poses ---------------------------------------------------------------------------------------------------


def test_software_opengl_poses_by_numpy_and_a_gpu_by_shaders(shipped, gl_context, monkeypatch):
    for told, name in (
        (gl_context, "numpy"),
        (GLInfo("NVIDIA Corporation", "NVIDIA L4/PCIe/SSE2", "4.6.0"), "shaders"),
    ):
        monkeypatch.setattr(posing, "describe_current", lambda told=told: told)
        if told is gl_context and not told.is_software:
            continue
        with Renderer(shipped) as renderer:
            assert renderer.posing.name == name


def test_an_unknown_way_is_one_line(shipped, gl_context):
    with Renderer(shipped, posing="npu") as renderer, pytest.raises(GLError, match=r"^there is no posing 'npu'; there"):
        renderer.pose((NEUTRAL,))


def broken(monkeypatch, name, old, new):
    """Change a posing shader's text."""
    read = shaders.shader_source
    assert old in read(name)
    monkeypatch.setattr(shaders, "shader_source", lambda asked: read(asked).replace(old, new if asked == name else old))


BROKEN = {
    "moves too far": ("pose_surface.vert", "posed_normal = bent(", "posed_normal = 1.1 * bent("),
    "does not compile": ("pose_surface.vert", "posed_normal = bent(", "posed_normal = bend("),
    "not a number": ("pose_ribbon.vert", "position = texel", "position = intBitsToFloat(0x7fc00000) + texel"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", BROKEN)
def test_shaders_that_disagree_are_not_trusted(shipped, gl_context, monkeypatch, caplog, wrong):
    monkeypatch.setattr(posing, "describe_current", lambda: GLInfo("Somebody", "A GPU", "3.3"))
    broken(monkeypatch, *BROKEN[wrong])
    with caplog.at_level(logging.WARNING), Renderer(shipped) as renderer:
        assert renderer.posing.name == "numpy"
        renderer.pose((NEUTRAL,))
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("numpy poses the face: ")
    with Renderer(shipped, posing="gpu") as renderer, pytest.raises(GLError):
        renderer.pose((NEUTRAL,))


def test_tables_larger_than_this_opengl_takes_are_refused(shipped, gl_context, monkeypatch):
    from OpenGL import GL

    from gpu_core.gl import capture

    monkeypatch.setattr(capture.GL, "glGetIntegerv", lambda _: 1000)
    assert capture.GL is GL
    with Renderer(shipped, posing="gpu") as renderer, pytest.raises(GLError, match=r"a table of \d+ entries is more"):
        renderer.pose((NEUTRAL,))


def test_closing_twice_is_harmless(shipped, gl_context):
    renderer = Renderer(shipped, posing="gpu")
    renderer.pose((NEUTRAL,))
    made = renderer.posing
    for _ in range(2):
        renderer.close()
        made.close()


def objects():
    """How many OpenGL objects of each kind there are; names are small numbers."""
    from OpenGL import GL

    def is_program(name):  # one that was deleted lives on as long as the driver refers to it
        return GL.glIsProgram(name) and not GL.glGetProgramiv(name, GL.GL_DELETE_STATUS)

    kinds = ("Buffer", "Texture", "VertexArray", "Framebuffer", "Renderbuffer")
    tests = {kind: getattr(GL, f"glIs{kind}") for kind in kinds} | {"Program": is_program}
    return {kind: sum(bool(is_one(name)) for name in range(1, 500)) for kind, is_one in tests.items()}


@pytest.mark.parametrize("name", ["pose_surface.vert", "pose_strand.vert", "pose_ribbon.vert", None])
def test_nothing_is_left_behind_by_a_posing_that_is_closed_or_half_built(shipped, gl_context, monkeypatch, name):
    before = objects()
    if name is not None:
        broken(monkeypatch, name, "void main()", "void mian()")
    with Renderer(shipped, posing="gpu") as renderer:
        if name is None:
            renderer.pose((NEUTRAL,) * 3)
            assert objects() != before
        else:
            with pytest.raises(GLError, match="pose_"):
                renderer.pose((NEUTRAL,))
    assert objects() == before


# ---- in the engine -----------------------------------------------------------------------------------------------


def render_views(face, way, expressions, model=None):
    settings = EngineSettings(
        size=NETWORK_SIZE, faces=len(expressions), depth=1, path="host", precision="fp32", posing=way
    )
    with Engine(face, model, settings) as engine:
        frame = engine.render(FrameRequest(expressions, frozenset(View)))
        shown = [engine.read(frame, View.RENDER, index) for index in range(len(expressions))]
        engine.recycle(frame)
        return engine.description["posing"], frame, shown


@pytest.mark.parametrize("faces", [1, 16])
def test_the_engine_says_who_poses_and_what_went_up(shipped, gl_context, faces):
    expressions = tuple(random_expressions(faces))
    told, frame, shown = render_views(shipped, "gpu", expressions)
    assert told == "shaders"
    assert (frame.traffic.pixel_bytes, frame.traffic.host_bytes) == (0, faces * NUMBERS_PER_FACE * 4)
    told, frame, reference = render_views(shipped, "cpu", expressions)
    assert told == "numpy"
    assert frame.traffic.host_bytes > faces * 300_000
    for one, other in zip(shown, reference, strict=True):
        assert np.mean(np.abs(one.astype(int) - other) > 2) < 1e-3


@pytest.mark.parametrize("way", ["cpu", "gpu"])
def test_a_second_pass_does_not_pose_again(shipped, gl_context, tmp_path, monkeypatch, way):
    said = Signature(
        (InputTensor("x", ("render", "normal", "depth"), width=NETWORK_SIZE, height=NETWORK_SIZE),),
        OutputTensor("face", 3, premultiplied=False, width=NETWORK_SIZE, height=NETWORK_SIZE),
    )
    posed = []
    kind = posing.NumpyPosing if way == "cpu" else shader_posing.ShaderPosing
    pose = kind.pose
    monkeypatch.setattr(kind, "pose", lambda self, batch: posed.append(batch) or pose(self, batch))
    model = load_model(save_for(tmp_path, said, shows="normal"), said)
    _, frame, _ = render_views(shipped, way, (EXTREMES[1],), model)
    assert [batch for batch in posed if batch != (posing.TRIAL,)] == [(EXTREMES[1],)]
    uploaded = frame.traffic.host_bytes - frame.traffic.pixel_bytes
    assert uploaded == (NUMBERS_PER_FACE * 4 if way == "gpu" else 396_504)


# ---- what the generators were trained on -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["face.glb", "man.glb"])
def test_posing_is_no_part_of_what_generators_were_trained_on(gl_context, monkeypatch, name):
    asset, used = load_face(resource("face", name)), set()
    read = shaders.shader_source.__wrapped__
    monkeypatch.setattr(shaders, "shader_source", lambda asked: used.add(asked) or read(asked))
    with Renderer(asset, posing="gpu") as renderer:
        renderer.pose((NEUTRAL,))
    assert used - set(PICTURE_SHADERS) == {
        "pose.glsl", "pose_surface.vert", "pose_strand.vert", "pose_ribbon.vert",
    }  # fmt: skip
    assert generator_for(asset), "a generator ships for what is drawn today"
