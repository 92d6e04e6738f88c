"""viewer.measures: figures with units, curves as shares of what there is, nothing where nothing is told."""

from __future__ import annotations

import pytest

from gpu_core.nvml import GpuSample
from gpu_core.telemetry import UtilisationSample
from viewer.measures import measures

GPU = GpuSample(
    busy_percent=64.0, memory_busy_percent=12.0, memory_used_mb=2048.0, memory_total_mb=8192.0, encoder_percent=5.0,
    decoder_percent=0.0, power_w=36.0, power_limit_w=72.0, sm_mhz=1000.0, sm_max_mhz=2000.0, memory_mhz=6250.0,
    memory_max_mhz=6250.0, temperature_c=60.0, slowdown_c=90.0, own_sm_percent=51.0,
)  # fmt: skip
SAMPLE = UtilisationSample(0, 150.0, 80.0, 400.0, GPU, machine_memory_mb=4000.0)


def test_every_figure_has_a_unit_and_a_share() -> None:
    found = {one.name: (one.text(SAMPLE), one.share(SAMPLE)) for one in measures(2)}
    assert found == {
        "GPU": ("64 %", 64.0), "GPU, Mien": ("51 %", 51.0), "mem. busy": ("12 %", 12.0), "VRAM": ("2.0 / 8 GB", 25.0),
        "encoder": ("5 %", 5.0), "decoder": ("0 %", 0.0), "power": ("36 / 72 W", 50.0),
        "temp.": ("60 °C", pytest.approx(66.67, abs=0.01)), "SM MHz": ("1000", 50.0),
        "mem. MHz": ("6250", 100.0), "CPU": ("80 %", 80.0), "Mien": ("1.50 cores", 75.0),
        "memory": ("400 MB", 10.0),
    }  # fmt: skip


def test_what_the_driver_does_not_tell_is_a_dash_and_no_share() -> None:
    for gpu in (None, GpuSample()):
        sample = UtilisationSample(0, 0.0, 0.0, 1.0, gpu)
        told = [one for one in measures(2) if one.of_gpu]
        assert {one.figure(sample, drawn=True).text for one in told} == {"–"}
        assert {one.share(sample) for one in told} == {None}
    assert next(one for one in measures(2) if one.name == "memory").share(sample) is None


def test_nvml_s_utilisation_is_labelled_for_what_it_is() -> None:
    tips = {one.name: one.tip for one in measures(2)}
    assert "Share of time in which any kernel ran" in tips["GPU"]
    assert "not how full it is" in tips["mem. busy"]


def test_curves_have_colours_of_their_own() -> None:
    colours = [one.colour for one in measures(2)]
    assert len(set(colours)) == len(colours)
