"""NVIDIA's run-time compiler: the sources of this room, compiled for one architecture. Needs no driver and no GPU.

`cuda.bindings.nvrtc` is called directly: compiling through `cuda.core.Program` without a driver stops for ever at the
second attempt (cuda-core 1.2.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gpu_core.errors import CudaError, PathUnavailable

FOLDER = Path(__file__).parent
# In which file each kernel is. Compiled file by file: whoever never resizes never waits for that code.
ENTRY_POINTS: dict[str, tuple[str, ...]] = {
    "convert.cu": tuple(
        f"{what}_{layout}_{dtype}"
        for what in ("pack", "unpack")
        for layout in ("nchw", "nhwc")
        for dtype in ("float16", "float32", "uint8")
    ),
    "resize.cu": tuple(
        f"{what}_resized_{dtype}" for what in ("pack", "unpack") for dtype in ("float16", "float32", "uint8")
    ),
    "colour.cu": ("encode_420", "decode_420"),
    "compare.cu": ("difference",),
}
FILES = tuple(ENTRY_POINTS)
# No fast maths: the same sources run on the host in the tests, and have to agree.
_OPTIONS = ("--std=c++17", "--ptxas-options=-v")


@dataclass(frozen=True)
class Resources:
    """What the compiler says that a kernel takes."""

    registers: int  # a thread
    spill_stores: int  # bytes a thread
    spill_loads: int
    shared: int  # bytes a block


@dataclass(frozen=True)
class Compiled:
    """Machine code, or PTX for a GPU newer than the compiler; and what the compiler said."""

    code: bytes
    kind: str  # "cubin" | "ptx"
    log: str

    @property
    def resources(self) -> dict[str, Resources]:
        """By kernel; empty for PTX, which the driver compiles."""
        parts = re.split(r"Compiling entry function '(\w+)'", self.log)
        return {name: _resources(text) for name, text in zip(parts[1::2], parts[2::2], strict=True)}


@cache
def headers() -> dict[str, bytes]:
    """Every header of this room, by the name it is included under."""
    return {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.cuh"))}


def source(file: str) -> bytes:
    """The text of one of `FILES`."""
    return (FOLDER / file).read_bytes()


@cache
def version() -> str:
    """The compiler's version, such as "13.5".

    Raises:
        PathUnavailable: it is not installed.
    """
    major, minor = _checked(_nvrtc().nvrtcVersion(), "nvrtcVersion")
    return f"{major}.{minor}"


def compile_file(file: str, architecture: str) -> Compiled:
    """Compile one of `FILES` for an architecture such as "89".

    Raises:
        PathUnavailable: the compiler is not installed, or knows nothing as old as this GPU.
        CudaError: it refuses the source; the message holds its own.
    """
    known = sorted(_checked(_nvrtc().nvrtcGetSupportedArchs(), "nvrtcGetSupportedArchs"))
    number = int(architecture)
    if number in known:
        return _compile(file, f"sm_{number}", "cubin")
    older = [one for one in known if one < number]
    if not older:
        raise PathUnavailable(
            f"the CUDA compiler {version()} no longer compiles for GPUs of compute capability "
            f"{number // 10}.{number % 10}: it starts at {known[0] // 10}.{known[0] % 10}"
        )
    return _compile(file, f"compute_{older[-1]}", "ptx")


def _compile(file: str, target: str, kind: str) -> Compiled:
    nvrtc = _nvrtc()
    included = headers()
    program = _checked(
        nvrtc.nvrtcCreateProgram(
            source(file), file.encode(), len(included), list(included.values()), [name.encode() for name in included]
        ),
        "nvrtcCreateProgram",
    )
    try:
        options = [option.encode() for option in (f"--gpu-architecture={target}", *_OPTIONS)]
        result = nvrtc.nvrtcCompileProgram(program, len(options), options)
        log = _text(program, "ProgramLog").decode(errors="replace").rstrip("\0 ")
        _checked(result, "nvrtcCompileProgram", log)
        return Compiled(_text(program, "CUBIN" if kind == "cubin" else "PTX"), kind, log)
    finally:
        nvrtc.nvrtcDestroyProgram(program)


def _text(program: Any, what: str) -> bytes:
    nvrtc = _nvrtc()
    size = _checked(getattr(nvrtc, f"nvrtcGet{what}Size")(program), f"nvrtcGet{what}Size")
    text = bytes(size)
    _checked(getattr(nvrtc, f"nvrtcGet{what}")(program, text), f"nvrtcGet{what}")
    return text


def _nvrtc() -> Any:
    try:
        from cuda.bindings import nvrtc
    except ImportError as error:
        raise PathUnavailable(
            f"NVIDIA's Python bindings are not installed ({error}): pip install 'mien[cuda]'"
        ) from None
    return nvrtc


def _checked(result: Any, call: str, log: str = "") -> Any:
    """What a call returned, without its status."""
    status, *values = result
    if int(status):
        raise CudaError(call, int(status), status.name, log)
    return values[0] if len(values) == 1 else tuple(values)


def _resources(log: str) -> Resources:
    """The numbers that `ptxas -v` prints for one kernel."""

    def number(pattern: str) -> int:
        found = re.search(pattern, log)
        return int(found[1]) if found else 0

    return Resources(
        number(r"Used (\d+) registers"),
        number(r"(\d+) bytes spill stores"),
        number(r"(\d+) bytes spill loads"),
        number(r"(\d+) bytes smem"),
    )
