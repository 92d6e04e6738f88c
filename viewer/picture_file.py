"""PNG files, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import MienError
from gpu_core.settings import FrameRequest, View

if TYPE_CHECKING:
    from gpu_core.engine import Engine


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Let `write` fill a file that takes its name only when it is complete.

    Raises:
        MienError: the folder cannot be made or written to, or the disk is full.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            write(file)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True) if temporary else None
        raise MienError(f"{path} cannot be written: {error.strerror or error}") from error


def straight(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Premultiplied (H, W, 4) uint8 as PNG wants it: colour not multiplied by alpha."""
    alpha = pixels[..., 3:].astype(np.float32)
    colour = np.divide(pixels[..., :3] * 255.0, alpha, out=np.zeros(pixels[..., :3].shape, np.float32), where=alpha > 0)
    return np.concatenate([np.clip(np.rint(colour), 0, 255).astype(np.uint8), pixels[..., 3:]], -1)


def save_picture(engine: Engine, request: FrameRequest, path: Path) -> None:
    """Render a still and save its generated picture. On the engine thread."""
    from PIL import Image

    frame = engine.render(request)
    pixels = straight(engine.read(frame, View.GENERATED))
    engine.recycle(frame)
    write_whole(path, lambda file: Image.fromarray(pixels).save(file, "PNG"))
