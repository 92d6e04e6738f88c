"""A target without its secrets: the only form in which one is ever shown, logged or told in an error.

Of a URL stay scheme, host, port and those parts of the path that are plain names: user and password go, and so do all
values of the query and every part of the path that may be a stream key or a token. A plain name is one to three
words or numbers, joined by dots, dashes or underscores, of at most 12 letters and four digits, 24 characters in all:
`live`, `face-12` and `studio_main.m3u8` are shown, `live_204817443_kT9w`, `x7c2-91ab` and `f3a9e0` are not. A key that
somebody has chosen to look like a name cannot be told from one.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl

HIDDEN = "***"
_LONGEST_NAME = 24
_WORD = r"(?:[A-Za-z]{1,12}\d{0,4}|\d{1,4}|m3u8|mp4)"
_PLAIN_NAME = re.compile(rf"{_WORD}(?:[-_.]{_WORD}){{0,2}}")


def where_of(url: SplitResult) -> str:
    """A URL as it may be shown."""
    path = "/".join(shown(part) for part in url.path.split("/"))
    query = "&".join(f"{shown(name)}={HIDDEN}" for name, _ in parse_qsl(url.query, keep_blank_values=True))
    return f"{url.scheme}://{host_of(url)}{path}" + (f"?{query}" if query else "")


def host_of(url: SplitResult) -> str:
    """Host and port alone."""
    return url.netloc.rpartition("@")[2]


def shown(part: str) -> str:
    """A part of a path if it is a plain name."""
    is_plain = len(part) <= _LONGEST_NAME and _PLAIN_NAME.fullmatch(part) is not None
    return part if is_plain or not part else HIDDEN
