"""The dialog about a generator that says nothing of itself: what goes into its tensors, and what comes out.

It is shown only when card, metadata and shape leave a doubt, with the likeliest answer filled in.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from gpu_core.errors import ModelError
from gpu_core.neural.inspection import NetworkFacts, guess_signature
from gpu_core.neural.signature import Signature
from gpu_core.neural.signature_check import check_signature
from viewer.signature_text import output_candidates, shortened, summary
from viewer.tensor_form import InputForm, OutputForm

WIDTH, TALLEST = 520, 760
AROUND = 200  # pixels of height that are not forms


class GeneratorDialog(QDialog):
    """Asks what a network wants. `answered` with its Signature, and whether to remember it."""

    answered = Signal(object, bool)

    def __init__(self, facts: NetworkFacts, guess: Signature, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Generator")
        self._facts = facts
        declared = {tensor.name: tensor for tensor in facts.inputs}
        self.inputs = [InputForm(said, declared[said.name]) for said in guess.inputs]
        self.outputs = self._output_forms(facts, guess)
        self.output_choice = QComboBox()
        self.output_choice.addItems([f"Picture from {name}" for name in self.outputs])
        self.output_choice.setToolTip("This network has several outputs that could be the picture")
        self.output_choice.setVisible(len(self.outputs) > 1)
        self.told = QLabel(wordWrap=True)
        self.told.setObjectName("dim")
        self.told.setFixedHeight(2 * self.told.fontMetrics().lineSpacing() + 4)  # the dialog keeps its height meanwhile
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        card = facts.path.with_suffix(".json").name
        self.remember = QCheckBox(f"Remember beside the file, in {shortened(card)}")
        self.remember.setChecked(True)
        self.remember.setToolTip(f"Writes {card}, the generator's card, so that nobody has to be asked again")
        self.buttons = QDialogButtonBox()
        self.use = self.buttons.addButton("Use it", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self._build()
        self._connect()
        self._show()

    def _output_forms(self, facts: NetworkFacts, guess: Signature) -> dict[str, OutputForm]:
        """A form for every output that could be the picture; the guessed one first."""
        forms = {}
        for tensor in sorted(output_candidates(facts), key=lambda tensor: tensor.name != guess.output.name):
            alone, _ = guess_signature(replace(facts, outputs=(tensor,)))
            if alone is not None:
                forms[tensor.name] = OutputForm(alone.output, tensor)
        return forms

    def _build(self) -> None:
        title = QLabel(f"What does {shortened(self._facts.path.name)} want?")
        title.setObjectName("title")
        lead = QLabel("Nothing in the file says what its tensors mean. This is the likeliest reading.")
        lead.setObjectName("dim")
        self._forms = QWidget()
        column = QVBoxLayout(self._forms)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (*self.inputs, self.output_choice, *self.outputs.values()):
            column.addWidget(widget)
        column.addStretch()
        self._area = QScrollArea(widgetResizable=True)
        self._area.setObjectName("plain")
        self._area.setWidget(self._forms)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        for widget in (title, lead, self._area, self.told, self.remember, self.buttons):
            layout.addWidget(widget)
        layout.setStretch(2, 1)

    def _connect(self) -> None:
        for form in (*self.inputs, *self.outputs.values()):
            form.changed.connect(self._show)
        self.output_choice.currentIndexChanged.connect(self._show)
        self.buttons.accepted.connect(self._answer)
        self.buttons.rejected.connect(self.reject)
        self.use.setDefault(True)
        self.use.setFocus()

    def signature(self) -> Signature:
        """What has been said so far.

        Raises:
            ModelError: it makes no sense, or is not true of the file.
        """
        said = Signature(tuple(form.tensor() for form in self.inputs), self._output().tensor())
        check_signature(said, self._facts)
        return said

    def _output(self) -> OutputForm:
        return list(self.outputs.values())[max(self.output_choice.currentIndex(), 0)]

    def _show(self) -> None:
        """Say in one line what will be fed, or what is wrong."""
        for form in self.outputs.values():
            form.setVisible(form is self._output())
        try:
            text, is_wrong = summary(self.signature()), False
        except ModelError as error:
            text, is_wrong = f"{str(error)[:1].upper()}{str(error)[1:]}", True
        self.told.setText(text)
        self.told.setToolTip(text)
        self.told.setProperty("state", "error" if is_wrong else "")
        self.told.style().polish(self.told)
        self.use.setEnabled(not is_wrong)
        self._fit()

    def _fit(self) -> None:
        """As high as the forms need, within reason: a scroll area does not ask for it by itself."""
        self._forms.adjustSize()
        wanted = self._forms.sizeHint().height()
        self._area.setMinimumHeight(min(wanted, TALLEST - AROUND))
        self.setMinimumWidth(WIDTH)
        self.adjustSize()

    def _answer(self) -> None:
        self.answered.emit(self.signature(), self.remember.isChecked())
        self.accept()
