"""viewer.timeline.marks: keys lie where they belong, look like their ease, and chosen ones like chosen ones."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from viewer import theme
from viewer.timeline.columns import CHOSEN
from viewer.timeline.marks import BAND_PX, REACH_PX, row_picture, stamp


def shape(image: QImage) -> np.ndarray:
    """(height, width, BGRA) as it is painted."""
    painted = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return np.frombuffer(painted.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_a_key_is_in_the_middle_of_its_pixel(scale: float) -> None:
    row = np.zeros(60, np.uint8)
    row[20] = 1
    alpha = shape(row_picture(row, round(17 * scale), scale))[..., 3].astype(float)
    reach = round(REACH_PX * scale)
    assert alpha.shape == (round(17 * scale), 60 + 2 * reach)
    y, x = np.indices(alpha.shape)
    assert (alpha * x).sum() / alpha.sum() == pytest.approx(20 + reach)
    assert (alpha * y).sum() / alpha.sum() == pytest.approx(round(17 * scale) // 2)


def test_chosen_keys_have_the_accent_and_lie_above() -> None:
    row = np.array([0, 1, 2 + CHOSEN, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], np.uint8)
    middle = shape(row_picture(row, 17))[8, REACH_PX + 2]
    accent = QColor(theme.ACCENT)
    assert middle[:3].tolist() == [accent.blue(), accent.green(), accent.red()]


def test_each_ease_has_its_own_look() -> None:
    looks = [stamp(look, 1.0) for look in (1, 2, 3, 4)]
    assert all(not np.array_equal(one, other) for place, one in enumerate(looks) for other in looks[:place])


def test_dense_keys_are_a_low_band() -> None:
    alpha = shape(row_picture(np.ones(100, np.uint8), 17))[..., 3]
    assert np.flatnonzero(alpha[:, 50]).tolist() == list(range(8 - BAND_PX, 8 + BAND_PX + 1))
    assert not shape(row_picture(np.zeros(10, np.uint8), 17)).any()


def test_the_curve_is_an_area_from_where_the_track_rests() -> None:
    shares = np.linspace(0.0, 1.0, 60)
    alpha = shape(row_picture(np.zeros(60, np.uint8), 17, shares=shares, rest=0.5))[:, REACH_PX:-REACH_PX, 3]
    assert [np.flatnonzero(alpha[:, x])[[0, -1]].tolist() for x in (0, 59)] == [[8, 14], [2, 8]]
    assert np.count_nonzero(alpha[:, 30]) <= 2
