"""One stream's story across the workers that play it one after another: what they tell, added up."""

from __future__ import annotations

from dataclasses import replace

from viewer.streams.pace import missed
from viewer.streams.values import StreamForm, StreamStatus


class Tally:
    """The status of one stream, whoever plays it just now. Times are seconds on one clock."""

    def __init__(self, form: StreamForm, way: str) -> None:
        self.status = StreamStatus(form.number, "starting", way=way)
        self._frame_s = 1.0 / form.video.fps
        self._told = self.status  # by the worker of now, as it told it
        self._before = self.status  # all the workers before it
        self._shown_s: float | None = None  # when the newest picture was heard of
        self._live_s: float | None = None  # since when this worker shows faces

    def started(self) -> None:
        """Another worker begins."""
        self._live_s = None
        self._told = replace(self._told, frames=0, misses=0, worst_gap_s=0.0)

    def heard(self, told: StreamStatus, now_s: float) -> None:
        """Its worker tells how it goes."""
        if told.frames and self._live_s is None:
            self._live_s = now_s
            self._close_gap(now_s)
        if told.frames > self._told.frames:
            self._shown_s = now_s
        self._told = told
        before = self._before
        self.status = replace(
            told, way=self.status.way, restarts=self.status.restarts, frames=before.frames + told.frames,
            misses=before.misses + told.misses, worst_gap_s=max(before.worst_gap_s, told.worst_gap_s),
            thumbnail=told.thumbnail or self.status.thumbnail,
        )  # fmt: skip

    def _close_gap(self, now_s: float) -> None:
        """A new worker's first picture: since the last one of the worker before there was none."""
        if self._shown_s is not None:
            gap_s = now_s - self._shown_s
            worst = max(self._before.worst_gap_s, gap_s)
            self._before = replace(
                self._before, worst_gap_s=worst, misses=self._before.misses + missed(gap_s, self._frame_s)
            )

    def died(self, state: str, note: str, *, again: bool) -> None:
        """Its worker is gone."""
        now = self.status
        self._before = now
        self.status = replace(now, state=state, note=note, fps=0.0, pid=0, cpu_percent=0.0, gpu_percent=None,
                              memory_mb=0.0, restarts=now.restarts + again)  # fmt: skip

    def good_s(self, now_s: float) -> float:
        """How long the worker of now has shown faces; 0: not yet."""
        return now_s - self._live_s if self._live_s is not None else 0.0

    @property
    def is_live(self) -> bool:
        """Whether the worker of now has shown a face."""
        return self._live_s is not None

    @property
    def was_live(self) -> bool:
        """Whether any worker has."""
        return self._shown_s is not None
