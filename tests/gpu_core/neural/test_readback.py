"""Both ways down give the same bytes."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.atlas import Atlas
from gpu_core.gl.pixel_buffers import write_texture
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.readback import READBACKS, crop
from gpu_core.neural.signature import PICTURES
from gpu_core.settings import View
from gpu_core.timing import StageTimer

pytestmark = pytest.mark.gl


def fill(target: TargetSet, seed: int) -> dict[str, np.ndarray]:
    chance, atlas = np.random.default_rng(seed), target.atlas
    made = {name: chance.integers(0, 256, (atlas.height, atlas.width, 4), np.uint8) for name in PICTURES[:3]}
    made["depth"] = chance.random((atlas.height, atlas.width), np.float32)
    textures = {name: target.textures[View(name)] for name in PICTURES[:2]}
    textures |= {"normal": target.geometry.normals, "depth": target.geometry.depth}
    for name, pixels in made.items():
        write_texture(textures[name], atlas.width, atlas.height, 1 if name == "depth" else 4, pixels)
    return made


@pytest.mark.parametrize("name", READBACKS)
def test_every_picture_comes_down_whole_again_and_again(gl_context, name):
    readback, timer = READBACKS[name](frozenset(PICTURES)), StageTimer()
    for size in (32, 48):  # targets may change
        with TargetSet(Atlas(2, size)) as target:
            for seed in range(2):
                drawn = fill(target, seed)
                with readback.read(target, timer) as pictures:
                    assert set(pictures) == set(drawn)
                    for picture in PICTURES:
                        np.testing.assert_array_equal(pictures[picture], drawn[picture])
    assert {stage.name for stage in timer.take()} == {"render", "copy_out"}
    readback.close()
    readback.close()


def test_a_face_is_cut_out_without_a_copy():
    picture = np.arange(2 * 16 * 32 * 4, dtype=np.uint8).reshape(16, 64, 4)
    second = crop(picture, Atlas(2, 16).regions[1])
    assert second.base is not None
    np.testing.assert_array_equal(second, picture[:16, 16:32])
