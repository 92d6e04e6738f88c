"""The application as Mien sets it up, a model, and an engine thread on a fake engine."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from gpu_core.settings import Frame

# Before there is an application: see viewer.desktop.create_application.
os.environ.setdefault("QT_XCB_GL_INTEGRATION", "xcb_egl")

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.fakes import FakeEngine
    from viewer.cockpit import Cockpit
    from viewer.engine_thread import EngineThread
    from viewer.look.model import LookModel
    from viewer.stills.stills import Stills
    from viewer.viewer_model import ViewerModel


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """One application for all tests, in place of pytest-qt's: the surface format comes before it."""
    from PySide6.QtWidgets import QApplication

    from viewer.desktop import create_application

    existing = QApplication.instance()
    return existing if isinstance(existing, QApplication) else create_application(["mien"])


@pytest.fixture(autouse=True, scope="session")
def no_collection_by_itself() -> Iterator[None]:
    """The collector runs on whichever thread allocates: one that reads a take would destroy windows of earlier tests.

    In the application `viewer.garbage` sees to that; here `tidy` and `no_garbage_for_others` do, on the main thread.
    """
    usual = gc.get_threshold()
    gc.set_threshold(1 << 30, *usual[1:])
    yield
    gc.set_threshold(*usual)


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """What a test has left is collected after it."""
    yield
    gc.collect(0)


@pytest.fixture(autouse=True, scope="module")
def no_garbage_for_others() -> Iterator[None]:
    """Windows closed here are collected here: the threads of tests that know no Qt may run the collector as well.

    What is left by then is put aside, or it would be looked at anew whenever something is collected or looked for: that
    came to take a third of all the time of the tests.
    """
    yield
    gc.collect()
    gc.freeze()


class _Records(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Of logging's."""
        self.kept.append(record)


@pytest.fixture(autouse=True)
def failed_closings() -> Iterator[list[logging.LogRecord]]:
    """What could not be closed, which a window only logs. A test that wants it so takes it from the list."""
    records, log = _Records(), logging.getLogger("viewer.closing")
    log.addHandler(records)
    yield records.kept
    log.removeHandler(records)
    assert not records.kept, [record.exc_info for record in records.kept]


@pytest.fixture(autouse=True)
def no_button_stays_down() -> Iterator[None]:
    """A button that a test has pressed and not let go would be down for all that follow."""
    yield
    if "PySide6.QtGui" not in sys.modules:
        return
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.instance() is None or QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
        return
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QWidget

    widget = QWidget()
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton):
        if QGuiApplication.mouseButtons() & button:
            QTest.mouseRelease(widget, button)


@pytest.fixture
def model(qapp: QApplication) -> Iterator[ViewerModel]:
    """A model of its own. What hangs on it goes with it, in Qt's order: the collector's order crashed now and then."""
    import shiboken6

    from viewer.viewer_model import ViewerModel

    model = ViewerModel()
    yield model
    shiboken6.delete(model)


class Clock:
    """A time that only moves when it is told to."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """It stands at nought."""
    return Clock()


class Engines:
    """Makes fake engines on whatever thread asks for one, and remembers the last."""

    def __init__(self) -> None:
        self.made: list[FakeEngine] = []
        self.options: dict[str, Any] = {}

    def __call__(self) -> Any:
        from tests.fakes import FakeEngine

        self.made.append(FakeEngine(**self.options))
        return self.made[-1]

    @property
    def last(self) -> FakeEngine:
        return self.made[-1]


@dataclass
class PictureDesk:
    """A part of the artist's desk."""

    model: ViewerModel
    thread: EngineThread
    look: LookModel
    stills: Stills

    def give_back(self, frame: Frame, _dropped: int) -> None:
        """Nothing is shown."""
        self.thread.give_back(frame, None)

    def close(self) -> None:
        """As the cockpit does it."""
        self.stills.close()
        self.look.close()
        self.thread.stop()


@pytest.fixture
def engines() -> Engines:
    """What opens fake engines; `options` are for the next one."""
    return Engines()


@pytest.fixture
def cockpit(
    qtbot: QtBot, engines: Engines, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cockpit]:
    """The whole window on a fake engine, shown, with its first picture, and with nobody's own presets."""
    from viewer.cockpit import Cockpit

    for what in ("DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{what}_HOME", str(tmp_path_factory.mktemp("home")))
    cockpit = Cockpit(engines, remembers=False)
    qtbot.addWidget(cockpit.window)
    try:
        cockpit.open()
        qtbot.waitUntil(lambda: cockpit.model.shown is not None, timeout=30_000)
        yield cockpit
    finally:  # an engine thread that nobody stops would be the next tests' trouble
        cockpit.window.close()


@pytest.fixture
def picture_desk(model: ViewerModel, engines: Engines, qtbot: QtBot) -> Iterator[PictureDesk]:
    """What makes pictures of the face, on a fake engine and without a window."""
    from viewer.engine_thread import EngineThread
    from viewer.look.model import LookModel
    from viewer.stills.stills import Stills

    thread = EngineThread(engines)
    thread.trouble.connect(model.post)
    look = LookModel(model)
    desk = PictureDesk(model, thread, look, Stills(model, look, thread))
    try:
        with qtbot.waitSignal(thread.opened, timeout=10_000):
            thread.start()
        yield desk
    finally:
        desk.close()


@pytest.fixture
def frame_of() -> Callable[..., Frame]:
    """Make a frame without pictures, for what only counts."""
    from gpu_core.settings import FrameRequest, StageTime

    def make(
        request: FrameRequest | None = None, *, index: int = 1, infer_ms: float = 20.0, steady: bool = True
    ) -> Frame:
        stages = (StageTime("pose", 0, 0.5), StageTime("infer", 0, infer_ms))
        return Frame(index, request or FrameRequest(), {}, None, 0, stages, 0, "fake", steady)

    return make
