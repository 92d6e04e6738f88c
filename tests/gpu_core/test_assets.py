"""Shipped files are found in a checkout and in an installed package, and missed by name."""

from __future__ import annotations

import pytest

from gpu_core import assets
from gpu_core.errors import MienError


def test_checkout():
    assert assets.resource("shaders").is_dir()
    assert assets.resource() == assets.resources_root()


def test_installed_package_comes_first(tmp_path, monkeypatch):
    (tmp_path / "resources").mkdir()  # a stranger's, beside the package
    (tmp_path / "gpu_core" / "_resources" / "face").mkdir(parents=True)
    monkeypatch.setattr(assets, "_PACKAGE", tmp_path / "gpu_core")
    assert assets.resource("face") == tmp_path / "gpu_core" / "_resources" / "face"


def test_missing_file_is_named():
    with pytest.raises(MienError, match=r"face/nobody\.glb is missing from"):
        assets.resource("face", "nobody.glb")
