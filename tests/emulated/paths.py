"""What the tests of the NVIDIA path share: TensorRT's double in place of TensorRT, a cache of their own, engines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gpu_core.cuda.driver import open_cuda
from gpu_core.neural.cuda_path import CudaPath
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.precisions import file_for_gpu
from gpu_core.plans.backend import open_backend
from gpu_core.plans.builder import build_plan
from gpu_core.plans.cache import PlanCache
from gpu_core.plans.messages import Messages
from gpu_core.plans.request import plan_request
from gpu_core.settings import EngineSettings


def use_double(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """TensorRT is its double from here on, and caches are in this folder: kernels take seconds to compile."""
    from tests.emulation.tensorrt import double

    monkeypatch.setitem(sys.modules, "tensorrt", double)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_: folder)


def keep_plan(model: GeneratorModel, settings: EngineSettings) -> bytes:
    """Build a plan in this process and put it into the cache."""
    with open_cuda() as cuda:
        backend = open_backend()
        request = plan_request(file_for_gpu(model, settings), backend, cuda.info)
        plan = build_plan(request, backend, Messages()).plan
    PlanCache().put(request, plan)
    return plan


@contextmanager
def cuda_path(model: GeneratorModel, settings: EngineSettings, below: str = "") -> Iterator[CudaPath]:
    """The NVIDIA path alone, with a plan built here."""
    plan = keep_plan(model, settings)
    with open_cuda() as cuda:
        path = CudaPath(file_for_gpu(model, settings), settings, cuda, open_backend(), plan, below=below)
        try:
            yield path
        finally:
            path.close()
            path.close()
