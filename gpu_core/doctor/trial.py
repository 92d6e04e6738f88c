"""Trials: what may crash or hang runs in a process of its own, step by step.

A trial writes a line of JSON before and after every step. So what it found is known also if it dies, and where it died.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from gpu_core.errors import MienError

GRACE_S = 2.0  # a process stuck in a driver cannot be killed at once, or at all


@dataclass(frozen=True)
class Trial:
    """What a trial found: a step is in `told`, in `failed`, or was not reached."""

    told: Mapping[str, Any] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)  # why not, one line
    ending: str = ""  # "" if it ended by itself, else how and where it died

    def why_not(self, step: str) -> str:
        """Why nothing is known of a step; "" if something is."""
        if step in self.told:
            return ""
        return self.failed.get(step) or self.ending or "it was not tried"


def run_trial(command: Iterable[str], timeout_s: float) -> Trial:
    """Run a trial for so long at most, whatever becomes of it."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen([*command], stdout=out, stderr=errors, env=_environment())
        try:
            code = process.wait(timeout_s)
            ending = _ending(code, errors)
        except subprocess.TimeoutExpired:
            ending = f"no answer in {timeout_s:g} s"
            _end(process)
        out.seek(0)
        return read_trial(out.read(), ending)


def step(name: str, found: Callable[[], Any]) -> Any:
    """In a trial: do a step and tell what it found; None if it could not be done, which is told as well."""
    _say({"step": name})
    try:
        told = found()
    except (MienError, ImportError, OSError) as error:
        _say({"step": name, "failed": str(error) or type(error).__name__})
        return None
    _say({"step": name, "told": told})
    return told


def _say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _environment() -> dict[str, str]:
    """The trial has to find this very gpu_core, wherever this one was found."""
    home = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([home, *filter(None, sys.path)])}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.returncode = -9  # it hangs in the kernel: let it, and do not warn of it


def _ending(code: int, errors: IO[str]) -> str:
    if code == 0:
        return ""
    errors.seek(0)
    last = (errors.read().strip().splitlines() or ["it said nothing"])[-1]
    return f"the trial {f'died of signal {-code}' if code < 0 else 'failed'}: {last}"


def read_trial(text: str, ending: str = "") -> Trial:
    """Understand what a trial wrote."""
    lines = [told for line in text.splitlines() if (told := _parsed(line))]
    told = {line["step"]: line["told"] for line in lines if "told" in line}
    failed = {line["step"]: line["failed"] for line in lines if "failed" in line}
    last = lines[-1]["step"] if lines else ""
    if ending and last and last not in told and last not in failed:
        ending = f"at {last}: {ending}"
    return Trial(told, failed, ending)


def _parsed(line: str) -> dict[str, Any] | None:
    """A step's line; libraries write their own lines in between, and a dying process half of one."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) and "step" in told else None
