"""The set-up scripts: what is missing is named, a stamp spares the second set-up, the private screen ends in time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the scripts' set-up is for Linux")


@pytest.fixture
def checkout(tmp_path):
    """A folder with what the scripts read."""
    (tmp_path / "packaging").mkdir()
    shutil.copy(ROOT / "packaging" / "environment.sh", tmp_path / "packaging")
    (tmp_path / "packaging" / "system-packages.txt").write_text(
        "# needed\nlibhere\nlibold | libnew  # renamed\nlibgone\n"
    )
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


def bash(checkout, script, **environment):
    """Run a script that has sourced environment.sh."""
    whole = f"set -euo pipefail\nroot={checkout}\nsource $root/packaging/environment.sh\n{script}"
    return subprocess.run(
        ["bash", "-c", whole],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def command(checkout, name, body):
    """Put a stand-in for a system command in front of the path."""
    folder = checkout / "bin"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/bash\n{body}\n")
    (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_missing_packages_are_named_and_not_guessed(checkout):
    # Only libhere is installed; of the renamed one this release knows the new name.
    command(checkout, "dpkg-query", "[[ ${!#} == libhere ]] && echo -n installed")
    command(checkout, "apt-cache", "[[ $2 == libnew || $2 == libgone ]]")
    command(checkout, "id", "echo 1000")
    path = command(checkout, "sudo", "exit 1")
    done = bash(checkout, "ensure_system_packages", PATH=path)
    assert done.returncode == 2
    assert "sudo apt-get install --no-install-recommends libnew libgone\n" in done.stderr
    assert "libhere" not in done.stderr
    assert bash(checkout, "ensure_system_packages", PATH=path, MIEN_SKIP_SYSTEM_PACKAGES="1").returncode == 0


def test_second_start_sets_nothing_up(checkout):
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    told = "make_environment() { echo made; }; ensure_system_packages() { :; }; ensure_environment .venv app x"
    assert bash(checkout, told).stdout == "made\n"
    assert bash(checkout, told).stdout == ""
    with (checkout / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    assert bash(checkout, told).stdout == "made\n"


@pytest.mark.display
def test_private_screen_goes_with_its_owner(checkout):
    done = bash(checkout, 'start_private_screen; echo "$DISPLAY $QT_QPA_PLATFORM"')
    number, platform = done.stdout.split()
    assert platform == "xcb"
    socket = Path(f"/tmp/.X11-unix/X{number[1:]}")
    until = time.monotonic() + 10.0
    while socket.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not socket.exists()
