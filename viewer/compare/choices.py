"""What can be compared here: the engine's own pictures, other generators, precisions and paths, with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gpu_core.settings import View
from viewer.compare.comparison import OtherWay, Side
from viewer.engine_info import Choices, EngineInfo
from viewer.switch_text import CLASSIC_WAY

_PATH_TITLES = {"cuda": "CUDA", "host": "host", "classic": "classic"}
_TIPS = {
    View.GENERATED: "What the generator makes, the way it runs now",
    View.RENDER: "The shaded picture that the generator takes",
    View.TEXTURE: "The unlit picture that the generator takes",
}


@dataclass(frozen=True)
class Choice:
    """One side there might be. `reason` says why it cannot be had, "" if it can."""

    side: Side
    tip: str
    reason: str = ""


def choices_of(engine: EngineInfo | None, choices: Choices) -> tuple[Choice, ...]:
    """Everything there is to choose from, the engine's own pictures first."""
    own = [Choice(Side(view), tip) for view, tip in _TIPS.items()]
    if engine is None:
        return tuple(own)
    return (*own, *_generators(engine, choices), *_precisions(engine, choices), *_paths(engine, choices))


def _generators(engine: EngineInfo, choices: Choices) -> Iterator[Choice]:
    current = engine.generator.path if engine.generator is not None else None
    for model in choices.generators:
        if model.path != current:
            way = OtherWay(f"Generator {model.name}", model.path)
            yield Choice(Side(way=way), "Another generator, which runs beside the one in use")


def _precisions(engine: EngineInfo, choices: Choices) -> Iterator[Choice]:
    reasons = choices.switches.get("precision", {})
    # The classic path has one precision only.
    onto = (("path", "auto"),) if engine.settings.path == "classic" else ()
    for name, reason in reasons.items():
        if name != engine.settings.precision and (name != "auto" or not reason):
            title = {"auto": "Precision auto", "int8": "Precision INT8"}.get(name, f"Precision {name}")
            way = OtherWay(title, changes=(*onto, ("precision", name)))
            yield Choice(Side(way=way), "The same generator in another arithmetic, beside the one in use", reason)


def _paths(engine: EngineInfo, choices: Choices) -> Iterator[Choice]:
    reasons = choices.switches.get("path", {})
    for name, title in _PATH_TITLES.items():
        if name in reasons and name not in (engine.path, engine.settings.path):
            changes = dict(CLASSIC_WAY, faces=engine.settings.faces) if name == "classic" else {"path": name}
            way = OtherWay(f"Path {title}", changes=tuple(changes.items()))
            yield Choice(Side(way=way), "The same generator by another way of the pixels", reasons[name])
