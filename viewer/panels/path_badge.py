"""The path badge: which way the pixels take, why, and what is wrong with the face or the generator."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from viewer.engine_info import EngineInfo
from viewer.viewer_model import ViewerModel

TITLES = {
    "host": "Runs on the processor",
    "cuda": "Runs on the GPU",
    "classic": "Runs the classical way, to compare",
    "none": "No generator",
}

LONGEST = 120  # characters of a warning: a face may lack fifty shapes


class PathBadge(QWidget):
    """What runs, in lines that are always there, and one that says what is not as it should be."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.badge = QLabel("Opening …", wordWrap=True)
        self.badge.setObjectName("badge")
        self.generator = QLabel(wordWrap=True)
        self.generator.setToolTip("The generator, what runs it and in which precision: see the menu Generator")
        self.reason = QLabel(wordWrap=True)
        self.reason.setObjectName("dim")
        self.warnings = QLabel(wordWrap=True)
        self.warnings.setObjectName("badge")
        self.warnings.setProperty("state", "warning")
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        for label in (self.badge, self.generator, self.reason, self.warnings):
            layout.addWidget(label)
        self.warnings.hide()
        model.engine_changed.connect(self._on_engine)

    def _on_engine(self, engine: EngineInfo) -> None:
        title = TITLES.get(engine.path, "")
        self.badge.setText(f"<b>{engine.path}</b> · {title}" if title else f"<b>{engine.path}</b>")
        self.badge.setToolTip(engine.reason)
        parts = (engine.description.get("generator", ""), engine.description.get("engine", ""))
        self.generator.setText(" · ".join(filter(None, parts)))
        self.generator.setVisible(engine.generator is not None)
        self.reason.setText(_sentence(engine.reason))
        self.warnings.setText("\n".join(_short(_sentence(warning)) for warning in engine.warnings))
        self.warnings.setToolTip("<p>" + "</p><p>".join(map(_sentence, engine.warnings)) + "</p>")
        self.warnings.setVisible(bool(engine.warnings))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: lines break elsewhere."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as the text needs, and no higher: a dock asks its widget, and labels that wrap do not say."""
        self.setFixedHeight(self._layout.heightForWidth(self.width()))


def _short(text: str) -> str:
    """What fits into a few lines; the tooltip has all of it."""
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
