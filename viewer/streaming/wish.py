"""What the panel asks for: so many faces, moved by what, to where; made into a form for each stream. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gpu_core.neural.library import is_usual
from viewer.engine_info import EngineInfo
from viewer.push.values import VideoForm
from viewer.streams.asking import forms_of
from viewer.streams.values import MpsLimits, StreamForm

SIZES = (256, 512)  # pixels a side, as in `mien stream`


@dataclass(frozen=True)
class StreamWish:
    """As it was set in the panel."""

    faces: int = 2
    sources: tuple[str, ...] = ("talk",)  # in turn, one a face
    to: str = field(default="", repr=False)  # holds secrets; "": pushed nowhere
    size: int = 512
    video: VideoForm = field(default_factory=VideoForm)
    way: str = "auto"  # one of viewer.streams.values.WAYS
    when_full: str = "refuse"  # one of viewer.streams.values.WHEN_FULL
    uses_mps: bool = False
    mps: MpsLimits = field(default_factory=MpsLimits)


def stream_forms(wish: StreamWish, engine: EngineInfo | None) -> tuple[StreamForm, ...]:
    """A form for each stream, with the window's face, generator and precision.

    Raises:
        MienError: so many cannot be had, or not from these sources, or not to one target.
    """
    base = StreamForm(
        to=wish.to, size=wish.size, video=wish.video, mps=wish.mps if wish.uses_mps else MpsLimits(),
        **_of_window(engine),
    )  # fmt: skip
    return forms_of(base, wish.faces, wish.sources)


def wish_text(wish: StreamWish, titles: Mapping[str, str]) -> str:
    """What was asked for, in a line without secrets."""
    names = ", ".join(titles.get(source, Path(source).name) for source in wish.sources)
    ways = {"workers": "a process each", "batch": "one batch", "auto": "the better way"}
    return f"{wish.faces} × {names} · {wish.size}×{wish.size} at {wish.video.fps:g} fps · {ways[wish.way]}"


def _of_window(engine: EngineInfo | None) -> dict[str, Any]:
    """The fields that the window decides."""
    if engine is None:
        return {}
    model = engine.generator
    # What ships for the face does so in sizes: streams take theirs.
    generator = None if model is None or is_usual(model, engine.contract) else model.path
    return {"face": engine.face_file, "generator": generator, "precision": engine.settings.precision}
