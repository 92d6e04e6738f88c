"""What the window says of a GPU's figures: all of them in a tooltip. Pure text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_core.nvml import GpuSample


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
        ("Upper ends", _pair(gpu.sm_max_mhz, gpu.memory_max_mhz, "MHz"), "multiprocessors, memory"),
        ("State", _performance_state(gpu.performance_state), "P0 is the fastest, P15 the slowest"),
        ("Slowed by", _reasons(gpu.slowed_by), ""),
        ("Temperature", _of(gpu.temperature_c, gpu.slowdown_c, "°C"), "now, of that at which it slows down"),
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
