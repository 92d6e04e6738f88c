"""viewer.stills.turntable: once around without a seam, the head within what was trained, a folder that is complete
or none.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.errors import MienError
from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, NEUTRAL
from gpu_core.look import FreeCamera, Look
from gpu_core.settings import View
from viewer.stills.still import StillForm
from viewer.stills.turntable import FACTS, TurntableFolder, TurntableForm, pose, swing

SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.5})
RENDER = StillForm((View.RENDER,))
PIXELS = np.full((8, 8, 4), 128, np.uint8)


def card(low: float, high: float) -> dict[str, object]:
    head = {axis: [low, high] for axis in HEAD_LIMITS_DEG}
    return {"training": {"reach": {"pictures": 3, "weights": dict.fromkeys(ARKIT_SHAPES, 1.0), "head": head}}}


def test_the_camera_goes_once_around_and_the_face_stays() -> None:
    form = TurntableForm(Path("t"), StillForm((View.TEXTURE,), look=Look(FreeCamera(yaw=30.0, pitch=12.0))), 8)
    poses = [pose(form, index, SMILE, None) for index in range(8)]
    assert {face for face, _ in poses} == {SMILE}
    yaws = np.unwrap([still.look.camera.yaw for _, still in poses if still.look], period=360)
    np.testing.assert_allclose(yaws, 30.0 + 45.0 * np.arange(8))
    assert {still.look.camera.pitch for _, still in poses if still.look} == {12.0}


@given(st.integers(2, 90), st.floats(-60, 0), st.floats(0, 60))
def test_the_head_stays_within_what_was_trained(frames: int, low: float, high: float) -> None:
    form = TurntableForm(Path("t"), StillForm(), frames)
    yaws = [pose(form, index, SMILE, card(low, high))[0].yaw for index in range(frames)]
    limit = HEAD_LIMITS_DEG["yaw"]
    assert yaws[0] == 0.0
    assert max(yaws) <= min(high, limit) + 1e-9
    assert min(yaws) >= max(low, -limit) - 1e-9


def test_the_head_swings_to_both_sides_and_comes_back() -> None:
    form = TurntableForm(Path("t"), StillForm(), 4)
    np.testing.assert_allclose(
        [pose(form, i, SMILE, card(-20, 10))[0].yaw for i in range(4)], [0, 10, 0, -20], atol=1e-9
    )
    assert swing(None) == (-HEAD_LIMITS_DEG["yaw"], HEAD_LIMITS_DEG["yaw"])


@pytest.mark.parametrize("suffix", ["png", "exr"])
def test_a_complete_folder_has_all_pictures_and_says_of_what(tmp_path: Path, suffix: str) -> None:
    form = TurntableForm(tmp_path / "a b" / "轉", RENDER, 3, suffix)
    with TurntableFolder(form) as folder:
        for _ in range(3):
            assert not form.folder.exists()
            folder.write(PIXELS)
        folder.finish(SMILE)
    names = sorted(path.name for path in form.folder.iterdir())
    assert names == [*(f"{index:08}.{suffix}" for index in range(3)), FACTS]
    facts = json.loads((form.folder / FACTS).read_text())
    assert (facts["pictures"], facts["weights"]) == (3, {"mouthSmileLeft": 0.5})
    assert [path.name for path in form.folder.parent.iterdir()] == [form.folder.name]
    if suffix == "png":
        assert cv2.imread(str(form.folder / "00000000.png"), cv2.IMREAD_UNCHANGED).shape == (8, 8, 4)


def test_an_incomplete_one_leaves_nothing(tmp_path: Path) -> None:
    form = TurntableForm(tmp_path / "t", RENDER, 3)
    with TurntableFolder(form) as folder:
        folder.write(PIXELS)
        assert len(list(tmp_path.iterdir())) == 1
    with pytest.raises(ValueError, match="0 of 3"), TurntableFolder(form) as folder:
        folder.finish(SMILE)
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_left_alone_and_an_empty_folder_is_taken(tmp_path: Path) -> None:
    form = TurntableForm(tmp_path / "t", RENDER, 2)
    form.folder.mkdir()
    with TurntableFolder(form) as folder:
        folder.write(PIXELS)
        folder.write(PIXELS)
        folder.finish(SMILE)
    with pytest.raises(MienError, match="there already"):
        TurntableFolder(form)
    with pytest.raises(MienError, match="there already"):
        TurntableFolder(TurntableForm(form.folder / FACTS, RENDER, 2))
    assert len(list(form.folder.iterdir())) == 3


def test_where_nobody_may_write_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MienError, match="cannot be written"):
        TurntableFolder(TurntableForm(tmp_path / "file" / "t", RENDER, 2))
