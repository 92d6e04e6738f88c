"""How the window looks: one dark, desaturated palette, one accent, three type sizes, a grid of 4 pixels.

Every colour and size of the interface is named here. The stages of a frame keep one colour each wherever they appear,
from the set of Okabe and Ito (Color Universal Design, 2008), lightened where it would not reach 4.5:1 on the panels.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

# Points of a desktop are 96 dpi pixels here, so that the layout is the same on every screen; Qt scales the rest.
SMALL_PX, NORMAL_PX, LARGE_PX = 12, 13, 18

VIEWPORT = "#1b1c1f"
WINDOW = "#232529"
PANEL = "#26282c"
RAISED = "#303338"
LINE = "#3b3e44"
TEXT = "#e4e5e7"
DIM = "#a3a7ae"
FAINT = "#8d929a"
ACCENT = "#4fb3c8"
WARNING = "#e0a83c"
ERROR = "#f0705c"
RECORD = "#e8564a"
LIVE = "#5fbf7a"  # a stream that runs
WAIT_FILL = "#50545b"  # areas of time in which nothing is done; text about it has the stage colour "wait"

# Groups of sliders that move together, told apart by colour; from the same set as the stages.
LINK_COLOURS = ("#cc79a7", "#56b4e9", "#5fbf7a", "#f0e442", "#7f9cf5", "#e8743b")

# What is felt in a text, and its languages; from the same set.
EMOTION_COLOURS: Mapping[str, str] = {
    "joy": "#f0e442", "sadness": "#56b4e9", "anger": "#f0705c", "fear": "#b58cf0", "surprise": "#e69f00",
    "disgust": "#5fbf7a",
}  # fmt: skip
LANGUAGE_COLOURS: Mapping[str, str] = {"en": "#e4e5e7", "zh": "#8fd6e6"}
EXCITED = "#e8743b"

STAGE_COLOURS: Mapping[str, str] = {
    "pose": "#56b4e9",
    "render": "#009e73",
    "copy_out": "#f0e442",
    "pack": "#e69f00",
    "infer": "#e8743b",
    "unpack": "#cc79a7",
    "copy_in": "#b8a88f",
    "record": "#d0a6e8",
    "show": "#7f9cf5",
    "encode": "#9adbe8",
    "latency": "#e4e5e7",
    "wait": "#8d929a",  # nothing is done for the frame
}
STAGE_TITLES: Mapping[str, str] = {
    "pose": "pose",
    "render": "render",
    "copy_out": "copy out",
    "pack": "pack",
    "infer": "infer",
    "unpack": "unpack",
    "copy_in": "copy in",
    "record": "record",
    "show": "show",
    "encode": "encode",
    "latency": "latency",
    "wait": "waiting",
}

# Curves of tracks, one after another: the same set, where no stages are.
CURVES = ("#56b4e9", "#e69f00", "#cc79a7", "#30b58f", "#f0e442", "#e8743b", "#7f9cf5", "#b8a88f")

_SHEET = Template("""
* { font-size: ${normal}px; }
QMainWindow, QDialog { background: $window; }
QMainWindow::separator { background: $viewport; width: 4px; height: 4px; }
QMenuBar { background: $window; color: $text; padding: 2px 4px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 20px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $viewport; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QDockWidget { color: $dim; }
QDockWidget::title { background: $window; padding: 6px 8px; text-align: left; }
QStatusBar { background: $window; color: $dim; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $dim; font-size: ${small}px; padding: 0 4px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }
QLineEdit, QPlainTextEdit {
    background: $viewport; color: $text; border: 1px solid $line; border-radius: 4px; padding: 3px 8px;
    selection-background-color: $accent; selection-color: $viewport;
}
QLineEdit:focus { border-color: $accent; }
QLineEdit[state="error"] { color: $error; border-color: $error; }
QLineEdit#number { padding: 0 4px; }
QComboBox QAbstractItemView { background: $raised; color: $text; selection-background-color: $accent;
    selection-color: $viewport; border: 1px solid $line; }
QPushButton, QToolButton {
    background: $raised; color: $text; border: 1px solid $line; border-radius: 4px; padding: 4px 8px;
}
QPushButton:hover, QToolButton:hover { border-color: $dim; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked { background: $viewport; }
QPushButton:checked, QToolButton:checked { border-color: $accent; color: $accent; }
QPushButton:disabled, QToolButton:disabled { color: $faint; }
QPushButton#record { color: $record; }
QPushButton#record:checked { background: $record; border-color: $record; color: white; }
QToolButton#group { border: none; background: transparent; color: $text; text-align: left; padding: 6px 4px;
    font-weight: 600; }
QToolButton#group:hover { background: $raised; }
QToolButton#icon { padding: 1px; }
QToolButton#icon::menu-indicator { image: none; }
QToolButton#layout { border-radius: 0; padding: 2px 12px; }
QLabel#dim, QLabel#caption { color: $dim; font-size: ${small}px; }
QToolButton#tool { padding: 4px 3px; }
QToolButton#small { padding: 1px 4px; font-size: ${small}px; }
QToolButton#segment { padding: 1px 4px; font-size: ${small}px; border-radius: 0; }
QLabel#dim[state="error"] { color: $error; }
QLabel#dim[state="warning"] { color: $warning; }
QLabel#verdict, QLabel#line { color: $text; font-size: ${small}px; }
QLabel#line[state="warning"] { color: $warning; }
QLabel#tag { background: rgba(27, 28, 31, 200); color: $text; font-size: ${small}px; border-radius: 3px;
    padding: 2px 6px; }
QLabel#status { color: $dim; font-size: ${large}px; }
QLabel#title { font-size: ${large}px; }
QLabel#badge { border-radius: 4px; padding: 4px 8px; background: $raised; color: $text; }
QLabel#badge[state="warning"] { color: $warning; border: 1px solid $warning; }
QLabel#badge[state="error"] { color: $error; border: 1px solid $error; }
QProgressBar { background: $viewport; border: none; border-radius: 3px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QStatusBar QLabel#badge { padding: 0 8px; margin: 2px 4px; background: $raised; color: $text; }
QStatusBar QLabel#badge[state="warning"] { color: $warning; border: 1px solid $warning; }
QLabel#recording { color: $record; font-weight: 600; padding: 0 12px; }
QScrollArea, QScrollArea > QWidget > QWidget, QWidget#panel { background: $panel; border: none; }
QFrame#card { background: $panel; border: 1px solid $line; border-radius: 6px; }
QScrollArea#plain, QScrollArea#plain > QWidget > QWidget { background: transparent; }
QScrollArea#plain QFrame#card { background: $panel; }
QScrollBar:vertical { background: $panel; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $line; min-height: 32px; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; background: $text; }
QCheckBox { color: $text; spacing: 8px; }
QCheckBox::indicator { width: 12px; height: 12px; border: 1px solid $faint; border-radius: 3px; background: $viewport; }
QCheckBox::indicator:checked { border-color: $accent; background: $accent; }
QCheckBox:focus { color: $accent; }
QMainWindow > QTabBar { qproperty-elideMode: ElideNone; }
QMainWindow > QTabBar::tab { background: transparent; color: $dim; padding: 5px; border: none;
    border-top: 2px solid transparent; }
QMainWindow > QTabBar::tab:hover { color: $text; }
QMainWindow > QTabBar::tab:selected { color: $text; border-top-color: $accent; }
QTableWidget { background: $panel; border: none; gridline-color: transparent; }
QHeaderView::section { background: $panel; color: $dim; border: none; padding: 2px 4px; font-size: ${small}px; }
""")


def apply(app: QApplication) -> None:
    """Give the application its palette, font and style sheet."""
    app.setStyle("Fusion")
    app.setPalette(_palette())
    font = QFont(app.font())
    font.setPixelSize(NORMAL_PX)
    app.setFont(font)
    app.setStyleSheet(
        _SHEET.substitute(
            viewport=VIEWPORT, window=WINDOW, panel=PANEL, raised=RAISED, line=LINE, text=TEXT, dim=DIM, faint=FAINT,
            accent=ACCENT, warning=WARNING, error=ERROR, record=RECORD,
            small=SMALL_PX, normal=NORMAL_PX, large=LARGE_PX,
        )
    )  # fmt: skip


def set_state(widget: QWidget, state: str) -> None:
    """Give a widget another look, by the property `state` that the style sheet knows: "", warning or error."""
    if widget.property("state") != state:
        widget.setProperty("state", state)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def colour(name: str) -> QColor:
    """One of the constants above as Qt has colours."""
    return QColor(name)


def figures(pixel_size: int = NORMAL_PX) -> QFont:
    """The interface's font with figures of equal width, so that numbers that change do not jitter."""
    font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    font.setPixelSize(pixel_size)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _palette() -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for where, colour in {
        role.Window: WINDOW, role.WindowText: TEXT, role.Base: VIEWPORT, role.AlternateBase: PANEL, role.Text: TEXT,
        role.Button: RAISED, role.ButtonText: TEXT, role.Highlight: ACCENT, role.HighlightedText: VIEWPORT,
        role.ToolTipBase: RAISED, role.ToolTipText: TEXT, role.PlaceholderText: FAINT, role.Link: ACCENT,
    }.items():  # fmt: skip
        palette.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(FAINT))
    return palette
