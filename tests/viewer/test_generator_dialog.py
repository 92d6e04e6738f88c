"""viewer.generator_dialog: filled in with the guess, changed by hand, wrong in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gpu_core.neural.inspection import NetworkFacts, TensorFacts, guess_signature
from gpu_core.neural.signature import Signature
from viewer.generator_dialog import GeneratorDialog
from viewer.signature_text import OWN_NUMBERS

pytestmark = pytest.mark.display
PLAIN = (TensorFacts("image", (1, 3, 64, 64), "float32"),)
ANSWER = (TensorFacts("out", (1, 4, 64, 64), "float32"),)


@pytest.fixture
def ask(qapp: object, qtbot: QtBot):  # type: ignore[no-untyped-def]
    def make(inputs: tuple[TensorFacts, ...] = PLAIN, outputs: tuple[TensorFacts, ...] = ANSWER) -> GeneratorDialog:
        facts = NetworkFacts(Path("some.onnx"), inputs, outputs)
        guess, _ = guess_signature(facts)
        assert guess is not None
        dialog = GeneratorDialog(facts, guess)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


def choose(combo, data: str) -> None:  # type: ignore[no-untyped-def]
    combo.setCurrentIndex(combo.findData(data))


def test_it_begins_with_the_guess(ask) -> None:  # type: ignore[no-untyped-def]
    dialog = ask()
    guess, _ = guess_signature(NetworkFacts(Path("some.onnx"), PLAIN, ANSWER))
    assert dialog.signature() == guess
    assert "render → image (RGB, 0 … 1)" in dialog.told.text()


def test_what_is_chosen_is_answered(ask, qtbot: QtBot) -> None:  # type: ignore[no-untyped-def]
    dialog = ask()
    form, output = dialog.inputs[0], dialog.outputs["out"]
    choose(form.pictures, "texture")
    choose(form.colours, "bgr")
    choose(form.values, "−1 … 1")
    choose(output.alpha, "False")
    dialog.remember.setChecked(False)
    with qtbot.waitSignal(dialog.answered) as answered:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert answered.args is not None
    signature, remember = answered.args
    assert isinstance(signature, Signature)
    (said,) = signature.inputs
    assert (said.pictures, said.order, said.mean, said.std) == (("texture",), "bgr", (0.5,), (0.5,))
    assert not signature.output.premultiplied
    assert remember is False
    assert not dialog.isVisible()


def test_imagenet_follows_the_order_of_the_channels(ask) -> None:  # type: ignore[no-untyped-def]
    dialog = ask()
    choose(dialog.inputs[0].values, "ImageNet")
    choose(dialog.inputs[0].colours, "bgr")
    assert dialog.signature().inputs[0].mean == (0.406, 0.456, 0.485)
    assert "BGR, ImageNet" in dialog.told.text()


@pytest.mark.parametrize(("mean", "std"), [("", "1"), ("0 0", "1"), ("0", "x"), ("0", "0"), ("nan", "1")])
def test_numbers_that_are_none_are_one_line_and_cannot_be_used(ask, mean: str, std: str) -> None:  # type: ignore[no-untyped-def]
    dialog = ask()
    form = dialog.inputs[0]
    assert form.mean.isHidden() or not form.mean.isVisible()
    choose(form.values, OWN_NUMBERS)
    assert form.mean.isVisible()
    form.mean.setText(mean)
    form.std.setText(std)
    assert not dialog.use.isEnabled()
    assert dialog.told.property("state") == "error"
    form.mean.setText("0.4, 0.5, 0.6")
    form.std.setText("0.2")
    assert dialog.use.isEnabled()
    assert dialog.signature().inputs[0].mean == (0.4, 0.5, 0.6)


def test_one_block_an_input_and_every_order_that_fits(ask) -> None:  # type: ignore[no-untyped-def]
    inputs = (TensorFacts("a", (1, 6, 64, 64), "float32"), TensorFacts("depth", (1, 1, 64, 64), "float32"))
    dialog = ask(inputs)
    first, second = dialog.inputs
    texts = [first.pictures.itemText(index) for index in range(first.pictures.count())]
    assert texts[0] == "texture + render"
    assert "render + normal" in texts
    assert len(texts) == 6
    assert second.pictures.count() == 1
    assert not second.colours.isVisible(), "depth has no colours"


def test_size_is_asked_only_where_the_file_leaves_it_open(ask) -> None:  # type: ignore[no-untyped-def]
    dialog = ask((TensorFacts("image", (None, None, None, 3), "float32"),))
    form, output = dialog.inputs[0], dialog.outputs["out"]
    assert all(field.isVisible() for field in form.size_fields)
    assert not any(field.isVisible() for field in output.size_fields)
    form.size_fields[0].setValue(256)
    form.size_fields[1].setValue(256)
    (said,) = dialog.signature().inputs
    assert (said.layout, said.width, said.height) == ("NHWC", 256, 256)


def test_bytes_are_bytes(ask) -> None:  # type: ignore[no-untyped-def]
    dialog = ask((TensorFacts("image", (1, 64, 64, 3), "uint8"),))
    assert not dialog.inputs[0].values.isEnabled()
    assert dialog.signature().inputs[0].mean == (0.0,)


def test_of_several_outputs_one_is_the_picture(ask) -> None:  # type: ignore[no-untyped-def]
    outputs = (TensorFacts("coarse", (1, 3, 64, 64), "float32"), TensorFacts("words", (1, 9), "float32"), *ANSWER)
    dialog = ask(outputs=outputs)
    assert list(dialog.outputs) == ["coarse", "out"]
    dialog.output_choice.setCurrentIndex(1)
    assert dialog.signature().output.name == "out"
    assert dialog.outputs["out"].isVisible()
    assert not dialog.outputs["coarse"].isVisible()
