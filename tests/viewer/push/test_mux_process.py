"""The process that sends, called as a function."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
import pytest

from tests.rtmp_server import free_ports
from tests.test_architecture import loaded_by
from viewer.push import mux_process, wire
from viewer.push.coded import Coded


@pytest.fixture(autouse=True)
def no_alarm(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The alarm would end the tests; what it is set to is kept instead."""
    alarms: list[float] = []
    monkeypatch.setattr(mux_process, "_set_alarm", alarms.append)
    return alarms


def form(address: str, kind: str, **more: Any) -> bytes:
    every = {
        "address": address,
        "kind": kind,
        "options": {},
        "host": "",
        "port": 0,
        "side": 64,
        "rate": "25",
        "sound": False,
    }
    return wire.packed_form(every | more)


def answers_to(*orders: tuple[bytes, bytes]) -> list[wire.Answer]:
    said, told = io.BytesIO(), io.BytesIO()
    for order, payload in orders:
        wire.send_order(said, order, payload)
    said.seek(0)
    mux_process.main(said, told)
    told.seek(0)
    return list(iter(lambda: wire.receive_answer(told), None))


def test_it_is_small() -> None:
    """One for each target: what it does not load, a machine with sixty streams has to spare."""
    loaded = loaded_by("import viewer.push.mux_process")
    assert not loaded & {"numpy", "cv2", "ssl", "PySide6", "OpenGL", "onnxruntime", "openvino"}


def test_it_writes_what_it_is_sent_and_completes_it_when_its_input_ends(
    tmp_path: Path, frames: list[Coded], no_alarm: list[float]
) -> None:
    path = tmp_path / "a.mkv"
    orders = [(wire.PIECE, wire.packed(piece)) for piece in frames]
    answers = answers_to((wire.HELLO, b""), (wire.OPEN, form(str(path), "matroska")), *orders)
    assert answers == [wire.Answer()] * 52
    assert no_alarm[::2] == [mux_process.ALARM_S] * 53, "an alarm for each order, and for the end"
    with av.open(str(path)) as container:
        assert len(list(container.decode(video=0))) == 50


def test_what_goes_wrong_is_a_code_and_a_word_that_names_nothing(frames: list[Coded]) -> None:
    port = free_ports(1)[0]
    address = f"rtmp://me:hunter2@127.0.0.1:{port}/live/hunter2"
    first = wire.PIECE, wire.packed(frames[0])
    refused, unknown, odd = (
        answers_to((wire.OPEN, opened), first)
        for opened in (
            form(address, "flv", host="127.0.0.1", port=port),
            form(address, "flv", host="hunter2.invalid", port=port),
            form(address, "no-such-format-hunter2"),
        )
    )
    assert refused == [wire.Answer(), wire.Answer(111, "Connection refused")]
    assert unknown[0].code == wire.UNKNOWN_HOST
    assert odd[0].code
    assert "hunter2" not in repr([refused, unknown, odd])
