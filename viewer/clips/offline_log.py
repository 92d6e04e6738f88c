"""Keeps book of a clip's batches until each is encoded: then all of its stages are known, for figures and trace."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace

from gpu_core.frame_record import FrameRecord, record_of
from gpu_core.settings import Frame, StageTime
from viewer.clips.encoder import EncodeSpan
from viewer.clips.offline_figures import ENCODE, Tally


class BatchLog:
    """For the thread that has the engine. `write` gets the record of each batch once it is encoded."""

    def __init__(self, tally: Tally, write: Callable[[FrameRecord], object]) -> None:
        self._tally, self._write = tally, write
        self._open: OrderedDict[int, FrameRecord] = OrderedDict()  # by `Frame.index`, in order
        self._missing: dict[int, int] = {}  # pictures of each that are not encoded yet
        self._faces: dict[int, int] = {}
        self._owners: dict[int, int] = {}  # picture -> `Frame.index`
        self._pictures = self._newest = 0
        self._early: dict[int, tuple[StageTime, ...]] = {}  # told before the batch was added
        self.made = 0  # pictures that are encoded

    def add(self, frame: Frame, stages: Iterable[StageTime], *, faces: int) -> None:
        """A batch whose pictures, the next `faces` ones, are on their way to the encoder."""
        record = record_of(frame, stages=tuple(stages))
        self._open[frame.index] = record.amended(self._early.pop(frame.index, ()))
        self._newest = frame.index
        self._faces[frame.index] = self._missing[frame.index] = faces
        for _ in range(faces):
            self._owners[self._pictures] = frame.index
            self._pictures += 1

    def amend(self, index: int, stages: tuple[StageTime, ...]) -> None:
        """What a device tells late of a batch: it counts instead of the host's time for the same."""
        if (record := self._open.get(index)) is not None:
            self._open[index] = record.amended(stages)
        elif index > self._newest:  # several were collected at once, and this one's turn is yet to come
            self._early[index] = stages

    def encoded(self, spans: Iterable[EncodeSpan]) -> None:
        """Pictures that have been encoded."""
        for span in spans:
            index = self._owners.pop(span.picture)
            record = self._open[index]
            stage = StageTime(ENCODE, span.start_ns, (span.end_ns - span.start_ns) / 1e6)
            self._open[index] = replace(record, stages=(*record.stages, stage), shown_ns=span.end_ns)
            self.made += 1
            self._missing[index] -= 1
            if not self._missing[index]:
                self._close(index)

    def _close(self, index: int) -> None:
        record = self._open.pop(index)
        del self._missing[index]
        faces = self._faces.pop(index)
        if record.steady:
            self._tally.add(record.stages, faces=faces)
        self._write(record)
