"""Ways between OpenGL and the generator that are better than the chosen one, by the switch that takes them. Plain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gpu_core.settings import EngineSettings
from viewer.switch_text import change_text

# What "auto" takes on the host path: on software OpenGL, where a picture never was anywhere but in memory, and on GPUs.
BEST: Mapping[bool, Mapping[str, str]] = {
    True: {"conversion": "cpu", "readback": "direct"},
    False: {"conversion": "gpu", "readback": "pixel buffer"},
}


def better_passages(
    settings: EngineSettings, switches: Mapping[str, Mapping[Any, str]], *, is_software: bool
) -> tuple[str, ...]:
    """Best first; nothing that a switch has a reason against, or says nothing of.

    Args:
        switches: for every switch its values with "" or why they cannot be had: see `Choices`.
        is_software: OpenGL is drawn by the processor.
    """
    best = BEST[is_software]
    converts = best["conversion"] if settings.conversion == "auto" else settings.conversion
    fields = ("conversion",) if converts == "gpu" else ("conversion", "readback")  # OpenGL reads back what it converts
    return tuple(
        change_text({name: best[name]})
        for name in fields
        if getattr(settings, name) not in ("auto", best[name]) and switches.get(name, {}).get(best[name]) == ""
    )
