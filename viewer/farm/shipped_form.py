"""A stream's form on its way to another machine: with its files, and its moments on a clock that both have."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from viewer.farm.inputs import ShippedFiles, shipped_face, shipped_generator
from viewer.performance.builtin import BUILTIN
from viewer.streams.values import StreamForm

Clock = Callable[[], float]


@dataclass(frozen=True)
class ShippedForm:
    """`form` without what only its own machine has: files, and times of its monotonic clock."""

    form: StreamForm
    face: ShippedFiles | None
    generator: ShippedFiles | None
    source: ShippedFiles | None  # None: a performance's name
    epoch_unix_s: float  # 0: at once

    def placed(
        self, folder: Path, threads: int, *, wall: Clock = time.time, monotonic: Clock = time.monotonic
    ) -> StreamForm:
        """The form as it is on this machine; its files are written into `folder`.

        Raises:
            OSError: they cannot be written.
        """
        epoch_s = self.epoch_unix_s - wall() + monotonic() if self.epoch_unix_s else 0.0
        return replace(
            self.form, threads=threads, epoch_s=epoch_s,
            face=self.face.unpack(folder) if self.face else None,
            generator=self.generator.unpack(folder) if self.generator else None,
            source=str(self.source.unpack(folder)) if self.source else self.form.source,
        )  # fmt: skip


def shipped(form: StreamForm, *, wall: Clock = time.time, monotonic: Clock = time.monotonic) -> ShippedForm:
    """Pack a form.

    Raises:
        MienError: one of its files cannot be read.
    """
    epoch_s = form.epoch_s - monotonic() + wall() if form.epoch_s else 0.0
    source = None if form.source in BUILTIN else shipped_face(Path(form.source))
    bare = replace(form, face=None, generator=None)
    return ShippedForm(bare, shipped_face(form.face), shipped_generator(form.generator), source, epoch_s)
