"""A grid of presets: pictures with titles, painted in one go, as many a row as fit.

Arrow keys choose, Enter or a click uses one, F2 renames and Delete deletes what is the user's own.
"""

from __future__ import annotations

from collections.abc import Mapping

import qtawesome
from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QIcon,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from viewer import theme
from viewer.performance.preset_file import LONGEST_TITLE, Preset
from viewer.shelf.list import MARK, PRESET, PresetList

GAP = 4
TITLE_PX = 18
RADIUS = 4.0
LEAST_PX, MOST_PX = 80, 100  # of a tile's width
MOST_FITTED = 500  # scaled pictures in memory
LEAST_STRETCH = 82  # percent of the usual width: a long title is set narrower before it is cut
EDITOR_PX, EDITOR_HEIGHT = 200, 26
Index = QModelIndex | QPersistentModelIndex


class PresetTile(QStyledItemDelegate):
    """Paints one preset."""

    def __init__(self, grid: PresetGrid) -> None:
        super().__init__(grid)
        self._grid = grid
        self._fitted: dict[tuple[int, int, float], QPixmap] = {}
        self._nobody: QIcon = qtawesome.icon("mdi6.face-man-outline", color=theme.LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: picture, title, what is chosen, letter of a blend."""
        tile = option.rect.adjusted(GAP // 2, GAP // 2, -GAP // 2, -GAP // 2)
        photo = QRect(tile.left(), tile.top(), tile.width(), tile.height() - TITLE_PX)
        state = option.state
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        is_hot = bool(state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_photo(painter, photo, index.data(Qt.ItemDataRole.DecorationRole))
        edge = theme.ACCENT if is_chosen else theme.DIM if is_hot else theme.LINE
        painter.setPen(QColor(edge))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for inset in (0, 1) if is_chosen else (0,):
            painter.drawRoundedRect(photo.adjusted(inset, inset, -inset - 1, -inset - 1), RADIUS, RADIUS)
        self._paint_mark(painter, photo, str(index.data(MARK)))
        self._paint_title(painter, tile, index.data(), theme.ACCENT if is_chosen else theme.TEXT)
        painter.restore()

    def _paint_photo(self, painter: QPainter, photo: QRect, picture: QPixmap | None) -> None:
        rounded = QPainterPath()
        rounded.addRoundedRect(photo, RADIUS, RADIUS)
        painter.fillPath(rounded, QColor(theme.VIEWPORT))
        if picture is None:
            side = photo.width() // 2
            at = QRect(photo.center().x() - side // 2, photo.center().y() - side // 2, side, side)
            self._nobody.paint(painter, at)
            return
        painter.setClipPath(rounded)
        painter.drawPixmap(photo.topLeft(), self._scaled(picture, photo.size(), painter.device().devicePixelRatioF()))
        painter.setClipping(False)

    def _scaled(self, picture: QPixmap, size: QSize, density: float) -> QPixmap:
        """A picture for so much room on a screen of that density, scaled once."""
        key = picture.cacheKey(), size.width(), density
        if key not in self._fitted:
            if len(self._fitted) >= MOST_FITTED:
                self._fitted.clear()
            ways = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
            self._fitted[key] = picture.scaled(size * density, *ways)
            self._fitted[key].setDevicePixelRatio(density)
        return self._fitted[key]

    def _paint_mark(self, painter: QPainter, photo: QRect, mark: str) -> None:
        if not mark:
            return
        badge = QRect(photo.right() - 20, photo.top() + 4, 16, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.ACCENT))
        painter.drawRoundedRect(badge, RADIUS, RADIUS)
        painter.setPen(QColor(theme.VIEWPORT))
        painter.setFont(theme.figures(theme.SMALL_PX))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, mark)

    def _paint_title(self, painter: QPainter, tile: QRect, title: str, colour: str) -> None:
        font = theme.figures(theme.SMALL_PX)
        wide = QFontMetrics(font).horizontalAdvance(title)
        if wide > tile.width():
            font.setStretch(max(100 * tile.width() // wide, LEAST_STRETCH))
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, tile.width())
        below = QRect(tile.left(), tile.bottom() + 1 - TITLE_PX, tile.width(), TITLE_PX)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, shown)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Qt: a whole cell of the grid."""
        return self._grid.gridSize()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        """Qt: a field over the title."""
        field = QLineEdit(parent)
        field.setMaxLength(LONGEST_TITLE)
        field.setAccessibleName("Title of the preset")
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """Qt: where that field lies."""
        room = self._grid.viewport().width()
        width = min(max(option.rect.width(), EDITOR_PX), room)
        left = min(max(option.rect.center().x() - width // 2, 0), room - width)
        editor.setGeometry(left, option.rect.bottom() - EDITOR_HEIGHT, width, EDITOR_HEIGHT)


class PresetGrid(QListView):
    """Shows a PresetList. `used` is emitted with a preset that was clicked or entered."""

    used = Signal(object)  # Preset
    chosen = Signal(object)  # tuple[Preset, ...]: those that are selected, in the order of selection
    renaming = Signal()  # somebody asks for another title for the current one
    deleted = Signal()  # somebody asks for the chosen ones to be deleted
    looked_at = Signal()  # others are visible now

    def __init__(self, presets: PresetList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_restoring = False
        self.setModel(presets)
        self.presets = presets
        self.setItemDelegate(PresetTile(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSpacing(0)
        self.setAccessibleName("Presets")
        self.verticalScrollBar().setSingleStep(32)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll)
        self.clicked.connect(self._on_clicked)
        self._fit()

    def visible_presets(self) -> tuple[Preset, ...]:
        """What is on the screen, and one row more; nothing while the grid is hidden."""
        grid = self.gridSize()
        if not self.isVisible() or grid.isEmpty():
            return ()
        across = max(self.viewport().width() // grid.width(), 1)
        first = self.verticalScrollBar().value() // grid.height()
        rows = self.viewport().height() // grid.height() + 2
        return self.presets.presets[first * across : (first + rows) * across]

    def choose(self, names: tuple[str, ...]) -> None:
        """Select these, as far as they are listed, and show the last."""
        indexes = [index for index in map(self.presets.index_of, names) if index.isValid()]
        self._is_restoring = True
        self.clearSelection()
        for index in indexes:
            self.selectionModel().select(index, self.selectionModel().SelectionFlag.Select)
        if indexes:
            self.selectionModel().setCurrentIndex(indexes[-1], self.selectionModel().SelectionFlag.NoUpdate)
            self.scrollTo(indexes[-1])
        self._is_restoring = False
        self._tell()

    def rename_current(self) -> bool:
        """Open the field for another title, if the chosen one is the user's own."""
        index = self.currentIndex()
        can_be = index.isValid() and bool(index.flags() & Qt.ItemFlag.ItemIsEditable)
        if can_be:
            self.edit(index)
        return can_be

    # -- Qt ----------------------------------------------------------------------------------------------------------
    def event(self, event: QEvent) -> bool:
        """Qt: while the grid has the keyboard, its keys are not the window's shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter uses, F2 renames, Delete deletes."""
        if event.key() not in _KEYS:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_F2:
            self.renaming.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.deleted.emit()
        elif self.currentIndex().isValid():
            self.used.emit(self.currentIndex().data(PRESET))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Qt: tell which are selected."""
        super().selectionChanged(selected, deselected)
        if not self._is_restoring:
            self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: as many a row as fit."""
        self._fit()
        super().resizeEvent(event)
        self.looked_at.emit()

    def _fit(self) -> None:
        width = max(self.viewport().width() - 1, LEAST_PX)
        across = max(width // LEAST_PX, 1)
        side = min(width // across, MOST_PX)
        self.setGridSize(QSize(side, side + TITLE_PX))
        self.setIconSize(QSize(side, side))

    def _tell(self) -> None:
        self.chosen.emit(tuple(index.data(PRESET) for index in self.selectedIndexes()))

    def _on_scroll(self, _value: int) -> None:
        self.looked_at.emit()

    def _on_clicked(self, index: QModelIndex) -> None:
        if len(self.selectedIndexes()) == 1:  # else it was picked to be blended or exported with others
            self.used.emit(index.data(PRESET))


_KEYS: Mapping[int, None] = dict.fromkeys((Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Delete))
