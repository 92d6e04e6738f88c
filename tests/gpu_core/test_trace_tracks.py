"""gpu_core.trace_tracks: no two spans of one track overlap."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gpu_core.trace_tracks import MOST_LANES, Tracks

MS = 1_000_000
named: dict[int, str] = {}


def tracks() -> Tracks:
    named.clear()
    return Tracks({"engine": "engine thread", "gpu": "GPU stream"}, named.__setitem__)


def test_what_happens_at_once_lies_on_tracks_beside_each_other() -> None:
    made = tracks()
    first, beside, later = (made.place("engine", (start * MS, (start + 10) * MS)) for start in (0, 5, 12))
    assert first is not None
    assert beside is not None
    assert later is not None
    assert first[0] == later[0] != beside[0]
    assert list(named.values()) == ["engine thread", "engine thread 2"]
    made.place("gpu", (0, MS))
    made.place("tea kitchen", (0, MS))
    assert list(named.values())[2:] == ["GPU stream 1", "tea kitchen"]
    assert len(named) == 4


def test_a_frame_that_is_told_later_lies_before_what_is_there() -> None:
    made = tracks()
    late, early = made.place("gpu", (50 * MS, 60 * MS)), made.place("gpu", (30 * MS, 50 * MS))
    assert late is not None
    assert early is not None
    assert late[0] == early[0]


def test_an_overlap_that_is_rounding_is_cut_off() -> None:
    made = tracks()
    made.place("gpu", (0, MS))
    assert made.place("gpu", (MS - 5_000, 2 * MS)) == (11, (MS, 2 * MS))
    assert made.place("gpu", (MS - 30_000, 2 * MS)) == (12, (MS - 30_000, 2 * MS))


def test_there_is_an_end_to_tracks() -> None:
    made = tracks()
    placed = [made.place("gpu", (0, MS)) for _ in range(MOST_LANES + 1)]
    assert placed[-1] is None
    assert None not in placed[:-1]


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**5)), max_size=40))
def test_spans_of_a_track_never_overlap(wanted: list[tuple[int, int]]) -> None:
    made, lanes = tracks(), {}
    for start, length in wanted:
        found = made.place("gpu", (start, start + length))
        if found is not None:
            lanes.setdefault(found[0], []).append(found[1])
    for spans in lanes.values():
        assert all(start < end for start, end in spans)
        assert all(before[1] <= after[0] for before, after in pairwise(sorted(spans)))
