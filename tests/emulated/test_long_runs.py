"""Minutes of the NVIDIA path under random failures: every frame is right, and nothing is left behind."""

from __future__ import annotations

import random
import time

import pytest

from gpu_core.contract import picture_contract
from gpu_core.cuda.calls import forget_loss
from gpu_core.engine import Engine
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from tests.emulated.paths import keep_plan, use_double
from tests.emulated.test_failures import ASKED, LEFT_OPEN, LOST, OPENING, PASSAGE, WORK, draw, settings
from tests.faces import save_head
from tests.networks import save_network

pytestmark = pytest.mark.soak
SECONDS = 45.0
CODES = (2, 219, 304)  # 999 means that the device is lost, where it does not come from OpenGL


def test_random_failures_cost_no_picture_and_leak_nothing(emulated_gl, monkeypatch, tmp_path):
    use_double(monkeypatch, tmp_path / "cache")
    face = load_face(save_head(tmp_path))
    model = load_model(save_network(tmp_path, contract=picture_contract(face.sha256)))
    keep_plan(model, settings())
    chance, until, engines, ends = random.Random(4), time.monotonic() + SECONDS, 0, set()
    while time.monotonic() < until:
        with Engine(
            face, model, settings(depth=chance.randint(1, 3), tier=chance.choice(("auto", "host copy")))
        ) as engine:
            for _ in range(chance.randint(1, 4)):
                api = chance.choice((*PASSAGE, *WORK, *ASKED, *OPENING))
                if chance.random() < 0.1:
                    emulated_gl.lose(api, LOST, nth=chance.randint(1, 5))
                elif api not in LEFT_OPEN:
                    emulated_gl.fail(api, chance.choice(CODES), nth=chance.randint(1, 5))
                draw(engine, chance.randint(1, 6))
            ends.add(engine.path_state.name)
        engines += 1
        assert not emulated_gl.leaks()
        emulated_gl.start()
        forget_loss()
    assert engines > 20
    assert ends == {"cuda", "host"}
