"""The path that changes: the best that works here, another at the next frame when it fails or a better one is ready.

    nothing of NVIDIA's           -> host, and why
    a plan is cached              -> cuda
    a plan has to be built        -> host meanwhile, cuda as soon as it is there
    cuda fails on a batch         -> that batch once more on the next tier, or on the host: no picture is lost

With `--path cuda` there is no host to fall back to: the render image stands in while a plan is built, and a failure
stops the pictures with its reason. The classic path changes as the automatic one does, from its network on the CPU to
the one on the GPU. Every change is one line in the log and shows in `state`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from gpu_core.errors import CudaError, GLError, InferenceError, MienError, PathUnavailable, PlanCancelled, PlanError
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.path import NeuralPath, Pending, Recorded
from gpu_core.path_state import PathState
from gpu_core.plans.progress import PlanProgress
from gpu_core.settings import StageTime, Traffic
from gpu_core.timing import StageTimer

if TYPE_CHECKING:
    from gpu_core.cuda.nvenc import GpuEncoder

log = logging.getLogger(__name__)

FAILURES = (CudaError, PlanError, GLError, PathUnavailable)


class PlanNotReady(PlanError):
    """The plan that was there is of no use; another is being built."""


class CudaWay(Protocol):
    """How a CUDA path comes about on this machine: device, plan, tier."""

    pictures: frozenset[str]

    def progress(self) -> PlanProgress | None:
        """How far the plan is, None if it is there; never waits.

        Raises:
            PlanError: it cannot be built, or was cancelled.
        """

    def open(self, below: str = "", why: str = "") -> NeuralPath:
        """Open the path; `below` names the tier that failed, `why` what happened.

        Raises:
            PlanNotReady: ask `progress` again.
            PathUnavailable, CudaError, PlanError: it cannot be had.
        """

    def tier_below(self, error: MienError, tier: str) -> str | None:
        """The tier to stay below after an error, or None if CUDA cannot help any more. Remembers lost devices."""

    def cancel(self) -> None:
        """Give up building."""

    def close(self) -> None:
        """Release the device and end a build; idempotent."""


class AutoPath:
    """A `NeuralPath` made of others. `open_host` is None for `--path cuda`, which never changes."""

    def __init__(self, cuda: CudaWay, open_host: Callable[[str], NeuralPath] | None, depth: int) -> None:
        self.depth, self.pictures = depth, cuda.pictures
        self._cuda, self._open_host = cuda, open_host
        self._path: NeuralPath | None = None
        self._host: NeuralPath | None = None  # the path in use, if `open_host` has opened it
        self._pending: Counter[NeuralPath] = Counter()  # batches under way, by path: old paths end with their last one
        self._notify: Callable[[], None] = lambda: None
        self._waiting = True  # for the plan
        self._progress: PlanProgress | None = None
        self._trouble = ""
        try:
            self.advance()
            if self._path is None and open_host is not None:
                self._use_host(open_host, "until the plan for the GPU is built, the CPU runs the generator")
            elif self._trouble and open_host is None:
                raise PathUnavailable(self._trouble)
        except BaseException:
            self.close()
            raise

    @property
    def state(self) -> PathState:
        """The state of the path in use, and how far a plan is."""
        if self._path is not None:
            state = replace(self._path.state, building=self._progress)
            return replace(state, reason=self._trouble) if self._trouble else state
        reason = self._trouble or "the plan for the GPU is being built: the render image stands in"
        return PathState("cuda", reason, "none", building=self._progress, serving=bool(self._trouble))

    def advance(self) -> None:
        """Change to CUDA if its plan is ready by now."""
        if not self._waiting:
            return
        try:
            self._progress = self._cuda.progress()
            if self._progress is not None:
                return
            self._use(self._cuda.open(why="the plan for this GPU is ready" if self._path else ""))
            self._waiting, self._trouble = False, ""
        except PlanNotReady:
            self._progress = self._cuda.progress()
        except FAILURES as error:
            self._waiting, self._progress = False, None
            self._give_up(error)

    def _give_up(self, error: MienError) -> None:
        """There will be no CUDA path: say so. Whoever serves already goes on."""
        cancelled = isinstance(error, PlanCancelled)
        self._trouble = f"{error}; choosing a precision builds it" if cancelled else f"the NVIDIA path is out: {error}"
        log.warning("%s", self._trouble)

    def submit(self, target: TargetSet, timer: StageTimer) -> Pending:
        """Start a batch on the best path there is.

        Raises:
            InferenceError: there is none, with `--path cuda`.
        """
        while True:
            path = self._in_use()
            try:
                pending = path.submit(target, timer)
            except FAILURES as error:
                self._leave(path, error)
                continue
            self._pending[path] += 1
            return _Batch(self, path, target, pending)

    def _in_use(self) -> NeuralPath:
        if self._path is None:
            raise InferenceError(self.state.reason)
        return self._path

    def _leave(self, path: NeuralPath, error: MienError) -> None:
        """Leave a path that failed, for the tier below or the host.

        Raises:
            InferenceError: with `--path cuda`, which stops instead.
        """
        if path is not self._path:
            return  # an earlier batch has failed already, and everybody has left
        if path is self._host:
            raise error  # there is nothing below the host
        below = self._cuda.tier_below(error, path.state.tier)
        self._path = None
        self._retire(path)
        if below is not None and self._open_host is not None:
            try:
                self._use(self._cuda.open(below, f"after {error}"))
                return
            except FAILURES as another:
                error = another
                self._waiting = isinstance(another, PlanNotReady)
        self._give_up(error)
        if self._open_host is None:
            raise InferenceError(self._trouble) from error
        self._use_host(self._open_host, "the CPU runs the generator")

    def _use_host(self, open_host: Callable[[str], NeuralPath], why: str) -> None:
        path = open_host(why)
        self._use(path)
        self._host = path

    def _use(self, path: NeuralPath) -> None:
        old, self._path, self._host = self._path, path, None
        path.on_ready(self._tell)
        log.info("path: %s (%s)", path.state.name, path.state.reason)
        if old is not None:
            self._retire(old)

    def _tell(self) -> None:
        self._notify()

    def _retire(self, path: NeuralPath) -> None:
        """Close a path that is not in use any more, once its last batch has landed."""
        if path is not self._path and not self._pending[path]:
            del self._pending[path]
            path.close()

    def _finish(self, batch: _Batch, timer: StageTimer) -> Pending:
        """Finish a batch; if its path failed, once more and at once on the path that is left."""
        pending = batch.pending
        try:
            pending.finish(timer)
            return pending
        except FAILURES as error:
            self._leave(batch.path, error)
            again = self.submit(batch.target, timer)
            again.finish(timer)
            return again
        finally:
            self._pending[batch.path] -= 1
            self._retire(batch.path)

    def try_out(self) -> None:
        """Run the network once on the path in use."""
        if self._path is not None:
            self._path.try_out()

    def film(
        self, target: TargetSet, face: int, background: tuple[int, int, int], encoder: GpuEncoder | None = None
    ) -> Recorded | None:
        """Begin copying a finished picture by the path in use; whichever has made it."""
        return self._path.film(target, face, background, encoder) if self._path is not None else None

    def cancel_building(self) -> None:
        """Give up the plan that is being built."""
        if self._waiting:
            self._cuda.cancel()

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Have `callback` called whenever a batch has been inferred, on whichever path."""
        self._notify = callback

    def close(self) -> None:
        """Close every path that is still open, then the device; idempotent."""
        self._waiting = False
        for path in {*self._pending, *([self._path] if self._path is not None else [])}:
            path.close()
        self._pending.clear()
        self._cuda.close()


class _Batch:
    """A batch on one of the paths."""

    def __init__(self, owner: AutoPath, path: NeuralPath, target: TargetSet, pending: Pending) -> None:
        self._owner, self.path, self.target, self.pending = owner, path, target, pending

    @property
    def traffic(self) -> Traffic:
        return self.pending.traffic

    def late_stages(self) -> tuple[StageTime, ...] | None:
        return self.pending.late_stages()

    def ready(self) -> bool:
        """True once `finish` would not wait; also if it will fail, which `finish` then deals with."""
        try:
            return self.pending.ready()
        except FAILURES:
            return True

    def finish(self, timer: StageTimer) -> None:
        self.pending = self._owner._finish(self, timer)
