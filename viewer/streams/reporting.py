"""How one stream goes, told about twice a second to whoever watches it."""

from __future__ import annotations

import os
import time
from dataclasses import replace

from viewer.streams.output import Output
from viewer.streams.pace import Pace
from viewer.streams.pictures import Arrived
from viewer.streams.status_pipe import StatusPipe
from viewer.streams.thumbnail import thumbnail
from viewer.streams.values import StreamForm, StreamStatus
from viewer.streams.worker_life import Life
from viewer.streams.worker_load import LoadMeter, Meter

TELL_S, THUMBNAIL_S = 0.5, 1.0
_TARGET_LOST = "its target takes no more pictures"


class Reporter:
    """Tells how one stream goes. While it tells, its process is known to move."""

    def __init__(
        self, form: StreamForm, pipe: StatusPipe, life: Life, *, way: str = "workers", load: Meter | None = None
    ) -> None:
        self.life, self.load = life, load or LoadMeter()
        self.output: Output | None = None
        self._pipe = pipe
        self._status = StreamStatus(form.number, "starting", way=way, pid=os.getpid())
        self._pace = Pace(form.video.fps)
        self._lasting = ""  # what it cost that the machine is too busy
        self._thumbnail = b""  # not told yet
        self._told_s = self._thumbnail_s = -THUMBNAIL_S

    def turn_to(self, form: StreamForm) -> None:
        """A spare is somebody's now."""
        self._status = replace(self._status, number=form.number)
        self._pace = Pace(form.video.fps)

    def slow_to(self, fps: float, note: str) -> None:
        """From now on a deadline is a frame's time at this rate; with a note, because the machine is too busy."""
        self._pace.turn_to(fps)
        self._lasting = note

    def note(self, arrived: Arrived) -> None:
        """A picture is there, and handed on. The first is told at once: somebody may wait for it."""
        now_s = time.monotonic()
        self._pace.note(arrived.at_s, now_s)
        if now_s - self._thumbnail_s >= THUMBNAIL_S:  # made at once: the pixels' memory is somebody else's soon
            self._thumbnail, self._thumbnail_s = thumbnail(arrived.pixels), now_s
        if self.has_failed:
            return
        state = "degraded" if self._lasting else "live"
        if self._status.state != state:
            self._status = replace(self._status, state=state)
            self.tell()

    @property
    def has_failed(self) -> bool:
        """Whether it has told that its target is lost for good."""
        return self._status.state == "failed"

    def goes_on(self) -> bool:
        """Whether the stream is to go on: not once its target is lost for good."""
        return not (self.life.is_over or self.has_failed)

    def tell_if_due(self, note: str = "") -> bool:
        """Tell, about twice a second; whether it did."""
        if self.has_failed or time.monotonic() - self._told_s < TELL_S:
            return False
        self.tell(note)
        return True

    def tell(self, note: str = "") -> None:
        """Tell how it stands now."""
        self._told_s = now_s = time.monotonic()
        self.life.tick()
        pace, load = self._pace.now(now_s), self.load.now()
        push = self.output.status() if self.output is not None else self._status.push
        state = "failed" if push.state == "failed" else self._status.state
        self._status = replace(
            self._status, state=state, note=note or (push.note or _TARGET_LOST if state == "failed" else self._lasting),
            thumbnail=self._thumbnail, push=push, **vars(pace), **vars(load),
        )  # fmt: skip
        self._thumbnail = b""
        self._pipe.tell(self._status)

    def close(self) -> None:
        """Tell that it has ended, if it ran."""
        if self.life.is_over and not self.has_failed:
            self._pipe.tell(replace(self._status, state="ended", thumbnail=b""))
        self.load.close()
