"""Guards the golden pictures: they are only compared on the rasteriser that made them."""

from __future__ import annotations

import os

import pytest

from tests.images import EXPECTED_RASTERISER


@pytest.mark.gl
def test_pictures_are_compared_here(gl_context):
    """Where OpenGL is expected, nothing may quietly skip the comparisons."""
    if os.environ.get("EXPECT_GL") != "1":
        pytest.skip("EXPECT_GL is not set: golden pictures may be skipped on this machine")
    assert EXPECTED_RASTERISER in gl_context.renderer
