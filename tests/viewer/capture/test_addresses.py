"""viewer.capture.addresses."""

from __future__ import annotations

import pytest

from viewer.capture.addresses import CaptureError, address_of, phone_address
from viewer.capture.protocols import PROTOCOLS

PHONE = PROTOCOLS["ifacialmocap"]


def test_addresses_are_read_with_and_without_their_port() -> None:
    assert address_of("192.168.0.20", 5) == ("192.168.0.20", 5)
    assert address_of(" localhost:5000 ", 5) == ("127.0.0.1", 5000)


@pytest.mark.parametrize(
    "text",
    ["", "phone", "1.2.3", "::1", "1.2.3.4:", "1.2.3.4:x", "1.2.3.4:0", "1.2.3.4:99999", "1.2.3.4:" + "9" * 5000,
     "1.2.3.4:٣", "1.2.3.4:-1", "a\nb"],
)  # fmt: skip
def test_what_is_none_is_one_line(text: str) -> None:
    with pytest.raises(CaptureError) as caught:
        address_of(text, 5)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 120


def test_a_phone_is_greeted_where_its_answer_can_be_heard() -> None:
    assert phone_address("192.168.0.20", PHONE, is_open=True) == ("192.168.0.20", 49983)
    assert phone_address("127.0.0.1:5000", PHONE, is_open=False) == ("127.0.0.1", 5000)
    with pytest.raises(CaptureError, match="open to the network"):
        phone_address("192.168.0.20", PHONE, is_open=False)
    with pytest.raises(CaptureError, match="needs no phone"):
        phone_address("192.168.0.20", PROTOCOLS["livelink"], is_open=True)
