"""What the FFmpeg at hand speaks: builds differ, and PyAV's has no SRT."""

from __future__ import annotations

from functools import cache

_ALWAYS = frozenset({"rtmp", "rtmps", "rtsp", "http", "https", "udp"})  # in every build that PyAV ships


@cache
def has_protocol(scheme: str) -> bool:
    """Whether this FFmpeg can open `scheme`://; asked once, without touching the network."""
    if scheme in _ALWAYS:
        return True
    import av
    from av.error import FFmpegError, ProtocolNotFoundError

    try:
        # No port: where the protocol is there, it refuses this before it looks for a host.
        av.open(f"{scheme}://127.0.0.1", format="mpegts", timeout=1.0).close()
    except ProtocolNotFoundError:
        return False
    except (FFmpegError, OSError):
        return True
    return True
