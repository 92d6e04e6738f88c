"""gpu_core.rival and gpu_core.drawing: another way through the generator beside an engine, of the same face."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_core.assets import resource
from gpu_core.engine import Engine
from gpu_core.errors import MienError, ModelError, PathUnavailable
from gpu_core.expression import NEUTRAL
from gpu_core.face import FaceAsset
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from gpu_core.rival import Rival, RivalPicture
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.networks import SIZE, WRONG_FILES, save_network, save_quantised

pytestmark = pytest.mark.gl
JAW = FrameRequest((NEUTRAL.with_weights({"jawOpen": 0.6}),), frozenset(View))


@pytest.fixture(scope="module")
def face() -> FaceAsset:
    return load_face(resource("face", "face.glb"))


@pytest.fixture
def engine(gl_context: object, face: FaceAsset, tmp_path: Path) -> Iterator[Engine]:
    model = load_model(save_network(tmp_path))
    save_quantised(model.path)
    with Engine(face, model, EngineSettings(size=SIZE, precision="fp32")) as made:
        yield made


def made_by(rival: Rival, request: FrameRequest = JAW) -> RivalPicture:
    rival.submit(request)
    assert not rival.can_submit
    return rival.collect()


def of_engine(engine: Engine, request: FrameRequest = JAW, view: View = View.GENERATED) -> NDArray[np.uint8]:
    frame = engine.render(request)
    picture = engine.read(frame, view)
    engine.recycle(frame)
    return picture


def test_the_same_way_makes_the_same_picture(engine: Engine) -> None:
    with engine.open_rival(None, {}) as rival:
        made = made_by(rival)
    np.testing.assert_array_equal(made.faces[0], of_engine(engine))
    assert {"pose", "render", "infer"} <= {stage.name for stage in made.stages}


def test_another_precision_is_near_but_not_the_same(engine: Engine) -> None:
    with engine.open_rival(None, {"precision": "int8"}) as rival:
        made = made_by(rival)
    apart = np.abs(made.faces[0].astype(int) - of_engine(engine))
    assert 0 < apart.max() < 64
    assert made.state.engine != engine.path_state.engine
    assert engine.settings.precision == "fp32"


def test_another_path_and_another_file(engine: Engine, tmp_path: Path) -> None:
    with engine.open_rival(None, {"path": "classic"}) as rival:
        assert np.abs(made_by(rival).faces[0].astype(int) - of_engine(engine)).max() <= 1
        assert rival.state.name == "classic"
    (tmp_path / "other").mkdir()
    other = save_network(tmp_path / "other", "other")
    with engine.open_rival(other, {}) as rival:
        assert rival.model.name == "other"
        assert made_by(rival).faces[0].shape == (SIZE, SIZE, 4)
    assert engine.generator is not None
    assert engine.generator.name == "tiny"


def test_batches_in_flight_are_not_disturbed(engine: Engine) -> None:
    wanted = of_engine(engine)
    with engine.open_rival(None, {}) as rival:
        engine.submit(JAW)
        made_by(rival, FrameRequest((NEUTRAL,), frozenset(View)))
        (frame,) = engine.collect(wait=True)
        np.testing.assert_array_equal(engine.read(frame, View.GENERATED), wanted)
        engine.recycle(frame)


def test_every_face_of_a_batch_has_its_picture(engine: Engine) -> None:
    engine.configure(EngineSettings(size=SIZE, precision="fp32", faces=2))
    turned = NEUTRAL.with_head(yaw=12.0)
    with engine.open_rival(None, {}) as rival:
        both = made_by(rival, FrameRequest((NEUTRAL, turned), frozenset(View)))
        same = made_by(rival, FrameRequest((turned,), frozenset(View)))
    assert np.abs(both.faces[0].astype(int) - both.faces[1]).max() > 30
    np.testing.assert_allclose(same.faces[0], same.faces[1].astype(int), atol=1)


def test_a_generator_that_takes_normals_has_them_drawn(engine: Engine, tmp_path: Path) -> None:
    engine.recycle(engine.render(JAW))
    assert not engine._sets[0].has_geometry
    with engine.open_rival(None, {}) as rival:
        rival._path.pictures = frozenset({*rival._path.pictures, "normal"})
        made_by(rival)
        assert rival._target.has_geometry


def test_it_says_when_it_is_ready(engine: Engine) -> None:
    import threading

    called = threading.Event()
    with engine.open_rival(None, {}) as rival:
        rival.on_ready(called.set)
        rival.submit(JAW)
        assert called.wait(10)
        assert rival.is_ready
        rival.collect()
        assert rival.can_submit


@pytest.mark.parametrize("wrong", list(WRONG_FILES)[:3])
def test_a_wrong_generator_is_one_line_and_changes_nothing(engine: Engine, tmp_path: Path, wrong: str) -> None:
    before = of_engine(engine)
    make, words = WRONG_FILES[wrong]
    (tmp_path / "wrong").mkdir()
    with pytest.raises(ModelError, match=words) as caught:
        engine.open_rival(make(tmp_path / "wrong"), {})
    assert "\n" not in str(caught.value)
    np.testing.assert_array_equal(of_engine(engine), before)


def test_what_cannot_be_had_is_said(engine: Engine) -> None:
    for changes in ({"path": "cuda"}, {"precision": "fp16"}, {"depth": 9}):
        with pytest.raises(MienError):
            engine.open_rival(None, changes)


def test_there_is_none_without_a_generator(gl_context: object, face: FaceAsset) -> None:
    with Engine(face, None, EngineSettings(size=SIZE)) as engine, pytest.raises(PathUnavailable, match="no generator"):
        engine.open_rival(None, {})
