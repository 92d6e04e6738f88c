"""A region of the face: a heading that folds its sliders away and tells what is under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from viewer import theme
from viewer.sliders.shape_slider import ShapeSlider

HEADING_PX = 30


@dataclass(frozen=True)
class RegionSum:
    """What a heading tells of its sliders, folded away or not."""

    moved: int = 0  # those that do not rest
    locked: int = 0
    alone: int = 0
    is_lit: bool = False


class RegionHeading(QToolButton):
    """Folds and unfolds; at its right end, what there is below."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("group")
        self.setText(name)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFixedHeight(HEADING_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.sum = RegionSum()

    def show_sum(self, told: RegionSum) -> None:
        """Tell it."""
        if told != self.sum:
            self.sum = told
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the button, then the sum."""
        super().paintEvent(event)
        if self.sum == RegionSum():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(_font())
        painter.setPen(QColor(theme.WARNING if self.sum.is_lit else theme.DIM))
        text = QRectF(self.rect()).adjusted(0, 0, -12, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, _told(self.sum))
        if self.sum.is_lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.WARNING))
            painter.drawEllipse(QPointF(self.width() - 5.0, text.center().y()), 2.5, 2.5)


@cache
def _font() -> QFont:
    font = theme.figures(theme.SMALL_PX)
    font.setWeight(QFont.Weight.Normal)  # not the heading's
    return font


def _told(told: RegionSum) -> str:
    parts = [f"{told.alone} alone"] if told.alone else []
    parts += [f"{told.locked} locked"] if told.locked else []
    parts += [f"{told.moved} moved"] if told.moved else []
    return " · ".join(parts)


class Region(QWidget):
    """A heading and its sliders in two columns. `hint` is what is said where there are none."""

    menu_asked = Signal(str, QPoint)  # name, where on the screen

    def __init__(self, name: str, *, is_open: bool, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.sliders: dict[str, ShapeSlider] = {}
        self.heading = RegionHeading(name, self)
        self.heading.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.heading.customContextMenuRequested.connect(self._ask_menu)
        self.body = QWidget(self)
        self.hint = QLabel(hint, self.body, wordWrap=True)
        self.hint.setObjectName("dim")
        self.hint.setContentsMargins(8, 0, 8, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.heading)
        layout.addWidget(self.body)
        self._grid = QGridLayout(self.body)
        self._grid.setContentsMargins(0, 0, 0, 8)
        self._grid.setSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self.heading.setChecked(is_open)
        self.heading.toggled.connect(self._fold)
        self._grid.addWidget(self.hint, 0, 0, 1, 2)
        self._fold(is_open)

    def place(self, rows: tuple[tuple[str, ...], ...], make: Callable[[str], ShapeSlider]) -> list[ShapeSlider]:
        """Have exactly these sliders: those that are there stay, others are made. Returns those that have gone.

        Args:
            rows: one or two names each; one alone takes both columns.
        """
        wanted = [name for row in rows for name in row]
        gone = [self.sliders.pop(name) for name in list(self.sliders) if name not in wanted]
        for slider in gone:
            self._grid.removeWidget(slider)
            slider.hide()
            slider.deleteLater()
        for row, names in enumerate(rows):
            for column, name in enumerate(names):
                if name not in self.sliders:
                    self.sliders[name] = make(name)
                self._grid.addWidget(self.sliders[name], row, column, 1, 2 // len(names))
                self.sliders[name].show()
        self._grid.addWidget(self.hint, len(rows), 0, 1, 2)
        self.hint.setVisible(not wanted)
        return gone

    def _ask_menu(self, where: QPoint) -> None:
        self.menu_asked.emit(self.name, self.heading.mapToGlobal(where))

    def _fold(self, is_open: bool) -> None:
        self.heading.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.body.setVisible(is_open)

    def filter(self, found: frozenset[str] | None) -> int:
        """Show only the shapes that a search has found, opened; the number of them. None: all again, as it was."""
        hits = 0
        for name, slider in self.sliders.items():
            is_hit = found is None or name in found
            slider.setVisible(is_hit)
            hits += is_hit
        self.setVisible(found is None or hits > 0)
        self._fold(found is not None or self.heading.isChecked())
        return hits

    def show_sum(self, weights: Mapping[str, float], outside: frozenset[str]) -> None:
        """Tell in the heading what there is below."""
        marks = [slider.marks for slider in self.sliders.values()]
        self.heading.show_sum(
            RegionSum(
                moved=sum(weights[name] > 0.0 for name in self.sliders),
                locked=sum(mark.is_locked for mark in marks),
                alone=sum(mark.is_alone for mark in marks),
                is_lit=not outside.isdisjoint(self.sliders),
            )
        )
