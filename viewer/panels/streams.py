"""The streams panel: many faces at once, each pushed to its own target; how each goes, and what this machine holds."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from viewer import theme
from viewer.calm_wheel import CalmWheel
from viewer.elided_label import ElidedLabel
from viewer.streaming.card_grid import CardGrid
from viewer.streaming.desk import StreamDesk
from viewer.streaming.plan_view import PlanView
from viewer.streaming.planning import Planning
from viewer.streaming.status_text import sum_text
from viewer.streaming.wish import wish_text
from viewer.streaming.wish_form import WishForm

NOTHING = "No streams yet. Start makes so many faces at once, each pushed to its own target; they appear here."
ENDS = "The streams are part of this window: they end when it closes"
BUTTONS = {"idle": "Start", "starting": "Stop", "running": "Stop", "stopping": "Stopping …"}
WAITING = {"starting": "Starting …", "stopping": "Ending …"}
FORM_PX, PLAN_PX = 284, 288
QWIDGETSIZE_MAX = 16_777_215  # Qt's, which PySide does not name
WIDE_PX = 760  # from here form, cards and plan stand side by side


class StreamsPanel(QWidget):
    """Shows the stream desk and the planning; `titles` are the performances that come with Mien, by key."""

    shown_first = Signal()  # what takes a while to find out is wanted from now on

    def __init__(
        self,
        desk: StreamDesk,
        planning: Planning,
        titles: Mapping[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._desk, self._planning, self._titles = desk, planning, titles
        self._was_shown = False
        self.form = WishForm(titles)
        self.button = QPushButton()
        self.button.setMinimumWidth(92)
        self.line = ElidedLabel()  # or a long line would take room from the other docks
        self.line.setFont(theme.figures())
        self.reason = QLabel(wordWrap=True)
        self.reason.setObjectName("dim")
        self.grid = CardGrid(desk.restart)
        self.empty = QLabel(NOTHING, wordWrap=True)
        self.empty.setObjectName("dim")
        self.plan = PlanView(planning, self.form.video.fps.value)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._build()
        self.button.clicked.connect(self.toggle)
        self.form.entered.connect(self._begin)
        self.form.changed.connect(self._on_form)
        desk.changed.connect(self._show)
        desk.told.connect(self._show_streams)
        planning.changed.connect(self._show)
        self._show()

    def toggle(self) -> None:
        """Start what stands in the form, or stop what runs."""
        self._desk.toggle(self.form.wish())

    def _build(self) -> None:
        cards = QWidget()
        inside = QVBoxLayout(cards)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.empty)
        inside.addWidget(self.grid)
        inside.addStretch(1)
        for widget, stretch in ((self.form, 0), (cards, 1), (self.plan, 0)):
            self._body.addWidget(widget, stretch)
        self._body.setSpacing(12)
        self._body.setContentsMargins(8, 4, 8, 8)
        held = QWidget()
        held.setLayout(self._body)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(held)
        CalmWheel(self.area)
        head = QHBoxLayout()
        head.setContentsMargins(8, 8, 8, 0)
        head.setSpacing(12)
        head.addWidget(self.button)
        head.addWidget(self.line, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.reason)
        layout.addWidget(self.area, 1)
        self.reason.setContentsMargins(8, 0, 8, 0)

    def _begin(self) -> None:
        if self._desk.phase == "idle":
            self._desk.start(self.form.wish())

    def _on_form(self) -> None:
        self._desk.forget_problem()
        self._show()

    # -- what is shown -----------------------------------------------------------------------------------------------
    def _show(self) -> None:
        phase = self._desk.phase
        self.button.setText(BUTTONS[phase])
        self.button.setToolTip(f"{'Begin' if phase == 'idle' else 'End'} all streams (Ctrl+Shift+G). {ENDS}")
        if self.form.isHidden() == (phase == "idle"):
            self.form.setVisible(phase == "idle")
            self.area.verticalScrollBar().setValue(0)
        if phase == "idle":
            self._judge()
        else:
            self.button.setEnabled(phase != "stopping")
        self._show_streams()

    def _judge(self) -> None:
        """Say what would become of what stands in the form, before it starts."""
        judgement = self._desk.judge(self.form.wish())
        can_begin = bool(judgement.forms) and not self.form.to.problem
        text = self.form.to.problem or judgement.text or self._desk.problem
        self.button.setEnabled(can_begin)
        self._say(text, "error" if self._desk.problem or not can_begin else "warning")
        if judgement.kind is not None and self._was_shown:
            self._planning.consider(judgement.kind)
        self.plan.refresh()

    def _say(self, text: str, state: str) -> None:
        self.reason.setText(text[:1].upper() + text[1:])
        theme.set_state(self.reason, state)
        self.reason.setVisible(bool(text))

    def _show_streams(self) -> None:
        if not self.isVisible():
            return
        desk = self._desk
        line = WAITING.get(desk.phase) or sum_text(desk.statuses)
        asked = wish_text(desk.wish, self._titles) if desk.phase != "idle" else ""
        self.line.setText(line)
        self.line.setToolTip("\n".join(filter(None, (line, asked))))
        if desk.phase != "idle":
            self._say(desk.note, "warning")
        self.empty.setVisible(not desk.statuses)
        self.empty.setText(asked or NOTHING)
        self.grid.setVisible(bool(desk.statuses))
        self.grid.show_statuses(desk.statuses, can_restart=desk.phase == "running")

    # -- Qt ----------------------------------------------------------------------------------------------------------
    def showEvent(self, event: QShowEvent) -> None:
        """Qt: while nobody looked, nothing was shown."""
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self.shown_first.emit()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: beside each other where there is room."""
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_PX
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._body.setDirection(direction)
        for widget, width in ((self.form, FORM_PX), (self.plan, PLAN_PX)):
            widget.setMinimumWidth(width if is_wide else 0)
            widget.setMaximumWidth(width if is_wide else QWIDGETSIZE_MAX)
