"""Shipped files with their variants, and caches that cannot be written."""

from __future__ import annotations

import pytest

from gpu_core import assets
from gpu_core.doctor import files
from gpu_core.doctor.files import caches, shipped_files
from tests.faces import save_head
from tests.networks import save_network, save_quantised, sha256


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Shipped files of a test's own: a face, and a place for generators."""
    monkeypatch.setattr(assets, "resources_root", lambda: tmp_path)
    for name in ("face", "models"):
        (tmp_path / name).mkdir()
    save_head(tmp_path / "face")
    return tmp_path / "models"


def test_generators_are_told_with_their_variants(shelf):
    swift = save_network(shelf, "swift")
    save_network(shelf, "swift.fp16", precision="fp16", made_from=sha256(swift))
    save_quantised(swift)
    save_network(shelf, "man-swift")
    finding = shipped_files()
    assert finding.ok, finding.reason
    assert finding.value == "faces: head; generators: man-swift (fp32), swift (fp32, fp16, int8)"


def test_a_variant_of_something_else_is_named(shelf):
    save_network(shelf, "swift")
    save_network(shelf, "swift.int8", precision="int8", made_from="0" * 64)
    finding = shipped_files()
    assert (finding.ok, finding.needed) == (False, False)
    assert finding.reason.startswith("swift.int8.onnx: ")


def test_no_generator_and_a_damaged_one_are_faults(shelf):
    assert "no generator" in shipped_files().reason
    save_network(shelf, "swift").write_bytes(b"damaged")
    finding = shipped_files()
    assert (finding.ok, finding.needed) == (False, True)
    assert "swift.onnx is not the network its card describes" in finding.reason


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The cache folder's place; it does not exist yet."""
    monkeypatch.setattr(files.platformdirs, "user_cache_path", lambda name: tmp_path / "cache" / name)
    return tmp_path / "cache" / "mien"


def test_a_cache_that_can_be_made_is_well(cache):
    assert caches().ok
    cache.mkdir(parents=True)
    assert caches().ok


@pytest.mark.parametrize("name", ["plans", "kernels"])
def test_either_cache_that_cannot_be_written_is_named(cache, name):
    cache.mkdir(parents=True)
    (cache / name).write_text("a file where a folder should be: nobody, not even root, writes into it")
    finding = caches()
    assert (finding.ok, finding.needed) == (False, False)
    assert str(cache / name) in finding.reason
    assert "XDG_CACHE_HOME" in finding.remedy


def test_a_full_disk_is_said(cache, monkeypatch):
    monkeypatch.setattr(files, "ROOM_MB", 1 << 40)
    assert "MB are free there" in caches().reason
