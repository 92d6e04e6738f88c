"""A run of the farm: takes into videos. Hands segments out, keeps what comes back, tries again, joins what is whole.

What can go wrong with one take ends that take with one line; the others go on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from gpu_core.errors import MienError
from viewer.farm.executor import Executor
from viewer.farm.finished import FinishedVideos
from viewer.farm.segments import SegmentParts, cut, part_of
from viewer.farm.values import Closed, Done, Ended, Event, Failed, Job, Lost, Made, Opened, Told, Work
from viewer.picture_file import replacing_by_name
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.packed_take import FaceTable

MOST_TRIES = 3  # of a segment, each on another worker or on one that was started anew
TICK_S = 0.2  # how often a run looks up: what Ctrl-C waits for


@dataclass(eq=False)
class FarmTake:
    """One take on its way to a video."""

    name: str  # as the user gave it
    out: Path
    fps: float
    faces: FaceTable
    sha256: str  # of what its frames show
    parts: SegmentParts | None = None
    missing: set[int] = field(default_factory=set)  # first frames of segments that are to be rendered yet
    is_over: bool = False  # whole, or given up


class FarmRun:
    """One run. `say` hears sentences, `tell` how many frames are made, some of them in the making."""

    def __init__(
        self,
        takes: Sequence[FarmTake],
        job: Job,
        finished: FinishedVideos,
        *,
        segment_s: float,
        say: Callable[[str], object],
    ) -> None:
        self._takes, self._job, self._finished = list(takes), job, finished
        self._segment_s, self._say = segment_s, say
        self._waiting: deque[Work] = deque()
        self._flying: dict[tuple[int, int], Work] = {}
        self._making: dict[tuple[int, int], int] = {}
        self._tries: dict[tuple[int, int], int] = {}
        self._owned = ExitStack()
        self._made = 0
        self.opened: Opened | None = None  # the first worker: the others' pictures are the same
        self.core_s = 0.0  # of a core, of all segments
        self.rendered = 0  # frames, in this run
        self.failed: list[tuple[str, str]] = []  # take, why

    @property
    def total(self) -> int:
        """Frames of all takes."""
        return sum(len(take.faces) for take in self._takes)

    @property
    def made(self) -> int:
        """Frames that need no more time: made, in the making, kept from another run, or given up."""
        return self._made + sum(self._making.values())

    def go(self, executor: Executor, tell: Callable[[int], object] = lambda _made: None) -> None:
        """Render all of it. `tell` may raise to end it early: what is kept stays kept.

        Raises:
            MienError: no worker can be had, or the disk is full.
        """
        with self._owned:
            while self.opened is None:
                self._take_events(executor, tell)
            self._begin(self.opened)
            while self._waiting or self._flying:
                self._hand_out(executor)
                self._take_events(executor, tell)
            tell(self.made)

    def _begin(self, opened: Opened) -> None:
        about = self._about(opened)
        for number, take in enumerate(self._takes):
            mine = about | {"take": take.sha256, "fps": take.fps}
            if self._finished.has(take.out, mine):
                self._say(f"{take.out} is finished already")
                self._made += len(take.faces)
                take.is_over = True
                continue
            try:
                self._open_parts(number, take, mine)
            except MienError as error:
                self._give_up(take, str(error))

    def _open_parts(self, number: int, take: FarmTake, about: Mapping[str, Any]) -> None:
        self._finished.refuse_other(take.out)
        segments = cut(len(take.faces), take.fps, self._segment_s)
        parts = SegmentParts(take.out, about, take.fps, segments)
        self._owned.callback(parts.close)
        take.parts, missing = parts, parts.missing()
        kept = len(take.faces) - sum(end - first for first, end in missing)
        if kept:
            self._say(f"{take.name}: going on with {kept} of {len(take.faces)} frames, from {parts.folder}")
        self._made += kept
        take.missing = {first for first, _ in missing}
        self._waiting.extend(Work(number, *segment, take.fps, part_of(take.faces, *segment)) for segment in missing)
        if not missing:
            self._join(take)

    def _about(self, opened: Opened) -> dict[str, Any]:
        """What the pictures depend on; nothing of it is by name alone."""
        facts = {name: opened.facts[name] for name in ("engine", "face", "generator", "versions")}
        form = {"form": asdict(self._job.form), "style": asdict(self._job.style), "segment_s": self._segment_s}
        return facts | form | {"proof": opened.proof}

    def _hand_out(self, executor: Executor) -> None:
        for _ in range(executor.room):
            if not self._waiting:
                return
            work = self._waiting.popleft()
            self._flying[work.key] = work
            executor.submit(work)

    def _take_events(self, executor: Executor, tell: Callable[[int], object]) -> None:
        for event in executor.wait(TICK_S):
            self._on(event)
        tell(self.made)

    def _on(self, event: Event) -> None:
        match event:
            case Opened():
                self.opened = self.opened or event
            case Told(text):
                self._say(text)
            case Made(key, frames):
                if key in self._flying:
                    self._making[key] = frames
            case Done():
                self._on_done(event)
            case Failed(key, reason, where):
                self._try_again(key, f"{reason} ({where})" if where else reason, counts=True)
            case Lost(key, reason, blamed):
                self._try_again(key, reason, counts=blamed)
            case Ended(reason):
                raise MienError(reason)
            case Closed():
                pass

    def _on_done(self, event: Done) -> None:
        if sha256(event.data).hexdigest() != event.sha256:
            self._try_again(event.key, "its video was damaged on the way", counts=True)
            return
        work = self._landed(event.key)
        if work is None:
            return
        self.core_s += event.core_s
        take = self._takes[work.take]
        if take.parts is None or take.is_over:
            return
        take.parts.add(work.first, work.end, event.data)
        self._made += work.frames
        self.rendered += work.frames
        take.missing.discard(work.first)
        if not take.missing:
            self._join(take)

    def _landed(self, key: tuple[int, int]) -> Work | None:
        self._making.pop(key, None)
        return self._flying.pop(key, None)

    def _try_again(self, key: tuple[int, int], reason: str, *, counts: bool) -> None:
        work = self._landed(key)
        if work is None or self._takes[work.take].is_over:
            return
        self._tries[key] = self._tries.get(key, 0) + counts
        take = self._takes[work.take]
        frames = f"frames {work.first} to {work.end - 1}"
        if self._tries[key] >= MOST_TRIES:
            self._give_up(take, f"{frames} failed {MOST_TRIES} times: {reason}")
            return
        self._say(f"{take.name}: {frames} are rendered again: {reason}")
        self._waiting.appendleft(work)

    def _give_up(self, take: FarmTake, reason: str) -> None:
        """The other takes go on; what is finished of this one is kept for another run."""
        take.is_over = True
        self._say(f"{take.name} is given up: {reason}")
        self.failed.append((take.name, reason))
        number = self._takes.index(take)
        self._waiting = deque(work for work in self._waiting if work.take != number)
        unmade = len(take.faces)
        if take.parts is not None:
            unmade = sum(end - first for first, end in take.parts.missing())
            take.parts.close()
        self._made += unmade

    def _join(self, take: FarmTake) -> None:
        """The parts as one video, which has its name only once it is whole."""
        assert take.parts is not None
        try:
            with replacing_by_name(take.out) as part:
                take.parts.join(part)
        except RecordingError as error:
            raise MienError(str(error).replace(str(part), str(take.out))) from error
        self._finished.note(take.out, take.parts.about)
        take.parts.remove()
        take.parts.close()
        take.is_over = True
