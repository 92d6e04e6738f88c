"""Settings: what no machine has is refused in one line."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.errors import SettingsError
from gpu_core.settings import DEEPEST, EngineSettings, FrameRequest


def test_the_defaults_are_sound():
    EngineSettings().check()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"faces": 0}, "faces is 0; a whole number from 1 to 64"),
        ({"depth": DEEPEST + 1}, "depth is 4; a whole number from 1 to 3"),
        ({"streams": 3}, "streams is 3; a whole number from 0 to 2"),
        ({"threads": -1}, "threads is -1"),
        ({"size": 8}, "size is 8"),
        ({"depth": True}, "depth is True"),
        ({"readback": "post"}, "readback is 'post'; choose one of auto, direct, pixel buffer"),
        ({"conversion": "abacus"}, "conversion is 'abacus'; choose one of auto, cpu, gpu"),
    ],
)
def test_what_there_is_not_is_named_with_what_there_is(changes, words):
    with pytest.raises(SettingsError, match=words):
        EngineSettings(**changes).check()


@given(st.sampled_from(["faces", "depth", "streams", "size", "readback", "conversion"]), st.integers() | st.text())
def test_nothing_but_a_settings_error_comes_of_nonsense(name, value):
    with suppress(SettingsError):
        EngineSettings(**{name: value}).check()


def test_who_asked_is_no_part_of_what_is_drawn():
    assert FrameRequest(by_hand=True, stamp=4) == FrameRequest()
