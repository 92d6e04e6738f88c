"""With a real GPU and the real TensorRT: plans build, load, infer what ONNX Runtime infers, and become graphs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gpu_core.cuda.driver import Cuda, open_cuda
from gpu_core.errors import PathUnavailable
from gpu_core.neural.library import shipped_models
from gpu_core.plans.backend import Backend, open_backend
from tests.conftest import need
from tests.emulated.plans import hold_against_onnxruntime
from tests.gpu_core.plans.requests import generator

pytestmark = pytest.mark.gpu


@pytest.fixture
def cuda() -> Iterator[Cuda]:
    try:
        opened = open_cuda()
    except PathUnavailable as reason:
        need("GPU", str(reason))
    with opened:
        yield opened


@pytest.fixture
def backend(cuda: Cuda) -> Backend:
    try:
        return open_backend()
    except PathUnavailable as reason:
        need("GPU", str(reason))
        raise


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_a_small_network_at_every_batch(dtype: str, cuda: Cuda, backend: Backend, tmp_path: Path):
    hold_against_onnxruntime(generator(tmp_path, dtype=dtype), backend, cuda, tmp_path / "plans", (1, 2, 4, 16))


def test_a_network_with_a_fixed_batch(cuda: Cuda, backend: Backend, tmp_path: Path):
    hold_against_onnxruntime(generator(tmp_path, batch=1), backend, cuda, tmp_path / "plans", (1,))


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("name", [model.name for model in shipped_models()])
def test_every_shipped_generator(name: str, precision: str, cuda: Cuda, backend: Backend, tmp_path: Path):
    model = next(model for model in shipped_models() if model.name == name).variant(precision)
    assert model is not None
    hold_against_onnxruntime(model, backend, cuda, tmp_path / "plans", (1, 4))
