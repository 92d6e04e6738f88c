"""The panel of one picked frame: its waterfall, what it was, and the way to its neighbours."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from viewer import theme
from viewer.elided_label import ElidedLabel
from viewer.figures import latency_text
from viewer.figures.panel_cost import PanelCost
from viewer.figures.review import FrameReview
from viewer.figures.waterfall import Waterfall


class FramePanel(QWidget):
    """Follows the review; changes which frame is picked, nothing else."""

    def __init__(self, review: FrameReview, cost: PanelCost, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._review = review
        self.line = ElidedLabel(latency_text.PICK)
        self.line.setObjectName("line")
        self.waterfall = Waterfall(cost)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.line, 1)
        self.before = self._button("◀", "The frame before  (,)", partial(review.step, -1))
        self.after = self._button("▶", "The frame after  (.)", partial(review.step, 1))
        self.live = self._button("Live", "Go on with the frames that come  (P)", review.resume)
        for button in (self.before, self.after, self.live):
            top.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.waterfall, 1)
        review.changed.connect(self._on_changed)
        self._on_changed()

    def _button(self, text: str, tip: str, slot: object) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setObjectName("small")
        button.clicked.connect(lambda _checked=False: slot())  # type: ignore[operator]
        return button

    def _on_changed(self) -> None:
        record = self._review.picked
        self.waterfall.show_frame(record)
        self.line.setText(latency_text.frame_line(record) if record is not None else latency_text.PICK)
        self.line.setToolTip(latency_text.frame_tip(record) if record is not None else "")
        theme.set_state(self.line, "warning" if record is not None and not record.steady else "")
        self.before.setEnabled(self._review.row > 0)
        self.after.setEnabled(record is not None and self._review.row + 1 < len(self._review.records))
        self.live.setEnabled(self._review.is_paused)
