"""The wheel carries its resources and works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


def pip(*arguments):
    options = ["--quiet", "--no-deps", "--disable-pip-version-check", "--no-index"]
    subprocess.run([sys.executable, "-m", "pip", *arguments, *options], check=True, capture_output=True, text=True)


def installed_mien(site, *arguments):
    """Run the installed command from a strange folder."""
    # PYTHONPATH comes before the editable install, whose checkout would otherwise be found.
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-P", "-m", "viewer", *arguments]
    return subprocess.run(command, cwd=site.parent, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("mien-*.whl"))


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere") / "site"
    pip("install", "--target", str(folder), str(wheel))
    return folder


@pytest.mark.slow
def test_wheel_holds_every_resource_but_the_recipes(wheel):
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/")}
    shipped = {
        f"gpu_core/_resources/{path.relative_to(ROOT / 'resources').as_posix()}"
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and not {"recipes", "__pycache__"} & set(path.parts)
    }
    assert shipped <= inside
    assert not [name for name in inside if "recipes" in name or name.startswith("tests")]


@pytest.mark.slow
def test_installed_command_is_this_wheel(site):
    code = "import gpu_core.assets as a; print(a.resources_root())"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=site.parent, env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(done.stdout.strip()) == site / "gpu_core" / "_resources"
    assert installed_mien(site, "--version").stdout.startswith("mien ")


@pytest.mark.slow
@pytest.mark.gl
@pytest.mark.usefixtures("gl_context")
def test_installed_mien_renders_a_face(site, tmp_path):
    out = tmp_path / "face.png"
    done = installed_mien(site, "render", "--set", "jawOpen=0.5", "--size", "64", "--out", str(out))
    assert done.returncode == 0, done.stderr
    with Image.open(out) as image:
        assert (image.size, image.mode) == ((64, 64), "RGBA")
        assert len(image.getcolors(64 * 64) or ()) > 100
