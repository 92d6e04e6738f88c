"""The whole report: every probe, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Callable

from gpu_core.doctor.files import caches, ffmpeg, shipped_files
from gpu_core.doctor.finding import Finding
from gpu_core.doctor.inference import chosen_path, onnx_runtime, openvino
from gpu_core.doctor.nvidia import nvidia, try_nvidia
from gpu_core.doctor.opengl import opengl
from gpu_core.doctor.surroundings import look_around
from gpu_core.doctor.system import display, memory, operating_system, processor, python

BEFORE: tuple[Callable[[], Finding], ...] = (operating_system, processor, memory, python, opengl, display)
AFTER: tuple[Callable[[], Finding], ...] = (openvino, onnx_runtime, ffmpeg, shipped_files, caches)


def findings() -> tuple[Finding, ...]:
    """Examine this machine; takes about a second, most of it for starting OpenGL, and a few where there is a GPU."""
    around = look_around()
    trial = try_nvidia(around=around)
    before, after = ([probe() for probe in probes] for probes in (BEFORE, AFTER))
    return (*before, *nvidia(trial, around), *after, chosen_path(trial, around))
