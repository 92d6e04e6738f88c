"""How large a picture is and what is behind it, for argparse."""

from __future__ import annotations

import argparse

LARGEST_SIZE = 8192  # beyond it a slip of the finger fills the memory
TRANSPARENT: tuple[int, ...] = ()  # a background that was asked for; none was: None


def pixels(text: str) -> int:
    """A side in pixels."""
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_SIZE:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {LARGEST_SIZE}")
    return int(text)


def colour(text: str) -> tuple[int, ...]:
    """(red, green, blue) of 255, or TRANSPARENT."""
    if text == "transparent":
        return TRANSPARENT
    try:
        red, green, blue = bytes.fromhex(text.removeprefix("#"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither transparent nor #rrggbb") from None
    return red, green, blue
