"""Which TensorRT there is, and the reason for each "none"."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from gpu_core.errors import PathUnavailable
from gpu_core.plans.backend import FLAVOURS, USED_API, missing_api, open_backend


def fake(name: str, version: str, *, without: str = "") -> ModuleType:
    """A module with all of the API but one member."""
    module = ModuleType(name)
    module.__version__ = version
    for kind, members in USED_API.items():
        there = [member for member in members if f"{kind}.{member}" != without]
        setattr(module, kind, SimpleNamespace(**dict.fromkeys(there)))
    return module


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No TensorRT, whatever this machine has."""
    for flavour in FLAVOURS:
        monkeypatch.setitem(sys.modules, flavour, None)


def test_without_any_the_remedy_is_named():
    with pytest.raises(PathUnavailable, match=r"^TensorRT is not installed: pip install 'mien\[cuda\]'$"):
        open_backend()


def test_tensorrt_goes_before_rtx(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "tensorrt_rtx", fake("tensorrt_rtx", "1.7.1.116"))
    assert (open_backend().title, open_backend().is_rtx) == ("TensorRT-RTX 1.7.1", True)
    monkeypatch.setitem(sys.modules, "tensorrt", fake("tensorrt", "11.4.0.106"))
    assert (open_backend().title, open_backend().is_rtx) == ("TensorRT 11.4.0", False)
    assert open_backend("tensorrt_rtx").is_rtx


@pytest.mark.parametrize(
    ("version", "good"), [("10.12.0.36", True), ("10.11.9", False), ("8.6.1", False), ("12.0", True)]
)
def test_it_has_to_know_strongly_typed_networks(version: str, good: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "tensorrt", fake("tensorrt", version))
    if good:
        assert open_backend().version == version
    else:
        with pytest.raises(PathUnavailable, match=r"too old: 10\.12 or later is needed"):
            open_backend()


def test_what_a_later_version_dropped_is_named(monkeypatch: pytest.MonkeyPatch):
    module = fake("tensorrt", "13.0.0", without="IExecutionContext.execute_async_v3")
    assert missing_api(module) == ["IExecutionContext.execute_async_v3"]
    monkeypatch.setitem(sys.modules, "tensorrt", module)
    with pytest.raises(PathUnavailable, match=r"TensorRT 13\.0\.0 no longer has IExecutionContext\.execute_async_v3"):
        open_backend()


@pytest.mark.parametrize(
    "error", [ImportError("libnvinfer.so.11: cannot open shared object file"), ModuleNotFoundError("x", name="numpy")]
)
def test_half_an_installation_is_not_called_none(error: ImportError, monkeypatch: pytest.MonkeyPatch):
    def broken(name: str) -> ModuleType:
        raise error

    monkeypatch.setattr("gpu_core.plans.backend.import_module", broken)
    with pytest.raises(PathUnavailable, match=r"^tensorrt is installed but does not load"):
        open_backend()
