"""viewer.elided_label: what does not fit is not drawn, and widens nothing."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from viewer.elided_label import ElidedLabel

pytestmark = pytest.mark.display


def test_a_long_text_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    label = ElidedLabel("a long text " * 50)
    qtbot.addWidget(label)
    label.resize(200, 20)
    cut = label.grab().toImage()
    label.setText("a long text " * 60)
    assert label.grab().toImage() == cut
    assert label.minimumSizeHint().width() < 20_000
    label.setText("short")
    assert label.grab().toImage() != cut
