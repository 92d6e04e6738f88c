"""MPS without a GPU: the double of nvidia-cuda-mps-control on the path, and folders for it to listen in."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from gpu_core.mps.processes import daemons

SOURCE = Path(__file__).with_name("control_double.py")
GPU = "GPU-cb1213a3-d6a4-4d4d-8d4d-4d4d4d4d4d00"


class MpsDouble:
    """Steers the double; what it starts is found by its folder and is gone when the fixture ends."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch = folder, monkeypatch
        self.state_file = folder / "state.json"
        bin_folder = folder / "bin"
        bin_folder.mkdir()
        self.program = bin_folder / "nvidia-cuda-mps-control"
        source = SOURCE.read_text(encoding="utf-8").replace("#!/usr/bin/env python3", f"#!{sys.executable} -SE", 1)
        self.program.write_text(source, encoding="utf-8")
        self.program.chmod(0o755)
        for name in ("run", "cache"):
            (folder / name).mkdir(mode=0o700)
        for name, value in {
            "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "CUDA_MPS_PIPE_DIRECTORY": str(folder / "others"),
            "FAKE_MPS_FILE": str(self.state_file),
        }.items():
            monkeypatch.setenv(name, value)

    def behave(self, how: str) -> None:
        """How a daemon that is started from now on behaves, see the source; programs that ask it do as ever."""
        self._monkeypatch.setenv("FAKE_MPS", how)

    def serve(self, servers: Mapping[int, Sequence[int]], status: str = "ACTIVE") -> None:
        """Let the daemon tell of servers and their clients."""
        told = {"servers": {str(server): list(clients) for server, clients in servers.items()}, "status": status}
        self.state_file.write_text(json.dumps(told), encoding="utf-8")

    def running(self) -> list[int]:
        """Process ids of daemons in the double's folders."""
        return [found.pid for found in daemons() if self.folder in found.pipes.parents]


@contextmanager
def mps_double(monkeypatch: pytest.MonkeyPatch) -> Iterator[MpsDouble]:
    """The double on the path, in a folder with a short name: sockets want one. Nothing of it is left afterwards."""
    import psutil

    folder = Path(tempfile.mkdtemp(prefix="mps-", dir="/tmp"))
    double = MpsDouble(folder, monkeypatch)
    try:
        yield double
    finally:
        for pid in double.running():
            psutil.Process(pid).kill()
        shutil.rmtree(folder)
