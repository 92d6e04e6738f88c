"""What could run instead of what runs: the shipped generators for a face, precisions and switches of this machine.

No Qt. It reads files and asks OpenVINO, so it belongs on a thread of its own.
"""

from __future__ import annotations

from gpu_core.gl.context import GLInfo
from gpu_core.neural.library import shipped_models
from gpu_core.neural.precisions import PRECISIONS, precisions
from gpu_core.neural.refusals import refusals
from viewer.engine_info import Choices, EngineInfo
from viewer.passages import better_passages


def choices_for(engine: EngineInfo) -> Choices:
    """What there is for this face and this generator.

    Raises:
        MienError: a shipped file is missing or damaged.
    """
    found = precisions(engine.generator, engine.settings)
    precision = {name: found.get(name, f"{name} is for NVIDIA GPUs, and none can be used here") for name in PRECISIONS}
    switches = {**refusals(engine.generator, engine.settings, engine.path), "precision": precision}
    opengl = GLInfo("", engine.description.get("gl_renderer", ""), "")
    passages = better_passages(engine.settings, switches, is_software=opengl.is_software)
    return Choices(tuple(shipped_models(engine.contract)), found, switches, passages)
