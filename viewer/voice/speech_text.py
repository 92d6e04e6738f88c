"""What was found in a text, as coloured text: a click chooses a clause, another click on it one of its words.

Letters: the language. Behind them: the strongest feeling. Bold, underlined: words that stand out. An edge above: how
excited. What says so is in the tooltip.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextCharFormat,
    QTextCursor,
    QTextLine,
)
from PySide6.QtWidgets import QTextEdit, QToolTip, QWidget

from viewer import theme
from viewer.speech.analysis import Analysis, Lane, Mark

LINE_PERCENT = 150  # of its font: room for the edges
STANDS_OUT, STANDS_FAR_OUT = 0.5, 0.8  # stress of a bold word, of an underlined one
EMPTY = "What is found in the text is shown here: languages, feelings, stress. Click a part of it to change that."


class SpeechText(QTextEdit):
    """Shows an analysis. `chosen` tells a span of its characters, or None for all of it."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("What was found in the text")
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.analysis: Analysis | None = None
        self.span: tuple[int, int] | None = None
        self._columns = [0]

    def show_analysis(self, analysis: Analysis | None, span: tuple[int, int] | None) -> None:
        """Show it, with the span that is chosen."""
        if analysis is not self.analysis:
            self.analysis = analysis
            self._fill()
        if span != self.span:
            self.span = span
            self.viewport().update()

    # -- the text ----------------------------------------------------------------------------------------------------
    def _fill(self) -> None:
        at = self.verticalScrollBar().value()
        self.clear()
        self._columns = _columns(self.analysis.text) if self.analysis is not None else [0]
        if self.analysis is not None:
            cursor = QTextCursor(self.document())
            cursor.beginEditBlock()
            block = cursor.blockFormat()
            block.setLineHeight(LINE_PERCENT, 1)  # in percent: QTextBlockFormat.ProportionalHeight
            cursor.setBlockFormat(block)
            looks = Looks(self.analysis)
            for start, end in _runs(self.analysis):
                cursor.insertText(self.analysis.text[start:end].replace("\n", "\u2028"), looks.at(start))
            cursor.endEditBlock()
        self.verticalScrollBar().setValue(at)

    def _column(self, position: int) -> int:
        """Where Qt has a character: it counts halves of UTF-16."""
        return self._columns[position]

    def _position_at(self, point: QPointF) -> int | None:
        """The character under a point; None beyond the text."""
        if self.analysis is None:
            return None
        position = bisect_right(self._columns, self.cursorForPosition(point.toPoint()).position()) - 1
        inside = any(rect.adjusted(-2, -6, 2, 6).contains(point) for rect in self._rects(0, len(self.analysis.text)))
        return min(position, len(self.analysis.text) - 1) if inside else None

    def _rects(self, start: int, end: int) -> Iterator[QRectF]:
        """Where characters are painted, a rectangle a line; nothing below what is seen."""
        first, last = self._column(start), self._column(end)
        block = self.document().firstBlock()
        corner = self.document().documentLayout().blockBoundingRect(block).topLeft()
        corner -= QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        number = block.layout().lineForTextPosition(first).lineNumber() if self.analysis is not None else 0
        while number < block.layout().lineCount():
            line = block.layout().lineAt(number)
            number += 1
            if line.textStart() >= last or corner.y() + line.y() > self.viewport().height():
                return
            low, high = max(first, line.textStart()), min(last, line.textStart() + line.textLength())
            if low < high:
                left, right = _x(line, low), _x(line, high)
                height = self.fontMetrics().height()
                top = line.y() + line.height() - height - 1
                yield QRectF(corner.x() + left, corner.y() + top, right - left, height)

    def _seen(self) -> tuple[int, int]:
        """The characters that are in the view."""
        corners = (QPoint(0, 0), QPoint(self.viewport().width(), self.viewport().height()))
        first, last = (self.cursorForPosition(corner).position() for corner in corners)
        return bisect_right(self._columns, first) - 1, bisect_right(self._columns, last)

    # -- the hand ----------------------------------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: choose a clause, then a word of it; beside the text, all."""
        position = self._position_at(event.position())
        self.setFocus()
        if position is None or self.analysis is None:
            self.chosen.emit(None)
            return
        clause = next(((c.start, c.end) for c in self.analysis.clauses if c.start <= position < c.end), None)
        word = next(((w.start, w.end) for w in self.analysis.words if w.start <= position < w.end), None)
        is_inside = self.span is not None and clause is not None and clause[0] <= self.span[0] < clause[1]
        self.chosen.emit(word if is_inside and word is not None and word != self.span else clause)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: taken, as the press was."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: left and right go from clause to clause, with Ctrl from word to word; Escape chooses all."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape:
            self.chosen.emit(None)
        elif step is not None and self.analysis is not None:
            by_word = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            parts = self.analysis.words if by_word else self.analysis.clauses
            spans = [(part.start, part.end) for part in parts]
            now = next((i for i, one in enumerate(spans) if self.span and one[1] > self.span[0]), None)
            place = (0 if step > 0 else len(spans) - 1) if now is None else (now + step) % len(spans)
            self.chosen.emit(spans[place])
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Qt: the tooltip of what is under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            position = self._position_at(QPointF(event.pos()))
            tip = told_at(self.analysis, position) if self.analysis is not None and position is not None else ""
            QToolTip.showText(event.globalPos(), tip, self.viewport())
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the text, the edges of excitement, a frame around what is chosen."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if self.analysis is None:
            painter.setPen(QColor(theme.FAINT))
            room = QRectF(self.viewport().rect()).adjusted(12, 12, -12, -12)
            painter.drawText(room, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter, EMPTY)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = range(*self._seen())
        for mark in self.analysis.excitement:
            if mark.end <= seen.start or mark.start >= seen.stop:
                continue
            painter.setPen(QPen(QColor(theme.EXCITED), 1.0 + 2.0 * mark.value))
            for rect in self._rects(*_without_ends(self.analysis.text, mark.start, mark.end)):
                painter.drawLine(rect.topLeft() + QPointF(0, -1), rect.topRight() + QPointF(-1, -1))
        if self.span is not None:
            painter.setPen(QPen(QColor(theme.ACCENT), 1.2))
            for rect in self._rects(*_without_ends(self.analysis.text, *self.span)):
                painter.drawRoundedRect(rect.adjusted(-1, -3, 1, 1), 3, 3)


def _without_ends(text: str, start: int, end: int) -> tuple[int, int]:
    """Characters without the spaces before and after them."""
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _x(line: QTextLine, column: int) -> float:
    """Qt's stub says nothing of its second value."""
    place: Any = line.cursorToX(column)
    return float(place[0] if isinstance(place, tuple) else place)


def _runs(analysis: Analysis) -> list[tuple[int, int]]:
    """Stretches of characters that look the same."""
    lanes = [analysis.stress, *analysis.emotions.values()]
    cuts = {0, len(analysis.text)} | {i for span in analysis.languages for i in (span.start, span.end)}
    cuts |= {i for lane in lanes for mark in lane for i in (mark.start, mark.end)}
    ordered = sorted(cuts)
    return list(itertools.pairwise(ordered))


class Looks:
    """How each character of an analysis looks; lanes are read once, not for each."""

    def __init__(self, analysis: Analysis) -> None:
        length = len(analysis.text)
        self._emotions = {name: _values(lane, length) for name, lane in analysis.emotions.items()}
        self._stress = _values(analysis.stress, length)
        self._languages = [""] * length
        for span in analysis.languages:
            self._languages[span.start : span.end] = [span.language] * (span.end - span.start)

    def at(self, position: int) -> QTextCharFormat:
        """Of one character."""
        look = QTextCharFormat()
        look.setForeground(QColor(theme.LANGUAGE_COLOURS.get(self._languages[position], theme.DIM)))
        strongest = max(((values[position], name) for name, values in self._emotions.items()), default=(0.0, ""))
        if strongest[0] > 0:
            look.setBackground(_blended(theme.EMOTION_COLOURS[strongest[1]], 0.12 + 0.4 * strongest[0]))
        if self._stress[position] >= STANDS_OUT:
            look.setFontWeight(QFont.Weight.Bold)
        look.setFontUnderline(self._stress[position] >= STANDS_FAR_OUT)
        return look


def _values(lane: Lane, length: int) -> list[float]:
    values = [0.0] * length
    for mark in lane:
        values[mark.start : mark.end] = [mark.value] * (mark.end - mark.start)
    return values


def _columns(text: str) -> list[int]:
    """Where each character begins in UTF-16, and where the text ends."""
    return [0, *itertools.accumulate(1 + (sign > "\uffff") for sign in text)]


def _blended(colour: str, strength: float) -> QColor:
    """A colour over the ground, opaque: where two stretches touch, what shines through would be seen twice."""
    top, ground = QColor(colour), QColor(theme.VIEWPORT)
    parts = zip((top.red(), top.green(), top.blue()), (ground.red(), ground.green(), ground.blue()), strict=True)
    return QColor(*(round(strength * one + (1 - strength) * other) for one, other in parts))


def told_at(analysis: Analysis, position: int) -> str:
    """What is known of a character, and why: a line a lane."""
    language = next((s.language for s in analysis.languages if s.start <= position < s.end), "")
    word = next((w for w in analysis.words if w.start <= position < w.end), None)
    lines = [_LANGUAGES.get(language, "") + (f", read {word.reading}" if word is not None and word.reading else "")]
    lanes = {**analysis.emotions, "excitement": analysis.excitement, "stress": analysis.stress}
    lines += [_told(name, mark) for name, lane in lanes.items() for mark in _marks_at(lane, position)]
    return "\n".join(filter(None, lines))


def _marks_at(lane: Lane, position: int) -> list[Mark]:
    return [mark for mark in lane if mark.start <= position < mark.end]


def _told(name: str, mark: Mark) -> str:
    why = ", ".join(dict.fromkeys(evidence.why for evidence in mark.evidence))
    return f"{name.capitalize()} {mark.value:.2f}" + (f": {why}" if why else "")


_LANGUAGES = {"en": "English", "zh": "Chinese"}
