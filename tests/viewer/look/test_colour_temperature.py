"""viewer.look.colour_temperature: black bodies against known chromaticities, and there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.look.colour_temperature import HIGHEST_K, LOWEST_K, colour_of, temperature_of


def test_daylight_is_nearly_white_bulbs_are_warm_shade_is_blue() -> None:
    assert colour_of(6504) == pytest.approx((1.0, 1.0, 1.0), abs=0.06)
    red, green, blue = colour_of(2856)  # illuminant A in linear sRGB: 1, 0.44, 0.11 (CIE 15)
    assert (red, green, blue) == pytest.approx((1.0, 0.44, 0.11), abs=0.03)
    assert colour_of(12000)[2] == 1.0 > colour_of(12000)[0]


@given(st.floats(2000, 12000))
def test_there_and_back(kelvin: float) -> None:
    assert temperature_of(colour_of(kelvin)) == pytest.approx(kelvin, rel=0.04)


@given(st.tuples(*[st.floats(0, 1)] * 3))
def test_every_colour_has_some_temperature(colour: tuple[float, float, float]) -> None:
    assert LOWEST_K <= temperature_of(colour) <= HIGHEST_K


@given(st.floats(-1e6, 1e6))
def test_every_temperature_has_a_colour_a_light_can_have(kelvin: float) -> None:
    assert max(colour_of(kelvin)) == 1.0
    assert min(colour_of(kelvin)) >= 0.0
