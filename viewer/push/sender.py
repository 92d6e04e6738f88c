"""The thread that sends what is encoded, and connects again when a connection is lost. The face knows nothing of it."""

from __future__ import annotations

import errno
import logging
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from gpu_core.thread_load import name_thread
from viewer.push.back_off import BackOff
from viewer.push.coded import SOUND_RATE, Coded, Tracks
from viewer.push.mux_link import LinkError, MuxLink
from viewer.push.packet_queue import PacketQueue
from viewer.push.reasons import reason_for
from viewer.push.target import Target
from viewer.push.values import PushStatus
from viewer.sessions.growing_file import cut_to_whole_fragments

log = logging.getLogger(__name__)

QUEUE_S = 2.0  # of video that may wait: what is later than that, nobody wants to see live
STALE_S = 0.5  # of video that a new connection does not begin with
BEAT_S = 0.25
LOOK_S = 1.0  # how often to look whether a file is still there
RATE_S = 3.0  # the time over which the bit rate is told


class Sender:
    """Sends from `queue` to one target. `status` may be called from any thread."""

    def __init__(self, target: Target, tracks: Tracks, back_off: BackOff | None = None) -> None:
        self._target, self._tracks = target, tracks
        self._back_off = back_off or BackOff()
        self.queue = PacketQueue(max(2, round(tracks.rate * QUEUE_S)))
        self._link = MuxLink(target, tracks)
        self._told = PushStatus(target.where, "connecting")
        self._ending = threading.Event()
        self._live = threading.Event()
        self._connections = 0
        self._sent: deque[tuple[float, int]] = deque()  # when, bytes
        self._shift = 0  # the first frame of this connection: its time is nought
        self._thread = threading.Thread(target=self._run, name="pusher-send")

    def start(self) -> None:
        """Connect as soon as there is something to send."""
        self._thread.start()

    def status(self) -> PushStatus:
        """How it goes: what sending knows of it."""
        return replace(self._told, kbps=self._kbps(), queued=self.queue.frames, dropped=self.queue.dropped)

    def wait_live(self, timeout_s: float) -> bool:
        """Wait until it is live."""
        return self._live.wait(timeout_s)

    @property
    def process_id(self) -> int:
        """Of the process that sends; 0: there is none."""
        return self._link.pid

    def watch(self) -> None:
        """Give up what does not answer: to be called now and then, from any thread but this one's."""
        self._link.end_if_overdue()

    def close(self, timeout_s: float) -> None:
        """Send what waits, disconnect, end; what takes longer is given up."""
        self.queue.end()
        self._ending.set()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            self._link.kill()
            self._thread.join()

    def _run(self) -> None:
        name_thread("pusher-send")
        try:
            with suppress(LinkError):  # whoever connects hears of it
                self._link.start()
            while not self.queue.is_done and not self._is_over():
                self._connect_and_send()
        except Exception:
            log.exception("pushing to %s ended", self._target.where)
            self._tell("failed", "an error in Mien ended it: see the log")
        finally:
            self._live.clear()
            self.queue.shut()
            self._link.close()
            if self._told.state != "failed":
                self._tell("closed", self._told.note)

    def _is_over(self) -> bool:
        return self._told.state == "failed"

    def _connect_and_send(self) -> None:
        """One connection, from the attempt to its end, and the wait after it."""
        self.queue.open()
        first = None
        while first is None and not self.queue.is_done:
            first = self.queue.take(BEAT_S)
        if first is None:
            return
        began_s = time.monotonic()
        try:
            self._connect(first)
            began_s = time.monotonic()
            self._pump()
            return
        except LinkError as error:
            reason = reason_for(error, self._target)
        was_live = self._live.is_set()
        self._live.clear()
        self.queue.shut()
        if self._target.path is not None:
            self._fail(reason)
            return
        if was_live:
            self._link.close()  # whatever is left of the connection goes with its process
            self._back_off.note_live(time.monotonic() - began_s)
        self._tell("waiting", reason)
        log.info("%s: %s", self._target.where, reason)
        if not self._ending.wait(self._back_off.wait_s()):
            self._tell("connecting", reason)

    def _connect(self, first: Coded) -> None:
        self._shift = first.time
        self._link.open(self._shifted(first))
        self._connections += 1
        if self._target.path is None and self.queue.frames > self._tracks.rate * STALE_S:
            self.queue.open()  # it took its time: go on with what is new
        self._told = replace(self._told, reconnects=self._connections - 1)
        self._note_sent(first)
        self._tell("live", "")
        self._live.set()

    def _pump(self) -> None:
        """Send until there is nothing more, and complete it."""
        look_s = time.monotonic() + LOOK_S
        while not self.queue.is_done:
            piece = self.queue.take(BEAT_S)
            if piece is not None and (shifted := self._shifted(piece)).time >= 0:
                self._link.send(shifted)
                self._note_sent(piece)
            if self._target.path is not None and time.monotonic() > look_s:
                look_s = time.monotonic() + LOOK_S
                _refuse_lost(self._target.path, self._target.kind)
        self._link.finish()

    def _fail(self, reason: str) -> None:
        """A file is not begun again: what is written stays, and is playable."""
        self._link.close()
        path = self._target.path
        if path is not None and self._target.kind == "mp4":
            with suppress(OSError):
                cut_to_whole_fragments(path)
        self._tell("failed", f"{self._target.where}: {reason}")
        log.warning("%s: %s", self._target.where, reason)

    def _shifted(self, piece: Coded) -> Coded:
        """With times from this connection's beginning on."""
        shift = round(self._shift * SOUND_RATE / self._tracks.rate) if piece.is_sound else self._shift
        return replace(piece, time=piece.time - shift)

    def _note_sent(self, piece: Coded) -> None:
        now_s = time.monotonic()
        self._sent.append((now_s, len(piece.data)))
        while self._sent[0][0] < now_s - RATE_S:
            self._sent.popleft()
        if not piece.is_sound:
            self._told = replace(self._told, frames=self._told.frames + 1)

    def _kbps(self) -> float:
        now_s, sent = time.monotonic(), list(self._sent)
        recent = [size for at_s, size in sent if at_s >= now_s - RATE_S]
        seconds = now_s - sent[0][0] if recent else 0.0
        return sum(recent) * 8 / 1000 / max(seconds, 0.5)

    def _tell(self, state: str, note: str) -> None:
        self._told = replace(self._told, state=state, note=note)


def _refuse_lost(path: Path, kind: str) -> None:
    """A file that was deleted while it grows takes bytes for nobody."""
    if not (path.parent if kind == "hls" else path).exists():
        raise LinkError(errno.ENOENT)
