"""What the window knows of the engine: plain values, taken on the engine's thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpu_core.contract import picture_contract
from gpu_core.settings import EngineSettings
from viewer.performance.trained_range import TrainedRange, trained_range

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from gpu_core.neural.model import GeneratorModel
    from gpu_core.path_state import PathState


@dataclass(frozen=True)
class EngineInfo:
    """What runs, and how."""

    face: str
    missing: tuple[str, ...]
    is_foreign: bool
    state: PathState
    description: Mapping[str, str]
    warnings: tuple[str, ...]
    generator: GeneratorModel | None = None
    contract: str = ""  # of this face's pictures: see gpu_core.contract
    settings: EngineSettings = field(default_factory=EngineSettings)
    face_file: Path | None = None

    @property
    def path(self) -> str:
        """The name of the path in use."""
        return self.state.name

    @property
    def reason(self) -> str:
        """Why that path."""
        return self.state.reason

    @property
    def trained(self) -> TrainedRange:
        """The values that the generator was trained for, as its card says."""
        return trained_range(self.generator.card if self.generator is not None else None)


@dataclass(frozen=True)
class Choices:
    """What could run instead: the shipped generators for this face, and the precisions.

    A precision has "" or the reason why it cannot be had here; so has each value of each switch, by the field of
    `EngineSettings` that it sets. `passages` are better than what was chosen: see viewer.passages.
    """

    generators: tuple[GeneratorModel, ...] = ()
    precisions: Mapping[str, str] = field(default_factory=dict)
    switches: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    passages: tuple[str, ...] = ()


def describe(engine: Engine) -> EngineInfo:
    """The engine as it is now. Call on the engine thread."""
    return EngineInfo(
        face=engine.face.name,
        missing=tuple(engine.face.missing),
        is_foreign=engine.face.is_foreign,
        state=engine.path_state,
        description=dict(engine.description),
        warnings=tuple(engine.warnings),
        generator=engine.generator,
        contract=picture_contract(engine.face.sha256),
        settings=engine.settings,
    )
