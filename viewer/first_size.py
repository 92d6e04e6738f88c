"""How large the window is before anybody has made it larger or smaller."""

from __future__ import annotations

from PySide6.QtCore import QSize

FIRST_SIZE = (1280, 800)
FRAME_PX = (4, 40)  # what a window manager may put around the window, both sides together


def roomy(wanted: tuple[int, int], screen: tuple[int, int]) -> QSize:
    """The wanted size, or what of it fits on a screen beside a window manager's frame."""
    width, height = (min(want, have - frame) for want, have, frame in zip(wanted, screen, FRAME_PX, strict=True))
    return QSize(width, height)
