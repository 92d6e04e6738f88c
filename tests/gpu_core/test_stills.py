"""A still larger than OpenGL allows is told in one line."""

from __future__ import annotations

import pytest

from gpu_core.assets import resource
from gpu_core.expression import NEUTRAL
from gpu_core.gl.renderer import Renderer
from gpu_core.gltf.face import load_face
from gpu_core.look import FreeCamera, Look
from gpu_core.settings import View
from gpu_core.stills import draw_still

pytestmark = pytest.mark.gl


def test_it_is_as_large_as_was_asked_for_with_any_look(gl_context: object) -> None:
    with Renderer(load_face(resource("face", "face.glb"))) as renderer:
        for look in (None, Look(), Look(FreeCamera(yaw=90.0))):
            picture = draw_still(renderer, NEUTRAL, View.RENDER, look, 100)
            assert picture.shape == (100, 100, 4)
            assert 0.2 < (picture[..., 3] > 0).mean() < 0.9
