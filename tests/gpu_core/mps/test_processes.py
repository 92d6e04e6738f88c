"""gpu_core.mps.processes: a daemon is told from whatever only bears its name, or its number."""

from __future__ import annotations

import os

import pytest

from gpu_core.mps.processes import PID_FILE, command_of, daemon_of, environment_of, is_daemon, is_there


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["/usr/bin/nvidia-cuda-mps-control", "-d"], True),
        (["nvidia-cuda-mps-control", "-f", "-S"], True),
        (["python3", "-SE", "/opt/nvidia-cuda-mps-control", "-d"], True),
        (["nvidia-cuda-mps-control"], False),  # sends a command
        (["nvidia-cuda-mps-server"], False),
        (["grep", "-d", "nvidia-cuda-mps-control.pid"], False),
        ([], False),
    ],
)
def test_a_daemon_by_its_command_line(command, expected):
    assert is_daemon(command) == expected


@pytest.mark.parametrize("text", ["", "x", "-1", "0", "99999999999999999999", "our own", "1\n2"])
def test_a_file_that_names_no_daemon_is_not_believed(tmp_path, text):
    (tmp_path / PID_FILE).write_text(text.replace("our own", str(os.getpid())))
    assert daemon_of(tmp_path) is None


def test_processes_that_are_gone_say_nothing():
    assert not is_there(1 << 30)
    assert environment_of(1 << 30) == {}
    assert command_of(1 << 30) == ""
    assert is_there(os.getpid())
