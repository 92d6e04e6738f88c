"""Files written whole or not at all, and pictures as PNG files want them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import MienError

Pixels = NDArray[np.uint8]  # (height, width, 4) premultiplied sRGB, top row first

# Of 255. What is fainter cannot be seen, but dividing its rounded colour by it would leave specks for every program
# that looks at a picture's colours alone.
FAINTEST_ALPHA = 6


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of `path` only when the block ends well; opened before anything is computed.

    Raises:
        MienError: the folder is missing or cannot be written to.
    """
    part, file = _open_part(path)
    try:
        with file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def replacing_by_name(path: Path) -> Iterator[Path]:
    """As `replacing`, for who makes the file himself: the name of a file that is not there yet."""
    part, file = _open_part(path)
    try:
        file.close()
        part.unlink()
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _open_part(path: Path) -> tuple[Path, BinaryIO]:
    if path.is_dir():
        raise MienError(f"{path} is a folder, not a file to write")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        return part, part.open("xb")
    except OSError as error:
        raise MienError(f"cannot write to {path.parent}: {error.strerror}") from None


def refuse_unwritable(path: Path) -> None:
    """Say now, before long work, what `write_whole` would say after it; leaves nothing behind but the folder.

    Raises:
        MienError: the folder cannot be made or written to.
    """
    _make_folder(path)
    part, file = _open_part(path)
    file.close()
    part.unlink()


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MienError(f"{path} cannot be written: {error.strerror or error}") from error


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a file that takes its name only when it is complete; its folder is made if need be.

    Raises:
        MienError: the folder cannot be made or written to, or the disk is full.
    """
    _make_folder(path)
    try:
        with replacing(path) as file:
            write(file)
            file.flush()
    except OSError as error:
        raise MienError(f"{path} cannot be written: {error.strerror or error}") from error


def finished(pictures: Sequence[Pixels], size: int | None, background: tuple[int, int, int] | None) -> Pixels:
    """Resize premultiplied pictures, put them side by side, make alpha straight or put them on a background."""
    strip = np.concatenate([_resized(picture, size) for picture in pictures], axis=1)
    strip[strip[..., 3] < FAINTEST_ALPHA] = 0
    colour = np.clip(strip[..., :3] * (255 / np.maximum(strip[..., 3:], 1)), 0, 255)
    alpha = np.clip(strip[..., 3:], 0, 255)
    if background is not None:
        colour = np.asarray(background) + (colour - np.asarray(background)) * (alpha / 255)
        alpha = np.full_like(alpha, 255)
    return (np.concatenate([colour, alpha], axis=2) + 0.5).astype(np.uint8)


def _resized(picture: Pixels, size: int | None) -> NDArray[np.floating[Any]]:
    """Resize while still premultiplied, as a straight-alpha resize would draw dark fringes around hair.

    The result is not clipped: at sharp edges the filter overshoots alike in colour and alpha, which dividing undoes.
    """
    if size is None or picture.shape[:2] == (size, size):
        return picture.astype(np.float32)
    from PIL import Image

    planes = [Image.fromarray(picture[..., channel].astype(np.float32)) for channel in range(4)]
    return np.stack([np.asarray(plane.resize((size, size), Image.Resampling.LANCZOS)) for plane in planes], axis=2)


def write_png(pixels: Pixels, file: BinaryIO) -> None:
    """Write straight-alpha pixels (height, width, 4) uint8 as PNG.

    Raises:
        MienError: the disk is full, or the like.
    """
    from PIL import Image

    try:
        Image.fromarray(pixels).save(file, "PNG")
        file.flush()
    except OSError as error:
        raise MienError(f"the picture cannot be written: {error.strerror or error}") from error
