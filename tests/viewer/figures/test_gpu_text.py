"""Words for a GPU's figures: what is missing leaves no hole, what is there has its unit."""

from __future__ import annotations

from dataclasses import replace

from gpu_core.nvml import GpuSample
from viewer.figures import gpu_text

FULL = GpuSample(
    busy_percent=64.0, memory_busy_percent=12.0, memory_used_mb=2048.0, memory_total_mb=8192.0,
    memory_reserved_mb=300.0, encoder_percent=5.0, decoder_percent=0.0, power_w=43.5, power_limit_w=72.0,
    graphics_mhz=2040.0, sm_mhz=2025.0, memory_mhz=6251.0, video_mhz=1770.0, slowed_by=("power limit",),
    temperature_c=61.0, slowdown_c=90.0, sm_max_mhz=2040.0,
    performance_state=2, own_memory_mb=700.0, own_sm_percent=51.0,
    own_encoder_percent=4.0,
    own_decoder_percent=None,
)  # fmt: skip


def test_everything_there():
    assert gpu_text.slowed(FULL) == "slowed by power limit"
    for figure in ("64 %", "12 %", "5, 0 %", "51 %", "4, – %", "2048 of 8192 MB", "700 MB", "300 MB", "44 of 72 W",
                   "2040, 2025 MHz", "6251, 1770 MHz", "P2", "power limit", "61 of 90 °C", "2040, – MHz"):  # fmt: skip
        assert f"<b>{figure}</b>" in gpu_text.tooltip(FULL)


def test_nothing_there():
    nothing = GpuSample()
    assert gpu_text.slowed(nothing) == ""
    assert "tells nothing" in gpu_text.tooltip(nothing)


def test_as_fast_as_it_can_is_told_from_unknown():
    assert "<b>nothing</b>" in gpu_text.tooltip(replace(FULL, slowed_by=()))
    assert "Slowed" not in gpu_text.tooltip(replace(FULL, slowed_by=None))
