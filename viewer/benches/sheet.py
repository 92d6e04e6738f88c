"""The contact sheet of the worst frames: render image, generated, truth, and where FLIP sees them differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gpu_core import quality
from gpu_core.face import FaceAsset
from viewer.benches.drawing import SIZE, opened_drawing
from viewer.benches.quality import Candidate
from viewer.benches.truth import Pose

_SIDE = 384  # pixels a picture on the sheet
_HEADINGS = ("render image", "generated", "truth", "FLIP error, black 0 to white 1")


def draw_sheet(face: FaceAsset, row: Candidate, poses: Sequence[Pose], file: BinaryIO, size: int = SIZE) -> None:
    """One line a pose in the given order, with its id and PSNR in the face region, as PNG."""
    wanted = row.model.signature.pictures if row.model else frozenset[str]()
    with opened_drawing(face, wanted, size) as drawing:
        lines = []
        for pose in poses:
            drawn = drawing.draw(pose.expression)
            lines.append(_line(pose.id, drawn.render, row.picture(drawn), pose.truth(drawn.size)))
    Image.fromarray(np.concatenate(lines)).save(file, "PNG")


def _line(name: str, render: quality.Image, made: quality.Image, truth: quality.Image) -> NDArray[np.uint8]:
    decibels = quality.psnr(quality.in_face(made), quality.in_face(truth))
    shown = [_bytes(quality.on_backdrop(picture)) for picture in (render, made, truth)]
    errors = quality.flip_map(made, truth)
    heat = cv2.applyColorMap(_bytes(errors), cv2.COLORMAP_INFERNO)[..., ::-1]
    tiles = [cv2.resize(tile, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA) for tile in (*shown, heat)]
    picture = Image.fromarray(np.concatenate(tiles, axis=1))
    pen = ImageDraw.Draw(picture)
    for place, heading in enumerate(_HEADINGS):
        pen.text((place * _SIDE + 8, _SIDE - 18), heading)
    pen.text((8, 8), f"{name}   face region {decibels:.1f} dB   FLIP {errors.mean():.3f}")
    return np.asarray(picture)


def _bytes(values: quality.Image) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)
