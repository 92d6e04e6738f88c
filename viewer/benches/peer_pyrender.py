"""pyrender draws the face: `python -m viewer.benches.peer_pyrender JSON` in the peers' environment prints what it took.

Knows nothing of Mien but the scene that `viewer.benches.peer_scene` has written. pyrender uploads a mesh once and has
no way to change it, so a new expression is a new mesh, as its own documentation does it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

Arrays = dict[str, Any]
DIFFUSE = 0.46  # as in lighting.glsl; pyrender divides by pi, our shader does not


# Name -> samples a pixel of its multisampling, and whether it shades. Four samples are what it always takes.
MODES = {"albedo": (4, False), "albedo, one sample": (0, False), "shaded, one sample": (0, True)}


def main(argument: str) -> None:
    """Draw the `scene` (.npz) at `size` in each of MODES, `runs` times after `warm_up`; pictures go into `output`."""
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")  # read when OpenGL is first imported
    asked = json.loads(argument)
    with np.load(asked["scene"]) as file:
        arrays = {name: file[name] for name in file.files}
    told, pictures = dict[str, Any](), dict[str, Any]()
    for name, (samples, shaded) in MODES.items():
        _use_samples(samples)
        stage = Stage(arrays, asked["size"], shaded=shaded)
        told[f"{name}, still"] = _round(stage.draw, asked["runs"], asked["warm_up"])
        told[f"{name}, moving"] = _round(stage.exchange, asked["runs"], asked["warm_up"])
        pictures[name] = stage.exchange(0)
        told["opengl"] = stage.close()
    np.savez(asked["output"], **pictures)
    json.dump(told, sys.stdout)


def _use_samples(count: int) -> None:
    """pyrender always draws with four samples a pixel and has no option for it."""
    from pyrender import renderer

    def storage(target: int, _samples: int, *rest: int) -> None:
        original(target, count, *rest)

    original = getattr(renderer.glRenderbufferStorageMultisample, "original", renderer.glRenderbufferStorageMultisample)
    storage.original = original  # type: ignore[attr-defined]
    renderer.glRenderbufferStorageMultisample = storage


def _round(step: Callable[[int], object], runs: int, warm_up: int) -> Arrays:
    for number in range(warm_up):
        step(number)
    times, cores = [], time.process_time()
    for number in range(runs):
        start = time.perf_counter_ns()
        step(number)
        times.append((time.perf_counter_ns() - start) / 1e6)
    return {"times_ms": times, "core_ms": (time.process_time() - cores) * 1e3 / runs}


class Stage:
    """The scene: a camera, lights, and the face as one mesh with a primitive a material."""

    def __init__(self, arrays: Arrays, size: int, *, shaded: bool) -> None:
        import pyrender

        self._arrays, self._colours = arrays, arrays["linear_colours" if shaded else "colours"]
        self._drawer = pyrender.OffscreenRenderer(size, size)
        self._flags = pyrender.RenderFlags.RGBA | (0 if shaded else pyrender.RenderFlags.FLAT)
        self._scene = pyrender.Scene(bg_color=[0.0, 0.0, 0.0, 0.0], ambient_light=[float(arrays["ambient"])] * 3)
        camera = pyrender.PerspectiveCamera(yfov=float(arrays["fov"]), znear=float(arrays["near"]), aspectRatio=1.0)
        pose = np.eye(4)
        pose[:3, 3] = arrays["eye"]
        self._scene.add(camera, pose=pose)
        for light in arrays["lights"] if shaded else ():
            self._scene.add(
                pyrender.DirectionalLight(light[4:7], light[3] * np.pi * DIFFUSE), pose=turned_to(light[:3])
            )
        self._materials = [self._material(number) for number in range(int(arrays["groups"]))]
        self._node = self._scene.add(self._mesh(0))

    def draw(self, _expression: int = 0) -> Any:
        """Draw what is there: (size, size, 4) uint8."""
        return self._drawer.render(self._scene, self._flags)[0]

    def exchange(self, expression: int) -> Any:
        """Take another expression for the one that is there, and draw it."""
        self._scene.remove_node(self._node)
        self._node = self._scene.add(self._mesh(expression % len(self._arrays["positions"])))
        return self.draw()

    def close(self) -> str:
        """Let go of OpenGL, and say which it was."""
        from pyrender import renderer

        name = renderer.glGetString(renderer.GL_RENDERER).decode()
        self._drawer.delete()
        return str(name)

    def _material(self, number: int) -> Any:
        import pyrender

        arrays = self._arrays
        picture = arrays.get(f"texture{number}")
        # RGB would come out skewed unless the picture's width is a multiple of four.
        texture = None if picture is None else pyrender.Texture(source=picture, source_channels="RGBA")
        two_sided = bool(arrays[f"two_sided{number}"])
        return pyrender.MetallicRoughnessMaterial(
            baseColorTexture=texture, metallicFactor=0.0, doubleSided=two_sided, alphaMode="OPAQUE"
        )

    def _mesh(self, expression: int) -> Any:
        import pyrender

        primitives = []
        for number, material in enumerate(self._materials):
            first, last = self._arrays[f"vertices{number}"]
            primitives.append(
                pyrender.Primitive(
                    positions=self._arrays["positions"][expression, first:last],
                    normals=self._arrays["normals"][expression, first:last],
                    texcoord_0=self._arrays["uvs"][first:last],
                    color_0=self._colours[first:last],
                    indices=self._arrays[f"triangles{number}"],
                    material=material,
                )
            )
        return pyrender.Mesh(primitives)


def turned_to(direction: Any) -> Any:
    """A pose whose +Z points to `direction`: lights shine along -Z."""
    z = direction / np.linalg.norm(direction)
    x = np.cross([0.0, 1.0, 0.0], z)
    pose = np.eye(4)
    pose[:3, 0] = x / np.linalg.norm(x)
    pose[:3, 1], pose[:3, 2] = np.cross(z, pose[:3, 0]), z
    return pose


if __name__ == "__main__":
    main(sys.argv[1])
