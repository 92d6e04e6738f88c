"""viewer.streams.summary: what is left of a run is JSON, and holds neither pictures nor secrets."""

from __future__ import annotations

import json
from pathlib import Path

from viewer.push.values import PushStatus
from viewer.streams.summary import command, summary
from viewer.streams.values import StreamForm, StreamStatus


def test_it_says_what_was_asked_and_how_it_went() -> None:
    form = StreamForm(2, "talk", "rtmp://user:secret@host/live/key", face=Path("face.glb"))
    status = StreamStatus(2, "live", frames=9, thumbnail=b"jpeg", push=PushStatus("rtmp://host/live/***"))
    text = json.dumps(summary([form], [status], 12.345, {"bench": "stream"}))
    told = json.loads(text)
    assert "secret" not in text
    assert 'key"' not in text
    assert "thumbnail" not in text
    assert told["bench"] == "stream"
    assert told["seconds"] == 12.35 or told["seconds"] == 12.34
    assert told["asked"][0]["face"] == "face.glb"
    assert told["failed"] == []
    assert told["streams"][0]["frames"] == 9
    assert told["streams"][0]["push"]["where"] == "rtmp://host/live/***"


def test_a_command_is_told_without_its_target() -> None:
    told = command({"faces": 2, "to": "rtmp://user:secret@host/live/face-{n}?key=hidden", "json": Path("x.json")})
    assert told == {"faces": 2, "json": "x.json"}


def test_who_failed_is_named_and_no_form_shows_its_target() -> None:
    statuses = [StreamStatus(1, "failed", "the disk is full"), StreamStatus(2, "live")]
    assert summary([], statuses, 1.0, {})["failed"] == [1]
    assert "secret" not in repr(StreamForm(to="rtmp://user:secret@host/live/key"))
