"""`Kernels` on the emulated driver: what is launched, how often, what it moves, and what a wrong launch does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gpu_core.atlas import Atlas
from gpu_core.cuda import kernel_cache
from gpu_core.cuda.conversions import pack, unpack
from gpu_core.cuda.driver import open_cuda
from gpu_core.cuda.kernels import Kernels
from gpu_core.cuda.trial import Trial
from gpu_core.errors import CudaError
from gpu_core.neural.signature import InputTensor, OutputTensor
from tests.emulation.build import BUILT
from tests.emulation.emulator import Emulator

INPUT = InputTensor("pair", ("texture", "render"), dtype="float16", width=64, height=64)
OUTPUT = OutputTensor("face", 4, dtype="float16", width=64, height=64)


@pytest.fixture
def trial(emulator: Emulator) -> Iterator[Trial]:
    with Trial(0, BUILT / "cubins") as trial:
        yield trial


def pack_and_unpack(trial: Trial, faces: int) -> int:
    """Both for a batch; the bytes that have to be moved."""
    atlas = Atlas(faces, 64)
    picture = np.zeros((atlas.height, atlas.width, 4), np.uint8)
    sources = {name: trial.surface(picture) for name in INPUT.pictures}
    tensors = [np.zeros((faces, *said.shape), np.float16) for said in (INPUT, OUTPUT)]
    inputs, outputs = map(trial.memory, tensors)
    pack(trial.kernels, trial.stream, sources, inputs, INPUT, atlas)
    unpack(trial.kernels, trial.stream, outputs, OUTPUT, trial.surface(picture), atlas)
    trial.stream.sync()
    return faces * 3 * 64 * 64 * 4 + sum(tensor.nbytes for tensor in tensors)


@pytest.mark.parametrize("faces", [1, 4, 16])
def test_a_batch_is_one_launch_each_way_and_moves_every_byte_once(trial: Trial, emulator: Emulator, faces: int) -> None:
    emulator.count_sectors()
    needed = pack_and_unpack(trial, faces)
    assert emulator.report()["launched"] == {"pack_nchw_float16": 1, "unpack_nchw_float16": 1}
    kinds = ("loads", "stores", "surface_loads", "surface_stores")
    moved = 32 * sum(launch[kind]["sectors"] for launch in emulator.sectors() for kind in kinds)
    assert moved == needed


def test_work_waits_for_its_stream(trial: Trial, emulator: Emulator) -> None:
    emulator.mode("lazy")
    picture = np.full((64, 64, 4), 255, np.uint8)
    tensor, sources = trial.memory(np.zeros((1, 6, 64, 64), np.float16)), {}
    for name in INPUT.pictures:
        sources[name] = trial.surface(picture)
    pack(trial.kernels, trial.stream, sources, tensor, INPUT, Atlas(1, 64))
    assert "pack_nchw_float16" not in emulator.report()["launched"]
    assert (trial.read(tensor) == 1).all()


def test_python_numbers_are_refused_before_they_do_harm(trial: Trial, emulator: Emulator) -> None:
    with pytest.raises(TypeError, match="kernel difference takes 12 arguments, got 1"):
        trial.kernels.launch(trial.stream, "difference", (1, 1, 1), (16, 8), np.uint64(0))
    arguments = [np.uint64(0), np.int32(0)] * 3 + [np.int32(0), 1.0, *[np.int32(0)] * 3, np.uint64(0)]
    with pytest.raises(TypeError, match=r"kernel difference, argument 7: 1\.0 is a float"):
        trial.kernels.launch(trial.stream, "difference", (1, 1, 1), (16, 8), *arguments)
    assert not emulator.report()["launched"]


def test_a_tensor_that_is_too_small_is_refused_or_caught(emulator: Emulator) -> None:
    """A buffer knows its size. An address does not, and then the kernel's first store beyond loses the device."""
    with Trial(0, BUILT / "cubins") as trial:
        picture = np.zeros((64, 64, 4), np.uint8)
        sources = {name: trial.surface(picture) for name in INPUT.pictures}
        tensor = trial.memory(np.zeros(6 * 64 * 64 - 16, np.float16))
        with pytest.raises(ValueError, match="a buffer of 49152 bytes is needed, this one has 49120"):
            pack(trial.kernels, trial.stream, sources, tensor, INPUT, Atlas(1, 64))
        with pytest.raises(CudaError, match=r"CUDA_ERROR_ILLEGAL_ADDRESS \(700\)"):  # noqa: PT012  # or later
            pack(trial.kernels, trial.stream, sources, int(tensor.handle), INPUT, Atlas(1, 64))
            trial.read(tensor)
    assert "store to memory that is not CUDA's" in " ".join(emulator.report()["faults"])


def test_a_refused_launch_is_a_cuda_error(trial: Trial, emulator: Emulator) -> None:
    trial.kernels.prepare(["pack_nchw_float16"])
    emulator.fail("cuLaunchKernelEx", 701)
    with pytest.raises(CudaError, match=r"cuLaunchKernelEx failed: CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES \(701\)"):
        pack_and_unpack(trial, 1)


def test_machine_code_that_the_driver_refuses_is_a_cuda_error(trial: Trial, emulator: Emulator) -> None:
    emulator.fail("cuLibraryLoadData", 209)
    with pytest.raises(CudaError, match=r"CUDA_ERROR_NO_BINARY_FOR_GPU \(209\)"):
        trial.kernels.prepare(["difference"])


def test_a_second_start_compiles_nothing(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    compile_file = kernel_cache.compile_file
    monkeypatch.setattr(kernel_cache, "compile_file", lambda *which: compiled.append(which) or compile_file(*which))
    with open_cuda(0) as cuda:
        for _ in range(2):
            kernels = Kernels(cuda.device, tmp_path)
            kernels.prepare(["difference", "encode_420", "decode_420"])
            kernels.close()
    assert [file for file, _ in compiled] == ["compare.cu", "colour.cu"]
