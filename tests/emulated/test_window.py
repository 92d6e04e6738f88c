"""The window on the NVIDIA path: the engine's thread, the badge, a recording, a device lost while it plays."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtGui import QImage

from gpu_core.contract import picture_contract
from gpu_core.engine import Engine
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings
from tests.emulated.paths import keep_plan, use_double
from tests.emulation.tensorrt.faults import misbehaving
from tests.faces import save_head
from tests.networks import SIZE, save_network
from tests.viewer.conftest import no_garbage_for_others, qapp  # noqa: F401
from viewer.cockpit import Cockpit

pytestmark = pytest.mark.display


@pytest.fixture(scope="module")
def face(tmp_path_factory):
    return load_face(save_head(tmp_path_factory.mktemp("face")))


@pytest.fixture
def model(emulated_gl, monkeypatch, tmp_path, tmp_path_factory, face):
    use_double(monkeypatch, tmp_path_factory.getbasetemp() / "cache")
    return load_model(save_network(tmp_path, contract=picture_contract(face.sha256)))


@pytest.fixture
def open_cockpit(qtbot, face, model):
    opened = []

    def make(path="auto"):
        settings = EngineSettings(size=SIZE, precision="fp32", path=path)
        cockpit = Cockpit(lambda: Engine(face, model, settings), remembers=False)
        opened.append(cockpit)
        qtbot.addWidget(cockpit.window)
        cockpit.open()
        qtbot.waitUntil(lambda: cockpit.model.shown is not None, timeout=20_000)
        return cockpit

    yield make
    for cockpit in opened:
        cockpit.window.close()
        assert cockpit.engine_thread.wait(10_000)


def edit(cockpit, qtbot, weight):
    cockpit.model.edit_weights({"jawOpen": weight})
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=10_000)


def state_of(cockpit):
    return cockpit.model.engine.state


def center_of(cockpit):
    image = cockpit.viewport.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    flat = np.array(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return flat[image.height() // 4 : -image.height() // 4, image.width() // 4 : -image.width() // 4, :3].astype(int)


def test_faces_follow_the_sliders_and_the_state_says_cuda(open_cockpit, qtbot, model):
    keep_plan(model, EngineSettings(size=SIZE, precision="fp32"))
    cockpit = open_cockpit()
    before = center_of(cockpit)
    edit(cockpit, qtbot, 0.9)
    assert state_of(cockpit).name == "cuda"
    assert state_of(cockpit).tier == "image"
    assert np.abs(center_of(cockpit) - before).max() > 8
    for weight in np.linspace(0, 1, 20):
        cockpit.model.edit_weights({"jawOpen": float(weight)})
        qtbot.wait(5)
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=10_000)


def test_a_plan_is_built_beside_the_window_and_then_used(open_cockpit, qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_: tmp_path / "empty")
    with misbehaving(step_s=0.1):
        cockpit = open_cockpit()
        assert state_of(cockpit).name == "host"
        qtbot.waitUntil(lambda: state_of(cockpit).building is not None, timeout=10_000)
        # Nobody touches anything: the window has to notice by itself.
        qtbot.waitUntil(lambda: state_of(cockpit).name == "cuda", timeout=30_000)
    edit(cockpit, qtbot, 0.4)
    assert state_of(cockpit).engine.startswith("TensorRT")


def test_a_device_lost_while_it_plays_costs_a_message_and_no_picture(open_cockpit, qtbot, model, emulated_gl):
    keep_plan(model, EngineSettings(size=SIZE, precision="fp32"))
    cockpit = open_cockpit()
    emulated_gl.lose("cuLaunchKernelEx")
    edit(cockpit, qtbot, 0.6)
    qtbot.waitUntil(lambda: state_of(cockpit).name == "host", timeout=10_000)
    assert "700" in state_of(cockpit).reason
    edit(cockpit, qtbot, 0.1)
    assert state_of(cockpit).name == "host"


def test_a_recording_is_copied_beside_everything_else(open_cockpit, qtbot, model, tmp_path):
    keep_plan(model, EngineSettings(size=SIZE, precision="fp32"))
    cockpit = open_cockpit()
    ended = []
    cockpit.filming.ended.connect(ended.append)
    cockpit.filming.start(tmp_path / "sessions")
    for weight in (0.2, 0.5, 0.8, 0.3):
        edit(cockpit, qtbot, weight)
        qtbot.wait(100)  # of several pictures for one moment of the video the first is kept
    cockpit.filming.stop()
    qtbot.waitUntil(lambda: bool(ended), timeout=20_000)
    (video,) = Path(ended[0].folder).glob("*.mp4")
    with av.open(str(video)) as container:
        assert sum(1 for _ in container.decode(video=0)) >= 4
    # A copy of 1.5 bytes a pixel, or, where it was shown before it was filmed, none.
    assert cockpit.model.shown.traffic.recorded_bytes in (0, SIZE * SIZE * 3 // 2)
