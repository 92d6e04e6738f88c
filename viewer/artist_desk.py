"""The artist's desk: state and panels for making faces and takes; the second composition root, beside the cockpit.

Every tool is a state object (`TimelineModel`, ...), a panel that shows it, and a line here that wires them.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtWidgets import QWidget

from viewer.edit_history import EditHistory
from viewer.engine_thread import EngineThread
from viewer.panels.expressions import ExpressionsPanel
from viewer.panels.head import HeadPanel
from viewer.panels.history import HistoryPanel
from viewer.picture_stage import PictureStage
from viewer.playable import Playable
from viewer.slider_rules import SliderRules
from viewer.timeline_model import TimelineModel
from viewer.viewer_model import ViewerModel

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea,
)  # fmt: skip
Panels = dict[str, tuple[QWidget, Qt.DockWidgetArea]]


class ArtistDesk(QObject):
    """Lives on the GUI thread. `memory` is what the user's windows remember, None for none."""

    def __init__(
        self,
        model: ViewerModel,
        engine_thread: EngineThread,
        viewport: PictureStage,
        playable: Playable,
        memory: QSettings | None = None,
    ) -> None:
        super().__init__(model)
        self._model, self._engine_thread, self._viewport = model, engine_thread, viewport
        self._playable, self._memory = playable, memory
        self.timeline = TimelineModel(self)
        self.history = EditHistory(model, self.timeline)
        self.rules = SliderRules(model, memory)

    def panels(self) -> Panels:
        """By the titles of their docks, and where these are at first."""
        return {
            "Expressions": (ExpressionsPanel(self._model, self.rules), LEFT),
            "Head and gaze": (HeadPanel(self._model, self.rules), LEFT),
            "History": (HistoryPanel(self.history.stack), RIGHT),
        }

    def close(self) -> None:
        """Stop everything that works beside the window. May be called twice."""
