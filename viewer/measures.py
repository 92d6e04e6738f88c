"""What the utilisation panel measures: name, colour, figure, and what its curve is a share of. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gpu_core.nvml import GpuSample
from gpu_core.telemetry import UtilisationSample
from viewer.figures.figures_grid import Figure

NOTHING = "–"
MIEN_COLOUR = "#e69f00"
HOTTEST_C = 100.0  # where the driver does not say at what temperature it slows down


@dataclass(frozen=True)
class Measure:
    """One figure of a sample. `share` is what its curve shows, in percent of what there is; None: not measured."""

    name: str
    colour: str
    tip: str
    text: Callable[[UtilisationSample], str]
    share: Callable[[UtilisationSample], float | None]
    drawn: bool = False  # its curve is at first
    of_gpu: bool = False

    def figure(self, sample: UtilisationSample, *, drawn: bool) -> Figure:
        """The cell of the grid."""
        text = self.text(sample)
        return Figure(self.name, text or NOTHING, self.tip, "" if text else "none", self.colour, drawn)


def measures(cores: int) -> tuple[Measure, ...]:
    """All there are, in the order of the panel."""
    return (*_of_gpu(), *_of_host(cores))


def _of_host(cores: int) -> tuple[Measure, ...]:
    return (
        Measure(
            "CPU", "#56b4e9", f"All programs on this machine, of its {cores} cores.",
            lambda now: f"{now.machine_percent:.0f} %", lambda now: now.machine_percent, drawn=True,
        ),
        Measure(
            "Mien", MIEN_COLOUR, f"This process: how many of {cores} cores it keeps busy.",
            lambda now: f"{now.process_percent / 100:.2f} cores", lambda now: now.process_percent / cores, drawn=True,
        ),
        Measure(
            "memory", "#8d929a", "Memory of this process that is in RAM (resident); the curve: of the machine's.",
            lambda now: f"{now.resident_mb:.0f} MB",
            lambda now: _part(now.resident_mb, now.machine_memory_mb or None),
        ),
    )  # fmt: skip


def _of_gpu() -> tuple[Measure, ...]:
    return (
        _gpu("GPU", "#2fb890", "Share of time in which any kernel ran: NVML's utilisation. A single small kernel that "
             "runs all the time reads as 100 %: it is not how much of the GPU was used.",
             lambda gpu: _percent(gpu.busy_percent), lambda gpu: gpu.busy_percent, drawn=True),
        _gpu("GPU, Mien", "#cc79a7", "Share of time in which kernels of this process ran.",
             lambda gpu: _percent(gpu.own_sm_percent), lambda gpu: gpu.own_sm_percent, drawn=True),
        _gpu("mem. busy", "#d0a6e8", "Memory controller: share of time in which the GPU's memory was read or written; "
             "not how full it is.",
             lambda gpu: _percent(gpu.memory_busy_percent), lambda gpu: gpu.memory_busy_percent),
        _gpu("VRAM", "#f0e442", "Memory of the GPU in use by all programs, of all it has.",
             lambda gpu: _of(gpu.memory_used_mb, gpu.memory_total_mb, "GB", 1024.0),
             lambda gpu: _part(gpu.memory_used_mb, gpu.memory_total_mb)),
        _gpu("encoder", "#e8743b", "Share of time in which the video encoder (NVENC) worked.",
             lambda gpu: _percent(gpu.encoder_percent), lambda gpu: gpu.encoder_percent),
        _gpu("decoder", "#b8a88f", "Share of time in which the video decoder (NVDEC) worked.",
             lambda gpu: _percent(gpu.decoder_percent), lambda gpu: gpu.decoder_percent),
        _gpu("power", "#f0705c", "Power of the whole board, of the limit in force.",
             lambda gpu: _of(gpu.power_w, gpu.power_limit_w, "W"), lambda gpu: _part(gpu.power_w, gpu.power_limit_w)),
        _gpu("temp.", "#e0a83c", "Temperature of the GPU; the curve: of that at which the driver slows it down.",
             lambda gpu: _plain(gpu.temperature_c, "°C"),
             lambda gpu: _part(gpu.temperature_c, gpu.slowdown_c or HOTTEST_C)),
        _gpu("SM MHz", "#7f9cf5", "Clock of the multiprocessors; the curve: of its upper end.",
             lambda gpu: _plain(gpu.sm_mhz if gpu.sm_mhz is not None else gpu.graphics_mhz),
             lambda gpu: _part(gpu.sm_mhz, gpu.sm_max_mhz)),
        _gpu("mem. MHz", "#9adbe8", "Clock of the GPU's memory; the curve: of its upper end.",
             lambda gpu: _plain(gpu.memory_mhz), lambda gpu: _part(gpu.memory_mhz, gpu.memory_max_mhz)),
    )  # fmt: skip


def _gpu(
    name: str, colour: str, tip: str, text: Callable[[GpuSample], str],
    share: Callable[[GpuSample], float | None], *, drawn: bool = False,
) -> Measure:  # fmt: skip
    return Measure(
        name, colour, tip,
        lambda now: text(now.gpu) if now.gpu is not None else "",
        lambda now: share(now.gpu) if now.gpu is not None else None, drawn, of_gpu=True,
    )  # fmt: skip


def _percent(value: float | None) -> str:
    return _plain(value, "%")


def _plain(value: float | None, unit: str = "") -> str:
    return "" if value is None else f"{value:.0f} {unit}".strip()


def _of(value: float | None, whole: float | None, unit: str, divisor: float = 1.0) -> str:
    if value is None or whole is None:
        return _plain(None if value is None else value / divisor, unit)
    digits = 1 if divisor > 1.0 else 0
    return f"{value / divisor:.{digits}f} / {whole / divisor:.0f} {unit}"


def _part(value: float | None, whole: float | None) -> float | None:
    return None if value is None or not whole else 100.0 * value / whole
