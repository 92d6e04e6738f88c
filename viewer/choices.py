"""What could run instead of what runs: the shipped generators for a face, and the precisions of this machine.

No Qt. It reads files and asks OpenVINO, so it belongs on a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from gpu_core import capabilities
from gpu_core.errors import PathUnavailable
from gpu_core.neural.library import models_for
from gpu_core.neural.model import GeneratorModel
from gpu_core.settings import EngineSettings
from viewer.engine_info import Choices, EngineInfo

if TYPE_CHECKING:
    from gpu_core.engine import Engine

PRECISIONS = ("auto", "fp32", "bf16", "int8")


def choices_for(engine: EngineInfo) -> Choices:
    """What there is for this face and this generator.

    Raises:
        MienError: a shipped file is missing or damaged.
    """
    return Choices(tuple(models_for(engine.contract)), reasons_against(engine.generator, engine.settings))


def reasons_against(model: GeneratorModel | None, settings: EngineSettings) -> dict[str, str]:
    """For each precision "", or why this generator cannot run in it on this machine."""
    if model is None:
        return dict.fromkeys(PRECISIONS, "there is no generator for this face")
    return {
        "auto": "",
        "fp32": "",
        "bf16": _against_bf16(settings),
        "int8": "" if model.variant("int8") else f"{model.name} has no INT8 version of itself",
    }


def _against_bf16(settings: EngineSettings) -> str:
    if settings.inference == "onnxruntime":
        return "ONNX Runtime, which was asked for, has no bf16 on the CPU"
    return _against_bf16_here()


@cache
def _against_bf16_here() -> str:
    found = capabilities.openvino()
    if not found.ok:
        return "OpenVINO is not installed here, and ONNX Runtime has no bf16 on the CPU"
    return "" if "BF16" in found.value else "this processor has no bf16 instructions"


def use_precision(engine: Engine, precision: str) -> None:
    """Have the engine's generator run in another precision. On the engine thread.

    Raises:
        ModelError, PathUnavailable: it cannot; all stays as it was.
    """
    before = engine.settings
    engine.settings = replace(before, precision=precision)
    try:
        if engine.generator is not None:
            engine.load_generator(engine.generator)
    except BaseException:
        engine.settings = before
        raise


def with_any_precision(engine: Engine, change: Callable[[Engine], None]) -> None:
    """Change face or generator; one that lacks the precision that was chosen runs in `auto`. On the engine thread.

    Raises:
        MienError: that fails as well; all stays as it was.
    """
    before = engine.settings
    try:
        change(engine)
    except PathUnavailable:
        if before.precision == "auto":
            raise
        engine.settings = replace(before, precision="auto")
        try:
            change(engine)
        except BaseException:
            engine.settings = before
            raise
