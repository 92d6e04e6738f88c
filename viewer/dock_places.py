"""Where docks are at first, in each of the two layouts."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea,
)  # fmt: skip
# What each layout hides at first; whatever the user makes of it is remembered for each by itself.
HIDDEN: Mapping[str, tuple[str, ...]] = {
    "artist": ("Path", "Switches", "Latency", "Utilisation", "Frame", "Streams"),
    "engineer": ("Head and gaze", "Frame", "History", "Presets", "Speech", "Compare", "Timeline", "Look", "Capture"),
}  # fmt: skip

# One behind the other: on the left below the sliders, and on the right, where four titles are all that fit.
TABS = (("Head and gaze", "History"), ("Presets", "Speech", "Compare", "Look"))
BOTTOM_ROW = ("Performance", "Recording")
BEHIND_TIMELINE = ("Capture", *BOTTOM_ROW, "Streams")
BEHIND = {"Timeline": "Capture", "Recording": "Streams"}  # each as a tab behind its neighbour in the bottom row
FRONT: Mapping[str, tuple[str, ...]] = {"artist": ("Presets", "Head and gaze"), "engineer": ("Recording",)}
TITLE_PX, BOTTOM_PX = 28, 104  # of a dock; of the row below the face
TIMELINE_PX = 220  # its ruler, its controls and six rows; the face keeps more than half of the height

CORNERS = {
    Qt.Corner.TopLeftCorner: LEFT, Qt.Corner.BottomLeftCorner: LEFT,
    Qt.Corner.TopRightCorner: RIGHT, Qt.Corner.BottomRightCorner: RIGHT,
}  # fmt: skip
LOWER = (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner)
