"""Names stay, keys go."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from viewer.push.redaction import HIDDEN, shown, where_of


@pytest.mark.parametrize(
    "name", ["live", "face-12", "studio_main", "a.m3u8", "index.m3u8", "cam2", "hls", "1080", "app2.stream-3"]
)
def test_a_name_is_shown(name: str) -> None:
    assert shown(name) == name


@pytest.mark.parametrize(
    "key",
    ["live_204817443_kT9wAb", "abcd-1234-efgh-5678-ijkl", "x7c2-91ab", "f3a9e0", "FB-1234567890-0-AbyZ", "%41", "☃"],
)
def test_a_key_is_not(key: str) -> None:
    assert shown(key) == HIDDEN


def test_a_url_keeps_what_helps() -> None:
    url = urlsplit("rtmp://me:pw@media.example:1936/live/x7c2-91ab?token=abc&b")
    assert where_of(url) == f"rtmp://media.example:1936/live/{HIDDEN}?token={HIDDEN}&b={HIDDEN}"
