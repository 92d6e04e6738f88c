"""The engine: frames in order, sets recycled, files swapped without losing what was there."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from gpu_core.assets import resource
from gpu_core.contract import picture_contract
from gpu_core.engine import Engine, open_engine
from gpu_core.errors import AssetError, InferenceError, MienError, ModelError, PathUnavailable
from gpu_core.expression import NEUTRAL
from gpu_core.gltf.face import load_face
from gpu_core.neural import library
from gpu_core.neural.model import SignatureNeeded, load_model
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.faces import save_head
from tests.networks import PAIR, SIZE, WRONG_FILES, save_for, save_network, save_quantised

pytestmark = pytest.mark.gl
ALL = frozenset(View)
JAW = NEUTRAL.with_weights({"jawOpen": 0.6})


@pytest.fixture(scope="module")
def face():
    return load_face(resource("face", "face.glb"))


@pytest.fixture
def generator(tmp_path, face):
    return load_model(save_network(tmp_path, contract=picture_contract(face.sha256)))


@pytest.fixture
def engine(gl_context, face, generator):
    with Engine(face, generator, EngineSettings(size=SIZE, precision="fp32")) as made:
        yield made


def request(expression=NEUTRAL, views=ALL, stamp=0):
    return FrameRequest((expression,), views, stamp)


def test_a_still_has_all_three_pictures(engine):
    frame = engine.render(request(JAW))
    pictures = {view: engine.read(frame, view) for view in View}
    assert all(picture.shape == (SIZE, SIZE, 4) for picture in pictures.values())
    wanted = pictures[View.RENDER].astype(float)  # the tiny network halves green and sets alpha
    np.testing.assert_allclose(pictures[View.GENERATED][..., 0], wanted[..., 0], atol=1)
    np.testing.assert_allclose(pictures[View.GENERATED][..., 1], wanted[..., 1] / 2, atol=1)
    engine.recycle(frame)


def test_frames_come_back_in_order_and_say_what_they_cost(engine):
    engine.submit(request(NEUTRAL, stamp=1))
    engine.submit(request(JAW, stamp=2))
    assert engine.in_flight == 2
    frames = []
    while engine.in_flight:
        frames += engine.collect(wait=True)
    assert [frame.request.stamp for frame in frames] == [1, 2]
    assert [frame.index for frame in frames] == [1, 2]
    names = {stage.name for stage in frames[0].stages}
    assert names == {"pose", "render", "copy_out", "pack", "infer", "unpack", "copy_in"}
    assert [frame.in_flight for frame in frames] == [1, 2]
    assert 0 < frames[0].submitted_ns < frames[1].submitted_ns < frames[1].finished_ns
    for frame in frames:
        engine.recycle(frame)


def test_the_first_frames_stay_off_the_statistics(engine):
    frames = [engine.render(request()) for _ in range(1)]
    engine.recycle(frames[0])
    later = [engine.render(request()) for _ in range(1)]
    engine.recycle(later[0])
    third = engine.render(request())
    assert [frames[0].steady, later[0].steady, third.steady] == [False, False, True]
    engine.recycle(third)


def test_a_full_pipeline_refuses_and_goes_on(engine):
    for _ in range(engine.settings.depth):
        engine.submit(request())
    assert not engine.can_submit
    with pytest.raises(RuntimeError, match="in flight"):
        engine.submit(request())
    for frame in engine.collect(wait=True):
        engine.recycle(frame)
    assert engine.can_submit


def test_sets_are_used_again_for_ever(engine):
    for _ in range(12):
        engine.recycle(engine.render(request(JAW)))


def test_frames_on_screen_keep_their_pictures(engine):
    held = engine.render(request(JAW))
    before = engine.read(held, View.RENDER)
    for _ in range(4):
        engine.recycle(engine.render(request(NEUTRAL)))
    np.testing.assert_array_equal(engine.read(held, View.RENDER), before)
    engine.recycle(held)


def test_without_the_generated_view_nothing_is_inferred(engine):
    frame = engine.render(request(views=frozenset({View.RENDER})))
    assert View.GENERATED not in frame.pictures
    assert "infer" not in {stage.name for stage in frame.stages}
    engine.recycle(frame)


def test_a_broken_face_or_generator_changes_nothing(engine, tmp_path):
    (tmp_path / "face.glb").write_bytes(b"no face")
    for load, name, kind in ((engine.load_face, "face.glb", AssetError), (engine.load_generator, "x.onnx", ModelError)):
        with pytest.raises(kind):
            load(tmp_path / name)
    assert engine.generator.name == "tiny"
    assert not engine.face.is_foreign
    engine.recycle(engine.render(request(JAW)))


@pytest.mark.parametrize("wrong", WRONG_FILES)
def test_a_wrong_generator_is_one_line_and_the_old_one_goes_on(engine, tmp_path, wrong):
    make, words = WRONG_FILES[wrong]
    before = engine.read(frame := engine.render(request(JAW)), View.GENERATED)
    engine.recycle(frame)
    with pytest.raises(ModelError, match=words) as caught:
        engine.load_generator(make(tmp_path))
    assert "\n" not in str(caught.value)
    assert engine.generator.name == "tiny"
    after = engine.read(frame := engine.render(request(JAW)), View.GENERATED)
    engine.recycle(frame)
    np.testing.assert_array_equal(before, after)


def test_a_generator_that_needs_words_is_used_once_they_are_said(engine, tmp_path):
    said = Signature((InputTensor("x", ("render",), width=SIZE, height=SIZE),), PAIR.output)
    path = save_for(tmp_path, said)
    with pytest.raises(SignatureNeeded) as caught:
        engine.load_generator(path)
    assert engine.generator.name == "tiny"
    engine.load_generator(load_model(path, caught.value.guess))
    assert engine.generator.name == "mine"
    assert engine.warnings == ()
    engine.recycle(engine.render(request(JAW)))


def test_a_guessed_generator_says_what_was_assumed(engine, tmp_path):
    path = save_network(tmp_path, "plain")
    path.with_suffix(".json").unlink()
    engine.load_generator(path)
    assert engine.warnings == ("plain.onnx has no card: taken as texture + render, RGB 0..1, NCHW, 64x64",)


@pytest.mark.parametrize("shows", ["normal", "depth"])
def test_normals_and_depth_are_drawn_for_a_generator_that_wants_them(engine, tmp_path, shows):
    said = Signature(
        (InputTensor("x", ("render", "normal", "depth"), width=SIZE, height=SIZE),),
        OutputTensor("face", 3, premultiplied=False, width=SIZE, height=SIZE),
    )
    engine.load_generator(load_model(save_for(tmp_path, said, shows=shows), said))
    frame = engine.render(request(JAW))
    made, render = engine.read(frame, View.GENERATED), engine.read(frame, View.RENDER)
    engine.recycle(frame)
    np.testing.assert_array_equal(made[..., 3], render[..., 3])
    red, green, blue = made[24:40, 24:40, :3].mean((0, 1))  # the tiny network halves green
    if shows == "normal":
        assert abs(red - 127.5) < 8, "a face looks neither left nor right"
        assert blue > 180, "it looks at the viewer"
    else:
        assert abs(red - blue) < 1.5
        assert abs(green - red / 2) < 1.5
        assert 150 < red < 220, "a little nearer than half way"


def test_the_same_request_twice_gives_the_same_bytes(engine):
    """Nothing pumps while nothing moves."""
    pictures = []
    for expression in (JAW, NEUTRAL, JAW):
        frame = engine.render(request(expression))
        pictures.append([engine.read(frame, view).tobytes() for view in View])
        engine.recycle(frame)
    assert pictures[0] == pictures[2]
    assert pictures[0] != pictures[1]


def test_the_shipped_generator_repeats_itself_to_the_byte(gl_context):
    with open_engine(settings=EngineSettings(depth=2)) as shipped:
        for _ in range(2):  # two in flight: the picture must not depend on the slot or on what ran beside it
            shipped.submit(request(JAW))
        frames = shipped.collect(wait=True)
        frames += shipped.collect(wait=True) if len(frames) < 2 else []
        first, second = (shipped.read(frame, View.GENERATED) for frame in frames)
        np.testing.assert_array_equal(first, second)
        for frame in frames:
            shipped.recycle(frame)


def test_a_face_whose_generator_ships_gets_it_and_others_none(engine, tmp_path, monkeypatch):
    path = save_head(tmp_path, own=False)
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    save_network(shelf, "somebody-swift", contract=picture_contract(load_face(path).sha256))
    monkeypatch.setattr(library, "resource", lambda *_: shelf)
    engine.load_face(path)
    assert engine.generator.name == "somebody-swift"
    assert engine.warnings == () or all("trained" not in warning for warning in engine.warnings)
    engine.load_face(resource("face", "face.glb"))
    assert engine.generator is None


def test_precision_changes_while_it_runs(engine):
    save_quantised(engine.generator.path)
    engine.configure(replace(engine.settings, precision="int8"))
    assert engine.settings.precision == "int8"
    assert engine.description["engine"].endswith("int8")
    engine.recycle(engine.render(request(JAW)))
    engine.configure(replace(engine.settings, precision="fp32"))
    assert engine.description["engine"].endswith("fp32")


@pytest.mark.parametrize("error", [PathUnavailable, ModelError, InferenceError])
def test_a_precision_that_cannot_be_changes_nothing(engine, monkeypatch, error):
    def refuse(*_):
        raise error("not here")

    before, settings = engine.description, engine.settings
    monkeypatch.setattr("gpu_core.rebuilding.open_tried", refuse)
    with pytest.raises(error, match="not here"):
        engine.configure(replace(engine.settings, precision="int8"))
    assert (engine.description, engine.settings) == (before, settings)
    engine.recycle(engine.render(request(JAW)))


def test_what_lacks_the_chosen_precision_runs_in_auto_and_says_so(engine, tmp_path):
    save_quantised(engine.generator.path)
    engine.configure(replace(engine.settings, precision="int8"))
    engine.load_generator(save_network(tmp_path, "plain", contract=engine.generator.contract))
    assert engine.settings.precision == "auto"
    assert engine.warnings == ("plain cannot run in int8 here: it runs in auto",)
    with pytest.raises(PathUnavailable, match="plain has no int8 version"):
        engine.configure(replace(engine.settings, precision="int8"))
    engine.configure(replace(engine.settings, precision="fp32"))
    assert engine.warnings == ()


def test_what_fails_in_auto_as_well_leaves_the_precision(engine, tmp_path, monkeypatch):
    save_quantised(engine.generator.path)
    engine.configure(replace(engine.settings, precision="int8"))
    plain = save_network(tmp_path, "plain")

    def refuse(*_):
        raise PathUnavailable("not here")

    monkeypatch.setattr("gpu_core.neural.choosing.open_path", refuse)
    with pytest.raises(PathUnavailable, match="not here"):
        engine.load_generator(plain)
    assert (engine.settings.precision, engine.generator.name) == ("int8", "tiny")


def test_a_face_whose_generator_lacks_the_precision_is_shown_in_auto(engine, tmp_path, monkeypatch):
    save_quantised(engine.generator.path)
    engine.configure(replace(engine.settings, precision="int8"))
    path, shelf = save_head(tmp_path, own=False), tmp_path / "shelf"
    shelf.mkdir()
    save_network(shelf, "somebody-swift", contract=picture_contract(load_face(path).sha256))
    monkeypatch.setattr(library, "resource", lambda *_: shelf)
    engine.load_face(path)
    assert engine.settings.precision == "auto"
    assert any("cannot run in int8" in warning for warning in engine.warnings)


def test_a_foreign_face_is_shown_as_render_image_and_says_so(engine, tmp_path):
    engine.load_face(save_head(tmp_path, own=False))
    assert engine.generator is None
    assert engine.path_name == "render only"
    assert any("no generator" in warning for warning in engine.warnings)
    frame = engine.render(request(JAW))
    np.testing.assert_array_equal(engine.read(frame, View.GENERATED), engine.read(frame, View.RENDER))
    engine.recycle(frame)


def test_shapes_that_a_face_lacks_are_listed(engine, tmp_path):
    engine.load_face(save_head(tmp_path, own=False, shapes=("jawOpen", "eyeBlinkLeft", "eyeBlinkRight")))
    (listed,) = [warning for warning in engine.warnings if "lacks" in warning]
    assert "49 of the 52 shapes" in listed
    assert "mouthSmileLeft" in listed
    assert "jawOpen" not in listed


def test_a_generator_of_other_pictures_is_a_warning(engine, tmp_path):
    engine.load_generator(save_network(tmp_path, "other", contract="somebody else's"))
    assert any("another face" in warning for warning in engine.warnings)
    engine.recycle(engine.render(request(JAW)))


def test_a_fitting_generator_gives_no_warning(engine):
    assert engine.warnings == ()


def test_several_faces_in_one_batch(gl_context, face, generator):
    with Engine(face, generator, EngineSettings(size=SIZE, faces=2, precision="fp32")) as pair:
        frame = pair.render(FrameRequest((NEUTRAL, JAW), ALL))
        first, second = (pair.read(frame, View.GENERATED, face=index) for index in range(2))
        assert np.abs(first.astype(int) - second).max() > 40
        pair.recycle(frame)


def test_closing_is_harmless_at_any_time(gl_context, face, generator):
    engine = Engine(face, generator, EngineSettings(size=SIZE))
    engine.submit(request())
    engine.close()
    engine.close()


def test_the_shipped_engine_opens_by_default(gl_context):
    with open_engine() as engine:
        assert engine.warnings == ()
        frame = engine.render(request(JAW))
        alpha = engine.read(frame, View.GENERATED)[..., 3]
        assert alpha[256, 256] > 250
        assert alpha[5, 5] < 5
        engine.recycle(frame)


def test_a_batch_that_fails_loses_no_set(engine):
    for _ in range(10):
        with pytest.raises(ValueError, match="faces are posed"):
            engine.submit(FrameRequest((NEUTRAL, NEUTRAL), ALL))  # two expressions for one face
    engine.recycle(engine.render(request(JAW)))


def test_a_batch_that_fails_behind_a_good_one_loses_neither_set(engine, monkeypatch):
    def fail(_slot: int) -> None:
        raise InferenceError("the network fell over")

    with monkeypatch.context() as broken:
        broken.setattr(engine._path._inference, "result", fail)
        for _ in range(engine.settings.depth + 2):  # as many as there are sets
            engine.submit(request(views=frozenset({View.RENDER})))
            engine.submit(request(JAW))
            while not engine._flying[1].ready():
                time.sleep(0.001)
            with pytest.raises(InferenceError):
                engine.collect(wait=True)
    assert engine.in_flight == 0
    engine.recycle(engine.render(request(JAW)))


# ---- other settings while it runs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes", [{"faces": 2}, {"depth": 3}, {"depth": 1}, {"size": SIZE, "inference": "onnxruntime"}, {"posing": "cpu"}]
)
def test_settings_change_while_it_runs_and_frames_that_are_held_stay_good(engine, changes):
    held = engine.render(request(JAW))
    before = engine.read(held, View.GENERATED)
    engine.submit(request())
    engine.configure(replace(engine.settings, **changes))
    assert engine.settings == replace(EngineSettings(size=SIZE, precision="fp32"), **changes)
    assert engine.in_flight == 0
    frame = engine.render(request(JAW))
    assert not frame.steady
    assert len(frame.pictures[View.GENERATED]) == engine.settings.faces
    np.testing.assert_array_equal(engine.read(held, View.GENERATED), before)
    for face in range(engine.settings.faces):  # every face wears the one expression
        np.testing.assert_allclose(engine.read(frame, View.GENERATED, face).astype(int), before, atol=1)
    engine.recycle(held)
    engine.recycle(frame)
    frames = [engine.render(request()) for _ in range(engine.settings.depth + 2)]  # as many sets as there should be
    for frame in frames:
        engine.recycle(frame)


@pytest.mark.parametrize("changes", [{"faces": 0}, {"readback": "post"}, {"path": "warp"}, {"size": SIZE, "depth": 9}])
def test_settings_that_cannot_be_change_nothing(engine, changes):
    before, settings = engine.description, engine.settings
    with pytest.raises(MienError) as caught:
        engine.configure(replace(settings, **changes))
    assert "\n" not in str(caught.value)
    assert (engine.description, engine.settings) == (before, settings)
    engine.recycle(engine.render(request(JAW)))


def test_nothing_grows_when_settings_go_back_and_forth(engine):
    for faces in (2, 1, 4, 1):
        engine.configure(replace(engine.settings, faces=faces))
        engine.recycle(engine.render(request(JAW)))
    assert len(engine._sets) == engine.settings.depth + 2
