"""What ships has to survive whatever users ask for: every extreme, drawn by the real engine."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from generator_recipe.extremes import blink, extremes

from gpu_core.assets import shipped_faces
from gpu_core.contract import picture_contract
from gpu_core.engine import Engine
from gpu_core.expression import NEUTRAL, Expression
from gpu_core.gltf.face import load_face
from gpu_core.neural.library import shipped_models
from gpu_core.quality import in_face
from gpu_core.settings import EngineSettings, FrameRequest, View

pytestmark = pytest.mark.gl
EYES = (slice(200, 290), slice(170, 370))
EVERY = {"swift": 1}  # the others are slow here: one extreme in seven


@pytest.fixture(scope="module")
def context():
    from gpu_core.gl.context import headless_context

    with headless_context():
        yield


def cases():
    for name, path in shipped_faces().items():
        for model in shipped_models(picture_contract(load_face(path).sha256)):
            yield pytest.param(path, model, id=f"{name}-{model.name}")


def draw(engine: Engine, expression: Expression) -> tuple[np.ndarray, np.ndarray]:
    """Generated and render image, (size, size, 4) 0..1."""
    frame = engine.render(FrameRequest((expression,), frozenset({View.GENERATED, View.RENDER})))
    pictures = [engine.read(frame, view).astype(np.float32) / 255 for view in (View.GENERATED, View.RENDER)]
    engine.recycle(frame)
    return pictures[0], pictures[1]


@pytest.mark.parametrize(("face", "model"), list(cases()))
def test_every_extreme_is_still_that_face(context, face, model):
    step = EVERY.get(model.name, 7)
    with Engine(load_face(face), model, EngineSettings(depth=1, size=model.signature.output.width)) as engine:
        for name, expression in list(extremes().items())[::step]:
            made, render = draw(engine, expression)
            inside = (made[..., 3] > 0.5) & (render[..., 3] > 0.5)
            outline = inside.sum() / ((made[..., 3] > 0.5) | (render[..., 3] > 0.5)).sum()
            assert outline > 0.9, f"{name}: the outline is another one"
            error = np.sqrt(np.mean((in_face(made) - in_face(render)) ** 2))
            assert error < 0.17, f"{name}: {error:.3f} away from the render image"
            spread = in_face(made).std()
            assert spread > 0.08, f"{name}: a face without features"


def test_a_blink_closes_without_pumping(context):
    path = shipped_faces()[next(iter(shipped_faces()))]
    with Engine(load_face(path), shipped_models()[0], EngineSettings(depth=1)) as engine:
        pictures = [draw(engine, blink(step / 10))[0] for step in range(11)]
    moves = [np.abs(after[EYES] - before[EYES]).mean() for before, after in pairwise(pictures)]
    assert max(moves) < 4 * np.median(moves)  # no step of the way is a leap
    below = np.s_[380:, :, :3]  # the shirt has nothing to do with the lids
    assert np.abs(pictures[0][below] - pictures[-1][below]).mean() < 0.004


def test_what_stands_still_is_drawn_the_same_to_the_last_bit(context):
    path = shipped_faces()[next(iter(shipped_faces()))]
    with Engine(load_face(path), shipped_models()[0], EngineSettings(depth=1)) as engine:
        first, *others = [draw(engine, NEUTRAL)[0] for _ in range(3)]
    assert all(np.array_equal(first, other) for other in others)
