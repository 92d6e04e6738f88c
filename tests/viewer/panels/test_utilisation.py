"""The utilisation panel: what it says with and without a GPU, and that it rests when hidden."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.telemetry import UtilisationSample
from viewer.panels.utilisation import UtilisationPanel, describe
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


class FakeSampler:
    def __init__(self, *, gpu_percent: float | None) -> None:
        self.closed = False
        self._gpu_percent = gpu_percent

    def sample(self) -> UtilisationSample:
        return UtilisationSample(0, 150.0, 80.0, 400.0, gpu_percent=self._gpu_percent)

    def close(self) -> None:
        self.closed = True


def test_without_a_gpu_it_shows_the_processor_and_says_so(qtbot: QtBot, model: ViewerModel) -> None:
    panel = UtilisationPanel(model, FakeSampler(gpu_percent=None), "CPU and memory only: no NVIDIA GPU", 2)
    qtbot.addWidget(panel)
    panel.sample()
    panel.show_samples()
    assert "GPU" not in panel.figures.text()
    assert "Mien 1.50 cores" in panel.figures.text()
    assert panel.source.text() == "CPU and memory only: no NVIDIA GPU"
    assert panel._curves["process"].getData()[1].tolist() == [75.0]


def test_with_a_gpu_it_shows_it_first(qtbot: QtBot, model: ViewerModel) -> None:
    panel = UtilisationPanel(model, FakeSampler(gpu_percent=64.0), "NVIDIA", 2)
    qtbot.addWidget(panel)
    panel.sample()
    panel.show_samples()
    assert "GPU 64 %" in panel.figures.text().split(" · ")[0]


def test_memory_of_the_gpu_is_in_gigabytes() -> None:
    sample = UtilisationSample(0, 0.0, 0.0, 1.0, gpu_percent=1.0, vram_used_mb=2048.0, vram_total_mb=8192.0)
    assert "2.0 of 8 GB" in describe(sample)


def test_it_samples_only_while_it_is_seen(qtbot: QtBot, model: ViewerModel) -> None:
    sampler = FakeSampler(gpu_percent=None)
    panel = UtilisationPanel(model, sampler, "", 2)
    qtbot.addWidget(panel)
    assert not panel._timer.isActive()
    panel.show()
    assert panel._timer.isActive()
    panel.hide()
    assert not panel._timer.isActive()
    panel.close_sampler()
    assert sampler.closed
