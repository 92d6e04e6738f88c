"""Where a picture is."""

from __future__ import annotations

import pytest

from gpu_core.cuda.launching import takes_quads
from gpu_core.cuda.sources import LinearSource, SurfaceSource


@pytest.mark.parametrize(("pointer", "pitch"), [(256, 36), (256, 42), (258, 40)])
def test_rows_have_to_hold_their_pixels_and_lie_on_words(pointer: int, pitch: int) -> None:
    with pytest.raises(ValueError, match="need rows of 40 bytes or more"):
        LinearSource(pointer, pitch, 10, 4)


def test_four_pixels_at_once_need_sixteen_bytes_in_line() -> None:
    assert takes_quads(LinearSource(256, 48, 10, 4), wide_surfaces=False)
    assert not takes_quads(LinearSource(256, 44, 10, 4), wide_surfaces=True)
    assert not takes_quads(LinearSource(260, 48, 10, 4), wide_surfaces=True)
    assert takes_quads(SurfaceSource(3, 10, 4), wide_surfaces=True)
    assert not takes_quads(SurfaceSource(3, 10, 4), wide_surfaces=False)
