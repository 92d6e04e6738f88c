"""A worker more than is needed, ready but for its form, that takes the place of the next one that dies.

What takes long in a worker's start, imports, OpenGL, the network, is behind it: a face is back in a fraction of a
second. It costs the memory of a worker, on a GPU too, and no work once it is ready.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from gpu_core.errors import MienError
from viewer.push.values import VideoForm
from viewer.streams.backoff import Backoff
from viewer.streams.launcher import Launcher, Worker
from viewer.streams.messages import READY, SPARE, MessageError, forms_line, read_status
from viewer.streams.values import StreamForm

CALM_S = 2.0  # nothing else starts for so long before a spare does: it would take the machine from who is waited for


class Spares:
    """A `Launcher` over another, that keeps a spare for the commonest kind of `forms`; for none, without forms.

    One that says nothing for `start_s` before it is ready hangs.
    """

    def __init__(self, launcher: Launcher, forms: Sequence[StreamForm], *, start_s: float) -> None:
        self._launcher, self._start_s = launcher, start_s
        kinds = Counter(map(_kind, forms))
        self._form = kinds.most_common(1)[0][0] if kinds else None
        self._spare: Worker | None = None
        self._is_ready, self._heard_s = False, 0.0
        self._calm_since_s: float | None = None
        self._backoff, self._not_before_s = Backoff(), 0.0

    def start(self, forms: Sequence[StreamForm]) -> Worker:
        """The spare if it is ready and fits, else a new one."""
        self._calm_since_s = None
        if self._spare is not None and self._is_ready and len(forms) == 1 and _kind(forms[0]) == self._form:
            worker, self._spare, self._is_ready = self._spare, None, False
            worker.messages()  # what it said as a spare
            if worker.ended() is None:
                worker.send(forms_line(forms))
                return worker
            worker.kill()
        return self._launcher.start(forms)

    def look(self, now_s: float, *, calm: bool) -> None:
        """Hear the spare; start one after a while of calm."""
        if not calm:
            self._calm_since_s = None
        elif self._calm_since_s is None:
            self._calm_since_s = now_s
        if self._spare is not None:
            self._hear(self._spare, now_s)
        elif self._form is not None and self._is_time(now_s):
            try:
                self._spare, self._heard_s = self._launcher.start([self._form]), now_s
            except MienError:
                self._try_later(now_s)

    def _is_time(self, now_s: float) -> bool:
        calm = self._calm_since_s is not None and now_s - self._calm_since_s >= CALM_S
        return calm and now_s >= self._not_before_s

    def _hear(self, spare: Worker, now_s: float) -> None:
        for line in spare.messages():
            try:
                self._is_ready = self._is_ready or read_status(line).note == READY
                self._heard_s = now_s
            except MessageError:
                continue
        hangs = not self._is_ready and now_s - self._heard_s > self._start_s
        if hangs or spare.ended() is not None:
            spare.kill()
            self._spare, self._is_ready = None, False
            self._try_later(now_s)

    def _try_later(self, now_s: float) -> None:
        """A spare that dies is no misfortune; after a few there will be none."""
        wait_s = self._backoff.died(0.0)
        self._not_before_s = now_s + wait_s if wait_s is not None else float("inf")

    def close(self) -> None:
        """End the spare."""
        self._form = None
        if self._spare is not None:
            self._spare.kill()
            self._spare = None


def _kind(form: StreamForm) -> StreamForm:
    """What a worker has to know to get ready."""
    return replace(form, number=SPARE, source="", to="", video=VideoForm(), epoch_s=0.0)
