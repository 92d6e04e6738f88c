"""Tests through the emulated CUDA driver. It is loaded for the whole process, which is therefore one of its own."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import need
from tests.emulation import emulator as emulation
from tests.emulation.build import BUILT, HERE, CannotBuild, built
from tests.emulation.emulator import Emulator

if TYPE_CHECKING:
    from gpu_core.cuda.driver import Cuda
    from gpu_core.face import FaceAsset
    from gpu_core.neural.model import GeneratorModel
    from tests.emulation.lazy_window import LazyGL

FOLDER = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before marks are chosen by
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder runs in the emulated tests' process, and only there."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.emulated)


@pytest.fixture(scope="session")
def loaded_driver() -> Iterator[Emulator]:
    """The driver with the product's kernels and those of its own tests, loaded before anything looks for CUDA."""
    try:
        import cuda.core  # noqa: F401

        driver = emulation.load([driver_test_kernels()])
    except ImportError as error:
        need("EMULATION", f"cuda-python and cuda-core are not installed: {error}")
    except CannotBuild as error:
        need("EMULATION", str(error))
    driver.use_kernels(product_kernels())
    _let_cuda_core_see_all_devices(driver)
    # Every test collects what is unreachable, twice. What has been imported by now need not be looked at each time.
    gc.collect()
    gc.freeze()
    yield driver
    gc.unfreeze()


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> FaceAsset:
    """A small head."""
    from gpu_core.gltf.face import load_face
    from tests.faces import save_head

    return load_face(save_head(tmp_path_factory.mktemp("face")))


@pytest.fixture
def generator(
    emulated_gl: object,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    face: FaceAsset,
) -> GeneratorModel:
    """A small network for that head, whose plan in FP32 is there already."""
    from gpu_core.contract import picture_contract
    from gpu_core.neural.model import load_model
    from gpu_core.settings import EngineSettings
    from tests.emulated.paths import keep_plan, use_double
    from tests.networks import SIZE, save_network

    use_double(monkeypatch, tmp_path_factory.getbasetemp() / "cache")
    model = load_model(save_network(tmp_path, contract=picture_contract(face.sha256)))
    keep_plan(model, EngineSettings(size=SIZE, precision="fp32", path="auto"))
    return model


def driver_test_kernels() -> Path:
    """The library of tests/emulated/driver_kernels.cpp."""
    source = FOLDER / "driver_kernels.cpp"
    return built("driver_kernels.so", [source, HERE / "abi.h"], f'#include "{source}"\n', ["-O1", f"-I{HERE}"])


def product_kernels() -> Path:
    """The library of gpu_core/cuda/*.cu."""
    from tests.emulation.host_kernels import build

    return build(BUILT)


def _let_cuda_core_see_all_devices(driver: Emulator) -> None:
    """cuda.core asks once a thread how many devices there are; `Emulator.devices` comes later."""
    from cuda.core import Device

    driver.devices(8)
    Device(0).set_current()
    driver.start()


@pytest.fixture
def emulator(loaded_driver: Emulator) -> Iterator[Emulator]:
    """The emulated driver, as new; whatever the test leaves behind or does that real drivers forbid fails it."""
    loaded_driver.start()
    yield loaded_driver
    _forget_loss()  # an error, and with its traceback all that was being done
    leaks, misuses = loaded_driver.leaks(), loaded_driver.take_misuses()
    loaded_driver.end()
    assert not leaks, f"left behind: {leaks}"
    assert not misuses, f"forbidden, though the emulated driver went on: {misuses}"


def _forget_loss() -> None:
    """The next test's device is there again."""
    from gpu_core.cuda.calls import forget_loss

    forget_loss()


@pytest.fixture
def emulated_gl(gl_context: object, emulator: Emulator) -> Emulator:
    """The emulated driver, and a headless OpenGL context that is current on this thread."""
    return emulator


@pytest.fixture
def lazy_gl(emulated_gl: Emulator, monkeypatch: pytest.MonkeyPatch) -> LazyGL:
    """The emulated driver in lazy mode, a headless context, and fences that matter, see lazy_window.py."""
    from tests.emulation.lazy_window import LazyGL

    emulated_gl.mode("lazy")
    return LazyGL(emulated_gl, monkeypatch)


@pytest.fixture
def stream(cuda: Cuda) -> Iterator[Any]:
    """A stream of the test's own `cuda`, closed before the driver looks for leaks."""
    stream = cuda.stream()
    yield stream
    stream.close()
