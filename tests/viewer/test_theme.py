"""viewer.theme: everything can be read, every stage has its own colour."""

from __future__ import annotations

from itertools import combinations

import pytest

from gpu_core.timing import SERIES
from viewer import theme


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "colour", [theme.TEXT, theme.DIM, theme.FAINT, theme.ACCENT, theme.WARNING, theme.ERROR, theme.LIVE]
)
def test_text_can_be_read_on_every_ground_it_stands_on(colour: str) -> None:
    assert contrast(colour, theme.PANEL) >= 4.5
    assert contrast(colour, theme.VIEWPORT) >= 4.5


@pytest.mark.parametrize("name", SERIES)
def test_every_stage_has_a_title_and_a_colour_that_can_be_read(name: str) -> None:
    assert theme.STAGE_TITLES[name]
    assert contrast(theme.STAGE_COLOURS[name], theme.PANEL) >= 4.0


def test_no_two_stages_share_a_colour() -> None:
    for one, other in combinations(theme.STAGE_COLOURS.values(), 2):
        distance = sum(abs(int(one[at : at + 2], 16) - int(other[at : at + 2], 16)) for at in (1, 3, 5))
        assert distance > 60
