"""What F1 shows: the version, the engine, the machine and the figures so far, as text to paste into a report."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib import metadata

from PySide6.QtCore import qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from viewer.path_text import badge, building
from viewer.viewer_model import ViewerModel

PACKAGES = (
    "numpy", "PyOpenGL", "onnxruntime", "openvino", "av", "pyqtgraph",
    "cuda-bindings", "cuda-core", "nvidia-cuda-nvrtc", "tensorrt",
)  # fmt: skip


def report(model: ViewerModel, notes: Sequence[str] = ()) -> str:
    """The whole text."""
    sections = [_versions(), [f"  {note}" for note in notes], _engine(model), _figures(model)]
    return "\n\n".join("\n".join(section) for section in sections if section)


def _versions() -> list[str]:
    lines = [f"Mien {_version('mien')}, Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}"]
    lines.append("  " + ", ".join(f"{name} {_version(name)}" for name in PACKAGES))
    return lines


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _engine(model: ViewerModel) -> list[str]:
    engine = model.engine
    if engine is None:
        return [f"Engine: {model.status}"]
    why = "; ".join(filter(None, (engine.reason, engine.state.tier_reason)))
    lines = [f"Face: {engine.face}", f"Path: {badge(engine.state)} ({why})"]
    lines += [f"GPU: {engine.state.gpu}"] if engine.state.gpu else []
    lines += [building(engine.state)] if engine.state.building is not None else []
    lines += [f"{key.replace('_', ' ')}: {value}" for key, value in engine.description.items() if key != "face"]
    lines += [f"Missing shapes: {', '.join(engine.missing)}"] if engine.missing else []
    return lines + [f"Warning: {warning}" for warning in engine.warnings]


def _figures(model: ViewerModel) -> list[str]:
    table = model.history.table()
    if not table or model.shown is None:
        return []
    lines = [f"Last {len(model.history)} frames, in ms:", f"{'':10}{'p50':>8}{'p95':>8}{'p99':>8}"]
    lines += [
        f"{name:10}{row.p50:8.1f}{row.p95:8.1f}{row.p99:8.1f}{'  GPU' if name in model.history.on_gpu else ''}"
        for name, row in table.items()
    ]
    moved = model.shown.traffic
    return [*lines, f"Bytes over the bus for the last one: {moved.pixel_bytes} of pixels, {moved.host_bytes} in all"]


class TextDialog(QDialog):
    """A text to read and to copy."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(680, 480)
        heading = QLabel(title)
        heading.setObjectName("title")
        self.text = QPlainTextEdit(text, readOnly=True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setStyleSheet(f"font-family: '{self.text.font().family()}'")
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (heading, self.text, buttons):
            layout.addWidget(widget)
