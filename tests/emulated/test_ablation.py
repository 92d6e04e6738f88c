"""`mien bench ablation` on the NVIDIA path: each tier and precision is a row, or says why not. No time is asserted."""

from __future__ import annotations

import pytest

from gpu_core.contract import picture_contract
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings
from tests.emulated.paths import keep_plan, use_double
from tests.faces import save_head
from tests.networks import SIZE, save_network
from viewer.benches import ablation, ablation_scouting

pytest.importorskip("flip_evaluator")


def test_the_rows_of_a_gpu(emulated_gl, monkeypatch, tmp_path, tmp_path_factory):
    use_double(monkeypatch, tmp_path_factory.getbasetemp() / "cache")
    head = load_face(save_head(tmp_path))
    tiny = load_model(save_network(tmp_path, contract=picture_contract(head.sha256)))
    keep_plan(tiny, EngineSettings(size=SIZE, path="cuda", precision="fp32"))
    monkeypatch.setattr(ablation, "ON_CPU", ())
    monkeypatch.setattr(ablation_scouting, "TRIALS", 1)
    monkeypatch.setattr(ablation_scouting, "EXPRESSIONS", 2)
    figures = ablation.measure_ablation(head, tiny, size=SIZE, rounds=1, frames=2, cuda=True)
    rows = {row["name"]: row for row in figures["rows"]}
    names = ["cuda", "cuda pixel buffer", "cuda image", "cuda fp16", "cuda pipelined", "cuda faces"]
    assert list(rows) == ["classic", *names, "full"]
    assert rows["classic"]["engine"].endswith("fp32, synchronous copies"), "the baseline infers on the GPU as well"
    assert {"copy_in", "copy_out", "infer"} <= set(rows["classic"]["stages_ms"])
    assert [rows[name]["settings"]["tier"] for name in names[:3]] == ["host copy", "pixel buffer", "image"]
    assert "no fp16 version" in rows["cuda fp16"]["missing"]
    for name in ("cuda", "cuda pixel buffer", "cuda image", "cuda faces"):
        assert rows[name]["psnr_vs_classic"] > 50
