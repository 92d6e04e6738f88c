"""What is compared with what, and how it is shown: frozen values, without Qt or an engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

from gpu_core.settings import View

AMPLIFICATIONS = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True)
class OtherWay:
    """Another way through the generator: what differs from the one that runs. `file` is another generator's."""

    title: str
    file: Path | None = None
    changes: tuple[tuple[str, Any], ...] = ()  # of EngineSettings

    @property
    def settings(self) -> Mapping[str, Any]:
        """The changes, as `dataclasses.replace` takes them."""
        return dict(self.changes)


@dataclass(frozen=True)
class Side:
    """One of the two: a picture of the engine that runs, or, with `way`, one generated in another way beside it."""

    view: View = View.GENERATED
    way: OtherWay | None = None

    @property
    def title(self) -> str:
        """Its name."""
        return self.view.value.capitalize() if self.way is None else self.way.title


class Layout(Enum):
    """How the two are shown. The value is its name in the panel."""

    WIPE = "Wipe"
    PAIR = "Side by side"
    DIFFERENCE = "Difference"


class Metric(Enum):
    """What the difference is measured in. The value is its name in the panel."""

    STEPS = "Steps of 255"
    FLIP = "FLIP, as seen"


@dataclass(frozen=True)
class Comparison:
    """Two sides and how they are shown. `position` is the wipe's line, 0..1 over the picture."""

    a: Side = field(default_factory=Side)
    b: Side = Side(View.RENDER)
    is_on: bool = False
    layout: Layout = Layout.WIPE
    position: float = 0.5
    is_upright: bool = True  # the line; else it lies, and A is above it
    amplification: int = 4  # of the difference: one of AMPLIFICATIONS
    metric: Metric = Metric.STEPS

    @property
    def views(self) -> frozenset[View]:
        """The pictures that the engine itself has to make."""
        views = frozenset(side.view for side in (self.a, self.b) if side.way is None)
        return views or frozenset({View.GENERATED})  # something has to stand in while the others are on their way

    @property
    def ways(self) -> tuple[OtherWay, ...]:
        """What has to run beside it."""
        return tuple(dict.fromkeys(side.way for side in (self.a, self.b) if side.way is not None))

    @property
    def swapped(self) -> Comparison:
        """A is B and B is A; the line stays."""
        return replace(self, a=self.b, b=self.a)
