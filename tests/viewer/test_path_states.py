"""The window with paths that change: badge, progress and cancel, late times, bytes; and it sleeps when nothing does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gpu_core.nvml import GpuSample
from gpu_core.path_state import PathState
from gpu_core.plans.progress import PlanProgress
from gpu_core.settings import StageTime, Traffic
from viewer.cockpit import Cockpit
from viewer.panels.latency import LatencyPanel
from viewer.panels.path_badge import PathBadge
from viewer.status_line import StatusLine

pytestmark = pytest.mark.display
HOST = PathState("host", "until the plan is built, the CPU runs the generator", "OpenVINO bf16")
CUDA = PathState("cuda", "its plan is ready", "TensorRT fp16", "image")
COPY = replace(CUDA, tier="host copy", tier_reason="OpenGL draws on another GPU")
GPU = GpuSample(
    busy_percent=64.0, own_sm_percent=51.0, memory_used_mb=2048.0, memory_total_mb=23034.0, power_w=44.0,
    power_limit_w=72.0, temperature_c=61.0, sm_mhz=2040.0, encoder_percent=5.0, slowed_by=("power limit", "heat"),
)  # fmt: skip
PROGRESS = PlanProgress("timing tactics", 0.43, 31.0, 40.2)


@pytest.fixture
def become(cockpit: Cockpit, engines: Any, qtbot: QtBot) -> Callable[[PathState], None]:
    """Change the engine's path, as it would by itself between two batches."""

    def change(state: PathState) -> None:
        engines.last.path_state = state
        cockpit.engine_thread._mailbox.wake()
        assert cockpit.model.engine is not None
        qtbot.waitUntil(lambda: cockpit.model.engine.state == state, timeout=5000)

    return change


def badge_of(cockpit: Cockpit) -> PathBadge:
    panel = cockpit.window.docks["Path"].widget()
    assert isinstance(panel, PathBadge)
    return panel


def line_of(cockpit: Cockpit) -> StatusLine:
    line = cockpit.window.statusBar()
    assert isinstance(line, StatusLine)
    return line


def test_a_change_is_shown_and_told(cockpit: Cockpit, become: Callable[[PathState], None]) -> None:
    become(HOST)
    become(CUDA)
    assert "CUDA · image" in badge_of(cockpit).badge.text()
    assert line_of(cockpit).path.text() == "CUDA · image"
    assert line_of(cockpit).path.property("state") != "warning"
    assert "TensorRT fp16" in badge_of(cockpit).generator.text()
    assert "TensorRT fp16" in line_of(cockpit).engine.text()
    assert "Runs on the GPU now" in cockpit.model.message.text


def test_a_degraded_path_looks_degraded(cockpit: Cockpit, become: Callable[[PathState], None]) -> None:
    become(HOST)
    assert badge_of(cockpit).badge.property("state") != "warning", "a machine without a GPU is as it should be"
    become(COPY)
    for badge in (badge_of(cockpit).badge, line_of(cockpit).path):
        assert badge.property("state") == "warning"
        assert "OpenGL draws on another GPU" in badge.toolTip()
    assert cockpit.model.message.level == "warning"
    become(CUDA)
    assert badge_of(cockpit).badge.property("state") != "warning"
    become(replace(HOST, reason="the NVIDIA path is out: cuEventQuery failed: 700"))
    assert badge_of(cockpit).badge.property("state") == "warning", "the GPU was there"


def test_a_plan_is_watched_even_when_nothing_moves_and_can_be_given_up(
    cockpit: Cockpit, become: Callable[[PathState], None], engines: Any, qtbot: QtBot
) -> None:
    become(replace(HOST, building=PROGRESS))
    panel = badge_of(cockpit)
    assert "43 %, about 40\N{NO-BREAK SPACE}s left; the face runs on the CPU meanwhile" in panel.plan.text.text()
    assert panel.plan.bar.value() == 430
    assert line_of(cockpit).path.text() == "host · building 43 %"
    engines.last.path_state = replace(HOST, building=replace(PROGRESS, fraction=0.5, left_s=30.0))
    qtbot.waitUntil(lambda: panel.plan.bar.value() == 500, timeout=5000)  # nobody woke the engine thread
    qtbot.mouseClick(panel.plan.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engines.last.cancelled == 1, timeout=5000)
    qtbot.waitUntil(lambda: panel.plan.isHidden(), timeout=5000)
    assert cockpit.model.message.text == "Building the plan was cancelled"
    assert cockpit.model.message.level == "warning"


def test_a_plan_being_built_fits_on_a_small_screen(cockpit: Cockpit, become: Callable[[PathState], None]) -> None:
    """With the most that the panels beside it can have to say."""
    cockpit.window.resize(1280, 800)
    told = replace(cockpit.utilisation._sampler.sample(), gpu=GPU)
    cockpit.utilisation._sampler = SimpleNamespace(
        sample=lambda: told, description="a GPU", close=lambda: None, watch=lambda _uuid: None
    )
    cockpit.utilisation.sample()
    cockpit.utilisation.show_samples()
    become(replace(HOST, reason="until the plan for the GPU is built, the CPU runs the generator with OpenVINO bf16"))
    become(replace(cockpit.model.engine.state, building=PROGRESS))
    panel = badge_of(cockpit)
    assert panel.reason.isHidden()
    assert "timing tactics" in panel.plan.toolTip()
    assert cockpit.window.minimumSizeHint().height() <= 800
    become(HOST)
    assert not panel.reason.isHidden()


def test_the_engine_thread_sleeps_when_there_is_nothing_to_look_at(cockpit: Cockpit, qtbot: QtBot) -> None:
    thread = cockpit.engine_thread
    qtbot.waitUntil(lambda: not thread._is_owed, timeout=5000)
    assert thread._patience_s() is None


def test_another_engine_draws_what_is_shown_again(
    cockpit: Cockpit, become: Callable[[PathState], None], engines: Any, qtbot: QtBot
) -> None:
    become(HOST)
    count = len(engines.last.submitted)
    become(CUDA)
    qtbot.waitUntil(lambda: len(engines.last.submitted) > count, timeout=5000)


def test_times_that_a_gpu_tells_late_land_in_their_frames(cockpit: Cockpit, engines: Any, qtbot: QtBot) -> None:
    model = cockpit.model
    for jaw in (0.2, 0.4, 0.6):
        model.edit_weights({"jawOpen": jaw})
        qtbot.waitUntil(lambda jaw=jaw: model.shown.request.expressions[0]["jawOpen"] == jaw, timeout=5000)
    engines.last.late = [(len(engines.last.submitted) - 1, (StageTime("infer", 0, 1.25, "gpu"),))]
    cockpit.engine_thread._mailbox.wake()
    qtbot.waitUntil(lambda: model.history.on_gpu == {"infer"}, timeout=5000)
    assert model.history.values("infer")[-1] == 1.25


def test_the_latency_panel_shows_bytes_and_marks_what_the_gpu_timed(
    cockpit: Cockpit, engines: Any, qtbot: QtBot
) -> None:
    panel = cockpit.window.docks["Latency"].widget()
    assert isinstance(panel, LatencyPanel)
    engines.last.traffic = Traffic(0, 640)
    cockpit.model.edit_weights({"jawOpen": 0.3})
    qtbot.waitUntil(lambda: cockpit.model.shown.traffic.host_bytes == 640, timeout=5000)
    cockpit.model.history.amend(len(engines.last.submitted) - 1, (StageTime("infer", 0, 1.25, "gpu"),))
    panel._show_figures()
    assert panel.figures.text("bus") == "640 B"
    assert panel.table.on_gpu == {"infer"}
    panel.grab()
