"""What the window says of a GPU's figures: a few lines, and all of them in a tooltip. Pure text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_core.nvml import GpuSample


def load(gpu: GpuSample) -> str:
    """`GPU 64 %`, or that it is silent."""
    if gpu.is_silent:
        return "GPU does not answer"
    return "" if gpu.busy_percent is None else f"GPU {gpu.busy_percent:.0f} %"


def own_load(gpu: GpuSample) -> str:
    """`Mien 51 %`: this process' share of it."""
    return "" if gpu.own_sm_percent is None else f"Mien {gpu.own_sm_percent:.0f} %"


def memory(gpu: GpuSample) -> str:
    """`2.0 of 24 GB`."""
    if gpu.memory_used_mb is None or gpu.memory_total_mb is None:
        return ""
    return f"{gpu.memory_used_mb / 1024:.1f} of {gpu.memory_total_mb / 1024:.0f} GB"


def state(gpu: GpuSample) -> str:
    """`44 of 72 W · 61 °C · 2040 MHz · enc 5 %`: what there is; the encoder only while it works."""
    parts = (
        _of(gpu.power_w, gpu.power_limit_w, "W"),
        _plain(gpu.temperature_c, "°C"),
        _plain(gpu.sm_mhz if gpu.sm_mhz is not None else gpu.graphics_mhz, "MHz"),
        f"enc {gpu.encoder_percent:.0f} %" if gpu.encoder_percent else "",
    )
    return " · ".join(filter(None, parts))


def slowed(gpu: GpuSample) -> str:
    """`slowed by power limit`, or nothing."""
    return f"slowed by {', '.join(gpu.slowed_by)}" if gpu.slowed_by else ""


def tooltip(gpu: GpuSample) -> str:
    """Every figure that the driver tells, with its unit and meaning, as rows of a table."""
    rows = (
        ("Busy", _plain(gpu.busy_percent, "%"), "share of time in which any kernel ran"),
        ("Memory busy", _plain(gpu.memory_busy_percent, "%"), "share of time in which memory was read or written"),
        ("Encoder, decoder", _pair(gpu.encoder_percent, gpu.decoder_percent, "%"), "of the video engines"),
        ("Mien", _plain(gpu.own_sm_percent, "%"), "share of time in which kernels of this process ran"),
        ("Mien, video", _pair(gpu.own_encoder_percent, gpu.own_decoder_percent, "%"), "encoder, decoder"),
        ("Memory", _of(gpu.memory_used_mb, gpu.memory_total_mb, "MB"), "used, of all"),
        ("Mien, memory", _plain(gpu.own_memory_mb, "MB"), "used by this process"),
        ("Reserved", _plain(gpu.memory_reserved_mb, "MB"), "kept by the driver"),
        ("Power", _of(gpu.power_w, gpu.power_limit_w, "W"), "now, of the limit in force"),
        ("Clocks", _pair(gpu.graphics_mhz, gpu.sm_mhz, "MHz"), "graphics, multiprocessors"),
        ("", _pair(gpu.memory_mhz, gpu.video_mhz, "MHz"), "memory, video engines"),
        ("State", _performance_state(gpu.performance_state), "P0 is the fastest, P15 the slowest"),
        ("Slowed by", _reasons(gpu.slowed_by), ""),
        ("Temperature", _plain(gpu.temperature_c, "°C"), ""),
    )
    cells = (_row(*row) for row in rows if row[1])
    return f"<table cellspacing='2'>{''.join(cells)}</table>" if not gpu.is_silent else "The driver tells nothing of it"


def _row(name: str, value: str, meaning: str) -> str:
    return f"<tr><td>{name}&nbsp;</td><td align='right'><b>{value}</b>&nbsp;</td><td>{meaning}</td></tr>"


def _plain(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.0f} {unit}"


def _of(value: float | None, whole: float | None, unit: str) -> str:
    if value is None or whole is None:
        return _plain(value, unit)
    return f"{value:.0f} of {whole:.0f} {unit}"


def _pair(first: float | None, second: float | None, unit: str) -> str:
    """Two figures that belong together; one that is missing is a dash."""
    if first is None and second is None:
        return ""
    return f"{', '.join('–' if value is None else f'{value:.0f}' for value in (first, second))} {unit}"


def _performance_state(state: int | None) -> str:
    return "" if state is None else f"P{state}"


def _reasons(reasons: tuple[str, ...] | None) -> str:
    return "" if reasons is None else ", ".join(reasons) or "nothing"
