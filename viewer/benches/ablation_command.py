"""`mien bench ablation` on the command line."""

from __future__ import annotations

import argparse
import os
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from gpu_core.assets import DEFAULT_FACE, resource
from viewer.options import positive
from viewer.picture_file import refuse_unwritable, write_whole

ROUNDS, FRAMES = 9, 12
QUICK_ROUNDS, QUICK_FRAMES = 2, 4
_LIBRARIES = ("numpy", "opencv-python-headless", "onnxruntime", "openvino", "PyOpenGL", "tensorrt")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this bench, besides --json."""
    parser.add_argument("--rounds", type=positive, metavar="N", help=f"rounds of each row (default {ROUNDS})")
    parser.add_argument("--frames", type=positive, metavar="N", help=f"frames a round (default {FRAMES})")
    parser.add_argument("--quick", action="store_true", help="two short rounds: to see that it works")
    parser.add_argument("--model", type=Path, metavar="FILE", help="generator to use instead of the shipped one")
    parser.add_argument("--markdown", type=Path, metavar="FILE.md", help="also write the table for people")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure, print, write the Markdown; returns what --json writes.

    Raises:
        MienError: there is no OpenGL here, the classic path cannot run, or the file cannot be written.
    """
    from gpu_core.cuda.driver import probe
    from gpu_core.gl.context import headless_context
    from gpu_core.gltf.face import load_face
    from gpu_core.neural.library import generator_for
    from gpu_core.neural.model import load_model
    from gpu_core.quality import check_installed
    from viewer.benches.ablation import measure_ablation
    from viewer.benches.ablation_table import markdown, print_table
    from viewer.benches.engines import warn_if_busy

    check_installed()
    if options.markdown:
        refuse_unwritable(options.markdown)
    usual = (QUICK_ROUNDS, QUICK_FRAMES) if options.quick else (ROUNDS, FRAMES)
    rounds, frames = int(options.rounds or usual[0]), int(options.frames or usual[1])
    face = load_face(resource(*DEFAULT_FACE))
    model = load_model(options.model) if options.model else generator_for(face)
    assert model is not None, "the shipped face has a generator"
    size = model.signature.output.width
    load = warn_if_busy()
    with headless_context() as gl:
        figures = measure_ablation(face, model, size=size, rounds=rounds, frames=frames, cuda=not probe().problem)
    figures = _heading(gl.renderer) | figures
    figures["machine"]["load_average"] = load
    print_table(figures)
    if options.markdown:
        text = markdown(figures).encode()
        write_whole(options.markdown, lambda file: file.write(text))
    return figures


def _heading(renderer: str) -> dict[str, Any]:
    from gpu_core.doctor.system import processor

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "bench": "ablation",
        "schema": 1,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "platform": platform.platform(),
            "processor": processor().value,
            "cores": cores,
            "opengl": renderer,
            "python": platform.python_version(),
        },
        "versions": {name: found for name in _LIBRARIES if (found := _version(name))},
    }


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""
