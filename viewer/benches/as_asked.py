"""A row is named after what was asked for: what is measured has to be that, and nothing that stands in for it."""

from __future__ import annotations

import time

from gpu_core.engine import Engine
from gpu_core.errors import MienError
from gpu_core.settings import EngineSettings

PATIENCE_S = 900.0  # a plan may have to be built
_LOOK_S = 0.1


def wait_as_asked(engine: Engine, settings: EngineSettings) -> None:
    """Wait for a plan that is being built, and see that tier and conversion are those of `settings`.

    Raises:
        MienError: they are not, and why; or the plan takes too long.
    """
    give_up_at = time.monotonic() + PATIENCE_S
    while not engine.path_state.serving or engine.path_state.building is not None:
        engine.collect(wait=False)  # there the path moves on
        if time.monotonic() > give_up_at:
            raise MienError(f"the plan is not built after {PATIENCE_S:.0f} s")
        time.sleep(_LOOK_S)
    state = engine.path_state
    if settings.tier not in ("auto", state.tier):
        raise MienError(f"the tier {settings.tier!r} does not work here: {state.tier_reason}")
    if settings.conversion == "gpu" and state.conversion != "gpu":
        raise MienError(f"OpenGL does not convert here: {state.conversion_reason or state.reason}")
