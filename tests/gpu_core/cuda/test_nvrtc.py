"""Every kernel through NVIDIA's compiler for seven generations of GPUs, none of which is needed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_core.atlas import Atlas
from gpu_core.cuda import nvrtc
from gpu_core.cuda.conversions import decode, difference, encode, pack, unpack
from gpu_core.cuda.sources import SurfaceSource
from gpu_core.errors import CudaError, PathUnavailable
from gpu_core.neural.signature import DTYPES, LAYOUTS, InputTensor, OutputTensor
from tests.cubin import parameters
from viewer.benches.kernels import ARCHITECTURES

pytest.importorskip("cuda.bindings.nvrtc", reason="cuda-python is not installed")

compiled = cache(nvrtc.compile_file)
# All of them would take half a minute: the oldest, the L4's and the newest stand for them in the quick tests.
EVERY_ARCHITECTURE = [
    pytest.param(name, marks=() if name in ("75", "89", "120") else pytest.mark.soak) for name in ARCHITECTURES
]


class Recorder:
    """Stands where `Kernels` does and keeps what launchers pass."""

    wide_surfaces = True

    def __init__(self) -> None:
        self.launched: dict[str, tuple[np.generic, ...]] = {}

    def launch(self, _stream: Any, name: str, _grid: Any, _block: Any, *args: np.generic) -> None:
        self.launched[name] = args


@cache
def launches() -> dict[str, tuple[np.generic, ...]]:
    """By kernel: the arguments that its launcher passes."""
    recorder: Any = Recorder()
    colours, atlas = SurfaceSource(1, 64, 64), Atlas(1, 64)
    for dtype in DTYPES:
        for layout in LAYOUTS:
            for side in (64, 32):
                form: dict[str, Any] = {"layout": layout, "dtype": dtype, "width": side, "height": side}
                pack(recorder, None, {"texture": colours}, 0, InputTensor("in", ("texture",), **form), atlas)
                unpack(recorder, None, 0, OutputTensor("out", **form), colours, atlas)
    encode(recorder, None, "nv12", colours, 0, (0, 0, 64, 64))
    decode(recorder, None, "i420", 0, colours, (0, 0, 64, 64))
    difference(recorder, None, colours, colours, 0)
    return recorder.launched


def laid_out(arguments: tuple[np.generic, ...]) -> list[tuple[int, int]]:
    """Offset and size of each argument as C lays out a struct of them."""
    places, at = [], 0
    for argument in arguments:
        at += -at % argument.itemsize
        places.append((at, argument.itemsize))
        at += argument.itemsize
    return places


@pytest.mark.parametrize("architecture", EVERY_ARCHITECTURE)
@pytest.mark.parametrize("file", nvrtc.FILES)
def test_kernels_compile_and_take_what_their_launchers_pass(file: str, architecture: str) -> None:
    code = compiled(file, architecture)
    assert code.kind == "cubin"
    assert "warning" not in code.log
    found = parameters(code.code)
    assert set(found) == set(nvrtc.ENTRY_POINTS[file])
    for name, places in found.items():
        assert places == laid_out(launches()[name]), name


@pytest.mark.parametrize("architecture", EVERY_ARCHITECTURE)
@pytest.mark.parametrize("file", nvrtc.FILES)
def test_nothing_spills(file: str, architecture: str) -> None:
    for name, taken in compiled(file, architecture).resources.items():
        assert (taken.spill_stores, taken.spill_loads) == (0, 0), name
        assert 0 < taken.registers <= 128, f"{name}: four blocks of 128 threads are to fit"


def test_every_file_is_compiled() -> None:
    assert {path.name for path in nvrtc.FOLDER.glob("*.cu")} == set(nvrtc.FILES)


def test_a_gpu_newer_than_the_compiler_gets_ptx() -> None:
    code = nvrtc.compile_file("compare.cu", "999")
    assert code.kind == "ptx"
    assert b".entry difference" in code.code


def test_a_gpu_older_than_the_compiler_is_refused() -> None:
    with pytest.raises(PathUnavailable, match=r"no longer compiles for GPUs of compute capability 6\.1"):
        nvrtc.compile_file("compare.cu", "61")


def test_an_error_carries_the_compilers_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.cu").write_text("nonsense;")
    monkeypatch.setattr(nvrtc, "FOLDER", tmp_path)
    with pytest.raises(CudaError, match=r"NVRTC_ERROR_COMPILATION \(6\); broken\.cu\(1\): error"):
        nvrtc.compile_file("broken.cu", "89")
