"""viewer.sliders.number_field: what counts as a number, and what happens to what does not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viewer.sliders.number_field import NumberField, typed_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.42", 0.42), (" .5 ", 0.5), ("0,42", 0.42), ("40%", 0.4), ("40 %", 0.4), ("1", 1.0), ("1.001", None),
        ("-0.1", None), ("", None), ("nan", None), ("inf", None), ("1e999", None), ("0.4.2", None), ("half", None),
        ("1_0", None), ("%", None), ("١", 1.0),
    ],
)  # fmt: skip
def test_what_counts_as_a_number(text: str, number: float | None) -> None:
    assert typed_number(text, 0.0, 1.0) == (None if number is None else pytest.approx(number))


@given(st.text(max_size=12))
def test_any_text_is_a_number_within_the_limits_or_none(text: str) -> None:
    number = typed_number(text, -15.0, 15.0)
    assert number is None or (math.isfinite(number) and -15.0 <= number <= 15.0)


@pytest.fixture
def field(qtbot: QtBot) -> NumberField:
    parent = QWidget()
    qtbot.addWidget(parent)
    field = NumberField("0.30", 0.0, 1.0, parent)
    parent.show()
    parent.activateWindow()
    qtbot.waitUntil(parent.isActiveWindow)
    field.setFocus()
    field.kept = parent  # type: ignore[attr-defined]
    return field


@pytest.mark.display
def test_return_on_what_is_no_number_says_so_and_stays_open(field: NumberField, qtbot: QtBot) -> None:
    done: list[float | None] = []
    field.done.connect(done.append)
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert done == []
    assert field.property("state") == "error"
    qtbot.keyClicks(field, "0.7")
    assert field.property("state") == ""
    qtbot.keyClick(field, Qt.Key.Key_Return)
    field.clearFocus()
    assert done == [0.7], "once"


@pytest.mark.display
def test_leaving_takes_a_number_and_gives_up_what_is_none(field: NumberField, qtbot: QtBot) -> None:
    done: list[float | None] = []
    field.done.connect(done.append)
    qtbot.keyClicks(field, "x")
    field.clearFocus()
    assert done == [None]


@pytest.mark.display
def test_escape_gives_up(field: NumberField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(field.done) as told:
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert told.args == [None]
