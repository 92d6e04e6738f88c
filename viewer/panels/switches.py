"""The switches: one for every optimisation, thrown while the engine runs, and one button for all of them at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from viewer.engine_info import Choices, EngineInfo
from viewer.path_text import sentence
from viewer.switch_text import SWITCHES, Switch
from viewer.viewer_model import ViewerModel

LEAST_PX = 192  # narrower, the boxes could not be read; a scroll area would shrink to anything


class SwitchesPanel(QScrollArea):
    """`chosen`: {field of EngineSettings: value}. `thrown`: all at once, the classic way or back."""

    chosen = Signal(object)
    thrown = Signal()

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(LEAST_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model = model
        self.boxes = {switch.field: self._box(switch) for switch in SWITCHES}
        self.all = QPushButton("Classic way")
        self.all.setToolTip("Throw all switches at once: the baseline to compare with, and back (Ctrl+B)")
        self.all.clicked.connect(self.thrown)
        self.setWidget(self._rows())
        self.setEnabled(False)
        model.engine_changed.connect(self._on_engine)
        model.choices_changed.connect(self._on_choices)

    def _rows(self) -> QWidget:
        body = QWidget()
        body.setObjectName("panel")
        form = QFormLayout()
        form.setSpacing(4)
        for switch in SWITCHES:
            form.addRow(switch.title, self.boxes[switch.field])
            form.labelForField(self.boxes[switch.field]).setToolTip(switch.tip)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.all)
        layout.addLayout(form)
        layout.addStretch()
        return body

    def _box(self, switch: Switch) -> QComboBox:
        box = QComboBox()
        box.setToolTip(switch.tip)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for value, title in switch.values.items():
            box.addItem(title, value)
        box.activated.connect(lambda _at, switch=switch: self._on_activated(switch))
        return box

    def _on_activated(self, switch: Switch) -> None:
        """The box shows what was chosen when it has come true, which it may not."""
        value = self.boxes[switch.field].currentData()
        self._show()
        if self._model.engine is not None and value != self._current(switch):
            self.chosen.emit({switch.field: value})

    def _current(self, switch: Switch) -> Any:
        engine = self._model.engine
        return getattr(engine.settings, switch.field) if engine is not None else None

    def _on_engine(self, engine: EngineInfo) -> None:
        self.setEnabled(engine.generator is not None)
        self._show()

    def _on_choices(self, choices: Choices) -> None:
        for switch in SWITCHES:
            reasons = choices.switches.get(switch.field, {})
            box, refused = self.boxes[switch.field], [reasons.get(value, "") for value in switch.values]
            box.setEnabled(not all(refused))  # what is chosen there has no effect on what runs
            box.setToolTip(sentence(refused[0]) if all(refused) else switch.tip)
            items = box.model()
            assert isinstance(items, QStandardItemModel)
            for at, value in enumerate(switch.values):
                reason = reasons.get(value, "")
                items.item(at).setEnabled(not reason)
                items.item(at).setToolTip(sentence(reason or switch.tip))

    def _show(self) -> None:
        for switch in SWITCHES:
            box = self.boxes[switch.field]
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(self._current(switch)))
        engine = self._model.engine
        is_classic = engine is not None and engine.settings.path == "classic"
        self.all.setText("Fast way" if is_classic else "Classic way")
