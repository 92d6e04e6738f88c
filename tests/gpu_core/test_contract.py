"""The hash that ties a generator to what was drawn for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpu_core.assets import resource
from gpu_core.contract import PICTURE_SHADERS, picture_contract
from gpu_core.gl.renderer import Renderer
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import load_model
from gpu_core.settings import Camera, Light, Lighting


def test_it_follows_face_camera_and_light():
    hashes = {
        picture_contract("face"),
        picture_contract("another face"),
        picture_contract("face", Camera(distance=12.0)),
        picture_contract("face", lighting=Lighting(ambient=(0.3, 0.0))),
        picture_contract("face", lighting=Lighting(lights=(Light((0, 0, 1), 1.0, (1, 1, 1)),))),
    }
    assert len(hashes) == 5
    assert picture_contract("face") == picture_contract("face", Camera(), Lighting())


@pytest.mark.parametrize("name", PICTURE_SHADERS)
def test_it_follows_every_shader(name, monkeypatch, tmp_path):
    changed = tmp_path / name
    changed.write_text(resource("shaders", name).read_text() + "\n// changed\n")
    before = picture_contract("face")
    monkeypatch.setattr("gpu_core.contract.resource", lambda *parts: changed if parts[-1] == name else resource(*parts))
    assert picture_contract("face") != before


def test_every_shader_that_draws_the_pair_is_in_it(gl_context, monkeypatch):
    used = set()
    from gpu_core.gl import shaders

    read = shaders.shader_source.__wrapped__
    shaders.shader_source.cache_clear()
    monkeypatch.setattr(shaders, "shader_source", lambda name: used.add(name) or read(name))
    Renderer(load_face(resource("face", "face.glb"))).close()
    assert used == set(PICTURE_SHADERS)


def test_the_shipped_generator_was_trained_on_what_is_drawn_today():
    face = load_face(resource("face", "face.glb"))
    assert load_model(resource("models", "swift.onnx")).contract == picture_contract(face.sha256)


def test_a_lighting_is_a_value():
    assert replace(Lighting()) == Lighting()
