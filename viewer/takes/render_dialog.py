"""The dialog of a video that is being rendered: how far it is, how long it takes, cancel. The window stays usable."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from viewer import theme
from viewer.takes.video_rendering import Rendering, VideoRendering

WIDTH_PX = 440


class RenderDialog(QDialog):
    """Follows one `VideoRendering`. Closed, it does not stop it: the menu opens it again."""

    def __init__(self, rendering: VideoRendering, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Render to video")
        self.setModal(False)
        self._rendering = rendering
        self.name = QLabel()
        self.bar = QProgressBar(minimum=0, maximum=1000, textVisible=False)
        self.bar.setAccessibleName("Frames rendered")
        self.text = QLabel(wordWrap=True)
        self.text.setFont(theme.figures(theme.SMALL_PX))
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop, and leave no file")
        self.close_button = QPushButton("Close")
        self.close_button.setToolTip("Rendering goes on; Take > Render to video shows it again")
        self._build()
        self.cancel.clicked.connect(rendering.cancel)
        self.close_button.clicked.connect(self.hide)
        rendering.changed.connect(self._show)
        if rendering.now is not None:
            self._show(rendering.now)

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        for widget in (self.name, self.bar, self.text):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.setFixedWidth(WIDTH_PX)
        self.text.setMinimumHeight(2 * self.text.fontMetrics().lineSpacing())
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _show(self, now: Rendering) -> None:
        self.name.setText(now.out.name)
        self.name.setToolTip(str(now.out))
        self.bar.setValue(round(1000 * now.share))
        self.text.setText(now.text)
        self.cancel.setVisible(now.running)
        self.cancel.setEnabled(self._rendering.is_running)
