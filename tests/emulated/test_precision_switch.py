"""FP32 and FP16 by turns in the window on the NVIDIA path: the face goes on, and the difference is told."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings
from tests.emulated.paths import keep_plan
from tests.emulated.test_window import edit, face, model, open_cockpit, state_of  # noqa: F401
from tests.emulation.tensorrt.faults import misbehaving
from tests.networks import SIZE, save_graph, save_network, sha256, tensor
from tests.viewer.conftest import no_garbage_for_others, qapp  # noqa: F401

pytestmark = pytest.mark.display
FP32 = EngineSettings(size=SIZE, precision="fp32")
STEP = 3  # of 255: what the FP16 file gets wrong here, everywhere


@pytest.fixture
def half(model):  # noqa: F811
    """An FP16 file beside the FP32 one, whose red is some steps too bright; the model with it."""
    from onnx import helper

    weight, bias = np.zeros((4, 6, 1, 1), np.float32), np.array([STEP / 255, 0, 0, 1], np.float32)
    weight[0, 3], weight[1, 4], weight[2, 5] = 1.0, 0.5, 1.0
    path = save_graph(
        save_network(model.path.parent, "tiny.fp16", precision="fp16", made_from=sha256(model.path)),
        [helper.make_node("Conv", ["pair", "weight", "bias"], ["face"])],
        [tensor("pair", ["batch", 6, SIZE, SIZE])],
        [tensor("face", ["batch", 4, SIZE, SIZE])],
        {"weight": weight, "bias": bias},
    )
    card = path.with_suffix(".json")
    card.write_text(json.dumps(json.loads(card.read_text()) | {"sha256": sha256(path)}))
    return load_model(model.path)


def test_both_plans_are_there_and_the_difference_is_told(open_cockpit, qtbot, half):  # noqa: F811
    for precision in ("fp32", "fp16"):
        keep_plan(half, replace(FP32, precision=precision))
    cockpit = open_cockpit()
    with qtbot.waitSignal(cockpit.comparing.compared, timeout=20_000) as compared:
        cockpit.set_precision("fp16")
    found = compared.args[0]
    assert [title[-4:] for title in found.titles] == ["fp32", "fp16"]
    assert found.largest == STEP
    assert state_of(cockpit).engine.endswith("fp16")
    edit(cockpit, qtbot, 0.3)
    with qtbot.waitSignal(cockpit.comparing.compared, timeout=20_000) as compared:
        cockpit.set_precision("fp32")
    assert compared.args[0].largest == STEP


def test_a_plan_that_is_built_first_is_compared_afterwards(open_cockpit, qtbot, half, monkeypatch, tmp_path):  # noqa: F811
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_: tmp_path / "empty")
    keep_plan(half, FP32)
    cockpit = open_cockpit()
    assert state_of(cockpit).engine.endswith("fp32")
    with misbehaving(step_s=0.05), qtbot.waitSignal(cockpit.comparing.compared, timeout=60_000) as compared:
        cockpit.set_precision("fp16")
        qtbot.waitUntil(lambda: state_of(cockpit).building is not None, timeout=10_000)
        edit(cockpit, qtbot, 0.5)  # the host runs it meanwhile
        assert state_of(cockpit).name == "host"
    assert compared.args[0].largest == STEP
    assert state_of(cockpit).engine.endswith("fp16")
