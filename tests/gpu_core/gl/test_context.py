"""Headless contexts."""

from __future__ import annotations

import pytest

from gpu_core.gl.context import describe_current, headless_context

pytestmark = pytest.mark.gl


def test_a_context_says_what_it_is(gl_context):
    assert gl_context == describe_current()
    assert float(gl_context.version.split()[0]) >= 3.3


def test_contexts_can_follow_each_other():
    for _ in range(3):
        with headless_context() as info:
            assert info.renderer


def test_an_error_inside_passes_through_unchanged():
    with pytest.raises(KeyError, match="mine"), headless_context():
        raise KeyError("mine")
