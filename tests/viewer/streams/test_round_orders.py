"""viewer.streams.round_orders: what goes down to those who play rounds, and what comes up."""

from __future__ import annotations

import pytest

from gpu_core.settings import EngineSettings
from viewer.streams.round_orders import (
    RoundOrder,
    failed_line,
    order_line,
    played_line,
    played_of,
    read_answer,
    read_order,
)
from viewer.streams.round_playing import RoundPlayed
from viewer.streams.values import StreamForm

FORM = StreamForm(size=256, precision="bf16", inference="openvino")


def test_there_and_back() -> None:
    order = RoundOrder("batch", 4, 2, 1.5, 12345.678, 2)
    assert read_order(order_line(order)) == order
    played = RoundPlayed(3.5, 1.25, 2.5, (12.0, 13.5), 301.5)
    answer = read_answer(played_line(played, "OpenVINO int8"))
    assert played_of(answer) == played
    assert answer["engine"] == "OpenVINO int8"
    assert read_answer(failed_line("no OpenGL")) == {"problem": "no OpenGL"}


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b"hello", b"1"])
def test_anything_else_is_no_answer(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"answer|Expecting"):
        read_answer(line)


def test_each_way_has_its_engine() -> None:
    usual = EngineSettings(size=256, precision="bf16", inference="openvino")
    made = {way: RoundOrder(way, 4, threads=1).settings(FORM) for way in ("serial", "classic", "batch", "workers")}
    assert (made["batch"].faces, made["batch"].depth) == (4, usual.depth)
    assert (made["workers"].faces, made["workers"].depth) == (1, usual.depth)
    assert (made["serial"].faces, made["serial"].depth, made["serial"].precision) == (1, 1, "bf16")
    assert (made["classic"].path, made["classic"].depth, made["classic"].precision) == ("classic", 1, "auto")
    assert all(settings.size == 256 and settings.threads == 1 for settings in made.values())
