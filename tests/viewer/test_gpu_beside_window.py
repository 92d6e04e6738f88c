"""A server under Xvfb: the engine draws in an EGL context of its own, and its pictures reach a window that Qt paints.

Mesa's software device stands in for the GPU: the context is as unshared as one on NVIDIA's device.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QOpenGLContext
from pytestqt.qtbot import QtBot

from gpu_core.assets import resource
from gpu_core.contract import picture_contract
from gpu_core.cuda.opengl_devices import DeviceMatch
from gpu_core.engine import Engine
from gpu_core.face import FaceAsset
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings, View
from tests.networks import SIZE, save_network
from viewer import desktop
from viewer.cockpit import Cockpit
from viewer.raster_viewport import RasterViewport
from viewer.view_values import ViewMode

pytestmark = pytest.mark.display


@pytest.fixture(scope="module")
def face() -> FaceAsset:
    return load_face(resource("face", "face.glb"))


@pytest.fixture
def open_engine(tmp_path: Path, face: FaceAsset) -> Callable[[], Engine]:
    model = load_model(save_network(tmp_path, contract=picture_contract(face.sha256)))
    return lambda: Engine(face, model, EngineSettings(size=SIZE, precision="fp32", path="host", posing="gpu"))


@pytest.fixture
def open_cockpit(qtbot: QtBot, open_engine: Callable[[], Engine]) -> Iterator[Callable[[int | None], Cockpit]]:
    from gpu_core.gl.egl_devices import list_devices

    if not list_devices():
        pytest.skip("this EGL lists no devices")
    opened: list[Cockpit] = []

    def open_on(egl_device: int | None) -> Cockpit:
        cockpit = Cockpit(open_engine, remembers=False, software_gl=True, egl_device=egl_device)
        opened.append(cockpit)
        qtbot.addWidget(cockpit.window)
        cockpit.open()
        qtbot.waitUntil(lambda: cockpit.model.shown is not None, timeout=20_000)
        return cockpit

    yield open_on
    for cockpit in opened:
        cockpit.window.close()
        assert cockpit.engine_thread.wait(10_000)


def on_engine_thread(cockpit: Cockpit, qtbot: QtBot, ask: Callable[[Any], object]) -> Any:
    answers: list[object] = []
    cockpit.engine_thread.run_job(lambda engine: answers.append(ask(engine)))
    qtbot.waitUntil(lambda: bool(answers), timeout=5000)
    return answers[0]


def pixels_of(cockpit: Cockpit) -> NDArray[np.int64]:
    image = cockpit.viewport.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    flat = np.array(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return flat[:, : image.width(), :3].astype(np.int64)


def edit(cockpit: Cockpit, qtbot: QtBot, weight: float) -> None:
    cockpit.model.edit_weights({"jawOpen": weight})
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=10_000)


def test_the_picture_of_an_unshared_context_is_in_the_window(
    open_cockpit: Callable[[int | None], Cockpit], qtbot: QtBot
) -> None:
    cockpit = open_cockpit(0)
    assert isinstance(cockpit.viewport, RasterViewport)
    has_qt_context = on_engine_thread(cockpit, qtbot, lambda _: QOpenGLContext.currentContext() is not None)
    assert not has_qt_context, "Qt has no part in where the engine draws"
    edit(cockpit, qtbot, 0.2)
    before = pixels_of(cockpit)
    for step in range(6):  # more frames than there are sets: they come back without fences of another context
        edit(cockpit, qtbot, 0.3 + step / 10)
    assert np.abs(pixels_of(cockpit) - before).max() > 30
    cockpit.model.set_mode(ViewMode.ALL)
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=10_000)
    assert cockpit.viewport.failures.count == 0


def test_it_is_the_picture_of_the_window_s_own_context(
    open_cockpit: Callable[[int | None], Cockpit], qtbot: QtBot
) -> None:
    shown = []
    for device in (0, None):
        cockpit = open_cockpit(device)
        edit(cockpit, qtbot, 0.5)
        assert cockpit.viewport.frame is not None
        shown.append(cockpit.viewport.frame.pixels[View.GENERATED].astype(int))
        cockpit.window.close()
    assert np.abs(shown[0] - shown[1]).mean() < 1.0, "where device 0 is a GPU, its edges differ"


def test_only_the_finished_picture_crosses_to_the_window_and_it_is_counted(
    open_cockpit: Callable[[int | None], Cockpit], qtbot: QtBot
) -> None:
    cockpit = open_cockpit(0)
    edit(cockpit, qtbot, 0.5)
    frame = cockpit.viewport.frame
    assert frame is not None
    assert set(frame.pixels) == {View.GENERATED}
    without = on_engine_thread(cockpit, qtbot, lambda engine: _traffic_of_a_still(engine))
    assert frame.traffic.pixel_bytes - without.pixel_bytes == SIZE * SIZE * 4
    assert frame.traffic.host_bytes - without.host_bytes == SIZE * SIZE * 4


def _traffic_of_a_still(engine: Engine) -> Any:
    from gpu_core.settings import FrameRequest

    frame = engine.render(FrameRequest())
    engine.recycle(frame)
    return frame.traffic


def test_a_device_that_is_refused_leaves_the_window_s_context(
    open_cockpit: Callable[[int | None], Cockpit], qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "viewer.engine_thread"):
        cockpit = open_cockpit(99)
    (said,) = caplog.messages
    assert said.startswith("there is no EGL device 99")
    assert said.endswith(": the engine draws where the window does")
    assert on_engine_thread(cockpit, qtbot, lambda _: QOpenGLContext.currentContext() is not None)


@pytest.mark.parametrize("found", [DeviceMatch(2, 0, "EGL device 2 is CUDA device 0"), DeviceMatch(None, None, "none")])
def test_the_gpu_beside_a_software_window_is_the_cuda_device(
    found: DeviceMatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_core.cuda.opengl_devices.match", lambda: found)
    assert desktop.gpu_beside_window() == found.egl_index
