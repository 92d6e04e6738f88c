"""Strategies: timelines of any shape, as hypothesis makes them."""

from __future__ import annotations

from hypothesis import strategies as st

from viewer.performance.easing import Ease
from viewer.performance.keyframes import TRACK_NAMES, Key, Track, limits
from viewer.performance.timeline import Timeline

TIMES = st.floats(0, 10)


@st.composite
def tracks(draw: st.DrawFn, name: str | None = None) -> Track:
    """A track of up to eight keys within its limits."""
    name = name or draw(st.sampled_from(TRACK_NAMES))
    keys = st.builds(Key, TIMES, st.floats(*limits(name)), st.sampled_from(Ease))
    return Track(name).with_keys(draw(st.lists(keys, max_size=8)))


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """A timeline of ten seconds and up to five tracks."""
    names = draw(st.lists(st.sampled_from(TRACK_NAMES), unique=True, max_size=5))
    return Timeline.of([draw(tracks(name)) for name in names], duration_s=10.0, fps=draw(st.sampled_from((24, 30, 60))))
