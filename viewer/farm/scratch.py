"""A folder for this process's passing files; those of processes that were killed go with the next one's coming."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psutil


def scratch(kind: str) -> tempfile.TemporaryDirectory[str]:
    """A new one for files of that kind."""
    prefix = f"mien-{kind}-"
    for old in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        number = old.name.removeprefix(prefix).partition("-")[0]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            shutil.rmtree(old, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"{prefix}{os.getpid()}-")
