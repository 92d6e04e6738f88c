"""viewer.look.light_presets: lights by name, and directions as angles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.gl.scene import light_constants
from gpu_core.settings import Light, Lighting
from viewer.look.light_presets import (
    MOST_AMBIENT,
    MOST_INTENSITY,
    NAMES,
    PRESETS,
    four_lights,
    place_of,
    standing,
    with_light,
)


@given(st.floats(-179, 179), st.floats(-89, 89))
def test_a_light_stands_where_it_was_put(azimuth: float, elevation: float) -> None:
    assert place_of(Light(standing(azimuth, elevation), 1.0, (1, 1, 1))) == pytest.approx(
        (azimuth, elevation), abs=1e-6
    )


def test_the_characters_left_is_plus_x_and_up_is_up() -> None:
    assert standing(90, 0) == pytest.approx((1, 0, 0), abs=1e-9)
    assert standing(0, 90) == pytest.approx((0, 1, 0), abs=1e-9)
    assert place_of(Lighting().lights[0])[0] > 0, "the studio's key is at her left"


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_what_sliders_reach_and_shaders_take(name: str) -> None:
    lighting = PRESETS[name]
    assert len(lighting.lights) == len(NAMES)
    light_constants(lighting)
    for light in lighting.lights:
        assert 0.0 <= light.intensity <= MOST_INTENSITY
        assert max(light.colour) <= 1.0
    assert max(lighting.ambient) <= MOST_AMBIENT


def test_the_studio_is_the_light_the_generator_was_trained_with() -> None:
    assert PRESETS["Studio"] == Lighting()


def test_missing_lights_are_dark_and_one_can_be_exchanged() -> None:
    one = Lighting((Light((0, 0, 1), 1.0, (1, 1, 1)),))
    four = four_lights(one)
    assert len(four.lights) == 4
    assert [light.intensity for light in four.lights[1:]] == [0.0] * 3
    assert four_lights(Lighting()) == Lighting()
    lit = with_light(four, 2, Light((0, 1, 0), 2.0, (1, 0, 0)))
    assert (lit.lights[2].intensity, lit.lights[0], lit.ambient) == (2.0, one.lights[0], one.ambient)
