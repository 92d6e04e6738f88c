"""Presets: named faces that come with Mien, and the user's own in a folder of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import platformdirs

from gpu_core.assets import resource
from gpu_core.expression import Expression
from viewer.performance.blending import blended
from viewer.performance.preset_file import Preset, PresetError, checked_title, name_of, read_presets, write_presets

GROUPS = ("rest", "emotions", "everyday", "visemes", "sounds")  # of those that come with Mien, in order
OWN_GROUP = "yours"


@cache
def shipped_presets() -> tuple[Preset, ...]:
    """Those that come with Mien, group by group."""
    found = [preset for path in sorted(resource("presets").glob("*.json")) for preset in read_presets(path)]
    return tuple(sorted(found, key=lambda preset: GROUPS.index(preset.group)))


def blend(one: Preset, other: Preset, share: float) -> Expression:
    """The face between two presets: `share` of the other, 0..1."""
    return blended(one.expression, other.expression, min(max(share, 0.0), 1.0))


@dataclass(frozen=True)
class Imported:
    """What came of a file: kept presets, those of them that got another title (before, after), those here already."""

    kept: tuple[Preset, ...]
    renamed: tuple[tuple[str, str], ...] = ()
    known: tuple[Preset, ...] = ()


def beside(preset: Preset, present: Mapping[str, Preset]) -> Preset:
    """The preset as it can be kept beside those that are there: under a number, if its name is taken by another.

    It is there already if what comes out is.
    """
    free, number = preset, 1
    while (there := present.get(free.name)) and (there.title, there.expression) != (free.title, free.expression):
        number += 1
        title = f"{preset.title[:54].rstrip()} {number}"
        free = replace(preset, name=f"{preset.name[:74]}-{number}", title=title)
    return free


class PresetLibrary:
    """The shipped presets and the user's. What changes it also writes; what fails changes nothing. Any one thread.

    `problems` has one line for each file in the folder that is no preset; such files are left alone.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Read the folder, by default the user's; it need not be there."""
        self.folder = folder or platformdirs.user_data_path("mien") / "presets"
        self.problems: tuple[str, ...] = ()
        self._own: dict[str, Preset] = {}
        self.reload()

    def reload(self) -> None:
        """Read the folder anew."""
        problems: list[str] = []
        self._own = {}
        for path in self._files(problems):
            try:
                (preset,) = self._single(path)
            except PresetError as error:
                problems.append(str(error))
                continue
            self._own[preset.name] = preset
        self.problems = tuple(problems)

    def __iter__(self) -> Iterator[Preset]:
        yield from shipped_presets()
        yield from sorted(self._own.values(), key=lambda preset: (preset.group, preset.title.lower()))

    def __contains__(self, name: str) -> bool:
        return any(preset.name == name for preset in self)

    def __getitem__(self, name: str) -> Preset:
        """The preset of a name.

        Raises:
            PresetError: there is none; the text offers the nearest.
        """
        if found := next((preset for preset in self if preset.name == name), None):
            return found
        import difflib

        near = difflib.get_close_matches(name, [preset.name for preset in self], 3, 0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise PresetError(f"there is no preset {name[:60]!r}{hint}")

    def is_own(self, name: str) -> bool:
        """Whether it is the user's, and so may be renamed, replaced and deleted."""
        return name in self._own

    def save(self, title: str, expression: Expression, *, group: str = OWN_GROUP, replacing: bool = False) -> Preset:
        """Keep a face, brought within the limits, under a title.

        Raises:
            PresetError: the title cannot be one, is taken, or the folder cannot be written to.
        """
        preset = Preset(name_of(title), checked_title(title), checked_title(group), expression.clamped()[0])
        self._refuse_clash(preset, replacing=replacing)
        self._keep([preset])
        return preset

    def rename(self, name: str, title: str) -> Preset:
        """Give one of the user's presets another title, and the name that goes with it.

        Raises:
            PresetError: it is not the user's, the title cannot be one or is taken, or nothing can be written.
        """
        old = self._own_preset(name, "renamed")
        new = replace(old, name=name_of(title), title=checked_title(title))
        if new.name != old.name:
            self._refuse_clash(new, replacing=False)
        self._keep([new])
        if new.name != old.name:
            self.delete(name)
        return new

    def delete(self, name: str) -> None:
        """Remove one of the user's presets.

        Raises:
            PresetError: it is not the user's, or its file cannot be removed.
        """
        self._own_preset(name, "deleted")
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise PresetError(f"{path} cannot be deleted: {error.strerror or error}") from error
        del self._own[name]

    def export_presets(self, names: Iterable[str], path: Path) -> None:
        """Write presets to one file that others can import.

        Raises:
            PresetError: a name is not known, none is given, or the file cannot be written.
        """
        chosen = [self[name] for name in names]
        if not chosen:
            raise PresetError("no preset was chosen to export")
        write_presets(chosen, path)

    def import_presets(self, path: Path, *, replacing: bool = False) -> tuple[Preset, ...]:
        """Keep the presets of a file: all of them, or none.

        Args:
            replacing: take the place of the user's presets of the same names.

        Raises:
            PresetError: the file is broken, a name is taken, or nothing can be written.
        """
        found = read_presets(path)
        for preset in found:
            self._refuse_clash(preset, replacing=replacing)
        self._keep(found)
        return found

    def import_beside(self, path: Path) -> Imported:
        """Keep the presets of a file beside what is there, all of them or none: a taken name gets a number.

        What is there already, the same face under the same title, is not kept twice.

        Raises:
            PresetError: the file is broken, or nothing can be written.
        """
        present = {preset.name: preset for preset in self}
        kept: list[Preset] = []
        known: list[Preset] = []
        renamed: list[tuple[str, str]] = []
        for preset in read_presets(path):
            free = beside(preset, present)
            if free.name in present:
                known.append(free)
                continue
            if free is not preset:
                renamed.append((preset.title, free.title))
            present[free.name] = free
            kept.append(free)
        self._keep(kept)
        return Imported(tuple(kept), tuple(renamed), tuple(known))

    def restore(self, presets: Iterable[Preset]) -> None:
        """Keep presets again that were deleted.

        Raises:
            PresetError: a name is taken since, or nothing can be written.
        """
        presets = tuple(presets)
        for preset in presets:
            self._refuse_clash(preset, replacing=False)
        self._keep(presets)

    def _keep(self, presets: Iterable[Preset]) -> None:
        """Write presets to the folder; if one fails, those before it become what they were."""
        before: list[tuple[str, Preset | None]] = []
        try:
            for preset in presets:
                write_presets([preset], self._path(preset.name))
                before.append((preset.name, self._own.get(preset.name)))
                self._own[preset.name] = preset
        except PresetError:
            for name, old in before:
                if old is None:
                    self.delete(name)
                else:
                    self._own[name] = old
                    write_presets([old], self._path(name))
            raise

    def _refuse_clash(self, preset: Preset, *, replacing: bool) -> None:
        if any(shipped.name == preset.name for shipped in shipped_presets()):
            raise PresetError(f"{preset.title!r} is the name of a preset that comes with Mien: choose another")
        if preset.name in self._own and not replacing:
            raise PresetError(f"there is a preset {self._own[preset.name].title!r} already: rename or replace it")

    def _own_preset(self, name: str, what: str) -> Preset:
        preset = self[name]
        if name not in self._own:
            raise PresetError(f"{preset.title!r} comes with Mien and cannot be {what}: save a copy under another name")
        return preset

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _files(self, problems: list[str]) -> list[Path]:
        try:
            return sorted(path for path in self.folder.iterdir() if path.suffix == ".json" and path.name[0] != ".")
        except FileNotFoundError:
            return []
        except OSError as error:
            problems.append(f"{self.folder} cannot be read: {error.strerror or error}")
            return []

    def _single(self, path: Path) -> tuple[Preset, ...]:
        presets = read_presets(path)
        if len(presets) != 1 or presets[0].name != path.stem:
            raise PresetError(f"{path}: holds not the one preset {path.stem!r}: import it instead of copying it here")
        if any(shipped.name == path.stem for shipped in shipped_presets()):
            raise PresetError(f"{path}: a preset of this name comes with Mien: rename the file and the preset in it")
        return presets
