"""How the CUDA path comes about: a device, TensorRT, a plan from the cache or built beside, and a tier."""

from __future__ import annotations

from contextlib import ExitStack

from gpu_core.cuda.driver import lose, open_cuda
from gpu_core.cuda.interop import TIERS
from gpu_core.errors import CudaError, GLError, MienError, PathUnavailable
from gpu_core.neural.cuda_path import CudaPath
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.precisions import file_for_gpu
from gpu_core.plans.backend import open_backend
from gpu_core.plans.build import PlanBuild, PlanDone
from gpu_core.plans.cache import PlanCache
from gpu_core.plans.progress import PlanProgress
from gpu_core.plans.request import LARGEST_BATCH, plan_request
from gpu_core.settings import EngineSettings


class PlannedCuda:
    """The `CudaWay` of this machine. Opened on the thread whose GL context is current, and used there.

    Raises:
        PathUnavailable: no device, no TensorRT, or no file in that precision; the text says which and what to do.
        PlanError: the build cannot be started.
    """

    def __init__(self, model: GeneratorModel, settings: EngineSettings, cache: PlanCache | None = None) -> None:
        self._model, self._settings = file_for_gpu(model, settings), settings
        self.pictures = self._model.signature.pictures
        if settings.faces > LARGEST_BATCH:
            raise PathUnavailable(
                f"the NVIDIA path takes {LARGEST_BATCH} faces at once, {settings.faces} were asked for"
            )
        self._build: PlanBuild | None = None
        with ExitStack() as owned:
            self._cuda = owned.enter_context(open_cuda())
            self._backend = open_backend()
            cache = cache or PlanCache()
            request = plan_request(self._model, self._backend, self._cuda.info)
            self._plan = cache.get(request)
            if self._plan is None:
                self._build = owned.enter_context(PlanBuild(request, cache))
            self._owned = owned.pop_all()

    def progress(self) -> PlanProgress | None:
        """How far the plan is, None if it is there; never waits.

        Raises:
            PlanError: it cannot be built, or was cancelled.
        """
        if self._plan is None and self._build is not None:
            told = self._build.poll()
            if not isinstance(told, PlanDone):
                return told
            self._plan = told.plan
        return None

    def open(self, below: str = "", why: str = "") -> CudaPath:
        """Open the path on the first tier that works, under `below`.

        Raises:
            PathUnavailable, CudaError, PlanError: it cannot be had.
        """
        if self._plan is None:
            raise PathUnavailable("its plan is not built yet")
        below = below or _above(self._settings.tier)
        return CudaPath(self._model, self._settings, self._cuda, self._backend, self._plan, below=below, reason=why)

    def tier_below(self, error: MienError, tier: str) -> str | None:
        """The tier to stay below after an error, or None if CUDA cannot help any more. Remembers a lost device."""
        if isinstance(error, CudaError) and error.is_sticky:
            lose(error)
            return None
        of_the_passage = isinstance(error, GLError) or (isinstance(error, CudaError) and error.is_interop)
        return tier if of_the_passage and tier in TIERS[:-1] else None

    def cancel(self) -> None:
        """Give up building."""
        if self._build is not None:
            self._build.cancel()

    def close(self) -> None:
        """End a build and release the device; idempotent."""
        self._owned.close()


def _above(tier: str) -> str:
    """The tier above the one that was asked for: that is what `below` takes. "" for the best there is.

    Raises:
        PathUnavailable: there is no such tier.
    """
    if tier == "auto":
        return ""
    if tier not in TIERS:
        raise PathUnavailable(f"unknown tier {tier!r}: choose one of auto, {', '.join(TIERS)}")
    return ("", *TIERS)[TIERS.index(tier)]
