"""gpu_core.mps.control: which program, and one line for whatever it does instead of answering."""

from __future__ import annotations

import pytest

from gpu_core.errors import MpsError
from gpu_core.mps import control
from gpu_core.mps.control import NotRunning, ask, last_line, program, read_log
from gpu_core.mps.places import Mps


def test_without_a_driver_one_line_says_so(double, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(control, "_has_driver", lambda: False)
    with pytest.raises(MpsError, match=r"^there is no NVIDIA driver on this machine"):
        program()
    monkeypatch.setattr(control, "_has_driver", lambda: True)
    with pytest.raises(MpsError, match="is not installed: it is in nvidia-compute-utils"):
        program()
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(MpsError, match="on Linux alone"):
        program()


def test_nobody_listens(double):
    with pytest.raises(NotRunning, match=r"no MPS daemon listens in .*others"):
        ask(Mps(double.folder / "others"), "get_server_list")


def test_a_program_that_cannot_be_run(double):
    double.program.write_bytes(b"\x7fELF")
    with pytest.raises(MpsError, match="cannot be run"):
        ask(Mps(double.folder / "others"), "ps")


def test_the_environment_is_the_daemons_and_nothing_else_of_mps(double, monkeypatch):
    monkeypatch.setenv("CUDA_MPS_ACTIVE_THREAD_PERCENTAGE", "10")
    said = control.variables(Mps(double.folder, double.folder / "log"))
    assert {name: value for name, value in said.items() if name.startswith("CUDA_MPS_")} == {
        "CUDA_MPS_PIPE_DIRECTORY": str(double.folder),
        "CUDA_MPS_LOG_DIRECTORY": str(double.folder / "log"),
    }


def test_logs_tell_their_last_words(tmp_path):
    (tmp_path / "server.log").write_text("one\ntwo\n\n")
    assert read_log(Mps(tmp_path, tmp_path), "server.log") == "two"
    assert read_log(Mps(tmp_path, tmp_path), "control.log") == ""
    assert len(last_line("x" * 999)) == 200
