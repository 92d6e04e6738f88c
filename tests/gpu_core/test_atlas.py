"""Where faces lie in one framebuffer."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.atlas import Atlas


@given(faces=st.integers(1, 16), size=st.integers(16, 512))
def test_regions_are_inside_and_apart(faces, size):
    atlas = Atlas(faces, size)
    assert len(atlas.regions) == faces
    for region in atlas.regions:
        assert 0 <= region.x <= atlas.width - size
        assert 0 <= region.y <= atlas.height - size
    for a, b in combinations(atlas.regions, 2):
        assert abs(a.x - b.x) >= size or abs(a.y - b.y) >= size


@given(faces=st.integers(1, 16))
def test_no_row_or_column_is_wasted(faces):
    atlas = Atlas(faces, 64)
    assert atlas.width * atlas.height < (faces + atlas.columns) * 64 * 64


@pytest.mark.parametrize(("faces", "size"), [(0, 512), (1, 8)])
def test_senseless_sizes_are_refused(faces, size):
    with pytest.raises(ValueError, match="at least one face"):
        Atlas(faces, size)
