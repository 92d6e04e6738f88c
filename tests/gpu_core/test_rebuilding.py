"""What other settings take to build: what differs, and nothing left over when it cannot be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpu_core import rebuilding
from gpu_core.assets import resource
from gpu_core.errors import PathUnavailable
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from gpu_core.rebuilding import rebuild, sets_for
from gpu_core.settings import EngineSettings
from tests.networks import SIZE, save_network

pytestmark = pytest.mark.gl
SETTINGS = EngineSettings(size=SIZE, precision="fp32", inference="onnxruntime", path="host")


@pytest.fixture(scope="module")
def face():
    return load_face(resource("face", "face.glb"))


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({}, {"opened"}),
        ({"faces": 2}, {"sets", "opened"}),
        ({"depth": 3}, {"sets", "opened"}),
        ({"precision": "auto"}, {"opened"}),
        ({"posing": "cpu"}, {"renderer"}),
    ],
)
def test_only_what_differs_is_built(gl_context, tmp_path, face, changes, parts):
    after = replace(SETTINGS, **changes)
    rebuilt = rebuild(SETTINGS, after, face=face, generator=load_model(save_network(tmp_path)))
    assert {name for name, part in vars(rebuilt).items() if part} == parts
    assert len(rebuilt.sets) == (after.depth + 2 if rebuilt.sets else 0)
    for target in rebuilt.sets:
        target.close()
    if rebuilt.renderer is not None:
        rebuilt.renderer.close()
    if rebuilt.opened is not None:
        rebuilt.opened.close()


def test_what_was_built_is_gone_when_the_rest_fails(gl_context, monkeypatch, face):
    made = []

    def noted(settings):
        made.extend(sets_for(settings))
        return made

    def refuse(*_):
        raise PathUnavailable("not here")

    monkeypatch.setattr(rebuilding, "sets_for", noted)
    monkeypatch.setattr(rebuilding, "open_tried", refuse)
    with pytest.raises(PathUnavailable, match="not here"):
        rebuild(SETTINGS, replace(SETTINGS, faces=2), face=face, generator=None)
    assert len(made) == SETTINGS.depth + 2
    assert not any(target.textures for target in made)
