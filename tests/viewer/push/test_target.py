"""What can be pushed to, what is said of the rest, and that no secret is in any of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.push.target import PushError, expand, parse_target


def complaint(to: str) -> str:
    """What is said of a target that is none: one line."""
    with pytest.raises(PushError) as raised:
        parse_target(to)
    assert "\n" not in str(raised.value)
    assert raised.value.__cause__ is None
    return str(raised.value)


@pytest.mark.parametrize(
    ("to", "kind", "host", "port"),
    [
        ("rtmp://media.example/live/face-1", "flv", "media.example", 1935),
        ("rtmps://media.example:1443/live/a", "flv", "media.example", 1443),
        ("RTSP://127.0.0.1:8554/a", "rtsp", "127.0.0.1", 8554),
        ("udp://[::1]:9000", "mpegts", "::1", 9000),
        ("https://media.example/hls/a.m3u8", "hls", "media.example", 443),
    ],
)
def test_a_url_says_how_it_is_sent(to: str, kind: str, host: str, port: int) -> None:
    target = parse_target(to)
    assert (target.kind, target.host, target.port, target.path) == (kind, host, port, None)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.mp4", "mp4"), ("a.MKV", "matroska"), ("a.ts", "mpegts"), ("a.flv", "flv"), ("a.m3u8", "hls")]
)
def test_a_files_ending_says_what_it_becomes(tmp_path: Path, name: str, kind: str) -> None:
    target = parse_target(str(tmp_path / name))
    assert (target.kind, target.path, target.where) == (kind, tmp_path / name, str(tmp_path / name))


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    (tmp_path / "a-2.mp4").touch()
    assert parse_target(str(tmp_path / "a.mp4")).path == tmp_path / "a-3.mp4"


def test_a_camera_may_name_its_device() -> None:
    assert parse_target("camera:").is_camera
    assert parse_target("camera:/dev/video7").address == "/dev/video7"


def test_a_stream_has_its_number_in_its_target() -> None:
    assert expand("rtmp://h/live/face-{n}", 7) == "rtmp://h/live/face-7"
    assert "stands for the number" in complaint("rtmp://h/live/face-{n}")
    assert "in braces" in complaint("rtmp://h/live/{name}")


def test_datagrams_hold_whole_packets() -> None:
    assert parse_target("udp://h:1?ttl=2").address == "udp://h:1?ttl=2&pkt_size=1316"
    assert parse_target("udp://h:1?pkt_size=188").address == "udp://h:1?pkt_size=188"


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("", "nothing to push to"),
        ("rtmp://h/a\nb", "nothing to push to"),
        ("ftp://me:hunter2@h/a.mp4", "cannot push to ftp://: rtmp(s)://"),
        ("srt://h:9000?passphrase=hunter2", "FFmpeg that PyAV brings is built without SRT"),
        ("rtmp:/h/live/hunter2", "cannot push to that"),
        ("me:hunter2@h/live/a", "cannot push to that"),
        ("rtmp://", "names no host"),
        ("rtmp://h", "write rtmp://HOST/APP/NAME"),
        ("rtmp://me:hunter2:3@h:x/live", "no host and port that can be read"),
        ("rtmp://me:1/hunter2@h/live", "has '@'"),
        ("rtmp://h/live/a?b=hunter2 c", "a space"),
        ("rtmp://[h/live", "no host and port"),
        ("udp://h", "without a port"),
        ("https://h/live/hunter2", "end in .m3u8"),
        ("takes.avi", "cannot push to 'takes.avi'"),
        ("/no/such/folder/a.mp4", "there is no folder /no/such/folder"),
        ("http:/me:hunter2@host/live/x.m3u8", "cannot push to that"),
        ("me:hunter2@host/live/x.m3u8", "cannot push to that"),
        ("rtmp:me/hunter2/x.mp4", "cannot push to that"),
        ("a\0b.mp4", "nothing to push to"),
        ("x" * 5000 + ".mp4", ""),
    ],
)
def test_what_cannot_be_pushed_to_is_said_in_a_line_without_its_secrets(to: str, said: str) -> None:
    told = complaint(to)
    assert said in told
    assert "hunter2" not in told


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").mkdir()
    assert "it is a folder" in complaint(str(tmp_path / "a.mp4"))


@given(st.text("ab9:/@?#[]{n}.~%\\ \0\n\r\t-_&=é\u2028\ud800mptsrud", max_size=40))
def test_any_text_is_a_target_or_a_line(to: str) -> None:
    try:
        told = parse_target(to).where
    except PushError as error:
        told = str(error)
    assert len(told.splitlines()) == 1


SECRET = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-!$&'()*+,;=.~%", min_size=8, max_size=40).map(
    lambda s: s + "9Zq7"
)


@given(SECRET, st.sampled_from(["rtmp", "rtmps", "rtsp", "http", "udp", "srt", "ftp"]), st.integers(0, 5))
def test_no_part_that_may_be_secret_is_shown(secret: str, scheme: str, at: int) -> None:
    to = scheme + (
        f"://me:{secret}@h:1/live/a.m3u8", f"://{secret}@h:1/live/a.m3u8", f"://h:1/live/{secret}",
        f"://h:1/live/{secret}.m3u8", f"://h:1/live/a.m3u8?key={secret}", f"://h:1/live/a.m3u8?{secret}",
    )[at]  # fmt: skip
    try:
        target = parse_target(to)
        told = target.where + repr(target) + str(target)
    except PushError as error:
        told = str(error) + repr(error)
    assert secret not in told
    assert "9Zq7" not in told
