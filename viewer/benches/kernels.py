"""`mien bench kernels`: what each kernel costs. Needs no GPU; on a machine with one it is timed there as well.

Registers and spills are the real compiler's words, for seven architectures. Bytes are counted on the CPU, where the
same sources run with each access looked at: 32-byte sectors as a warp touches them, over the bytes that have to be
moved. From those follows how fast it can be at best on two servers' GPUs: arithmetic, not a measurement.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gpu_core.atlas import Atlas
from gpu_core.cuda import conversions, nvrtc
from gpu_core.cuda.comparison import RESULT_BYTES
from gpu_core.errors import CudaError, MienError, PathUnavailable
from gpu_core.neural.signature import InputTensor, OutputTensor

# Turing, two of Ampere, Ada, Hopper, two of Blackwell.
ARCHITECTURES = ("75", "80", "86", "89", "90", "100", "120")
# Memory bandwidth in GB/s, from NVIDIA's data sheets of the T4 and the L4.
BANDWIDTH = {"T4": 320.0, "L4": 300.0}
SIZE = 512  # pixels a side of the shipped generators' pictures
_WARM_UP, _RUNS = 20, 200

Launch = Callable[[], None]
# The shipped generators' tensors; FP16 where a GPU runs them.
_INPUT = InputTensor("pair", ("texture", "render"), dtype="float16", width=SIZE, height=SIZE)
_OUTPUT = OutputTensor("face", 4, dtype="float16", width=SIZE, height=SIZE)


@dataclass(frozen=True)
class Case:
    """One launch that the product makes. `prepare` puts what it needs on a workbench and returns the launch."""

    name: str
    kernel: str
    bytes_needed: int  # every byte of pictures and tensors once
    prepare: Callable[[Any], Launch]
    remark: str = ""  # why more is moved than is needed


def cases() -> list[Case]:
    """What the shipped generators use first, then the kernels' other forms."""
    shipped = [case for faces in (1, 4, 16) for case in (_pack(_INPUT, faces), _unpack(_OUTPUT, faces))]
    fp32 = [_pack(replace(_INPUT, dtype="float32"), 1), _unpack(replace(_OUTPUT, dtype="float32"), 1)]
    others = [
        _pack(replace(_INPUT, layout="NHWC"), 1), _unpack(replace(_OUTPUT, layout="NHWC"), 1),
        _pack(replace(_INPUT, layout="NHWC", dtype="uint8"), 1),
        _unpack(replace(_OUTPUT, layout="NHWC", dtype="uint8"), 1),
        _pack(replace(_INPUT, pictures=("texture", "render", "normal", "depth")), 1),
        _pack(replace(_INPUT, width=256, height=256), 1), _unpack(replace(_OUTPUT, width=256, height=256), 1),
    ]  # fmt: skip
    return [*shipped, *fp32, _encode(), _decode(), _difference(), *others]


def measure_kernels() -> dict[str, Any]:
    """All figures; what cannot be had here is None, and `missing` says why."""
    resources, missing = _resources()
    bench, why = _counting_bench()
    missing += [f"bytes are not counted: {why}"] if why else []
    rows = [_row(case, resources.get(case.kernel, {}), bench) for case in cases()]
    missing += _measure_on_gpu(rows)
    return {
        "compiler": nvrtc.version() if resources else None, "kernels": rows, "resources": resources,
        "bandwidth_gb_s": BANDWIDTH, "missing": missing,
    }  # fmt: skip


def print_table(figures: dict[str, Any]) -> None:
    """Print what `measure_kernels` returned."""
    print(f"{'launch':<56}{'bytes needed':>13}{'moved':>12}{'ratio':>7}{'T4 us':>8}{'L4 us':>8}{'here us':>9}")
    for row in figures["kernels"]:
        floors = "".join(f"{row['floor_us'][gpu]:>8.1f}" for gpu in BANDWIDTH)
        print(
            f"{row['name']:<56}{row['bytes_needed']:>13,}{_or_dash(row['bytes_moved'], ','):>12}"
            f"{_or_dash(row['ratio'], '.2f'):>7}{floors}{_or_dash(row['measured_us'], '.1f'):>9}"
        )
    print(f"T4 {BANDWIDTH['T4']:.0f} GB/s and L4 {BANDWIDTH['L4']:.0f} GB/s: bytes needed over bandwidth, arithmetic")
    print(f"\n{'kernel: registers/bytes spilled':<56}" + "".join(f"{'sm_' + name:>9}" for name in ARCHITECTURES))
    for kernel, by in figures["resources"].items():
        print(f"{kernel:<56}" + "".join(f"{_registers(by[name]):>9}" for name in ARCHITECTURES))
    for reason in figures["missing"]:
        print(reason)


def markdown(figures: dict[str, Any]) -> str:
    """The table that lies beside the kernels' sources; nothing in it depends on the machine.

    Raises:
        MienError: compiler or g++ are missing here.
    """
    if figures["compiler"] is None or figures["kernels"][0]["bytes_moved"] is None:
        raise MienError(f"the table needs all figures: {'; '.join(figures['missing'])}")
    text = [_HEAD.format(compiler=figures["compiler"], **{gpu: f"{speed:.0f}" for gpu, speed in BANDWIDTH.items()})]
    text += [
        "| launch | bytes needed | bytes moved | ratio | floor T4, µs | floor L4, µs |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for row in figures["kernels"]:
        floors = " | ".join(f"{row['floor_us'][gpu]:.1f}" for gpu in BANDWIDTH)
        mark = " ¹" if row["remark"] else ""
        moved = f"{row['bytes_moved']:,} | {row['ratio']:.2f}"
        text.append(f"| {row['name']}{mark} | {row['bytes_needed']:,} | {moved} | {floors} |")
    remarks = sorted({row["remark"] for row in figures["kernels"]} - {""})
    text += [
        "",
        *(f"¹ {remark}" for remark in remarks),
        "",
        "| kernel | " + " | ".join(f"sm_{a}" for a in ARCHITECTURES) + " |",
    ]
    text.append("|---|" + "--:|" * len(ARCHITECTURES))
    for kernel, by in figures["resources"].items():
        text.append(f"| {kernel} | " + " | ".join(_registers(by[name]) for name in ARCHITECTURES) + " |")
    return "\n".join(text) + "\n"


_HEAD = """# What the kernels cost

Written by `./run bench kernels --table gpu_core/cuda/KERNELS.md`; a test makes it again and compares.

Nothing here was measured on a GPU. *Moved* is counted while the same sources run on the CPU: the 32-byte sectors that a
warp touches with one instruction, each time it does, in global memory and in textures, which are taken to lie in blocks
of 64 bytes x 8 rows with sectors of 16 bytes x 2 rows, as the Tegra X1's manual has it. *Needed* is every byte of
pictures and tensors once, alpha included where it is not used. *Floor* is needed over the data sheet's bandwidth,
{T4} GB/s for a T4 and {L4} GB/s for an L4: arithmetic, which no real GPU quite reaches. Registers a thread and bytes
spilled (stored and loaded, a thread) are what NVRTC {compiler} says.
"""


def _row(case: Case, resources: dict[str, Any], bench: Any) -> dict[str, Any]:
    moved = _bytes_moved(case, bench) if bench else None
    return {
        "name": case.name, "kernel": case.kernel, "bytes_needed": case.bytes_needed, "bytes_moved": moved,
        "ratio": moved / case.bytes_needed if moved else None, "remark": case.remark,
        "floor_us": {gpu: case.bytes_needed / speed / 1000 for gpu, speed in BANDWIDTH.items()},
        "registers": {name: one["registers"] for name, one in resources.items()},
        "spilled_bytes": {name: one["spill_stores"] + one["spill_loads"] for name, one in resources.items()},
        "measured_us": None,
    }  # fmt: skip


def _resources() -> tuple[dict[str, dict[str, dict[str, int]]], list[str]]:
    """By kernel and architecture; and why not."""
    found: dict[str, dict[str, dict[str, int]]] = {name: {} for names in nvrtc.ENTRY_POINTS.values() for name in names}
    try:
        for file in nvrtc.FILES:
            for architecture in ARCHITECTURES:
                for name, one in nvrtc.compile_file(file, architecture).resources.items():
                    found[name][architecture] = vars(one)
    except (PathUnavailable, CudaError) as error:
        return {}, [f"registers are not known: {error}"]
    return found, []


def _counting_bench() -> tuple[Any, str]:
    """Where kernels run on the CPU and are counted; or why not."""
    try:
        workbench = importlib.import_module("tests.emulation.workbench")
        build = importlib.import_module("tests.emulation.build")
    except ImportError:
        return None, "that needs a checkout of Mien"
    try:
        return workbench.HostWorkbench(counting=True), ""
    except (build.CannotBuild, OSError) as error:
        return None, str(error)


def _bytes_moved(case: Case, bench: Any) -> int:
    case.prepare(bench)()
    return int(bench.kernels.traffic.bytes_moved)


def _measure_on_gpu(rows: list[dict[str, Any]]) -> list[str]:
    """Time all cases on the first GPU, caches warm; or say why not."""
    from gpu_core.cuda.trial import Trial

    try:
        with Trial(0) as trial:
            for row, case in zip(rows, cases(), strict=True):
                launch = case.prepare(trial)
                trial.time_us(launch, _WARM_UP)
                row["measured_us"] = trial.time_us(launch, _RUNS)
            return [f"measured on {trial.info.name}, caches warm: small launches find their bytes there"]
    except (PathUnavailable, CudaError) as error:
        return [f"not measured on a GPU: {error}"]


def _pack(said: InputTensor, faces: int) -> Case:
    atlas = Atlas(faces, SIZE)
    resized = "" if said.width == SIZE else "resized_"
    kernel = f"pack_{resized or said.layout.lower() + '_'}{said.dtype}"
    needed = faces * (len(said.pictures) * SIZE * SIZE * 4 + int(np.prod(said.shape)) * np.dtype(said.dtype).itemsize)

    def prepare(bench: Any) -> Launch:
        sources = {name: bench.surface(_picture(atlas, name)) for name in said.pictures}
        tensor = bench.memory(np.zeros((faces, *said.shape), said.dtype))
        return lambda: conversions.pack(bench.kernels, bench.stream, sources, tensor, said, atlas)

    return Case(_name("pack", said, faces), kernel, needed, prepare, _SAMPLING if resized else "")


def _unpack(said: OutputTensor, faces: int) -> Case:
    atlas = Atlas(faces, SIZE)
    resized = "" if said.width == SIZE else "resized_"
    kernel = f"unpack_{resized or said.layout.lower() + '_'}{said.dtype}"
    needed = faces * (SIZE * SIZE * 4 + int(np.prod(said.shape)) * np.dtype(said.dtype).itemsize)

    def prepare(bench: Any) -> Launch:
        target, tensor = bench.surface(_picture(atlas)), bench.memory(np.zeros((faces, *said.shape), said.dtype))
        return lambda: conversions.unpack(bench.kernels, bench.stream, tensor, said, target, atlas)

    return Case(_name("unpack", said, faces), kernel, needed, prepare, _SAMPLING if resized else "")


_SAMPLING = "neighbours are read again by each pixel they belong to; the L1 cache answers"


def _encode() -> Case:
    def prepare(bench: Any) -> Launch:
        source = bench.surface(_picture(Atlas(1, SIZE)))
        out = bench.memory(np.zeros(conversions.frame_bytes(SIZE, SIZE), np.uint8))
        return lambda: conversions.encode(bench.kernels, bench.stream, "nv12", source, out, (0, 0, SIZE, SIZE))

    return Case(f"RGBA to NV12, {SIZE}", "encode_420", SIZE * SIZE * 11 // 2, prepare)


def _decode() -> Case:
    def prepare(bench: Any) -> Launch:
        target, region = bench.surface(_picture(Atlas(1, SIZE))), (0, 0, SIZE, SIZE)
        frame = bench.memory(np.zeros(conversions.frame_bytes(SIZE, SIZE), np.uint8))
        return lambda: conversions.decode(bench.kernels, bench.stream, "nv12", frame, target, region)

    return Case(f"NV12 to RGBA, {SIZE}", "decode_420", SIZE * SIZE * 11 // 2, prepare)


def _difference() -> Case:
    def prepare(bench: Any) -> Launch:
        one, other, heat = (bench.surface(_picture(Atlas(1, SIZE))) for _ in range(3))
        result = bench.memory(np.zeros(RESULT_BYTES, np.uint8))
        return lambda: conversions.difference(bench.kernels, bench.stream, one, other, result, heat=heat)

    return Case(f"difference and heat map, {SIZE}", "difference", SIZE * SIZE * 12, prepare)


def _picture(atlas: Atlas, name: str = "") -> Any:
    shape = (atlas.height, atlas.width)
    return np.zeros(shape, np.float32) if name == "depth" else np.zeros((*shape, 4), np.uint8)


def _name(what: str, said: InputTensor | OutputTensor, faces: int) -> str:
    size = (
        f"{SIZE}" if said.width == SIZE else f"{SIZE} to {said.width}" if what == "pack" else f"{said.width} to {SIZE}"
    )
    return f"{what} {said.channels} channels, {said.layout} {said.dtype}, {size}, batch {faces}"


def _registers(one: dict[str, int]) -> str:
    return f"{one['registers']}/{one['spill_stores'] + one['spill_loads']}"


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
