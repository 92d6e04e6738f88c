"""PresetShelf: the presets as the window has them, and what can be done with them; the disk is on a thread of its own.

    panel ---> save, rename, delete, ... ---> library thread (PresetLibrary) ---> changed, noted, saved ---> panel

What fails is told in a note and changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gpu_core.errors import MienError
from gpu_core.expression import Expression
from viewer.performance.preset_file import Preset, name_of
from viewer.performance.presets import Imported, PresetLibrary

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Note:
    """One line about what was done or went wrong. `offer` is the word on a button for what can be done about it."""

    text: str
    level: str = "info"  # or warning, error
    offer: str = ""
    then: Callable[[], None] | None = None
    details: str = ""


@dataclass(frozen=True)
class _Result:
    presets: tuple[Preset, ...]
    own: frozenset[str]
    problems: tuple[str, ...]
    note: Note | None
    saved: Preset | None = None


class PresetShelf(QObject):
    """Lives on the GUI thread; `presets` and `own` are the newest that is known of the library."""

    changed = Signal()
    noted = Signal(object)  # Note
    saved = Signal(object)  # Preset: it is new, or has another title
    _done = Signal(object)  # _Result

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        """`folder` as in PresetLibrary."""
        super().__init__(parent)
        self.presets: tuple[Preset, ...] = ()
        self.own: frozenset[str] = frozenset()
        self.folder = folder
        self._problems: tuple[str, ...] = ()
        self._library: PresetLibrary | None = None  # of the library thread
        self._is_asked, self._closed = False, False
        self._thread = ThreadPoolExecutor(1, "presets")
        self._done.connect(self._on_done)

    def load(self) -> None:
        """Read the library, once."""
        if not self._is_asked:
            self._run(lambda _library: None)

    def close(self) -> None:
        """Wait for what is being written. May be called twice."""
        self._closed = True
        self._thread.shutdown(wait=True)

    def beside(self, work: Callable[[], None]) -> None:
        """Run something on the library's thread, after what waits there."""
        if not self._closed:
            self._thread.submit(work)

    # -- what can be done --------------------------------------------------------------------------------------------
    def save(self, title: str, face: Expression, *, replacing: bool = False) -> None:
        """Keep a face; if the title is taken by a preset of the user's, ask whether to replace it."""
        self._run(partial(self._save, title, face, replacing))

    def rename(self, name: str, title: str) -> None:
        """Give a preset of the user's another title."""
        self._run(lambda library: library.rename(name, title))

    def delete(self, names: Sequence[str]) -> None:
        """Delete presets of the user's; the note offers to take that back."""
        self._run(partial(self._delete, tuple(names)))

    def restore(self, presets: Sequence[Preset]) -> None:
        """Take a deletion back."""
        self._run(lambda library: library.restore(presets))

    def import_files(self, paths: Iterable[Path]) -> None:
        """Keep what the files hold."""
        for path in paths:
            self._run(partial(_import, path))

    def export(self, names: Sequence[str], path: Path) -> None:
        """Write presets to one file."""
        self._run(partial(_export, tuple(names), path))

    # -- on the library's thread -------------------------------------------------------------------------------------
    def _run(self, work: Callable[[PresetLibrary], Note | Preset | None]) -> None:
        self._is_asked = True
        self.beside(partial(self._work, work))

    def _work(self, work: Callable[[PresetLibrary], Note | Preset | None]) -> None:
        library = self._library = self._library or PresetLibrary(self.folder)
        try:
            answer = work(library)
        except MienError as error:
            answer = Note(str(error), "error")
        except Exception as error:
            log.exception("the library of presets failed")
            answer = Note(f"{type(error).__name__}: {error}", "error")
        presets = tuple(library)
        own = frozenset(preset.name for preset in presets if library.is_own(preset.name))
        saved = answer if isinstance(answer, Preset) else None
        self._done.emit(_Result(presets, own, library.problems, answer if isinstance(answer, Note) else None, saved))

    def _save(self, title: str, face: Expression, replacing: bool, library: PresetLibrary) -> Note | Preset:
        if not replacing and library.is_own(name_of(title)):
            there = library[name_of(title)].title
            replace_it = partial(self.save, title, face, replacing=True)
            return Note(f"There is a preset “{there}” already", "warning", "Replace it", replace_it)
        return library.save(title, face, replacing=replacing)

    def _delete(self, names: tuple[str, ...], library: PresetLibrary) -> Note:
        gone: list[Preset] = []
        problem = ""
        for name in names:
            try:
                preset = library[name]
                library.delete(name)
                gone.append(preset)
            except MienError as error:
                problem = f"; {error}"
        if not gone:
            return Note(problem.removeprefix("; "), "error")
        level = "error" if problem else "info"
        return Note(f"{_called(gone)} deleted{problem}", level, "Undo", partial(self.restore, tuple(gone)))

    # -- on the GUI thread again -------------------------------------------------------------------------------------
    def _on_done(self, result: _Result) -> None:
        if (result.presets, result.own) != (self.presets, self.own):
            self.presets, self.own = result.presets, result.own
            self.changed.emit()
        if result.problems != self._problems:
            self._problems = result.problems
            self._tell_problems()
        if result.note is not None:
            self.noted.emit(result.note)
        if result.saved is not None:
            self.saved.emit(result.saved)

    def _tell_problems(self) -> None:
        if self._problems:
            more = f" (and {len(self._problems) - 1} more)" if len(self._problems) > 1 else ""
            self.noted.emit(Note(self._problems[0] + more, "warning", details="\n".join(self._problems)))


def _import(path: Path, library: PresetLibrary) -> Note:
    try:
        found = library.import_beside(path)
    except MienError as error:
        return Note(str(error).replace(str(path), path.name), "error", details=str(path))
    return Note(import_text(found), details="\n".join(f"{old} → {new}" for old, new in found.renamed))


def _export(names: tuple[str, ...], path: Path, library: PresetLibrary) -> Note:
    library.export_presets(names, path)
    return Note(f"{_number(len(names))} written to {path.name}", details=str(path))


def import_text(found: Imported) -> str:
    """What came of an import, in one line."""
    words = [f"{_called(found.kept)} imported" if found.kept else "Nothing new"]
    if len(found.renamed) == 1:
        words.append(f"“{found.renamed[0][0]}” is “{found.renamed[0][1]}” here")
    elif found.renamed:
        words.append(f"{len(found.renamed)} of them under other names")
    if found.known:
        words.append(f"{_number(len(found.known))} here already")
    return "; ".join(words)


def _called(presets: Sequence[Preset]) -> str:
    return f"“{presets[0].title}”" if len(presets) == 1 else _number(len(presets))


def _number(count: int) -> str:
    return "1 preset" if count == 1 else f"{count} presets"
