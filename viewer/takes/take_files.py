"""Takes in and out of the window: opened, kept as timelines, saved. Reading and writing go on beside the window.

What is opened joins the performances as it is, exactly; "edit as keys" makes a timeline of it. A timeline's own file
becomes the timeline. Whatever fails is one line and changes nothing; whatever replaces the timeline can be undone.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, QSettings, Signal

from gpu_core.expression import Expression
from viewer.performance.builtin import Performance
from viewer.performance.simplifying import TOLERANCE, TOLERANCE_DEG
from viewer.performance.timeline import Timeline
from viewer.performance.timeline_file import write_timeline
from viewer.playable import TIMELINE, Playable
from viewer.recent_files import RecentFiles
from viewer.sessions.course import Take
from viewer.sessions.packed_take import PackedTimeline
from viewer.sessions.session_performance import SessionPerformance
from viewer.sessions.take_kind import refuse_ending
from viewer.sessions.take_process import PRESETS
from viewer.sound.performance_sound import sound_of
from viewer.speech.spoken import Spoken
from viewer.takes.errands import Errand, Errands
from viewer.takes.take_source import source_of
from viewer.timeline.model import TimelineModel
from viewer.view_values import Playback
from viewer.viewer_model import ViewerModel

CHILD = "viewer.sessions.take_process"
REST_S = 1e-3


@dataclass(frozen=True)
class OpenedTake:
    """A take under a key of its own: see `viewer.performance.builtin.Performance`."""

    key: str
    take: Take

    @property
    def title(self) -> str:
        """Its name in menus."""
        return self.take.title

    @property
    def duration_s(self) -> float:
        """Seconds until it ends."""
        return self.take.seconds

    @property
    def loops(self) -> bool:
        """Nobody filmed it so."""
        return False

    def at(self, t: float) -> Expression:
        """The face `t` seconds in."""
        return self.take.at(t)


class TakeFiles(QObject):
    """Lives on the GUI thread; to be closed."""

    opened = Signal(str, str)  # key and title of a performance that can be chosen from now on
    face_found = Signal(object)  # Path: what was to be opened as a take is a face
    presets_found = Signal(object)  # Path: it holds named faces
    session_found = Signal(object)  # Path: it is a folder
    changed = Signal()  # the timeline's name, or whether it is saved

    def __init__(
        self, model: ViewerModel, timeline: TimelineModel, playable: Playable, memory: QSettings | None = None
    ) -> None:
        super().__init__(timeline)
        self._model, self._timeline, self._playable = model, timeline, playable
        self.errands = Errands(self)
        self.recent = RecentFiles(memory, "recent/takes")
        self._reading: Errand | None = None
        self._paths: dict[str, Path] = {}  # of documents, by `Timeline.origin`
        self._saved: dict[str, Timeline] = {}
        timeline.changed.connect(self._on_timeline)

    # -- the timeline as a document ----------------------------------------------------------------------------------
    @property
    def path(self) -> Path | None:
        """The file of the timeline; None before it has one."""
        return self._paths.get(self._timeline.timeline.origin)

    @property
    def is_saved(self) -> bool:
        """Whether the file has all of it; an empty timeline without a file has nothing to be saved."""
        timeline = self._timeline.timeline
        if timeline.origin in self._paths:
            return self._saved.get(timeline.origin) is timeline
        return not timeline.tracks

    @property
    def name(self) -> str:
        """What the timeline is called."""
        return self.path.stem if self.path is not None else self._timeline.timeline.title

    def new(self) -> None:
        """An empty timeline, at the rate of the one before."""
        self._replace(Timeline(fps=self._timeline.timeline.fps), "New take", None)

    def adopt(self, timeline: Timeline, path: Path | None, *, is_saved: bool) -> None:
        """Take up a timeline of last time, as if it had been here all along."""
        timeline = replace(timeline, origin=uuid4().hex)
        if path is not None:
            self._paths[timeline.origin] = path
        if is_saved:
            self._saved[timeline.origin] = timeline
        self._timeline.edit(timeline, "Last time", undoable=False)
        self.changed.emit()

    def save(self, path: Path | None = None) -> None:
        """Write the timeline to a file, by default its own; from then on that is its own."""
        timeline, path = self._timeline.timeline, path or self.path
        if path is None:
            raise ValueError("the timeline has no file yet")
        named = replace(timeline, title=path.stem)
        self.errands.run(
            lambda _errand: write_timeline(named, path), partial(self._on_saved, timeline, path), self._refuse
        )

    def export(self, path: Path, face: Path | None = None) -> None:
        """Write what is chosen, the timeline or a take, as the path's ending says: .csv, .glb (shows `face`), .json."""
        self._model.post(f"Writing {path.name} …")
        look = [str(face)] if face is not None else []

        def write(source: str, errand: Errand) -> None:
            refuse_ending(path)
            errand.ask(CHILD, ["save", source, str(path), *look])

        self.with_source(write, lambda _nothing: self._model.post(f"{path} saved"))

    def with_source(
        self, work: Callable[[str, Errand], object], then: Callable[[object], object],
        failed: Callable[[str], object] | None = None,
    ) -> Errand:  # fmt: skip
        """Do something beside the window with what is chosen, as a source that `take_process` and `render` know."""
        key, timeline = self._model.playback.name, self._timeline.timeline
        chosen = timeline if key == TIMELINE else self._playable.get(key)

        def go(errand: Errand) -> object:
            with source_of(key, chosen) as source:
                return work(source, errand)

        return self.errands.run(go, then, failed or self._refuse)

    # -- opening -----------------------------------------------------------------------------------------------------
    def open(self, path: Path) -> None:
        """Open a take or a timeline; the newest that is asked for wins. Folders and faces are passed on."""
        if path.is_dir():
            self.recent.add(path)
            self.session_found.emit(path)
        else:
            self._read(path, partial(_read, path), partial(self._on_read, path))

    def open_session(self, folder: Path) -> None:
        """Play what a recording's folder holds, face by face; the newest that is asked for wins."""
        self._read(folder, lambda _errand: SessionPerformance(folder), self._on_performance)

    def edit_as_keys(self, coarseness: int = 0) -> None:
        """Make a timeline of keys of the performance that is chosen.

        Args:
            coarseness: how many times the usual tolerance it may be off beyond that, for fewer keys.
        """
        key = self._model.playback.name
        if key == TIMELINE or key not in self._playable:
            self._model.post("It is keys already: choose another performance, or open a take")
            return
        performance = self._playable[key]
        read = partial(_read_keys, key, performance, coarseness)
        self._read(Path(performance.title), read, partial(self._on_keys, performance.title, coarseness))

    @property
    def sound(self) -> Spoken | None:
        """Of what is chosen; None: it is silent."""
        performance = self._playable.get(self._model.playback.name)
        return sound_of(performance) if performance is not None else None

    def close(self) -> None:
        """Give up what is being read. Again is fine."""
        self.errands.close()

    def _read(self, path: Path, work: Callable[[Errand], object], then: Callable[[object], object]) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._model.post(f"Reading {path.name} …")
        self._reading = self.errands.run(work, then, self._refuse)

    def _on_read(self, path: Path, result: object) -> None:
        if result is None:
            self.face_found.emit(path)
            return
        if result == PRESETS:
            self._model.post(f"{path.name} holds presets: see the panel Presets")
            self.presets_found.emit(path)
            return
        self.recent.add(path)
        if isinstance(result, Timeline):
            self._replace(result, f"Open {path.name}", path)
            self._model.post(f"{path.name}: {keys_told(result)}")
        elif isinstance(result, Take):
            self._on_performance(OpenedTake(str(path.absolute()), result))

    def _on_performance(self, opened: object) -> None:
        """Play it from its beginning."""
        assert isinstance(opened, (OpenedTake, SessionPerformance))
        if self._model.playback.name == opened.key:  # it was read again
            self._model.set_playback(Playback(loop=self._model.playback.loop))
        self._playable.add(opened)
        self.opened.emit(opened.key, opened.title)
        self._model.set_playback(
            replace(self._model.playback, name=opened.key, position_s=0.0, playing=True, loop_range=None)
        )
        notes = opened.take.notes if isinstance(opened, OpenedTake) else ()
        text = f"Playing {opened.title}, {opened.duration_s:.1f} s"
        self._model.post("; ".join([text, *notes]), "warning" if notes else "info")
        self.changed.emit()

    def _on_keys(self, title: str, coarseness: int, result: object) -> None:
        assert isinstance(result, Timeline)
        off, off_deg = (1 + coarseness) * TOLERANCE, (1 + coarseness) * TOLERANCE_DEG
        self._replace(result, f"Edit {title} as keys", None)
        self._model.post(f"{title}: {keys_told(result)}, at most {off:g} and {off_deg:g}° from it at any frame")

    def _replace(self, timeline: Timeline, text: str, path: Path | None) -> None:
        timeline = replace(timeline, origin=uuid4().hex)
        if path is not None:
            self._paths[timeline.origin], self._saved[timeline.origin] = path, timeline
        self._timeline.end_gesture()
        self._timeline.edit(timeline, text, selection=())
        self._timeline.end_gesture()
        self.changed.emit()

    def _on_saved(self, timeline: Timeline, path: Path, _nothing: object) -> None:
        self._paths[timeline.origin], self._saved[timeline.origin] = path, timeline
        self.recent.add(path)
        self._model.post(f"{path} saved")
        self.changed.emit()

    def _on_timeline(self, _timeline: Timeline) -> None:
        self.changed.emit()

    def _refuse(self, text: str) -> None:
        self._model.post(text, "error")


def unpacked(packed: PackedTimeline) -> Timeline:
    """On a thread beside a window: the timeline, slowly enough for the window to go on."""
    return packed.frame.with_tracks(packed.unpacked(lambda: time.sleep(REST_S)))


def keys_told(timeline: Timeline) -> str:
    """How many keys on how many tracks."""
    keys = sum(len(track.keys) for track in timeline.tracks)
    return f"{keys:,} keys on {len(timeline.tracks)} tracks, {timeline.duration_s:.1f} s"


def _read(path: Path, errand: Errand) -> Take | Timeline | str | None:
    """What a file holds; None: a face; PRESETS."""
    result: Take | PackedTimeline | str | None = pickle.loads(errand.ask(CHILD, ["read", str(path)]))
    return unpacked(result) if isinstance(result, PackedTimeline) else result


def _read_keys(key: str, performance: Performance, coarseness: int, errand: Errand) -> Timeline:
    with source_of(key, performance) as source:
        return unpacked(pickle.loads(errand.ask(CHILD, ["keys", source, str(coarseness)])))
