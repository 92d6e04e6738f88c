"""What only shows after a while: memory that grows, files that break a reader in a way nobody thought of."""

from __future__ import annotations

import gc
import random

import numpy as np
import psutil
import pytest

from gpu_core.engine import open_engine
from gpu_core.errors import AssetError
from gpu_core.expression import ARKIT_SHAPES, NEUTRAL
from gpu_core.gltf.face import load_face
from gpu_core.settings import FrameRequest, View
from tests.faces import head_glb

pytestmark = pytest.mark.soak


@pytest.mark.gl
def test_six_hundred_frames_need_no_more_memory_than_a_hundred(gl_context):
    chance, process = random.Random(0), psutil.Process()
    with open_engine() as engine:

        def run(frames: int) -> float:
            for _ in range(frames):
                weights = {name: chance.random() for name in chance.sample(ARKIT_SHAPES, 6)}
                request = FrameRequest((NEUTRAL.with_weights(weights),), frozenset(chance.sample(list(View), 2)))
                engine.recycle(engine.render(request))
            gc.collect()
            return process.memory_info().rss / 2**20

        after_warming_up = run(100)
        assert run(500) - after_warming_up < 20.0, "MiB"


def test_damaged_faces_give_one_line_or_a_face(tmp_path):
    """Bytes flipped, cut off, repeated, in more than a thousand ways; every refusal is an AssetError of one line."""
    chance, whole, path = random.Random(1), head_glb(), tmp_path / "head.glb"
    messages: list[str] = []
    for _ in range(1500):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 3, 20))):
            data[chance.randrange(min(len(data), 20_000))] = chance.randrange(256)
        if chance.random() < 0.2:
            del data[chance.randrange(len(data)) :]
        path.write_bytes(data)
        try:
            face = load_face(path)
        except AssetError as error:
            messages.append(str(error))
        else:
            assert np.isfinite(face.vertices).all()
    assert 100 < len(messages) < 1500
    assert not any("\n" in message for message in messages)
