"""The waterfall of one frame: its stages as bars on the tracks that worked on it, and the waits between them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gpu_core.frame_budget import ENCODER, ENGINE, GPU, INFERENCE, WINDOW, WORKERS
from gpu_core.frame_record import FrameRecord, is_believable
from viewer import theme
from viewer.figures.panel_cost import PanelCost
from viewer.figures.spans import WAIT, Span, spans_beside, stage_spans, unplaced, waits

LEFT, AXIS = 96, 18  # px: names of the tracks; milliseconds below
BAR, WORDS = 14, 14  # px: a track is its bars, with words in them where they fit, and words below them
TRACK = BAR + WORDS + 4
ALWAYS = (ENGINE, INFERENCE, WINDOW)
TITLES = {GPU: "GPU"}
NO_TIMES = "Nothing is known of where this frame's time went."
BETWEEN_WORDS = 6
LEAST_SHARE = 0.02  # of the whole: shorter waits are told by the tooltip


@dataclass(frozen=True)
class Placed:
    """A span as a bar, with words in it or below it where there is room for them."""

    span: Span
    bar: QRectF
    words: QRectF | None  # where they stand; None: no room
    text: str = ""


class Waterfall(QWidget):
    """Shows one frame, from the request to the screen."""

    def __init__(self, cost: PanelCost, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.record: FrameRecord | None = None
        self._cost = cost
        self._spans: tuple[Span, ...] = ()
        self._font = theme.figures(theme.SMALL_PX)
        self._metrics = QFontMetricsF(self._font)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(TRACK * len(ALWAYS) + AXIS)

    def show_frame(self, record: FrameRecord | None) -> None:
        """Show this frame, or nothing."""
        self.record = record
        self._spans = (*stage_spans(record), *waits(record), *spans_beside(record)) if record is not None else ()
        self.setMinimumHeight(TRACK * max(len(self.tracks), len(ALWAYS)) + AXIS)
        self.setAccessibleDescription("; ".join(describe(span) for span in self._spans))
        self.update()

    @property
    def tracks(self) -> tuple[str, ...]:
        """The tracks that are drawn, from the top."""
        used = {span.track for span in self._spans}
        return tuple(track for track in (*WORKERS, ENCODER) if track in used or (track in ALWAYS and self._spans))

    @property
    def length_ms(self) -> float:
        """What the width stands for."""
        latency_ms = self.record.latency_ms if self.record is not None else 0.0
        ends = [span.end_ms for span in self._spans]
        return max([*ends, latency_ms if is_believable(latency_ms) else 0.0, 0.1])

    @property
    def placed(self) -> list[Placed]:
        """Every bar, and words where they do not run into others, those of the longest first."""
        scale = (self.width() - LEFT - 8) / self.length_ms
        tops = {track: index * TRACK + 2 for index, track in enumerate(self.tracks)}
        taken: dict[str, list[QRectF]] = {track: [] for track in tops}
        found = []
        for span in sorted(self._spans, key=lambda span: -span.duration_ms):
            bar = QRectF(LEFT + span.start_ms * scale, tops[span.track], max(span.duration_ms * scale, 1.5), BAR)
            placed = self._with_words(span, bar, taken[span.track])
            if placed.words is not None:
                taken[span.track].append(placed.words)
            found.append(placed)
        return found

    def _with_words(self, span: Span, bar: QRectF, taken: list[QRectF]) -> Placed:
        """In a stage's bar as much as it holds; below the bar what does not fit into it. Short waits have none."""
        if span.name == WAIT:
            texts = ("",) if span.duration_ms < LEAST_SHARE * self.length_ms else (describe(span), _figure(span))
        else:
            for text in (describe(span), f"{theme.STAGE_TITLES[span.name]} {span.duration_ms:.0f}", _figure(span)):
                width = self._metrics.horizontalAdvance(text)
                if width + 6 <= bar.width():
                    return Placed(span, bar, QRectF(bar.left() + 3, bar.top(), width, BAR), text)
            texts = (describe(span),)
        for text in filter(None, texts):
            area = self._room(bar, self._metrics.horizontalAdvance(text), taken)
            if area is not None:
                return Placed(span, bar, area, text)
        return Placed(span, bar, None)

    def _room(self, bar: QRectF, width: float, taken: list[QRectF]) -> QRectF | None:
        """Where words can stand below a bar: under its beginning, its middle or its end."""
        last = self.width() - 4 - width
        for left in (bar.left(), bar.center().x() - width / 2, bar.right() - width):
            area = QRectF(min(max(left, LEFT), last), bar.bottom(), width, WORDS)
            if not any(area.adjusted(-BETWEEN_WORDS, 0, BETWEEN_WORDS, 0).intersects(other) for other in taken):
                return area
        return None

    def sizeHint(self) -> QSize:
        """Qt: the size it likes."""
        return QSize(480, self.minimumHeight())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: tracks, axis, bars, words."""
        with self._cost.measured(), QPainter(self) as painter:
            painter.setFont(self._font)
            if not self._spans:
                painter.setPen(QColor(theme.DIM))
                if self.record is not None:
                    painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, NO_TIMES)
                return
            self._paint_tracks(painter)
            for placed in self.placed:
                self._paint_span(painter, placed)
            if self.record is not None and (missing := unplaced(self.record)):
                painter.setPen(QColor(theme.WARNING))
                text = f"{missing} stage{'s' if missing > 1 else ''} without a time that can be true"
                area = QRectF(0, self.height() - AXIS, self.width() - 4, AXIS)
                painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_tracks(self, painter: QPainter) -> None:
        bottom = TRACK * len(self.tracks)
        for index, track in enumerate(self.tracks):
            painter.setPen(QColor(theme.DIM))
            painter.drawText(
                QRectF(0, index * TRACK, LEFT - 8, BAR + 4), Qt.AlignmentFlag.AlignVCenter, TITLES.get(track, track)
            )
            painter.setPen(QColor(theme.LINE))
            painter.drawLine(QPointF(0, (index + 1) * TRACK - 1), QPointF(self.width(), (index + 1) * TRACK - 1))
        step = _round_step(self.length_ms / 6)
        for index in range(int(self.length_ms / step) + 1):
            x = LEFT + index * step * (self.width() - LEFT - 8) / self.length_ms
            painter.setPen(QPen(QColor(theme.LINE), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, bottom + 3))
            painter.setPen(QColor(theme.DIM))
            text = f"{index * step:g} ms" if index else "request"
            area = QRectF(min(x - 40, self.width() - 72), bottom + 2, 80, AXIS)
            painter.drawText(area, Qt.AlignmentFlag.AlignHCenter, text)

    def _paint_span(self, painter: QPainter, placed: Placed) -> None:
        colour = QColor(theme.STAGE_COLOURS[placed.span.name])
        if placed.span.name == WAIT:
            painter.fillRect(placed.bar, QBrush(QColor(theme.STAGE_COLOURS[WAIT]), Qt.BrushStyle.BDiagPattern))
            painter.setPen(QColor(theme.WAIT_FILL))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(placed.bar)
        else:
            apart = 1 if placed.bar.width() > 4 else 0  # from the next stage, which may have the same name
            painter.fillRect(placed.bar.adjusted(0, 0, -apart, 0), colour)
        if placed.words is not None:
            is_inside = placed.words.top() == placed.bar.top()
            painter.setPen(QColor(theme.VIEWPORT) if is_inside else colour)
            area = placed.words.adjusted(0, 0, 8, 0)  # a figure may be drawn wider than it was measured
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, placed.text)

    def event(self, event: QEvent) -> bool:
        """Qt: what the bar under the pointer is."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def tip(self, point: QPointF) -> str:
        """The tooltip for a point: the shortest bar there, which may lie upon others."""
        hit = [placed.span for placed in self.placed if placed.bar.adjusted(-2, -2, 2, WORDS).contains(point)]
        if not hit:
            return ""
        span = min(hit, key=lambda span: span.duration_ms)
        return f"{describe(span)}\nfrom {span.start_ms:.2f} to {span.end_ms:.2f} ms after the request, {span.track}"


def describe(span: Span) -> str:
    """`infer 21.3 ms`, `waited for the engine 4.1 ms`."""
    return f"{span.title or theme.STAGE_TITLES[span.name]} {span.duration_ms:.1f} ms"


def _figure(span: Span) -> str:
    return f"{span.duration_ms:.1f} ms"


def _round_step(rough: float) -> float:
    power = 10.0 ** len(f"{int(rough)}") / 10.0 if rough >= 1.0 else 0.1
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough or factor == 10)
