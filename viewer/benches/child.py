"""A process of its own that measures: asked by JSON on its command line, it answers with JSON on its output."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]  # of the checkout, which has the other environments
PATIENCE_S = 300.0


class ChildError(Exception):
    """There is no answer; the text is why, in one line."""


def ask(interpreter: Path, module: str, what: str) -> dict[str, Any]:
    """What `interpreter -m module what` answers.

    Raises:
        ChildError: it does not start, fails, takes too long, or says something else.
    """
    command = [str(interpreter), "-m", module, what]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S, cwd=ROOT)
    except OSError as error:
        raise ChildError(f"{interpreter} does not start: {error.strerror or error}") from error
    except subprocess.TimeoutExpired as error:
        raise ChildError(f"took more than {PATIENCE_S:.0f} s") from error
    if done.returncode:
        raise ChildError((done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"])[-1])
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise ChildError(f"answers with {done.stdout[:60].strip()!r}") from error
    return told
