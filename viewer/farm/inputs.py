"""Files that travel by value: a face, a generator with its card and its variants. A node needs no common disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from gpu_core.errors import MienError

MOST_BYTES = 1 << 30  # all files of one input: what a node's object store holds twice by default


@dataclass(frozen=True)
class ShippedFiles:
    """Files that lie beside each other, by their relative names; `main` is the one that is opened."""

    main: str
    files: tuple[tuple[str, bytes], ...]

    @property
    def sha256(self) -> str:
        """Of all of them, names included."""
        found = hashlib.sha256()
        for name, data in self.files:
            found.update(f"{name}\0{len(data)}\0".encode())
            found.update(data)
        return found.hexdigest()

    def unpack(self, folder: Path) -> Path:
        """Write them into a folder of their own there; returns the main file.

        Raises:
            OSError: they cannot be written.
        """
        home = folder / self.sha256[:16]
        for name, data in self.files:
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return home / self.main


def shipped_face(path: Path | None) -> ShippedFiles | None:
    """A face's file, with the files that a .gltf names; None for None.

    Raises:
        MienError: one of them cannot be read, is too large, or lies outside the face's folder.
    """
    if path is None:
        return None
    return _read(path, _named_by(path) if path.suffix.lower() == ".gltf" else ())


def shipped_generator(path: Path | None) -> ShippedFiles | None:
    """A generator's file, with its card, its weights' own file and its variants in other precisions; None for None.

    Raises:
        MienError: one of them cannot be read, or is too large.
    """
    if path is None:
        return None
    beside = (
        other.name for other in sorted(path.parent.glob("*"))
        if other.is_file() and other != path and other.name.startswith(f"{path.stem}.")
    )  # fmt: skip
    return _read(path, beside)


def _read(path: Path, others: Iterator[str] | tuple[str, ...]) -> ShippedFiles:
    files, room = [], MOST_BYTES
    try:
        for name in (path.name, *others):
            source = path.parent / name
            room -= source.stat().st_size
            if room < 0:
                raise MienError(f"{path}: is larger than {MOST_BYTES >> 20} MB with what belongs to it")
            files.append((name, source.read_bytes()))
    except OSError as error:
        raise MienError(f"{error.filename or path}: cannot be read: {error.strerror or error}") from error
    return ShippedFiles(path.name, tuple(files))


def _named_by(path: Path) -> Iterator[str]:
    """The relative names of the files that a .gltf refers to; what is wrong with it says who loads it."""
    try:
        told = json.loads(path.read_bytes())
        uris = [item.get("uri") for kind in ("buffers", "images") for item in told.get(kind, ())]
    except (OSError, ValueError, AttributeError, TypeError):
        return
    for uri in dict.fromkeys(uris):
        if not isinstance(uri, str) or uri.startswith("data:") or "://" in uri:
            continue
        name = unquote(uri)
        if not (path.parent / name).resolve().is_relative_to(path.parent.resolve()):
            raise MienError(f"{path}: names {uri[:80]!r}, which is outside of its folder: put it beside the face")
        yield name
