"""How the plots look: the theme's colours and figures on pyqtgraph's axes."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF

from gpu_core.timing import Floats
from viewer import theme

LONE = 0.5  # of a step, the length of a point that stands alone
OVER_PX = 24  # a figure at an axis's end may stand so far over it


class ThemedAxis(pg.AxisItem):  # type: ignore[misc]
    """No line along the axis, no ticks outside; figures `offset_px` beside it, whose room does not change."""

    def __init__(self, orientation: str, *, offset_px: int = 5) -> None:
        super().__init__(orientation)
        self.setPen(pg.mkPen(None))
        self.setTickPen(pg.mkPen(theme.LINE))
        self.setTextPen(pg.mkPen(theme.DIM))
        self.setTickFont(theme.figures(theme.SMALL_PX))
        self.setStyle(tickLength=0, tickTextOffset=offset_px, autoExpandTextSpace=False, tickAlpha=255, maxTickLevel=0)

    def boundingRect(self) -> QRectF:
        """Qt: pyqtgraph leaves out figures that are not within; with lines through the plot those at the ends."""
        box: QRectF = super().boundingRect()
        return box.adjusted(-OVER_PX, -OVER_PX, OVER_PX, OVER_PX)


def with_lone_points(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """A curve for connect="finite", which draws lines only: a point between two gaps becomes a short level one."""
    known = np.isfinite(np.concatenate([[np.nan], y, [np.nan]]))
    (lone,) = np.nonzero(known[1:-1] & ~known[:-2] & ~known[2:])
    if not lone.size:
        return x, y
    return np.insert(x, lone + 1, x[lone] + LONE), np.insert(y, lone + 1, y[lone])
