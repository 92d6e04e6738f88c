"""The JSON files that benches leave: what heads each of them, and how they are written."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from viewer.picture_file import write_whole

SCHEMA = 1  # what `mien bench --compare` understands
_LIBRARIES = ("mien", "numpy", "opencv-python-headless", "onnxruntime", "openvino", "PyOpenGL", "torch", "tensorrt")


def heading(kind: str) -> dict[str, Any]:
    """What every bench's file begins with: whose figures, when, on what, with which libraries."""
    return {
        "bench": kind,
        "schema": SCHEMA,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": {name: found for name in _LIBRARIES if (found := _version(name))},
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    from gpu_core.doctor.system import processor

    told = {"platform": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    return told | {"processor": processor().value}


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""


def write_figures(path: Path, figures: dict[str, Any]) -> None:
    """Write a bench's figures, whole or not at all.

    Raises:
        MienError: the folder cannot be made or written to, or the disk is full.
    """
    text = json.dumps(figures, indent=2, allow_nan=False) + "\n"
    write_whole(path, lambda file: file.write(text.encode()))
