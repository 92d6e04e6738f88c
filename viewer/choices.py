"""What could run instead of what runs: the shipped generators for a face, and the precisions of this machine.

No Qt. It reads files and asks OpenVINO, so it belongs on a thread of its own.
"""

from __future__ import annotations

from gpu_core.neural.library import shipped_models
from gpu_core.neural.precisions import precisions
from viewer.engine_info import Choices, EngineInfo


def choices_for(engine: EngineInfo) -> Choices:
    """What there is for this face and this generator.

    Raises:
        MienError: a shipped file is missing or damaged.
    """
    return Choices(tuple(shipped_models(engine.contract)), precisions(engine.generator, engine.settings))
