"""A small table of p50, p95 and p99 a series, painted in one go so that its figures stand still while they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gpu_core.timing import BESIDE, STAGES, Percentiles
from viewer import theme
from viewer.figures.panel_cost import PanelCost

ROW = 16
HEADINGS = ("p50", "p95", "p99")
COLUMN = 52
OCCASIONAL = ("record", *BESIDE)  # rows that are there while something is recorded
TIP = (
    "<p>Milliseconds of each stage in the steady frames: half of them took less than p50, 95 of a hundred less than "
    "p95, 99 less than p99. Stages overlap those of other frames.</p><p><b>waiting</b>: nothing was done for the frame"
    "<br><b>latency</b>: from the input event to the screen<br><b>left out</b>: frames that are in no figure, since "
    "something was loaded or compiled on the way, or they were the first; they are hatched on the graph<br>"
    "<b>record</b>: the picture is taken for a recording<br><b>encode</b>: beside the frames, no part of a latency</p>"
)
GPU_TIP = "<p><b>GPU</b>: timed by the GPU itself, with events between its own commands; the rest by the processor</p>"


class PercentileTable(QWidget):
    """One row a series, milliseconds; what a GPU timed by its own clock stands below the rest."""

    def __init__(self, names: Sequence[str], cost: PanelCost, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names, self._cost = tuple(names), cost
        self.rows: Mapping[str, Percentiles] = {}
        self.heading = "ms"
        self.on_gpu: frozenset[str] = frozenset()  # marked as timed by the GPU
        self.setFixedHeight(self.sizeHint().height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(
        self, rows: Mapping[str, Percentiles], on_gpu: frozenset[str] = frozenset(), *, left_out: int = 0
    ) -> None:
        """Show these figures; series without any show a dash, those that a GPU timed say so.

        Args:
            left_out: frames that are in none of them.
        """
        self.rows, self.on_gpu = dict(rows), on_gpu
        self.setFixedHeight(self.sizeHint().height())
        self.heading = f"ms · {left_out} left out" if left_out else "ms"
        self.setToolTip(f"{TIP}{GPU_TIP if on_gpu else ''}")
        self.setAccessibleDescription(
            "; ".join(
                f"{theme.STAGE_TITLES[name]}{' on the GPU' if name in on_gpu else ''} {row.p50:.1f} ms"
                for name, row in self.rows.items()
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Qt: the width it likes."""
        return QSize(260, ROW * (len(self.order) + 1))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: headings, then a swatch, a name and three figures a row."""
        with self._cost.measured(), QPainter(self) as painter:
            painter.setFont(theme.figures(theme.SMALL_PX))
            painter.setPen(QColor(theme.DIM))
            painter.drawText(QRectF(14, 0, 120, ROW), Qt.AlignmentFlag.AlignVCenter, self.heading)
            self._paint_cells(painter, 0, HEADINGS)
            for index, name in enumerate(self.order):
                self._paint_row(painter, (index + 1) * ROW, name)

    @property
    def order(self) -> tuple[str, ...]:
        """The series from the top: by the processor's clock, by the GPU's, and what is no stage."""
        names = (name for name in self._names if name in self.rows or name not in OCCASIONAL)
        return tuple(sorted(names, key=lambda name: (name not in (*STAGES, *BESIDE), name in self.on_gpu)))

    def _paint_row(self, painter: QPainter, top: int, name: str) -> None:
        row = self.rows.get(name)
        painter.fillRect(QRectF(0, top + ROW / 2 - 1.5, 8, 3), QColor(theme.STAGE_COLOURS[name]))
        painter.setPen(QColor(theme.TEXT if row else theme.FAINT))
        title = theme.STAGE_TITLES[name]
        painter.drawText(QRectF(14, top, 120, ROW), Qt.AlignmentFlag.AlignVCenter, title)
        if name in self.on_gpu:
            painter.setPen(QColor(theme.ACCENT))
            left = 14 + painter.fontMetrics().horizontalAdvance(title + "  ")
            painter.drawText(QRectF(left, top, 40, ROW), Qt.AlignmentFlag.AlignVCenter, "GPU")
            painter.setPen(QColor(theme.TEXT))
        self._paint_cells(painter, top, [f"{v:.1f}" for v in (row.p50, row.p95, row.p99)] if row else ["–"] * 3)

    def _paint_cells(self, painter: QPainter, top: int, texts: Sequence[str]) -> None:
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for column, text in enumerate(texts):
            left = self.width() - COLUMN * (len(texts) - column)
            painter.drawText(QRectF(left, top, COLUMN - 4, ROW), right, text)
