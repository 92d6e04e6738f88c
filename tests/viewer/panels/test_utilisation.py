"""The utilisation panel: what it says with and without a GPU, and that it rests when hidden."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.nvml import GpuSample
from gpu_core.path_state import PathState
from gpu_core.telemetry import UtilisationSample
from viewer.engine_info import EngineInfo
from viewer.panels.utilisation import UtilisationPanel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display

GPU = GpuSample(
    busy_percent=64.0, own_sm_percent=51.0, memory_used_mb=2048.0, memory_total_mb=8192.0, power_w=43.5,
    power_limit_w=72.0, temperature_c=61.0, sm_mhz=2040.0, slowed_by=(),
)  # fmt: skip


class FakeSampler:
    def __init__(self, gpu: GpuSample | None = None, description: str = "") -> None:
        self.closed, self.gpu, self.description = False, gpu, description

    def sample(self) -> UtilisationSample:
        return UtilisationSample(0, 150.0, 80.0, 400.0, self.gpu)

    def watch(self, uuid: str) -> None:
        self.description = f"watching {uuid}"

    def close(self) -> None:
        self.closed = True


def shown(qtbot: QtBot, model: ViewerModel, sampler: FakeSampler) -> UtilisationPanel:
    panel = UtilisationPanel(model, sampler, 2)
    qtbot.addWidget(panel)
    panel.sample()
    panel.show_samples()
    return panel


def test_without_a_gpu_it_shows_the_processor_and_says_so(qtbot: QtBot, model: ViewerModel) -> None:
    panel = shown(qtbot, model, FakeSampler(None, "CPU and memory only: no NVIDIA GPU"))
    assert panel.gpu.isHidden()
    assert "Mien 1.50 cores" in panel.figures.text()
    assert panel.source.text() == "CPU and memory only: no NVIDIA GPU"
    assert panel._curves["process"].getData()[1].tolist() == [75.0]
    assert panel._curves["GPU"].getData()[1] is None


def test_with_a_gpu_it_shows_it_and_its_curves(qtbot: QtBot, model: ViewerModel) -> None:
    panel = shown(qtbot, model, FakeSampler(GPU))
    first, second = panel.gpu.text().split("<br>")
    assert "GPU 64 %" in first
    assert "Mien 51 %" in first
    assert "2.0 of 8 GB" in first
    assert second == "44 of 72 W · 61 °C · 2040 MHz"
    assert [panel._curves[name].getData()[1].tolist() for name in ("GPU", "own GPU")] == [[64.0], [51.0]]
    assert "share of time in which any kernel ran" in panel.gpu.toolTip()


def test_gaps_leave_no_traces(qtbot: QtBot, model: ViewerModel) -> None:
    panel = shown(qtbot, model, FakeSampler(GpuSample(temperature_c=55.0)))
    assert panel.gpu.text() == "55 °C"
    assert panel._curves["GPU"].getData()[1] is None


def test_a_gpu_that_is_gone_is_said(qtbot: QtBot, model: ViewerModel) -> None:
    assert "GPU does not answer" in shown(qtbot, model, FakeSampler(GpuSample())).gpu.text()


def test_of_several_gpus_it_turns_to_the_one_that_computes(qtbot: QtBot, model: ViewerModel) -> None:
    panel = shown(qtbot, model, FakeSampler(GPU, "the first one"))
    model.set_engine(EngineInfo("head", (), False, PathState("host", "", ""), {}, ()))
    assert panel.source.text() == "the first one"
    model.set_path(PathState("cuda", "", "", gpu="GPU-2"))
    assert panel.source.text() == "watching GPU-2"


def test_it_samples_only_while_it_is_seen(qtbot: QtBot, model: ViewerModel) -> None:
    sampler = FakeSampler()
    panel = UtilisationPanel(model, sampler, 2)
    qtbot.addWidget(panel)
    assert not panel._timer.isActive()
    panel.show()
    assert panel._timer.isActive()
    panel.hide()
    assert not panel._timer.isActive()
    panel.close_sampler()
    assert sampler.closed
