"""viewer.passages: what is suggested is better than what was chosen, and can be had."""

from __future__ import annotations

import pytest

from gpu_core.settings import EngineSettings
from viewer.passages import better_passages

FREE = {
    "conversion": {"auto": "", "cpu": "", "gpu": ""},
    "readback": {"auto": "", "direct": "", "pixel buffer": ""},
}


@pytest.mark.parametrize(
    ("chosen", "is_software", "better"),
    [
        ({}, True, ()),
        ({}, False, ()),
        ({"conversion": "gpu", "readback": "pixel buffer"}, True, ("Conversion: processor, OpenCV",)),
        ({"readback": "pixel buffer"}, True, ("Read-back: direct",)),
        ({"conversion": "cpu", "readback": "direct"}, False, ("Conversion: OpenGL", "Read-back: pixel buffers")),
        ({"readback": "direct"}, False, ()),  # OpenGL converts: nobody reads pictures back
        ({"conversion": "gpu", "readback": "pixel buffer"}, False, ()),
    ],
)
def test_better_than_what_was_chosen(chosen: dict[str, str], is_software: bool, better: tuple[str, ...]) -> None:
    assert better_passages(EngineSettings(**chosen), FREE, is_software=is_software) == better


def test_what_cannot_be_had_or_is_not_known_is_not_suggested() -> None:
    chosen = EngineSettings(conversion="cpu", readback="direct")
    refused = FREE | {"conversion": {"auto": "", "cpu": "", "gpu": "passes of OpenGL do not resize"}}
    assert better_passages(chosen, refused, is_software=False) == ("Read-back: pixel buffers",)
    assert better_passages(chosen, {}, is_software=False) == ()
