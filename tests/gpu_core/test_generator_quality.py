"""The shipped generator against path-traced pictures it never saw: eight of the held-out ones lie in tests/held_out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gpu_core.engine import open_engine
from gpu_core.expression import NEUTRAL
from gpu_core.settings import EngineSettings, FrameRequest, View

pytestmark = pytest.mark.gl
HELD_OUT = Path(__file__).parents[2] / "resources" / "held_out"
FACE = (slice(150, 430), slice(170, 370))  # rows and columns of 512: the project's fixed face region
ROWS = json.loads((HELD_OUT / "poses.json").read_text())


def psnr(made, truth):
    return -10 * np.log10(np.mean((made - truth) ** 2))


def truth_of(name):
    """Premultiplied RGBA 0..1, as the generator makes it."""
    pixels = np.asarray(Image.open(HELD_OUT / "truth" / f"{name}.webp").convert("RGBA"), np.float64) / 255
    pixels[..., :3] *= pixels[..., 3:]
    return pixels


@pytest.fixture(scope="module")
def pictures():
    """For every held-out pose: (generated, render, truth), (512, 512, 4) 0..1."""
    from gpu_core.gl.context import headless_context

    found = []
    with headless_context(), open_engine(settings=EngineSettings(depth=1)) as engine:
        for row in ROWS:
            expression = NEUTRAL.with_weights(row["weights"])
            expression = expression.with_head(yaw=row["yaw"], pitch=row["pitch"], roll=row["roll"])
            frame = engine.render(FrameRequest((expression,), frozenset(View)))
            drawn = (engine.read(frame, view).astype(np.float64) / 255 for view in (View.GENERATED, View.RENDER))
            found.append((*drawn, truth_of(row["id"])))
            engine.recycle(frame)
    return found


def test_the_face_comes_ten_decibels_nearer_to_the_truth(pictures):
    gains = [
        psnr(made[FACE][..., :3], truth[FACE][..., :3]) - psnr(render[FACE][..., :3], truth[FACE][..., :3])
        for made, render, truth in pictures
    ]
    assert np.mean(gains) >= 10.0
    assert min(gains) >= 7.0


def test_alpha_is_the_faces_outline(pictures):
    for made, _, truth in pictures:
        assert np.abs(made[..., 3] - truth[..., 3]).mean() < 0.01


def test_no_checkerboard_where_skin_is_smooth(pictures):
    """Depth-to-space can leave a pattern of four phases: their means over the face have to agree with the truth's."""

    def phases(picture):
        face = picture[FACE][..., :3]
        means = np.array([face[row::2, column::2].mean(axis=(0, 1)) for row in (0, 1) for column in (0, 1)])
        return means - means.mean(axis=0)

    for made, _, truth in pictures:
        assert np.abs(phases(made) - phases(truth)).max() < 0.75 / 255


def test_both_engines_make_the_same_picture(pictures):
    from gpu_core.gl.context import headless_context

    expression = NEUTRAL.with_weights(ROWS[0]["weights"])
    expression = expression.with_head(yaw=ROWS[0]["yaw"], pitch=ROWS[0]["pitch"], roll=ROWS[0]["roll"])
    settings = EngineSettings(depth=1, inference="onnxruntime", precision="fp32")
    with headless_context(), open_engine(settings=settings) as engine:
        frame = engine.render(FrameRequest((expression,)))
        made = engine.read(frame, View.GENERATED).astype(np.float64) / 255
        engine.recycle(frame)
    assert np.abs(made - pictures[0][0]).mean() < 1.5 / 255, "bf16 against fp32"
