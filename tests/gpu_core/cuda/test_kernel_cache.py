"""Compiled kernels on disk: found again, never believed blindly, never needed."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from gpu_core.cuda import kernel_cache
from gpu_core.cuda.kernel_cache import KernelCache
from gpu_core.cuda.nvrtc import Compiled

FILE = "compare.cu"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The architectures that the compiler was asked for; it answers with them."""
    seen: list[str] = []

    def compile_file(_file: str, architecture: str) -> Compiled:
        seen.append(architecture)
        return Compiled(f"code for {architecture}".encode(), "cubin", "log")

    monkeypatch.setattr(kernel_cache, "compile_file", compile_file)
    monkeypatch.setattr(kernel_cache, "version", lambda: "13.5")
    return seen


def test_what_was_compiled_once_is_found_again(tmp_path: Path, asked: list[str]) -> None:
    first = KernelCache(tmp_path).compiled(FILE, "89")
    again = KernelCache(tmp_path).compiled(FILE, "89")
    assert (first.code, first.kind) == (again.code, again.kind) == (b"code for 89", "cubin")
    assert asked == ["89"]
    assert len(list(tmp_path.iterdir())) == 1


def test_each_architecture_compiler_and_source_has_its_own(
    tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = KernelCache(tmp_path)
    cache.compiled(FILE, "89")
    cache.compiled(FILE, "75")
    monkeypatch.setattr(kernel_cache, "version", lambda: "13.6")
    cache.compiled(FILE, "89")
    monkeypatch.setattr(kernel_cache, "headers", lambda: {"pictures.cuh": b"changed"})
    cache.compiled(FILE, "89")
    assert asked == ["89", "75", "89", "89"]


@pytest.mark.parametrize("damage", [lambda b: b[:-3], lambda b: b[:-1] + b"x", lambda _: b"", lambda b: b"x" + b[1:]])
def test_a_damaged_file_is_made_again_with_one_line(
    tmp_path: Path, asked: list[str], damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    KernelCache(tmp_path).compiled(FILE, "89")
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert KernelCache(tmp_path).compiled(FILE, "89").code == b"code for 89"
    assert [record.getMessage() for record in caplog.records] == [f"{path} is damaged: it is compiled again"]
    assert KernelCache(tmp_path).compiled(FILE, "89").code == b"code for 89"
    assert asked == ["89", "89"]


def test_a_folder_that_cannot_be_written_costs_one_warning(
    tmp_path: Path, asked: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    cache = KernelCache(tmp_path / "file" / "kernels")
    with caplog.at_level(logging.WARNING):
        assert cache.compiled(FILE, "89").code == b"code for 89"
        assert cache.compiled(FILE, "75").code == b"code for 75"
    assert len(caplog.records) == 1
    assert "cannot be kept" in caplog.text


def test_nothing_half_written_stays(tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(kernel_cache.os, "replace", fail)
    assert KernelCache(tmp_path).compiled(FILE, "89").code == b"code for 89"
    assert not list(tmp_path.iterdir())
