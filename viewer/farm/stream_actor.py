"""What runs on a node for a stream: an actor that starts the stream's worker there, and passes on what is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from viewer.farm.nodes import ROOT
from viewer.farm.scratch import scratch
from viewer.farm.shipped_form import ShippedForm
from viewer.streams.launcher import ProcessLauncher, ProcessWorker
from viewer.streams.messages import forms_line
from viewer.streams.values import StreamForm


class StreamActor:
    """Made by Ray; its worker dies with it, however it ends: see `viewer.streams.worker_life`."""

    def __init__(self, module: str, cpus: float) -> None:
        self._threads = max(1, int(cpus))
        self._folder = scratch("stream")
        self._launcher = ProcessLauncher(module, environment={"PYTHONPATH": str(ROOT)})
        self._worker: ProcessWorker | None = None

    def start(self, forms: Sequence[ShippedForm]) -> None:
        """Start the worker."""
        self._worker = self._launcher.start(self._placed(forms))

    def exchange(self, more: Sequence[Sequence[ShippedForm]], *, finish: bool) -> tuple[list[bytes], str | None]:
        """Tell it more forms, or to finish; returns the lines that it said meanwhile, and how it ended if it has."""
        assert self._worker is not None
        for forms in more:
            self._worker.send(forms_line(self._placed(forms)))
        if finish:
            self._worker.finish()
        ended = self._worker.ended()
        lines = self._worker.messages()
        if ended is not None:
            self._worker.kill()
            self._folder.cleanup()
        return lines, ended

    def _placed(self, forms: Sequence[ShippedForm]) -> list[StreamForm]:
        return [form.placed(Path(self._folder.name), self._threads) for form in forms]
