"""The form of streams: faces, source and target; folded away, what seldom matters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QSpinBox, QToolButton, QVBoxLayout, QWidget

from viewer.streaming.fields import labelled
from viewer.streaming.fold import Fold
from viewer.streaming.source_choice import SourceChoice
from viewer.streaming.target_field import TargetField
from viewer.streaming.video_form import VideoPart, WayPart
from viewer.streaming.wish import StreamWish
from viewer.streams.values import MOST_STREAMS

TAKES = "Takes and timelines (*.csv *.glb *.gltf *.json *.parquet);;All files (*)"


class WishForm(QWidget):
    """`wish()` is what stands in it; `changed` tells of another."""

    changed = Signal()
    entered = Signal()  # Return was pressed in the target: begin

    def __init__(self, titles: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.faces = QSpinBox(minimum=1, maximum=MOST_STREAMS, value=StreamWish.faces)
        self.faces.setToolTip(f"How many faces at once, 1 to {MOST_STREAMS}; each is a stream of its own")
        self.source = SourceChoice(titles)
        self.browse = QToolButton()
        self.browse.setText("File …")
        self.browse.setToolTip("Stream a take, a timeline or a session's track")
        self.to = TargetField()
        self.video, self.way = VideoPart(), WayPart()
        self.more = QWidget()
        self.fold = Fold("More", self.more, "Size, rate, encoder, how the faces share the machine, MPS")
        self._build()
        self.browse.clicked.connect(self._ask_file)
        self.faces.valueChanged.connect(self._tell)
        self.to.returnPressed.connect(self._enter)
        for signal in (self.source.currentIndexChanged, self.to.settled, self.video.changed, self.way.changed):
            signal.connect(self._tell)

    def wish(self) -> StreamWish:
        """What stands in it now."""
        return StreamWish(
            faces=self.faces.value(), sources=self.source.sources(), to=self.to.settle(),
            size=self.video.size_choice.currentData(), video=self.video.form(),
            way=self.way.way.currentData(), when_full=self.way.when_full.currentData(),
            uses_mps=self.way.uses_mps(), mps=self.way.limits(),
        )  # fmt: skip

    def show_wish(self, wish: StreamWish) -> None:
        """Have this stand in it, but for the target."""
        self.faces.setValue(min(wish.faces, MOST_STREAMS))
        self.source.choose(wish.sources)
        self.video.show_form(wish.size, wish.video)
        self.way.show_way(wish)

    def _build(self) -> None:
        grid = labelled({"Faces": self.faces, "Source": (self.source, self.browse), "Target": self.to})
        inside = QVBoxLayout(self.more)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(6)
        inside.addWidget(self.video)
        inside.addWidget(self.way)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(grid)
        layout.addWidget(self.fold)
        layout.addWidget(self.more)
        layout.addStretch(1)

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Take to stream", "", TAKES)
        if name:
            self.source.offer(Path(name))

    def _enter(self) -> None:
        self.to.settle()
        self.entered.emit()

    def _tell(self, _value: object = None) -> None:
        self.changed.emit()
