"""viewer.stills.still: which views, how large, before what; and files that other programs read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from gpu_core.errors import MienError
from gpu_core.expression import NEUTRAL
from gpu_core.look import FreeCamera, Look
from gpu_core.settings import FrameRequest, View
from tests.fakes import FakeEngine, draw_face
from viewer.look.backdrop import Backdrop, Background
from viewer.sessions.picture_sequence import linear
from viewer.stills.still import StillForm, draw_still, save_still, straight


@pytest.fixture
def engine(gl_context: object) -> FakeEngine:
    return FakeEngine()


def half_transparent(size: int = 40) -> Any:
    pixels = np.zeros((size, size, 4), np.uint8)
    pixels[..., 3] = np.linspace(0, 255, size).astype(np.uint8)
    pixels[..., 0], pixels[..., 1] = pixels[..., 3], pixels[..., 3] // 2
    return pixels


def test_views_lie_side_by_side_in_the_size_asked_for(engine: FakeEngine) -> None:
    views = (View.TEXTURE, View.RENDER, View.GENERATED)
    pixels = draw_still(engine, NEUTRAL, StillForm(views, 256))
    assert pixels.shape == (256, 768, 4)
    assert len(engine.submitted) == len(engine.recycled) == 1, "only the generator needs a frame of its own"
    np.testing.assert_array_equal(pixels[:, :256], draw_face(FrameRequest(), View.TEXTURE, 256)[::-1])


def test_the_generators_picture_is_resampled_to_the_size_asked_for_else_to_the_engines(engine: FakeEngine) -> None:
    assert draw_still(engine, NEUTRAL, StillForm()).shape == (512, 512, 4)
    assert draw_still(engine, NEUTRAL, StillForm(size=200)).shape == (200, 200, 4)


def test_before_a_background_nothing_is_transparent(engine: FakeEngine) -> None:
    form = StillForm((View.RENDER,), 64, Backdrop(Background("colour", (10, 20, 30))))
    pixels = draw_still(engine, NEUTRAL, form)
    assert (pixels[..., 3] == 255).all()
    assert tuple(pixels[0, 0]) == (10, 20, 30, 255)


def test_a_frame_that_cannot_be_read_is_given_back(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MienError("no")

    monkeypatch.setattr(engine, "read", fail)
    with pytest.raises(MienError):
        draw_still(engine, NEUTRAL, StillForm())
    assert engine.recycled == [0]


def test_png_has_straight_alpha(tmp_path: Path) -> None:
    save_still(half_transparent(), tmp_path / "new folder" / "a.png")
    with Image.open(tmp_path / "new folder" / "a.png") as image:
        assert image.mode == "RGBA"
        pixels = np.asarray(image)
    np.testing.assert_allclose(pixels[0, 20, :2], (255, 127), atol=2)
    np.testing.assert_array_equal(pixels[..., 3], half_transparent()[..., 3])


def test_exr_has_half_floats_in_linear_light_with_alpha(tmp_path: Path) -> None:
    save_still(half_transparent(), tmp_path / "a.EXR")
    decoder = av.CodecContext.create("exr", "r")
    packet = av.Packet((tmp_path / "a.EXR").read_bytes())
    (frame,) = [*decoder.decode(packet), *decoder.decode(None)]
    assert frame.format.name == "gbrapf16le"
    wanted = linear(half_transparent())
    for plane, channel in zip(frame.planes, (1, 2, 0, 3), strict=True):  # G, B, R, A
        rows = np.frombuffer(bytes(plane), np.float16).reshape(frame.height, -1)[:, : frame.width]
        np.testing.assert_allclose(rows, wanted[..., channel], rtol=1e-3, atol=1e-4)


def test_large_pictures_are_made_straight_a_few_rows_at_a_time() -> None:
    pixels = half_transparent(700)
    from viewer.picture_file import finished

    np.testing.assert_array_equal(straight(pixels), finished([pixels], None, None))


def test_another_ending_or_no_right_to_write_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(MienError, match=r"\.png or an \.exr"):
        save_still(half_transparent(), tmp_path / "a.jpg")
    (tmp_path / "file").touch()
    for name in ("a.png", "a.exr"):
        with pytest.raises(MienError, match="cannot be written"):
            save_still(half_transparent(), tmp_path / "file" / name)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_look_goes_with_the_request(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[FrameRequest] = []
    monkeypatch.setattr(engine, "still", lambda request, view, size: asked.append(request) or half_transparent(size))
    look = Look(FreeCamera(yaw=90.0))
    draw_still(engine, NEUTRAL, StillForm((View.RENDER,), 32, None, look))
    assert asked[0].look == look
