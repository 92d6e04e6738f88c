"""viewer.streams.messages: what is written is read as it was; what is no message is told apart, whatever it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.push.values import PushStatus, VideoForm
from viewer.streams.messages import LONGEST_LINE, Lines, MessageError, forms_line, read_forms, read_status, status_line
from viewer.streams.values import MpsLimits, StreamForm, StreamStatus

FORM = StreamForm(
    2, "talk", "rtmp://name:secret@host/live/2", 256, VideoForm(15.0, 800), Path("a face.glb"), threads=1,
    mps=MpsLimits(50.0, 512, "below"), epoch_s=12.5,
)  # fmt: skip
STATUS = StreamStatus(
    2, "live", pid=7, fps=24.5, gpu_percent=3.5, thumbnail=b"\xff\xd8\x00\n", push=PushStatus("rtmp://host", "live")
)
numbers = st.floats(0, 1e9)
statuses = st.builds(
    StreamStatus, st.integers(1, 64), st.sampled_from(["live", "failed"]), note=st.text(), fps=numbers,
    gpu_percent=st.none() | numbers, thumbnail=st.binary(max_size=200),
    push=st.builds(PushStatus, note=st.text(), frames=st.integers(0)),
)  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def test_forms_arrive_as_they_were() -> None:
    assert read_forms(forms_line([FORM, StreamForm()])) == (FORM, StreamForm())
    assert forms_line([FORM]).count(b"\n") == 1


@given(statuses)
def test_statuses_arrive_as_they_were(status: StreamStatus) -> None:
    assert read_status(status_line(status)) == status
    assert status_line(status).count(b"\n") == 1


@given(st.binary())
def test_rubbish_is_no_message(line: bytes) -> None:
    for read in (read_status, read_forms):
        with pytest.raises(MessageError):
            read(line)


@given(json_values)
def test_other_values_are_no_status(value: object) -> None:
    with pytest.raises(MessageError):
        read_status(json.dumps(value).encode())


@settings(max_examples=40)
@given(st.sampled_from(sorted(json.loads(status_line(STATUS)))), json_values)
def test_a_field_of_another_type_is_refused_or_right(name: str, value: object) -> None:
    told = json.loads(status_line(STATUS)) | {name: value}
    try:
        read = read_status(json.dumps(told).encode())
    except MessageError:
        return
    assert type(getattr(read, name)) in (type(getattr(STATUS, name)), float, type(None))


def test_deep_nesting_is_no_message() -> None:
    with pytest.raises(MessageError):
        read_status(b"[" * 100_000)


def test_an_error_tells_nothing_of_what_was_sent() -> None:
    line = forms_line([FORM]).replace(b'"size":256', b'"size":"secret"')
    with pytest.raises(MessageError) as told:
        read_forms(line)
    assert "secret" not in str(told.value)
    with pytest.raises(MessageError):
        read_forms(b"[]")


def test_lines_come_whole_and_an_endless_one_is_given_up() -> None:
    lines = Lines()
    assert lines.fed(b"on") == []
    assert lines.fed(b"e\ntwo\nthr") == [b"one", b"two"]
    for _ in range(3):
        assert lines.fed(b"x" * LONGEST_LINE) == []
    assert lines.fed(b"\nfour\n")[-1] == b"four"
