"""viewer.capture.protocols: each reads what it writes, within its own limits."""

from __future__ import annotations

import pytest

from tests.viewer.capture.packets import face_of, packets
from viewer.capture.protocols import PROTOCOLS


@pytest.mark.parametrize("key", PROTOCOLS)
def test_each_reads_what_it_writes(key: str) -> None:
    protocol = PROTOCOLS[key]
    decode = protocol.open_decoder()
    heard = [one for packet in packets(key, 3) for one in decode(packet)]
    assert len(heard) == 3
    assert heard[2].expression is not None
    assert heard[2].expression["jawOpen"] == pytest.approx(face_of(2)["jawOpen"], abs=0.006)
    assert max(map(len, packets(key))) <= protocol.largest
    assert len(packets(key, 60)) < protocol.most_per_s


def test_ports_are_those_of_the_tools() -> None:
    assert {key: protocol.port for key, protocol in PROTOCOLS.items()} == {
        "livelink": 11111, "ifacialmocap": 49983, "openseeface": 11573, "vmc": 39539,
    }  # fmt: skip
