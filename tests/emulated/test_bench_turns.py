"""A take played on the NVIDIA path for `mien bench pipeline`, emulated: what the device tells late counts."""

from __future__ import annotations

import pytest

from gpu_core.contract import picture_contract
from gpu_core.engine import Engine
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings
from tests.emulated.paths import keep_plan, use_double
from tests.faces import save_head
from tests.networks import SIZE, save_network
from viewer.benches.calibration import Mood
from viewer.benches.fixed_takes import fixed_takes
from viewer.benches.turns import play


@pytest.fixture(autouse=True)
def caches(emulated_gl, monkeypatch, tmp_path_factory):
    use_double(monkeypatch, tmp_path_factory.getbasetemp() / "cache")


def test_stages_of_the_device_are_told_for_every_frame(tmp_path):
    head = load_face(save_head(tmp_path))
    tiny = load_model(save_network(tmp_path, contract=picture_contract(head.sha256)))
    settings = EngineSettings(size=SIZE, path="cuda", precision="fp32")
    keep_plan(tiny, settings)
    take = fixed_takes(6)[-1]
    with Engine(head, tiny, settings) as engine:
        turn = play(engine, take.expressions, mood=Mood(1.0, 1.0), load=None)
        assert engine.path_name == "cuda"
        assert not engine.late_stages(), "all of them were asked for"
    assert turn.frames == 6
    assert {"pose", "render", "infer"} <= set(turn.stages_ms)
    assert all(len(values) == 6 for values in turn.stages_ms.values())
    assert turn.samples()["infer_ms"] > 0
    assert all(value is None or value >= 0 for values in turn.raw()["stages_ms"].values() for value in values)
