"""Where pictures are pushed to: what a person writes, understood, checked, and shown without its secrets.

RTMPS encrypts what is sent, but nobody looks whose certificate it is: libavformat does not unless it is told to, and
its RTMP has no way to be told. HTTPS is checked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from gpu_core.errors import MienError
from viewer.push.protocols import has_protocol
from viewer.push.redaction import where_of

PLACE = "{n}"  # stands for the stream's number
CAMERA = "camera:"
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_PLACES = re.compile(r"\{[^{}]*\}")
_TS_PAYLOAD = 1316  # bytes in a datagram: seven MPEG-TS packets of 188, what fits a frame of Ethernet
_HLS = {"hls_flags": "delete_segments+append_list", "hls_list_size": "6", "hls_allow_cache": "0"}
_FLUSHED = {"flush_packets": "1"}
# What each kind of file needs to be playable however the process ends: the same as a session's, see `growing_file`.
_FILES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    ".mp4": ("mp4", _FLUSHED | {"movflags": "hybrid_fragmented"}),
    ".mkv": ("matroska", _FLUSHED | {"cluster_time_limit": "500"}),
    ".ts": ("mpegts", _FLUSHED),
    ".flv": ("flv", _FLUSHED),
}
_URLS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "rtmp": ("flv", _FLUSHED | {"flvflags": "no_duration_filesize"}),
    "rtmps": ("flv", _FLUSHED | {"flvflags": "no_duration_filesize"}),
    "rtsp": ("rtsp", {"rtsp_transport": "tcp"}),
    "http": ("hls", _HLS | {"method": "PUT"}),
    "https": ("hls", _HLS | {"method": "PUT"}),
    "udp": ("mpegts", _FLUSHED),
    "srt": ("mpegts", _FLUSHED),
}
TAKEN = (
    "rtmp(s)://, rtsp://, udp://, http(s)://….m3u8, a file's name ending in .mp4, .mkv, .ts, .flv or .m3u8, or camera:"
)


class PushError(MienError):
    """A target or the form of what goes there is wrong; the text is one line and tells no secret."""


@dataclass(frozen=True)
class Target:
    """Where to. `address` holds secrets and is for FFmpeg alone: `where` is what is shown."""

    where: str
    address: str = field(repr=False)
    kind: str = ""  # libavformat's name of the format; "": a virtual camera
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    host: str = ""  # "": not over the network
    port: int = 0
    path: Path | None = None  # of what is written here

    @property
    def is_camera(self) -> bool:
        """Whether it is a virtual camera."""
        return not self.kind


def expand(to: str, number: int) -> str:
    """`to` with the stream's number for {n}."""
    return to.replace(PLACE, str(number))


def parse_target(to: str) -> Target:
    """Understand what a person wrote; looks at nothing but names and folders.

    Raises:
        PushError: nothing can be pushed there.
    """
    if not to.strip() or len(to.splitlines()) > 1 or "\0" in to or not _is_text(to):
        raise PushError(f"there is nothing to push to: name {TAKEN}")
    if PLACE in to:
        raise PushError(f"{PLACE} in a target stands for the number of a stream, and this one has none")
    if _PLACES.search(to):
        raise PushError(f"a target has something in braces that is not {PLACE}: only {PLACE} stands for something")
    if to.startswith(CAMERA):
        return Target(to, to.removeprefix(CAMERA))
    if match := _URL.match(to):
        return _url(to, match[1].lower())
    return _file(to)


def _is_text(to: str) -> bool:
    """Whether it can be written at all: half a surrogate pair, from a broken command line, cannot."""
    try:
        to.encode()
    except UnicodeEncodeError:
        return False
    return True


def _url(to: str, scheme: str) -> Target:
    if scheme not in _URLS:
        raise PushError(f"cannot push to {scheme}://: {TAKEN} can be pushed to")
    if not has_protocol(scheme):
        raise PushError(f"cannot push to {scheme}://: the FFmpeg that PyAV brings is built without {scheme.upper()}")
    url = _split(to, scheme)
    kind, options = _URLS[scheme]
    if kind == "hls" and not url.path.endswith(".m3u8"):
        raise PushError(f"cannot push to {scheme}:// but a playlist: its path has to end in .m3u8")
    if scheme == "udp" and url.port is None:
        raise PushError("cannot push to udp:// without a port: write udp://HOST:PORT")
    if scheme in ("rtmp", "rtmps") and not url.path.strip("/"):
        raise PushError(f"cannot push to {scheme}://HOST alone: write {scheme}://HOST/APP/NAME")
    if scheme == "udp" and "pkt_size=" not in url.query:
        to += f"{'&' if url.query else '?'}pkt_size={_TS_PAYLOAD}"
    port = url.port or _PORTS.get(scheme, 0)
    return Target(where_of(url), to, kind, MappingProxyType(dict(options)), url.hostname or "", port)


_PORTS = {"rtmp": 1935, "rtmps": 443, "rtsp": 554, "http": 80, "https": 443}


def _split(to: str, scheme: str) -> SplitResult:
    """The parts of a URL. Its text is in no error, for what is misplaced in it may be a password."""
    try:
        url = urlsplit(to)
        _ = url.port
    except ValueError:
        raise PushError(
            f"a target {scheme}:// has no host and port that can be read: "
            "write '/', '@' and ':' of a password as %2F, %40 and %3A"
        ) from None
    if not url.hostname:
        raise PushError(f"a target {scheme}:// names no host")
    if "@" in url.path or "#" in to or any(sign.isspace() for sign in to):
        raise PushError(
            f"a target {scheme}:// has '@', '#' or a space in it: write %40, %23 and %20, in a password too"
        )
    return url


def _may_be_url(to: str) -> bool:
    """Whether somebody may have meant a URL, with its secrets, and mistyped how it begins."""
    return "@" in to or re.match(r"[A-Za-z]{2,}:", to) is not None


def _file(to: str) -> Target:
    try:
        path = Path(to).expanduser()
    except RuntimeError:
        raise PushError("cannot push to that: nobody here has such a home folder") from None
    kind = path.suffix.lower()
    if kind not in _FILES and kind != ".m3u8":
        # What is neither may be a URL without its scheme, and hold a password.
        named = f"'{to}'" if re.fullmatch(r"[\w./\\ -]+", to) else "that"
        raise PushError(f"cannot push to {named}: name {TAKEN}")
    try:
        is_folder = path.parent.is_dir()
        exists_as_folder = path.is_dir()
    except (OSError, ValueError) as error:
        raise PushError(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}") from None
    if not is_folder and _may_be_url(to):
        raise PushError(f"cannot push to that: there is no such folder, and if it is to be a URL, name {TAKEN}")
    if not is_folder:
        raise PushError(f"cannot push to {path}: there is no folder {path.parent}")
    if exists_as_folder:
        raise PushError(f"cannot push to {path}: it is a folder")
    if not os.access(path.parent, os.W_OK):
        raise PushError(f"cannot push to {path}: nothing may be written in {path.parent}")
    if kind == ".m3u8":
        options: Mapping[str, str] = _HLS
        return Target(str(path), str(path.absolute()), "hls", MappingProxyType(dict(options)), path=path)
    kind, options = _FILES[kind]
    path = _free(path)
    return Target(str(path), str(path.absolute()), kind, MappingProxyType(dict(options)), path=path)


def _free(path: Path) -> Path:
    """`path`, or its name with the first number that is free: nothing is overwritten, not by a stream begun again."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
