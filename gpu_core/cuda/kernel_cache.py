"""Compiled kernels on disk: one file each, named by everything that its content depends on.

A file begins with the digest of its code: what was cut short or altered is noticed, compiled again and written anew.
Without a folder to write to everything works as well, and each start compiles.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path

import platformdirs

from gpu_core.cuda.nvrtc import Compiled, compile_file, headers, source, version

log = logging.getLogger(__name__)

_MAGIC = b"mien kernels 1\n"
_DIGEST_BYTES = hashlib.sha256().digest_size


class KernelCache:
    """Compiles what it does not find in its folder (None: the user's cache)."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or platformdirs.user_cache_path("mien") / "kernels"
        self._warned = False

    def compiled(self, file: str, architecture: str) -> Compiled:
        """One of `nvrtc.FILES` for an architecture such as "89"; what the compiler said is known only to the first.

        Raises:
            PathUnavailable, CudaError: as `nvrtc.compile_file`.
        """
        path = self.folder / f"{file.partition('.')[0]}-{architecture}-{key(file, architecture)[:32]}"
        if (kept := self._read(path)) is not None:
            return kept
        fresh = compile_file(file, architecture)
        self._write(path, fresh)
        return fresh

    def _read(self, path: Path) -> Compiled | None:
        try:
            content = path.read_bytes()
        except OSError:
            return None
        if (kept := _decoded(content)) is None:
            log.warning("%s is damaged: it is compiled again", path)
        return kept

    def _write(self, path: Path, compiled: Compiled) -> None:
        """Whole or not at all: two processes may write the same file at once."""
        body = f"{compiled.kind}\n".encode() + compiled.code
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, prefix=".writing-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_MAGIC + hashlib.sha256(body).digest() + body)
                os.replace(name, path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            if not self._warned:
                log.warning("compiled kernels cannot be kept, each start compiles them: %s", error)
            self._warned = True


def key(file: str, architecture: str) -> str:
    """Names the machine code of a file: its text, all headers, the architecture and the compiler."""
    digest = hashlib.sha256()
    for part in (version().encode(), architecture.encode(), source(file), *headers().values()):
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


def _decoded(content: bytes) -> Compiled | None:
    """What `_write` wrote, or None."""
    start = len(_MAGIC) + _DIGEST_BYTES
    body = content[start:]
    if content[:start] != _MAGIC + hashlib.sha256(body).digest():
        return None
    kind, _, code = body.partition(b"\n")
    return Compiled(code, kind.decode(), log="")
