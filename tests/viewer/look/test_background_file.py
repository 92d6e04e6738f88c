"""viewer.look.background_file: pictures of the usual kinds, and one line for everything else."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from gpu_core.errors import MienError
from viewer.look.background_file import KEPT_SIDE, read_background


def saved(path: Path, form: str = "PNG", size: tuple[int, int] = (30, 20), colour: object = (200, 100, 50)) -> Path:
    Image.new("RGB", size, colour).save(path, form)
    return path


def bomb(width: int, height: int) -> bytes:
    """A PNG of this many black pixels, a few kilobytes of it: it says its size and never keeps its word."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 10**6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP"])
def test_the_usual_kinds_are_read_whatever_their_name(tmp_path: Path, form: str) -> None:
    pixels = read_background(saved(tmp_path / "une image 图片.dat", form))
    assert pixels.shape == (20, 30, 4)
    np.testing.assert_allclose(pixels[10, 10], (200, 100, 50, 255), atol=4)


def test_large_pictures_are_kept_as_large_as_a_background_needs(tmp_path: Path) -> None:
    assert read_background(saved(tmp_path / "a.png", size=(5000, 40))).shape == (16, KEPT_SIDE, 4)


def test_transparent_parts_lie_on_what_is_around_the_face(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(tmp_path / "a.png")
    assert tuple(read_background(tmp_path / "a.png")[0, 0]) == (27, 28, 31, 255)


def test_a_picture_taken_upright_is_upright(tmp_path: Path) -> None:
    image, exif = Image.new("RGB", (30, 20)), Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    image.save(tmp_path / "a.jpg", exif=exif)
    assert read_background(tmp_path / "a.jpg").shape[:2] == (30, 20)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no picture"),
        (b"just some text", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (bomb(60000, 60000), "too large"),
        (bomb(12000, 9000), "too large"),
        (bomb(9000, 8000), "too large"),
        (bomb(2**31 - 1, 2**31 - 1), "too large"),
        (bomb(3000, 3000), "damaged"),
    ],
)
def test_what_is_no_picture_is_one_line(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(MienError, match=told) as error:
        read_background(tmp_path / "a.png")
    assert "\n" not in str(error.value)
    assert "a.png" in str(error.value)


def test_a_bomb_of_text_in_a_picture_is_one_line(tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "x" * 80_000_000, zip=True)
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png", pnginfo=text)
    assert (tmp_path / "a.png").stat().st_size < 200_000
    with pytest.raises(MienError, match=r"a\.png"):
        read_background(tmp_path / "a.png")


def test_folders_pipes_and_names_of_nothing_are_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "nothing", Path("/dev/zero"), Path("a\0b")):
        with pytest.raises(MienError):
            read_background(path)


def test_half_a_file_is_one_line(tmp_path: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (99, 99, 3), np.uint8))
    for form in ("PNG", "WEBP", "BMP"):
        buffer = io.BytesIO()
        noise.save(buffer, form)
        (tmp_path / "a").write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
        with pytest.raises(MienError):
            read_background(tmp_path / "a")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_a_picture_or_one_line(tmp_path: Path, data: st.DataObject) -> None:
    buffer, form = io.BytesIO(), data.draw(st.sampled_from(["PNG", "JPEG", "WEBP", "BMP"]))
    Image.new("RGB", (16, 16), (9, 99, 199)).save(buffer, form)
    damaged = bytearray(buffer.getvalue())
    changes = st.tuples(st.integers(0, len(damaged) - 1), st.integers(0, 255))
    for place, value in data.draw(st.lists(changes, max_size=6)):
        damaged[place] = value
    (tmp_path / "a").write_bytes(damaged)
    told = ""
    try:
        assert max(read_background(tmp_path / "a").shape[:2]) <= KEPT_SIDE
    except MienError as error:
        told = str(error)
    assert "\n" not in told
