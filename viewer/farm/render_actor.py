"""What runs on a node: an actor that keeps a warm renderer, and tells how far it is while it renders."""

from __future__ import annotations

import os
import traceback
from dataclasses import replace

from gpu_core.errors import MienError
from viewer.farm.executor import rendered
from viewer.farm.renderer import SegmentRenderer, Warm, limit_threads, worker_settings
from viewer.farm.values import Done, Failed, Job, Work


class RenderActor:
    """Made by Ray on some node; `open` comes first. Problems come back as values: errors of ours cross no machines."""

    def __init__(self, cpus: float) -> None:
        limit_threads(cpus)
        self._cpus = cpus
        self._renderer: SegmentRenderer | None = None

    def open(self, job: Job) -> Warm | str:
        """Warm the engine up; or why that is not possible."""
        self._renderer = SegmentRenderer(replace(job, settings=worker_settings(job.settings, self._cpus)))
        try:
            return self._renderer.open()
        except MienError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 (a library that is missing on this node, for one)
            traceback.print_exc()
            return f"{type(error).__name__}: {error}"

    def render(self, work: Work) -> Done | Failed:
        """One segment."""
        assert self._renderer is not None
        return rendered(self._renderer, work)

    def close(self) -> None:
        """Let go of everything, the files as well."""
        if self._renderer is not None:
            self._renderer.close()

    def made(self) -> int:
        """Frames of the present segment; runs beside `render`."""
        return self._renderer.made if self._renderer else 0

    def pid(self) -> int:
        """This process's number on its node."""
        return os.getpid()
