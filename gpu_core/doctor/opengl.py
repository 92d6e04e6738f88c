"""OpenGL without a window, tried in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from gpu_core.doctor.finding import Finding
from gpu_core.doctor.trial import run_trial

TIMEOUT_S = 30.0  # a cold driver compiles for seconds; a hung one never comes back
SYSTEM_PACKAGES = "on Debian and Ubuntu, ./run installs packaging/system-packages.txt"

_TRIAL = """
import dataclasses
from gpu_core.doctor.trial import step
from gpu_core.gl.context import headless_context
with headless_context() as info:
    step("opengl", lambda: dataclasses.asdict(info))
"""


def opengl(command: Iterable[str] = (sys.executable, "-c", _TRIAL)) -> Finding:
    """OpenGL without a window."""
    name, remedy = "opengl", f"install a graphics driver, or Mesa's software one ({SYSTEM_PACKAGES})"
    trial = run_trial(command, TIMEOUT_S)
    if "opengl" not in trial.told:
        return Finding(name, False, "none", trial.why_not("opengl"), remedy)
    told = trial.told["opengl"]
    return Finding(name, True, f"{told['renderer']}, {told['version']}")
