"""The dialog of a session's timings beside those of now, stage by stage, with what became slower beyond noise."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer import theme
from viewer.filming.session_desk import SessionDesk, Timings
from viewer.filming.stage_comparison import FASTER, SLOWER, StageShift
from viewer.viewer_model import ViewerModel

EVERY_MS = 2000  # how often it looks again
COLUMNS = ("stage", "recorded, ms", "now, ms", "")
TIPS = (
    "What is done for a frame",
    "Median of the recording's steady frames, and their middle half",
    "The same of the frames since the session was opened",
    "Slower and faster: beyond noise, by the 95 % interval of the medians' difference",
)
WIDTH, HEIGHT, ROW = 620, 420, 24


class TimingsDialog(QDialog):
    """Follows what runs while it is open."""

    def __init__(self, desk: SessionDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Timings of the session")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.title, self.changes = QLabel("Reading the session's timings …"), QLabel(wordWrap=True)
        self.title.setObjectName("title")
        self.changes.setObjectName("dim")
        self.table = QTableWidget(0, len(COLUMNS))
        self._build()
        desk.compared.connect(self.show_timings)
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(desk.compare)
        self._timer.start()
        desk.compare()

    def _build(self) -> None:
        for column, (name, tip) in enumerate(zip(COLUMNS, TIPS, strict=True)):
            item = QTableWidgetItem(name)
            item.setToolTip(tip)
            self.table.setHorizontalHeaderItem(column, item)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setAccessibleName("Timings, recorded and now")
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        for widget, stretch in ((self.title, 0), (self.changes, 0), (self.table, 1), (buttons, 0)):
            layout.addWidget(widget, stretch)
        self.resize(WIDTH, HEIGHT)

    def show_timings(self, timings: Timings) -> None:
        """Show these instead."""
        self.title.setText(timings.title)
        what = "; ".join(timings.changes) or "Face, generator, path and machine are those of the recording"
        waits = "" if timings.shifts else " Play it: timings of now will appear as frames come."
        self.changes.setText(f"{what}. {timings.frames} frames of now.{waits}")
        self.table.setRowCount(len(timings.shifts))
        for row, shift in enumerate(timings.shifts):
            texts = (theme.STAGE_TITLES.get(shift.stage, shift.stage), cell(shift.recorded), cell(shift.replayed))
            for column, text in enumerate((*texts, word(shift))):
                self._set(row, column, text, shift)

    def _set(self, row: int, column: int, text: str, shift: StageShift) -> None:
        item = QTableWidgetItem(text)
        if column in (1, 2):
            item.setFont(theme.figures())
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if column == len(COLUMNS) - 1 and shift.verdict in (SLOWER, FASTER):
            item.setForeground(theme.colour(theme.WARNING if shift.verdict == SLOWER else theme.ACCENT))
        self.table.setItem(row, column, item)


def show_timings(desk: SessionDesk, model: ViewerModel, window: QWidget) -> None:
    """Open the dialog, or say that there is no session to compare with."""
    if desk.session is None:
        model.post("No session is open: Take, Open session …")
        return
    TimingsDialog(desk, window).open()


def cell(quartiles: tuple[float, float, float]) -> str:
    """Median and middle half."""
    low, middle, high = quartiles
    return f"{middle:.2f}  ({low:.2f}–{high:.2f})"


def word(shift: StageShift) -> str:
    """`infer 0.8 ms slower`, or why nothing can be said."""
    if shift.verdict in (SLOWER, FASTER):
        return f"{theme.STAGE_TITLES.get(shift.stage, shift.stage)} {abs(shift.difference):.1f} ms {shift.verdict}"
    return shift.verdict
