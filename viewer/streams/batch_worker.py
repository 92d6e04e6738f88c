"""Many streams in one process, their faces one batch: one GL context, one engine, an output a face.

    python -m viewer.streams.batch_worker [PARENT]

It speaks as `viewer.streams.worker` does, a status for each of its streams. A later line of forms, of the same streams,
changes their rates: it slows down, or goes back to the rate that was asked for.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from queue import SimpleQueue

from gpu_core.errors import MienError
from viewer.streams.performing import CLOSING_S, StreamFace, begin, opened, play, tell_all
from viewer.streams.reporting import Reporter
from viewer.streams.status_pipe import StatusPipe
from viewer.streams.values import StreamForm
from viewer.streams.worker import serve
from viewer.streams.worker_life import Life
from viewer.streams.worker_load import SharedMeter

_ALIKE = ("size", "face", "generator", "path", "inference", "precision")  # what one engine has once
_LEAST_S = 0.05


class BatchError(MienError):
    """These streams cannot be one batch."""


def main(arguments: Sequence[str]) -> int:
    """Play the streams that standard input asks for, as one batch."""
    return serve(arguments, perform_batch)


def perform_batch(forms: Sequence[StreamForm], life: Life, pipe: StatusPipe, lines: SimpleQueue[bytes]) -> None:
    """Play them until `life` is over.

    Raises:
        MienError: they differ in what a batch has once, or something they ask for cannot be had, or failed.
    """
    check_alike(forms)
    with ExitStack() as owned:
        meter = SharedMeter(len(forms))
        owned.callback(meter.close)
        faces = [StreamFace(form, Reporter(form, pipe, life, way="batch", load=meter)) for form in forms]
        owned.callback(close_all, faces)
        tell_all([face.reporter for face in faces], "loading Mien")
        engine = opened(faces, owned)
        begin(faces)
        life.is_live()
        play(engine, faces, lines)


def check_alike(forms: Sequence[StreamForm]) -> None:
    """See that these streams can share an engine.

    Raises:
        BatchError: they differ in size, face, generator or path.
    """
    for name in _ALIKE:
        if len({getattr(form, name) for form in forms}) > 1:
            raise BatchError(f"the streams of one batch share one engine, and these differ in {name}: choose workers")


def close_all(faces: Sequence[StreamFace]) -> None:
    """Send what is left of all of them; servers that hang cost no more time together than one alone."""
    end_s = time.monotonic() + CLOSING_S
    for face in faces:
        face.close(max(_LEAST_S, end_s - time.monotonic()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
