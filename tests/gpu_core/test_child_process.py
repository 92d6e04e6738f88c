"""gpu_core.child_process: a child imports what its parent does, wherever it is started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gpu_core.child_process import module_command, module_environment


def test_what_lies_in_the_current_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('the wrong json')")
    package = tmp_path / "elsewhere" / "shows"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "told.py").write_text("import json, sys\nprint(json.dumps(sys.argv[1:]), sys.flags.dev_mode)")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "elsewhere"), *sys.path])
    command = module_command("shows.told", "a", "b", options=("-X", "dev"))
    told = subprocess.run(command, cwd=tmp_path, env=module_environment(), capture_output=True, text=True, check=True)
    assert told.stdout == '["a", "b"] True\n'


def test_where_this_process_looks_first_its_child_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", "/somewhere"])
    assert module_environment()["PYTHONPATH"] == f"{tmp_path}:/somewhere"
