"""viewer.look.memory: a look there and back as text, and whatever else stands there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.gl.scene import light_constants
from gpu_core.look import TRAINED, FreeCamera, Look
from gpu_core.settings import Lighting
from viewer.look.backdrop import Background
from viewer.look.light_presets import PRESETS
from viewer.look.memory import from_text, to_text

LOOK = Look(FreeCamera(30.0, -5.0, 9.0, 50.0, (0.5, -0.25)), PRESETS["Rembrandt"])
BEHIND = Background("picture", (1, 2, 3), Path("/a b/图.png"), "fit")
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(
        ["camera", "lighting", "background", "yaw", "pitch", "distance", "lens_mm", "pan", "lights", "ambient", "kind",
         "direction", "intensity", "colour", "path", "fit"]), inner, max_size=5),
    max_leaves=30,
)  # fmt: skip


def test_there_and_back() -> None:
    assert from_text(to_text(LOOK, BEHIND)) == (LOOK, BEHIND)
    assert from_text(to_text(TRAINED, Background())) == (TRAINED, Background())


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "null", "[" * 100_000, '{"camera": 3, "lighting": [], "background": ""}']
)
def test_nonsense_is_as_it_was_at_first(text: str) -> None:
    assert from_text(text) == (TRAINED, Background())


def test_one_part_of_nonsense_leaves_the_others() -> None:
    told = json.loads(to_text(LOOK, BEHIND))
    told["lighting"]["lights"][0]["intensity"] = 1e9
    assert from_text(json.dumps(told)) == (Look(LOOK.camera, Lighting()), BEHIND)
    told["background"]["colour"] = [1, 2, 999]
    told["lighting"]["lights"] *= 3
    assert from_text(json.dumps(told)) == (Look(LOOK.camera, Lighting()), Background())


@given(JSON)
def test_whatever_is_told_can_be_drawn(told: object) -> None:
    look, _ = from_text(json.dumps(told))
    assert look.camera == look.camera.clamped()
    light_constants(look.lighting)
