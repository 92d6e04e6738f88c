"""Encoded frames that wait to be sent. Bounded: whoever cannot keep up misses whole runs of frames, never single ones.

Is it full, everything in it is given up, and all that follows until the next key frame, which is asked for at once:
what was sent before and what is sent after can be decoded, and the delay is gone. One thread puts, one takes.
"""

from __future__ import annotations

import threading
from collections import deque

from viewer.push.coded import Coded

MOST_BYTES = 16 * 2**20


class PacketQueue:
    """Holds at most `most_frames` of video and the sound between them. Closed until `open`."""

    def __init__(self, most_frames: int) -> None:
        self._most = most_frames
        self._waiting: deque[Coded] = deque()
        self._changed = threading.Condition()
        self._is_open = self._is_ended = False
        self._wants_key = True
        self._frames = self._bytes = self._dropped = 0

    @property
    def is_open(self) -> bool:
        """Whether anybody takes: what nobody takes need not be encoded."""
        return self._is_open

    @property
    def wants_key(self) -> bool:
        """Whether nothing but a key frame is of use next."""
        return self._wants_key

    @property
    def frames(self) -> int:
        """Frames of video that wait."""
        return self._frames

    @property
    def dropped(self) -> int:
        """Frames of video that were given up."""
        return self._dropped

    def open(self) -> None:
        """Somebody takes from now on; begins with the next key frame."""
        with self._changed:
            self._is_open = not self._is_ended
            self._give_up()

    def shut(self) -> None:
        """Nobody takes for the time being: what waits is given up."""
        with self._changed:
            self._is_open = False
            self._give_up()

    def end(self) -> None:
        """Nothing more will come."""
        with self._changed:
            self._is_ended = True
            self._changed.notify_all()

    def put(self, piece: Coded) -> None:
        """Append, or give up; never waits."""
        with self._changed:
            if self._is_full(piece):
                self._give_up()
            if self._wants_key and piece.is_key and not piece.is_sound:
                self._wants_key = False
            if not self._is_open or self._wants_key:
                self._dropped += not piece.is_sound
                return
            self._waiting.append(piece)
            self._frames += not piece.is_sound
            self._bytes += len(piece.data)
            self._changed.notify()

    def take(self, timeout_s: float) -> Coded | None:
        """The oldest piece; None: none came within this time, or `end` was called and nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_ended, timeout_s)
            if not self._waiting:
                return None
            piece = self._waiting.popleft()
            self._frames -= not piece.is_sound
            self._bytes -= len(piece.data)
            return piece

    @property
    def is_done(self) -> bool:
        """Whether `end` was called and all is taken."""
        with self._changed:
            return self._is_ended and not self._waiting

    def _is_full(self, piece: Coded) -> bool:
        is_one_more = not piece.is_sound and self._frames >= self._most
        return is_one_more or self._bytes + len(piece.data) > MOST_BYTES

    def _give_up(self) -> None:
        self._dropped += self._frames
        self._waiting.clear()
        self._frames = self._bytes = 0
        self._wants_key = True
