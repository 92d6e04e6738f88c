"""viewer.streams.tally: one stream's figures go on across the workers that play it."""

from __future__ import annotations

import pytest

from viewer.push.values import VideoForm
from viewer.streams.tally import Tally
from viewer.streams.values import StreamForm, StreamStatus

FORM = StreamForm(3, video=VideoForm(fps=10.0))


def test_two_workers_figures_are_one_story() -> None:
    tally = Tally(FORM, "workers")
    tally.started()
    tally.heard(StreamStatus(3, "starting", pid=5), 0.0)
    assert not tally.is_live
    tally.heard(StreamStatus(3, "live", frames=20, misses=2, worst_gap_s=0.3, thumbnail=b"one"), 2.0)
    assert tally.is_live
    assert tally.good_s(5.0) == 3.0
    tally.died("restarting", "the worker was killed by SIGKILL", again=True)
    assert tally.status.state == "restarting"
    assert (tally.status.frames, tally.status.restarts, tally.status.fps) == (20, 1, 0.0)
    tally.started()
    assert not tally.is_live
    assert tally.was_live
    tally.heard(StreamStatus(3, "starting"), 2.5)
    tally.heard(StreamStatus(3, "live", frames=1), 4.0)
    assert (tally.status.frames, tally.status.misses) == (21, 2 + 19)
    assert tally.status.worst_gap_s == pytest.approx(2.0)
    tally.heard(StreamStatus(3, "live", frames=9, misses=1, worst_gap_s=2.5), 4.5)
    assert (tally.status.frames, tally.status.misses, tally.status.worst_gap_s) == (29, 22, 2.5)
    assert tally.status.restarts == 1


def test_the_newest_thumbnail_stays_until_there_is_another() -> None:
    tally = Tally(FORM, "workers")
    tally.started()
    tally.heard(StreamStatus(3, "live", frames=1, thumbnail=b"one"), 0.0)
    tally.heard(StreamStatus(3, "live", frames=2), 0.5)
    assert tally.status.thumbnail == b"one"


def test_a_worker_that_never_shows_a_face_changes_no_figures() -> None:
    tally = Tally(FORM, "batch")
    tally.started()
    tally.heard(StreamStatus(3, "starting"), 1.0)
    assert tally.good_s(9.0) == 0.0
    assert not tally.was_live
    assert tally.status.way == "batch"
