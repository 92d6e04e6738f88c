"""`mien bench engines`: that every row runs or says why not. No test asserts a time."""

from __future__ import annotations

import json
import sys

import pytest

from gpu_core.neural.model import load_model
from tests.networks import save_network, save_quantised
from viewer import bench
from viewer.benches import engines
from viewer.benches.engine_row import peak_mb


def test_every_row_is_measured_or_says_why_not(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(engines, "interpreter", lambda engine: _python(engine, tmp_path))
    model = save_network(tmp_path)
    save_quantised(model)
    report = tmp_path / "engines.json"
    assert bench.main(["engines", "--quick", "--model", str(model), "--json", str(report)]) == 0
    rows = {(row["engine"], row["precision"]): row for row in json.loads(report.read_text())["rows"]}
    assert set(rows) == set(engines.ROWS)
    for which in (("ONNX Runtime", "fp32"), ("ONNX Runtime", "int8")):
        assert 0 < rows[which]["median_ms"] <= rows[which]["p95_ms"]
        assert rows[which]["peak_mb"] > 20
        assert rows[which]["batch"] == 1
    assert rows["ONNX Runtime", "fp32"]["times_faster"] == 1.0
    assert "environment" in rows["PyTorch eager", "fp32"]["missing"]
    assert "missing" in capsys.readouterr().out


def _python(engine, folder):
    return folder / "no-torch" if engine == "PyTorch eager" else engines.Path(sys.executable)


def test_without_an_int8_file_its_rows_say_so(tmp_path):
    row = engines.EngineRow(load_model(save_network(tmp_path)), "OpenVINO", "int8", 1)
    assert "tiny.int8.onnx" in row.unavailable()


def test_a_child_that_fails_becomes_the_rows_reason(tmp_path):
    row = engines.EngineRow(load_model(save_network(tmp_path)), "ONNX Runtime", "fp32", 1)
    row.model.path.unlink()
    engines.run_row(row, 1, 0)
    assert row.missing
    assert "missing" in row.figures()


def test_ratios_are_against_onnx_runtime_of_the_same_batch():
    row = {"generator": "g", "engine": "ONNX Runtime", "precision": "fp32", "batch": 1, "median_ms": 30.0}
    other = row | {"engine": "OpenVINO", "median_ms": 10.0}
    alone = other | {"batch": 2}
    _, told, without = engines.with_ratios([row, other, alone])
    assert told["times_faster"] == 3.0
    assert "times_faster" not in without


def test_a_process_knows_its_peak():
    assert 20 < peak_mb() < 50_000


@pytest.mark.parametrize("arguments", [["engines", "--model", "missing.onnx"], ["quality", "--limit", "0"]])
def test_mistakes_are_one_line(arguments):
    from gpu_core.errors import MienError

    with pytest.raises(MienError):
        bench.main(arguments)
