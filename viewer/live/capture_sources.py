"""The list of who sends faces: from where, how often, how long ago, how much was lost. A click chooses one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from viewer import theme
from viewer.capture.senders import SourceFigures, SourceKey

_COLUMNS = {
    "Source": "Who sends; a click lets it drive the face",
    "/s": "Packets a second",
    "Age": "Since the last packet",
    "Lost": "Frames that never came, by the sender's own numbers; – where it counts none",
}
_NUMBER_PX = 46
OLD_S = 1.0


class CaptureSources(QTableWidget):
    """One row a source. `chosen` tells its key."""

    chosen = Signal(object)  # SourceKey

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_COLUMNS), parent)
        self.setAccessibleName("Sources of live faces")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self._keys: list[SourceKey] = []
        header = self.horizontalHeader()
        for column, (title, tip) in enumerate(_COLUMNS.items()):
            item = QTableWidgetItem(title)
            item.setToolTip(tip)
            item.setTextAlignment(_alignment(column))
            self.setHorizontalHeaderItem(column, item)
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, _NUMBER_PX)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self.cellClicked.connect(self._on_row)
        self.cellActivated.connect(self._on_row)

    def show_sources(self, sources: Sequence[SourceFigures], driving: SourceKey | None) -> None:
        """Show them, the one that drives marked."""
        self._keys = [told.key for told in sources]
        if self.rowCount() != len(sources):
            self.setRowCount(len(sources))
        for row, told in enumerate(sources):
            tip = tooltip(told)
            for column, text in enumerate(_texts(told, driving)):
                self._set(row, column, text, tip)
            is_dim = told.age_s > OLD_S or not told.sees_face
            self._tint(row, theme.FAINT if is_dim else theme.ACCENT if told.key == driving else theme.TEXT)

    def _set(self, row: int, column: int, text: str, tip: str) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            item.setTextAlignment(_alignment(column))
            self.setItem(row, column, item)
        if item.text() != text:
            item.setText(text)
        if item.toolTip() != tip:
            item.setToolTip(tip)

    def _tint(self, row: int, colour: str) -> None:
        for column in range(len(_COLUMNS)):
            item = self.item(row, column)
            if item is not None and item.foreground().color().name() != colour:
                item.setForeground(QColor(colour))

    def _on_row(self, row: int, _column: int) -> None:
        if self._keys[row].subject:
            self.chosen.emit(self._keys[row])


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _texts(told: SourceFigures, driving: SourceKey | None) -> tuple[str, ...]:
    name = told.key.subject or told.key.address[0]
    mark = "● " if told.key == driving else ""
    lost = "–" if told.lost is None else f"{told.lost}"
    return f"{mark}{name}", f"{told.packets_per_s:.0f}", _age(told.age_s), lost


def _age(seconds: float) -> str:
    """Rounded so that it changes only when that means something."""
    if seconds < OLD_S:
        return "now"
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def tooltip(told: SourceFigures) -> str:
    """Everything that is known of a source."""
    host, port = told.key.address
    lines = [f"{told.key.subject or 'Nothing understood yet'}", f"from {host}, port {port}"]
    lines += ["sees a face" if told.sees_face else "sees no face"]
    lines += [f"{told.faces_per_s:.0f} faces a second"] * told.sees_face
    lines += [f"{told.refused} packets refused: {told.reason}"] * bool(told.refused)
    return "\n".join(lines)
