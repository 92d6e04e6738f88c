"""The folded parts of the form of streams: the video of each, and how they share the machine."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QLabel, QSpinBox, QVBoxLayout, QWidget

from viewer.push.values import VideoForm
from viewer.streaming.fields import choice, choose, hear, labelled
from viewer.streaming.wish import SIZES, StreamWish
from viewer.streams.values import MpsLimits

ENCODERS = {"auto": "auto, NVENC or x264", "x264": "x264, processor", "nvenc": "NVENC, GPU"}
WAYS = {"auto": "auto, the better here", "workers": "a process each", "batch": "one batch"}
FULL = {"refuse": "refuse more", "degrade": "slow all evenly"}
PRIORITIES = {"": "as the GPU has it", "normal": "normal", "below": "below normal"}
NO_MPS = "Looking for an NVIDIA GPU …"


class VideoPart(QWidget):
    """Size, rates and encoder."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        usual = VideoForm()
        self.size_choice = choice({size: f"{size}×{size}" for size in SIZES}, 512, "Of the picture, pixels")
        self.fps = QDoubleSpinBox(minimum=1.0, maximum=120.0, value=usual.fps, decimals=0, suffix=" fps")
        self.fps.setToolTip("Frames a second of each stream; a face that comes later than that has missed its deadline")
        self.bit_rate = QSpinBox(minimum=0, maximum=100_000, singleStep=250, suffix=" kbit/s")
        self.bit_rate.setSpecialValueText("auto, by size and rate")
        self.bit_rate.setToolTip("Of the video; 0: by the size of the picture and the rate")
        self.key = QDoubleSpinBox(minimum=0.1, maximum=30.0, value=usual.key_s, decimals=1, singleStep=0.5, suffix=" s")
        self.key.setToolTip("Between frames at which a viewer can join: shorter joins sooner and costs bits")
        self.encoder = choice(ENCODERS, usual.encoder, "Who encodes H.264")
        fields: Mapping[str, QWidget] = {
            "Size": self.size_choice, "Rate": self.fps, "Bit rate": self.bit_rate, "Keyframes": self.key,
            "Encoder": self.encoder,
        }  # fmt: skip
        self.setLayout(labelled(fields))
        hear(fields.values(), self.changed.emit)

    def form(self) -> VideoForm:
        """What stands in it."""
        return VideoForm(self.fps.value(), self.bit_rate.value(), self.key.value(), self.encoder.currentData())

    def show_form(self, size: int, form: VideoForm) -> None:
        """Have this stand in it; what is out of range is brought into it."""
        choose(self.size_choice, size)
        self.fps.setValue(form.fps)
        self.bit_rate.setValue(min(form.bit_rate_kbps, self.bit_rate.maximum()))
        self.key.setValue(form.key_s)
        choose(self.encoder, form.encoder)


class WayPart(QWidget):
    """How the faces share the machine; MPS only where there is a GPU for it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.way = choice(
            WAYS, "auto", "A process for each face: a crash takes one. One batch: less memory, one GPU call"
        )
        self.when_full = choice(FULL, "refuse", "What happens to more faces than this machine holds at their rate")
        self.mps = QCheckBox("Share the GPU by MPS")
        self.mps.setToolTip(
            "CUDA MPS runs the workers' kernels side by side; Mien starts its daemon and stops it again"
        )
        self.percent = QSpinBox(minimum=0, maximum=100, suffix=" %")
        self.percent.setToolTip("Of the GPU's multiprocessors that one face may use; 0: no limit")
        self.memory = QSpinBox(minimum=0, maximum=1_000_000, singleStep=256, suffix=" MB")
        self.memory.setToolTip("Of the GPU's memory that one face may use; 0: no limit")
        self.priority = choice(PRIORITIES, "", "Of one face's work against that of other programs")
        for field in (self.percent, self.memory):
            field.setSpecialValueText("no limit")
        self.why_not = QLabel(wordWrap=True)
        self.why_not.setObjectName("dim")
        self._limits = QWidget()
        self._limits.setLayout(labelled({"Threads": self.percent, "Memory": self.memory, "Priority": self.priority}))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(labelled({"Way": self.way, "When full": self.when_full}))
        for widget in (self.mps, self.why_not, self._limits):
            layout.addWidget(widget)
        self.show_mps(NO_MPS)
        hear((self.way, self.when_full, self.percent, self.memory, self.priority), self.changed.emit)
        self.mps.toggled.connect(self._on_mps)

    def show_mps(self, why_not: str) -> None:
        """Offer MPS, or say why there is none."""
        self.mps.setEnabled(not why_not)
        self.why_not.setText(why_not)
        self.why_not.setVisible(bool(why_not))
        self._limits.setVisible(self.uses_mps())

    def uses_mps(self) -> bool:
        """Whether it is wanted, and can be had."""
        return self.mps.isEnabled() and self.mps.isChecked()

    def limits(self) -> MpsLimits:
        """What one face may take."""
        return MpsLimits(float(self.percent.value()), self.memory.value(), self.priority.currentData())

    def show_way(self, wish: StreamWish) -> None:
        """Have this stand in it; what is out of range is brought into it."""
        choose(self.way, wish.way)
        choose(self.when_full, wish.when_full)
        self.mps.setChecked(wish.uses_mps)
        self.percent.setValue(min(round(wish.mps.thread_percent), self.percent.maximum()))
        self.memory.setValue(min(wish.mps.memory_mb, self.memory.maximum()))
        choose(self.priority, wish.mps.priority)

    def _on_mps(self, _on: bool) -> None:
        self._limits.setVisible(self.uses_mps())
        self.changed.emit()
