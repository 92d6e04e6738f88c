"""viewer.streaming.status_text: what a card and the sum say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.viewer.fake_streams import live
from viewer import theme
from viewer.push.values import PushStatus
from viewer.streaming.status_text import STATE_COLOURS, card_text, sum_text
from viewer.streams.values import StreamStatus


def test_a_card_tells_every_figure_with_its_unit() -> None:
    text = card_text(live(2, gpu_percent=12.4, push=replace(live(2).push, dropped=1200, reconnects=4, kbps=12_400.0)))
    assert text.cells == (
        "24.8 fps", "3 missed", "gap 0.21 s", "48 ms old", "45 % CPU", "12 % GPU",
        "310 MB", "pushed", "12.4 Mbit/s", "2 queued", "1.2k dropped", "4 reconn.",
    )  # fmt: skip
    assert text.where == "rtmp://127.0.0.1/live/face-2"
    assert not text.reason


def test_what_is_not_known_is_a_dash() -> None:
    text = card_text(StreamStatus(1, "starting"))
    assert set(text.cells) == {"–"}
    assert text.where == "pushed nowhere"
    assert card_text(live(1)).cells[5] == "– % GPU"


def test_the_reason_is_the_streams_own_or_the_pushes() -> None:
    died = card_text(live(1, state="restarting", note="the worker was killed by SIGKILL"))
    assert (died.reason, died.reason_colour) == ("the worker was killed by SIGKILL", theme.WARNING)
    waits = card_text(live(1, push=PushStatus("rtmp://h/x", "waiting", "connection refused")))
    assert (waits.reason, waits.reason_colour) == ("connection refused", theme.WARNING)
    assert waits.cells[7] == "waiting"


@pytest.mark.parametrize("state", ["starting", "live", "restarting", "degraded", "ended", "failed", "refused"])
def test_every_state_has_a_colour(state: str) -> None:
    assert card_text(StreamStatus(1, state)).colour == STATE_COLOURS[state]


def test_the_sum_counts_those_that_show_a_face() -> None:
    streams = [live(1), live(2, gpu_percent=10.0), live(3, state="degraded", restarts=2), live(4, state="restarting")]
    assert sum_text(streams) == "3 of 4 live, 74 faces/s, 136 % CPU, 10 % GPU, 2 restarts"
    assert sum_text([live(1, state="ended")]) == "0 of 1 live"
    assert sum_text([]) == ""
