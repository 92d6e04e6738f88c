"""What the window's state is made of: frozen values, compared by value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from gpu_core.expression import Expression
from gpu_core.settings import FrameRequest, StageTime, Traffic, View


class ViewMode(Enum):
    """What the viewport shows. The value is its name in the menu."""

    GENERATED = "Generated"
    RENDER = "Render"
    TEXTURE = "Texture"
    ALL = "All side by side"

    @property
    def views(self) -> tuple[View, ...]:
        """The pictures of this mode, left to right."""
        if self is ViewMode.ALL:
            return (View.TEXTURE, View.RENDER, View.GENERATED)
        return (View[self.name],)


@dataclass(frozen=True)
class Message:
    """One sentence for the user. `level` is info, warning or error."""

    text: str
    level: str = "info"


@dataclass(frozen=True)
class Playback:
    """Which performance is chosen, and how far it has come."""

    name: str = ""
    playing: bool = False
    loop: bool = True
    position_s: float = 0.0
    duration_s: float = 0.0
    loop_range: tuple[float, float] | None = None  # seconds: the part that a loop plays; None: all of it


@dataclass(frozen=True)
class Canvas:
    """How the picture lies in the viewport: `zoom` 1 fits it in; `pan` is in fractions of the fitted picture."""

    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Shown:
    """The frame on the screen, as numbers."""

    request: FrameRequest
    shown_ns: int
    age_ms: float  # input event -> frameSwapped; NaN for a frame nobody asked for just now
    dropped: int
    stages: tuple[StageTime, ...] = field(default=())
    traffic: Traffic = field(default=Traffic())
    index: int = -1  # `Frame.index`, by which the history finds its record


@dataclass(frozen=True)
class FaceEdit:
    """A change of the face by hand, to be taken back. Edits of one `gesture` are one movement."""

    before: Expression
    after: Expression
    gesture: int
    text: str = ""  # what the user did; "": what changed says it


class KeyMaker(Protocol):
    """Makes keys of what a hand does, where that is wanted."""

    @property
    def is_live(self) -> bool:
        """Whether the performance goes on under the hand, which records into it."""

    def take(self, edit: FaceEdit) -> bool:
        """Make keys of an edit that has just been done; False if it is none of its business.

        The history hears of the keys then, and not of the face.
        """
