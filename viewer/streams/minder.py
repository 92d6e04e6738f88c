"""One worker minded: started, heard, and started again when it dies or stops answering."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gpu_core.errors import MienError
from viewer.streams.backoff import Backoff, BackoffForm
from viewer.streams.launcher import Launcher, Worker
from viewer.streams.messages import MessageError, forms_line, read_status
from viewer.streams.tally import Tally
from viewer.streams.values import StreamForm

log = logging.getLogger(__name__)
MOST_RUBBISH = 100  # lines that are no messages, from one worker


@dataclass(frozen=True)
class Patience:
    """How long a worker may say nothing, in seconds."""

    start_s: float = 60.0  # before its first picture: a start tells of each step, and no step takes so long
    silence_s: float = 8.0  # after it
    end_s: float = 8.0  # once it is asked to end


class Minder:
    """Minds the worker of one stream, or of a batch of them. Lives on the supervisor's thread."""

    def __init__(
        self, forms: Sequence[StreamForm], launcher: Launcher, patience: Patience, backoff: BackoffForm, way: str
    ) -> None:
        self._forms, self._launcher, self._patience = tuple(forms), launcher, patience
        self._share = 1.0  # of the rate that was asked for
        self._tallies = {form.number: Tally(form, way) for form in forms}
        self._backoff = Backoff(backoff)
        self.on_death: Callable[[int, str, int], object] = lambda _number, _how, _pid: None  # not asked for
        self._worker: Worker | None = None
        self._start_s: float | None = 0.0  # when the next one is due, while there is none; None: never
        self._heard_s = self._rubbish = 0.0
        self._step = ""  # what the worker told last that it is at
        self._hangs = 0  # starts in a row that hung
        self._deadline_s: float | None = None  # by when it has to be gone, once it is asked to end

    @property
    def tallies(self) -> dict[int, Tally]:
        """Its streams' stories, by number."""
        return self._tallies

    @property
    def is_over(self) -> bool:
        """Whether there is no worker, and will be none."""
        return self._worker is None and self._start_s is None

    @property
    def is_starting(self) -> bool:
        """Whether there is a worker that has shown nothing yet."""
        return self._worker is not None and self._deadline_s is None and not self._is_live

    @property
    def is_calm(self) -> bool:
        """Whether nothing is under way that wants the machine for itself: it shows faces, or never will again."""
        return self.is_over or self._is_live

    def look(self, now_s: float, *, may_start: bool = True) -> None:
        """Hear what the worker says, and do what is due; a start that is due waits until it may."""
        if self._worker is None:
            if self._start_s is not None and now_s >= self._start_s and may_start:
                self._start(now_s)
            return
        self._hear(self._worker, now_s)
        if (how := self._worker.ended()) is not None:
            self._hear(self._worker, now_s)  # what it said last
            self._lost(how, now_s)
        elif self._deadline_s is not None:
            if now_s >= self._deadline_s:
                self._lost("did not end when asked to", now_s)
        elif reason := self._hanging(now_s):
            self._lost(reason, now_s, hung=True)
        elif reason := self._unbearable(now_s):
            self._lost(reason, now_s)

    def _start(self, now_s: float) -> None:
        for tally in self._tallies.values():
            tally.started()
        self._heard_s, self._rubbish, self._step = now_s, 0, ""
        try:
            self._worker = self._launcher.start(self._wanted)
            if self._share < 1.0:
                self._tell_share(self._worker)
        except MienError as error:
            self._lost(f"does not start: {error}", now_s)

    @property
    def _wanted(self) -> list[StreamForm]:
        """The forms of a new worker: what has failed for good is not tried again."""
        return [form for form in self._forms if self._tallies[form.number].status.state != "failed"]

    def slow_to(self, share: float) -> None:
        """Have its streams go at this share of the rate that they were asked to go at."""
        self._share = share
        if self._worker is not None:
            self._tell_share(self._worker)

    def _tell_share(self, worker: Worker) -> None:
        worker.send(
            forms_line(
                [replace(form, video=replace(form.video, fps=self._share * form.video.fps)) for form in self._wanted]
            )
        )

    def _hear(self, worker: Worker, now_s: float) -> None:
        for line in worker.messages():
            try:
                told = read_status(line)
                tally = self._tallies[told.number]
            except (MessageError, KeyError):
                self._rubbish += 1
                continue
            self._heard_s, self._step = now_s, told.note
            tally.heard(told, now_s)
        if self._is_live:
            self._hangs = 0

    def _unbearable(self, now_s: float) -> str:
        """Why a worker that runs must not go on; "" if it may."""
        silent_s = now_s - self._heard_s
        if self._rubbish > MOST_RUBBISH:
            return f"said {self._rubbish:.0f} things that are no messages"
        if self._is_live and silent_s > self._patience.silence_s:
            return f"has not answered for {silent_s:.0f} s"
        return ""

    def _hanging(self, now_s: float) -> str:
        """Where a start hangs; "" if none does."""
        silent_s = now_s - self._heard_s
        if self._is_live or self._rubbish > MOST_RUBBISH or silent_s <= self._patience.start_s:
            return ""
        return f"hangs in start-up{f' ({self._step})' if self._step else ''}: silent for {silent_s:.0f} s"

    @property
    def _is_live(self) -> bool:
        return any(tally.is_live for tally in self._tallies.values())

    def _lost(self, how: str, now_s: float, *, hung: bool = False) -> None:
        """The worker is gone, or has to go: say so, and see when the next one starts."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()  # and whatever it has started
            if self._deadline_s is None:
                self.on_death(self._forms[0].number, how, worker.pid)
        self._start_s = None
        if self._deadline_s is not None:
            self._settle("ended", "")
        elif self._has_failed:
            self._settle("failed", "")
        elif hung and self._hangs_for_good():
            self._settle("failed", f"the worker {how}")
        else:
            self._start_later(how, now_s)

    def _hangs_for_good(self) -> bool:
        """A hang is long: one that comes before the first face ever, or twice in a row, is not waited for again."""
        self._hangs += 1
        return self._hangs > 1 or not any(tally.was_live for tally in self._tallies.values())

    @property
    def _has_failed(self) -> bool:
        """Whether the worker itself said of all its streams that trying again is no use."""
        return all(tally.status.state == "failed" for tally in self._tallies.values())

    def _start_later(self, how: str, now_s: float) -> None:
        wait_s = self._backoff.died(max(tally.good_s(now_s) for tally in self._tallies.values()))
        if wait_s is None:
            self._settle("failed", f"given up after {self._backoff.quick}: the worker {_did(how)}")
            return
        log.info("stream %s: the worker %s; it starts again", self._names, _did(how))
        self._start_s = now_s + wait_s
        for form in self._wanted:
            self._tallies[form.number].died("restarting", f"the worker {_did(how)}", again=True)

    def _settle(self, state: str, note: str) -> None:
        for tally in self._tallies.values():
            told = tally.status
            is_told = told.state == "failed"  # why, it has said itself
            tally.died("failed" if is_told else state, told.note if is_told else note, again=False)

    @property
    def _names(self) -> str:
        return ", ".join(map(str, self._tallies))

    def restart(self, now_s: float) -> None:
        """Another worker, now; also after it was given up."""
        if self._deadline_s is not None:
            return
        if self._worker is not None:
            self._worker.kill()
            self._worker = None
        self._backoff.forgive()
        self._hangs = 0
        self._start_s = now_s
        for tally in self._tallies.values():
            tally.died("restarting", "somebody asked for a new start", again=True)

    def finish(self, now_s: float, patience_s: float) -> None:
        """Ask the worker to end; `look` until it `is_over`."""
        if self._deadline_s is None:
            self._deadline_s = now_s + patience_s
            self._start_s = None
            if self._worker is not None:
                self._worker.finish()
            else:
                self._settle("ended", "")

    def kill(self, note: str = "") -> None:
        """End it at once, unless it is over; with a note, because something failed."""
        if self.is_over:
            return
        self._start_s = None
        if self._worker is not None:
            self._worker.kill()
            self._worker = None
        self._settle("failed" if note else "ended", note)


def _did(how: str) -> str:
    """As a predicate: "was killed by SIGKILL", "ended with code 1: ..."."""
    return f"was {how}" if how.startswith("killed") else how
