"""The check on real hardware, as far as it can be tried without any: nothing of it may die of a slip."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from tests.emulation.mps.double import GPU, mps_double
from tests.hardware import ncu_table
from viewer.benches.kernels import cases

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCRIPT = (HERE / "check.sh").read_text()


def test_the_script_is_sound_and_names_what_is_there():
    subprocess.run(["bash", "-n", HERE / "check.sh"], check=True)
    for module in re.findall(r"-m tests\.hardware\.(\w+)", SCRIPT):
        assert (HERE / f"{module}.py").is_file(), module
    for path in re.findall(r"\btests/[\w/]+(?:\.py|\.ini)?", SCRIPT):
        assert (ROOT / path).exists() or path == "tests/hardware/check", path


def test_markers_are_those_of_the_project():
    ours = configparser.ConfigParser()
    ours.read(HERE / "pytest.ini")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["markers"]
    names = [line.partition(":")[0] for line in ours["pytest"]["markers"].strip().splitlines()]
    assert sorted(names) == sorted(line.partition(":")[0] for line in project)


@pytest.mark.soak
@pytest.mark.gl
def test_mps_is_checked_from_end_to_end_with_doubles(monkeypatch, tmp_path):
    """The host path in place of CUDA, and a double of the daemon: figures mean nothing, that it ends well does."""
    with mps_double(monkeypatch) as double:
        command = [sys.executable, "-m", "tests.hardware.mps_check", "--path", "host", "--gpu", GPU, "--seconds", "0.5"]
        done = subprocess.run(
            [*command, "--json", tmp_path / "mps.json"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=160,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads((tmp_path / "mps.json").read_text())
        assert told["gone"]
        assert not double.running()
    assert len(told["off"]) == len(told["on"]) == 2
    assert told["asked"]["state"]["answers"]
    assert told["killed"]["said"] == ["stream 1 was killed by signal 9 and took nothing along"]


def test_what_ncu_counted_is_beside_what_is_needed(tmp_path, monkeypatch, capsys):
    columns = ["ID", "Kernel Name", *ncu_table.COLUMNS]
    lines = [columns, ["", "", *["unit"] * len(ncu_table.COLUMNS)]]
    lines += [
        [str(number), f"{case.kernel}(args)", *["0.25"] * (len(columns) - 2)] for number, case in enumerate(cases())
    ]
    text = "==PROF== noise\n" + "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    (tmp_path / "ncu.csv").write_text(text)
    monkeypatch.setattr(sys, "argv", ["ncu_table", str(tmp_path / "ncu.csv")])
    ncu_table.main()
    assert capsys.readouterr().out.count("0.25") == len(cases()) * len(ncu_table.COLUMNS)


def test_pictures_are_compared_step_by_step(tmp_path, capsys):
    pytest.importorskip("PIL")
    from tests.hardware.pictures import compare

    wanted = np.zeros((8, 8, 4), np.uint8)
    found = wanted.copy()
    found[0, 0, 1] = 20
    compare("one", found, wanted, tmp_path)
    told = capsys.readouterr().out
    assert "largest 20" in told
    assert "1.562% beyond 16, 0.000% beyond 40" in told
    assert (tmp_path / "one.png").exists()


def test_a_network_in_pytorch_moves_all_of_its_weights():
    torch = pytest.importorskip("torch")
    from viewer.benches.torch_network import TorchNetwork

    network = TorchNetwork(ROOT / "resources" / "models" / "swift.onnx")
    pair = torch.rand(1, 6, 512, 512, generator=torch.Generator().manual_seed(0))
    before = network({"pair": pair})
    network.move(lambda tensor: tensor.double())
    assert network({"pair": pair.double()}).dtype == torch.float64
    assert float((network({"pair": pair.double()}) - before).abs().max()) < 1e-4
