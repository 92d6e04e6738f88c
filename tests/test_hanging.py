"""tests.conftest: no test may hang for ever, nor may what clears up after one that has failed."""

from __future__ import annotations

import configparser
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
INI = f"[pytest]\npythonpath = {ROOT}\nfaulthandler_timeout = 0.5\nfaulthandler_exit_on_timeout = true\n"
TEST = """
import threading
import pytest

@pytest.fixture
def never_cleared_up():
    yield
    threading.Event().wait()

def test_that_fails(never_cleared_up):
    raise ValueError
"""


def test_a_failed_test_that_is_never_cleared_up_ends_with_its_traceback(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(INI)
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_exception_interact\n")
    (tmp_path / "test_it.py").write_text(TEST)
    plain = [argument for name in ("xvfb", "xdist", "pytest-qt", "cacheprovider") for argument in ("-p", f"no:{name}")]
    command = [sys.executable, "-m", "pytest", *plain, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 1
    assert "Timeout" in done.stderr
    assert "in never_cleared_up" in done.stderr


def of_the_project() -> Mapping[str, object]:
    options: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    return options


def of_the_hardware_check() -> Mapping[str, object]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "tests/hardware/pytest.ini")
    return parser["pytest"]


@pytest.mark.parametrize("options", [of_the_project(), of_the_hardware_check()])
def test_nobody_looks_at_threads_that_go_on_running(options: Mapping[str, object]) -> None:
    """The watch reads the frames of threads that run meanwhile, and now and then crashes: it may do so at the end."""
    assert "faulthandler_timeout" in options
    assert str(options["faulthandler_exit_on_timeout"]).lower() == "true"
