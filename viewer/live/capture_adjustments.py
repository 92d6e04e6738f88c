"""How a live face is shown: neutral, mirror, smoothing, gain of all shapes or of one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, NEUTRAL
from viewer import theme
from viewer.capture.live_face import MOST_GAIN
from viewer.live.capture_model import CaptureModel
from viewer.sliders.rules import short_name

ALL = "All shapes"


class CaptureAdjustments(QWidget):
    """Changes the capture model's settings."""

    def __init__(self, capture: CaptureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._capture = capture
        self.neutral = QPushButton("Set neutral")
        self.neutral.setToolTip("Take the performer's face of now as the resting face")
        self.neutral.clicked.connect(capture.calibrate)
        self.forget = QPushButton("Clear")
        self.forget.setToolTip("Take what is sent as it is")
        self.forget.clicked.connect(capture.forget_neutral)
        self.mirror = QCheckBox("Mirror")
        self.mirror.setToolTip("As in a mirror: the performer's left side moves the right one of the face")
        self.mirror.toggled.connect(self._set_mirror)
        self.smoothing = _slider(100, "Smoothing", "0 %: none; 100 %: most. Quick motion passes whatever is set")
        self.smoothing.valueChanged.connect(self._set_smoothing)
        self.shape = QComboBox()
        self.shape.setToolTip("Whose gain the slider sets")
        self.shape.setAccessibleName("Gain of")
        self.shape.addItem(ALL, "")
        for name in (*ARKIT_SHAPES, *HEAD_LIMITS_DEG):
            self.shape.addItem(short_name(name), name)
        self.shape.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.shape.setMinimumContentsLength(8)
        self.shape.currentIndexChanged.connect(self._show)
        self.gain = _slider(round(100 * MOST_GAIN), "Gain", "How much of what is sent is shown: 100 % is as it is sent")
        self.gain.valueChanged.connect(self._set_gain)
        self.figures = {slider: QLabel() for slider in (self.smoothing, self.gain)}
        self._build()
        capture.changed.connect(self._show)
        self._show()

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        row = QHBoxLayout()
        for widget in (self.neutral, self.forget):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.mirror)
        grid.addLayout(row, 0, 0, 1, 3)
        label = QLabel("Smoothing")
        for line, (name, slider) in enumerate(((label, self.smoothing), (self.shape, self.gain)), 1):
            grid.addWidget(name, line, 0)
            grid.addWidget(slider, line, 1)
            figure = self.figures[slider]
            figure.setFont(theme.figures(theme.SMALL_PX))
            figure.setFixedWidth(40)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(figure, line, 2)
        grid.setColumnStretch(1, 1)

    def _set_mirror(self, on: bool) -> None:
        self._capture.configure(replace(self._capture.settings, mirrors=on))

    def _set_smoothing(self, percent: int) -> None:
        self._capture.configure(replace(self._capture.settings, smoothing=percent / 100))

    def _set_gain(self, percent: int) -> None:
        settings, name = self._capture.settings, self.shape.currentData()
        if name:
            self._capture.configure(replace(settings, gains={**settings.gains, name: percent / 100}))
        else:
            self._capture.configure(replace(settings, gain=percent / 100))

    def _show(self) -> None:
        settings, name = self._capture.settings, self.shape.currentData()
        gain = settings.gains.get(name, 1.0) if name else settings.gain
        for widget, value in ((self.smoothing, settings.smoothing), (self.gain, gain)):
            widget.blockSignals(True)
            widget.setValue(round(100 * value))
            widget.blockSignals(False)
            self.figures[widget].setText(f"{round(100 * value)} %")
        self.mirror.setChecked(settings.mirrors)
        self.forget.setEnabled(settings.neutral != NEUTRAL)


def _slider(most: int, name: str, tip: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, most)
    slider.setPageStep(10)
    slider.setAccessibleName(name)
    slider.setToolTip(tip)
    return slider
