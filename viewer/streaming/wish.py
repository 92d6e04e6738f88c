"""What the panel asks for: so many faces, moved by what, to where; made into a form for each stream. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from viewer.engine_info import EngineInfo
from viewer.push.values import VideoForm
from viewer.streams.values import MOST_STREAMS, MpsLimits, StreamForm

NUMBER = "{n}"  # in a target, stands for the stream's number


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


def problem(wish: StreamWish) -> str:
    """Why these streams cannot begin, in one sentence; "" if nothing speaks against it."""
    if not 1 <= wish.faces <= MOST_STREAMS:
        return f"{wish.faces} faces cannot be streamed: choose 1 to {MOST_STREAMS}"
    if not all(wish.sources):
        return "No source: choose a performance or a take's file"
    if wish.faces > 1 and wish.to and NUMBER not in wish.to:
        return f"{wish.faces} faces cannot share one target: put {NUMBER} where the number of the stream belongs"
    return ""


def stream_forms(wish: StreamWish, engine: EngineInfo | None) -> tuple[StreamForm, ...]:
    """A form for each stream, with the window's face, generator and precision."""
    face, generator, precision = _of_window(engine)
    return tuple(
        StreamForm(
            number=index + 1, source=wish.sources[index % len(wish.sources)], to=wish.to, size=wish.size,
            video=wish.video, mps=wish.mps if wish.uses_mps else MpsLimits(),
            face=face, generator=generator, precision=precision,
        )
        for index in range(wish.faces)
    )  # fmt: skip


def wish_text(wish: StreamWish, titles: Mapping[str, str]) -> str:
    """What was asked for, in a line without secrets."""
    names = ", ".join(titles.get(source, Path(source).name) for source in wish.sources)
    ways = {"workers": "a process each", "batch": "one batch", "auto": "the better way"}
    return f"{wish.faces} × {names} · {wish.size}×{wish.size} at {wish.video.fps:g} fps · {ways[wish.way]}"


def _of_window(engine: EngineInfo | None) -> tuple[Path | None, Path | None, str]:
    if engine is None:
        return None, None, StreamForm.precision
    generator = engine.generator.path if engine.generator is not None else None
    return engine.face_file, generator, engine.settings.precision
