"""The utilisation panel: with a GPU and without, gaps where nothing was told, sampling only while it is seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot

from gpu_core.nvml import GpuSample
from gpu_core.path_state import PathState
from gpu_core.telemetry import UtilisationSample
from gpu_core.thread_load import ThreadLoad
from viewer.engine_info import EngineInfo
from viewer.figures.panel_cost import PanelCost
from viewer.panels.utilisation import COST, NO_THREADS, UtilisationPanel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display

GPU = GpuSample(
    busy_percent=64.0, own_sm_percent=51.0, memory_used_mb=2048.0, memory_total_mb=8192.0, power_w=43.5,
    power_limit_w=72.0, temperature_c=61.0, sm_mhz=2040.0, slowed_by=(),
)  # fmt: skip
SECOND = 1_000_000_000


class FakeSampler:
    def __init__(self, gpu: GpuSample | None = None, description: str = "") -> None:
        self.closed, self.gpu, self.description = False, gpu, description
        self.now_ns = 0
        self.threads: tuple[ThreadLoad, ...] | None = (ThreadLoad(2**30, "llvmpipe-0", "", 120.0),)

    def sample(self) -> UtilisationSample:
        self.now_ns += SECOND
        return UtilisationSample(self.now_ns, 150.0, 80.0, 400.0, self.gpu, 4000.0, self.threads)

    def watch(self, uuid: str) -> None:
        self.description = f"watching {uuid}"

    def close(self) -> None:
        self.closed = True


def shown(qtbot: QtBot, model: ViewerModel, sampler: FakeSampler, memory: QSettings | None = None) -> UtilisationPanel:
    panel = UtilisationPanel(model, sampler, 2, PanelCost(), memory)
    qtbot.addWidget(panel)
    panel.resize(288, 240)
    panel.sample()
    panel.show_samples()
    return panel


def test_without_a_gpu_it_shows_the_processor_and_who_takes_it(qtbot: QtBot, model: ViewerModel) -> None:
    panel = shown(qtbot, model, FakeSampler(None, "CPU and memory only: no NVIDIA GPU"))
    assert [figure.name for figure in panel.figures.figures] == ["CPU", "Mien", "memory", COST]
    assert panel.figures.text("Mien") == "1.50 cores"
    assert panel.source.text() == "CPU and memory only: no NVIDIA GPU"
    assert panel.curve("Mien") == [75.0]
    assert [(taker.title, taker.cores) for taker in panel.takers.takers] == [
        ("llvmpipe", 1.2), ("other programs", pytest.approx(0.1)),
    ]  # fmt: skip
    panel.grab()


def test_without_proc_it_says_that_there_are_no_threads(qtbot: QtBot, model: ViewerModel) -> None:
    sampler = FakeSampler(None, "CPU and memory only")
    sampler.threads = None
    panel = shown(qtbot, model, sampler)
    assert panel.source.text() == NO_THREADS
    assert panel.takers.isHidden()


def test_with_a_gpu_it_shows_it_and_its_curves(qtbot: QtBot, model: ViewerModel) -> None:
    panel = shown(qtbot, model, FakeSampler(GPU))
    texts = {figure.name: figure.text for figure in panel.figures.figures}
    assert texts["GPU"] == "64 %"
    assert texts["VRAM"] == "2.0 / 8 GB"
    assert texts["power"] == "44 / 72 W"
    assert texts["encoder"] == "–", "the driver does not tell"
    assert panel.curve("GPU") == [64.0]
    assert len(panel.graph.series) == 4, "GPU, CPU, and what Mien takes of them"
    assert panel.takers.isHidden()
    assert "share of time in which any kernel ran" in panel.source.toolTip()


def test_a_gpu_that_vanishes_is_a_gap_and_one_line_and_may_come_back(qtbot: QtBot, model: ViewerModel) -> None:
    sampler = FakeSampler(GPU, "NVIDIA Test")
    panel = shown(qtbot, model, sampler)
    for gpu in (GpuSample(), GPU):
        sampler.gpu = gpu
        panel.sample()
        panel.show_samples()
        if gpu.is_silent:
            assert "does not answer" in panel.source.text()
            assert panel.figures.text("GPU") == "–"
    assert np.isnan(panel.curve("GPU")).tolist() == [False, True, False]
    assert panel.curve("CPU") == [80.0] * 3
    assert panel.source.text() == "NVIDIA Test"


def test_a_gpu_that_is_held_back_is_said(qtbot: QtBot, model: ViewerModel) -> None:
    panel = shown(qtbot, model, FakeSampler(replace(GPU, slowed_by=("power limit",))))
    assert panel.source.text() == "GPU slowed by power limit"


@pytest.mark.parametrize("jump_s", [60, -60])
def test_time_in_which_nothing_was_sampled_is_a_gap(qtbot: QtBot, model: ViewerModel, jump_s: int) -> None:
    sampler = FakeSampler()
    panel = shown(qtbot, model, sampler)
    sampler.now_ns += jump_s * SECOND
    panel.sample()
    assert np.isnan(panel.curve("CPU")).tolist() == [False, True, False]


def test_curves_are_chosen_by_a_click_and_remembered(qtbot: QtBot, model: ViewerModel, tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "mien.ini"), QSettings.Format.IniFormat)
    panel = shown(qtbot, model, FakeSampler(), memory)
    assert len(panel.graph.series) == 2
    for name in ("CPU", "Mien", "memory", COST):
        index = [figure.name for figure in panel.figures.figures].index(name)
        qtbot.mouseClick(panel.figures, Qt.MouseButton.LeftButton, pos=panel.figures.cell(index).center())
    assert list(panel.graph.series.values()) == [(10.0,)], "only the memory is left"
    assert shown(qtbot, model, FakeSampler(), memory).drawn == panel.drawn


def test_of_several_gpus_it_turns_to_the_one_that_computes(qtbot: QtBot, model: ViewerModel) -> None:
    panel = shown(qtbot, model, FakeSampler(GPU, "the first one"))
    model.set_engine(EngineInfo("head", (), False, PathState("host", "", ""), {}, ()))
    assert panel.source.text() == "the first one"
    model.set_path(PathState("cuda", "", "", gpu="GPU-2"))
    assert panel.source.text() == "watching GPU-2"


def test_what_the_panels_cost_is_shown(qtbot: QtBot, model: ViewerModel) -> None:
    class Dear(PanelCost):
        percent = 1.24

    panel = UtilisationPanel(model, FakeSampler(), 2, Dear())
    qtbot.addWidget(panel)
    panel.sample()
    panel.show_samples()
    assert panel.figures.text(COST) == "1.2 % of a core"
    assert "What Qt takes" in panel.figures.figures[-1].tip


def test_it_samples_only_while_it_is_seen(qtbot: QtBot, model: ViewerModel) -> None:
    sampler = FakeSampler()
    panel = UtilisationPanel(model, sampler, 2, PanelCost())
    qtbot.addWidget(panel)
    assert not panel._timer.isActive()
    panel.show()
    assert panel._timer.isActive()
    panel.hide()
    assert not panel._timer.isActive()
    panel.close_sampler()
    assert sampler.closed


def test_a_trace_gets_its_counters_while_nobody_looks(qtbot: QtBot, model: ViewerModel) -> None:
    panel = shown(qtbot, model, FakeSampler())
    drawn = panel.graph.series
    panel.hide()
    model.set_trace("trace.json")
    assert panel._timer.isActive()
    with qtbot.waitSignal(model.utilisation_sampled):
        panel._timer.timeout.emit()
    assert panel.graph.series is drawn, "what nobody sees is not drawn"
    model.set_trace("")
    assert not panel._timer.isActive()
    panel.show()
    model.set_trace("trace.json")
    model.set_trace("")
    assert panel._timer.isActive()
