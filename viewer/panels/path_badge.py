"""The path badge: which way the pixels take and why, how far a plan is, what is wrong with face or generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from viewer import path_text
from viewer.engine_info import EngineInfo
from viewer.path_text import sentence
from viewer.theme import set_state
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.path_state import PathState

LONGEST = 120  # characters of a warning: a face may lack fifty shapes


class PathBadge(QWidget):
    """What runs, in lines that are always there, and one that says what is not as it should be.

    `cancelled`: somebody does not want to wait for the plan that is being built.
    """

    cancelled = Signal()

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model = model
        self.badge = QLabel("Opening …", wordWrap=True)
        self.badge.setObjectName("badge")
        self.generator = QLabel(wordWrap=True)
        self.generator.setToolTip("The generator, what runs it and in which precision: see the menu Generator")
        self.reason = QLabel(wordWrap=True)
        self.reason.setObjectName("dim")
        self.warnings = QLabel(wordWrap=True)
        self.warnings.setObjectName("badge")
        self.warnings.setProperty("state", "warning")
        self.plan = _PlanProgress()
        self.plan.cancel.clicked.connect(self.cancelled)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        for widget in (self.badge, self.plan, self.generator, self.reason, self.warnings):
            layout.addWidget(widget)
        self.warnings.hide()
        self.plan.hide()
        model.engine_changed.connect(self._on_engine)
        model.path_changed.connect(self._on_path)

    def _on_engine(self, engine: EngineInfo) -> None:
        self.warnings.setText("\n".join(_short(sentence(warning)) for warning in engine.warnings))
        self.warnings.setToolTip("<p>" + "</p><p>".join(map(sentence, engine.warnings)) + "</p>")
        self.warnings.setVisible(bool(engine.warnings))
        self._on_path(engine.state)

    def _on_path(self, state: PathState) -> None:
        title = path_text.TITLES.get(state.name, "")
        self.badge.setText(" · ".join(filter(None, (f"<b>{path_text.badge(state)}</b>", title))))
        self.badge.setToolTip(path_text.tooltip(state, self._model.has_fallen))
        is_degraded = path_text.is_worse_tier(state) or self._model.has_fallen
        set_state(self.badge, "warning" if is_degraded else "")
        self._show_generator(state)
        self.reason.setText("\n".join(filter(None, map(sentence, (state.reason, state.tier_reason)))))
        self.reason.setVisible(state.building is None)  # the plan's own lines say what runs meanwhile, and why
        self.plan.show_state(state)
        self._fit()

    def _show_generator(self, state: PathState) -> None:
        engine = self._model.engine
        name = engine.description.get("generator", "") if engine is not None else ""
        self.generator.setText(" · ".join(filter(None, (name, state.engine))))
        self.generator.setVisible(engine is not None and engine.generator is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: lines break elsewhere."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Qt: a line has come, gone or got its font."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """As high as the text needs, and no higher: a dock asks its widget, and labels that wrap do not say."""
        self.setFixedHeight(self._layout.heightForWidth(self.width()))


class _PlanProgress(QWidget):
    """How far a TensorRT plan is, and a way not to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.text = QLabel(wordWrap=True)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedHeight(6)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip(
            "Do not build a plan now: what shows the face meanwhile goes on. Generator, Precision has it built later"
        )
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(4)
        layout.addWidget(self.text)
        layout.addLayout(row)

    def show_state(self, state: PathState) -> None:
        """Show the plan's progress, or nothing."""
        progress = state.building
        self.setVisible(progress is not None)
        if progress is None:
            return
        self.text.setText(path_text.building(state))
        self.setToolTip(f"TensorRT says: {progress.phase}; {path_text.duration(progress.elapsed_s)} so far")
        self.bar.setRange(0, 0 if progress.fraction is None else 1000)
        self.bar.setValue(round(1000 * (progress.fraction or 0.0)))


def _short(text: str) -> str:
    """What fits into a few lines; the tooltip has all of it."""
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
