"""How the CUDA path comes about: a device, TensorRT, a plan from the cache or built beside, and a tier."""

from __future__ import annotations

from contextlib import ExitStack

from gpu_core.cuda.driver import lose, open_cuda
from gpu_core.cuda.interop import TIERS
from gpu_core.errors import CudaError, GLError, MienError, ModelError, PathUnavailable, PlanError
from gpu_core.neural.auto_path import PlanNotReady
from gpu_core.neural.cuda_path import CudaPath
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.path import NeuralPath
from gpu_core.neural.precisions import file_for_gpu
from gpu_core.plans.backend import open_backend
from gpu_core.plans.build import PlanBuild, PlanDone
from gpu_core.plans.cache import PlanCache
from gpu_core.plans.progress import PlanProgress
from gpu_core.plans.request import LARGEST_BATCH, plan_request
from gpu_core.plans.session import PlanUnusable
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
            self._cache = cache or PlanCache()
            self._request = plan_request(self._model, self._backend, self._cuda.info)
            self._plan = self._cache.get(self._request)
            if self._plan is None:
                self._start_building(owned)
            self._owned = owned.pop_all()

    def _start_building(self, owned: ExitStack) -> None:
        self._plan, self._build = None, owned.enter_context(PlanBuild(self._request, self._cache))

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

    def open(self, below: str = "", why: str = "") -> NeuralPath:
        """Open the path on the first tier that works, under `below`.

        Raises:
            PlanNotReady: the plan from the cache does not load, and another is being built.
            PathUnavailable, CudaError, PlanError: it cannot be had.
        """
        if self._plan is None:
            raise PathUnavailable("its plan is not built yet")
        try:
            return self._tried(self._path(self._plan, below, why))
        except PlanUnusable as error:
            if self._build is not None:
                raise  # made here, just now: another would be no better
            self._cache.drop(self._request, str(error))
            self._start_building(self._owned)
            raise PlanNotReady(f"the plan that was kept is built again: {error}", error.log) from error

    def _path(self, plan: bytes, below: str, why: str) -> NeuralPath:
        """The path itself, not tried yet."""
        return CudaPath(
            self._model,
            self._settings,
            self._cuda,
            self._backend,
            plan,
            below=below or _above(self._settings.tier),
            because=why if below else "chosen by hand",
            reason=why,
        )

    def _tried(self, path: NeuralPath) -> NeuralPath:
        """The path, once it has inferred: TensorRT loads, and TensorRT-RTX compiles, in the first inference."""
        try:
            path.try_out()
        except ModelError as error:
            path.close()
            raise PlanError(str(error)) from error
        except BaseException:
            path.close()
            raise
        return path

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
