"""The look as text, to be remembered; whatever of a text makes no sense is as it was at first."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gpu_core.look import FreeCamera, Look
from gpu_core.settings import Light, Lighting
from viewer.look.backdrop import FITS, KINDS, Background
from viewer.look.light_presets import MOST_AMBIENT, MOST_INTENSITY, NAMES


def to_text(look: Look, background: Background) -> str:
    """One line of JSON."""
    path = None if background.path is None else str(background.path)
    behind = asdict(background) | {"path": path}
    return json.dumps({"camera": asdict(look.camera), "lighting": asdict(look.lighting), "background": behind})


def from_text(text: str) -> tuple[Look, Background]:
    """What `to_text` wrote."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    parts = told if isinstance(told, dict) else {}
    look = Look(_or(_camera, parts.get("camera"), FreeCamera()), _or(_lighting, parts.get("lighting"), Lighting()))
    return look, _or(_background, parts.get("background"), Background())


def _or(read: Any, told: Any, otherwise: Any) -> Any:
    try:
        return read(told)
    except (KeyError, TypeError, ValueError, OverflowError):
        return otherwise


def _camera(told: Any) -> FreeCamera:
    yaw, pitch, distance, lens_mm = (float(told[name]) for name in ("yaw", "pitch", "distance", "lens_mm"))
    return FreeCamera(yaw, pitch, distance, lens_mm, _vector(told["pan"], 2)).clamped()


def _lighting(told: Any) -> Lighting:
    lights = tuple(_light(light) for light in told["lights"])
    if len(lights) > len(NAMES):
        raise ValueError
    ambient = _vector(told["ambient"], 2)
    if not all(0.0 <= value <= MOST_AMBIENT for value in ambient):
        raise ValueError
    return Lighting(lights, ambient)


def _light(told: Any) -> Light:
    direction, colour, intensity = _vector(told["direction"], 3), _vector(told["colour"], 3), float(told["intensity"])
    if not 0.0 <= intensity <= MOST_INTENSITY or not all(0.0 <= value <= 1.0 for value in colour):
        raise ValueError
    if not 1e-3 < math.hypot(*direction) < 1e3:
        raise ValueError
    return Light(direction, intensity, colour)


def _background(told: Any) -> Background:
    colour = tuple(int(value) for value in _vector(told["colour"], 3))
    if told["kind"] not in KINDS or told["fit"] not in FITS or not all(0 <= value <= 255 for value in colour):
        raise ValueError
    return Background(told["kind"], colour, Path(told["path"]) if told["path"] else None, told["fit"])  # type: ignore[arg-type]


def _vector(told: Any, length: int) -> Any:
    numbers = tuple(float(value) for value in told)
    if len(numbers) != length or not all(map(math.isfinite, numbers)):
        raise ValueError
    return numbers
