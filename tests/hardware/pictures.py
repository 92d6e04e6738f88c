"""Golden pictures on this machine's OpenGL, against llvmpipe's; and the generated face on the GPU against the host's.

python -m tests.hardware.pictures FOLDER      pictures, and differences times 8, beside each other
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gpu_core.assets import DEFAULT_FACE, resource
from gpu_core.engine import Engine
from gpu_core.gl.context import headless_context
from gpu_core.gltf.face import load_face
from gpu_core.neural.library import generator_for
from gpu_core.settings import EngineSettings, FrameRequest, View
from tests.gpu_core.gl.test_renderer import POSES, draw

REFERENCES = Path(__file__).parents[1] / "references"
AMPLIFIED = 8


def main() -> None:
    """Draw, compare, keep."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    face = load_face(resource(*DEFAULT_FACE))
    with headless_context() as info:
        print(info.renderer, info.version, sep=", ")
        for name, pose in POSES.items():
            drawn = draw(face, (pose,))
            pair = np.hstack([drawn[View.TEXTURE], drawn[View.RENDER]])
            with Image.open(REFERENCES / f"pair-{name}.png") as file:
                compare(f"pair-{name}", pair, np.asarray(file), folder)
        compare_paths(face, folder)


def compare_paths(face: Any, folder: Path) -> None:
    """The same face by the NVIDIA path and by the host path, both drawn here."""
    made = {}
    for path, precision in (("cuda", "fp16"), ("cuda", "fp32"), ("host", "fp32")):
        settings = EngineSettings(path=path, precision=precision)
        with Engine(face, generator_for(face), settings) as engine:
            while not engine.path_state.serving:
                engine.collect(wait=False)
            frame = engine.render(FrameRequest((POSES["smile-turned"],), frozenset({View.GENERATED})))
            made[path, precision] = engine.read(frame, View.GENERATED).copy()
            engine.recycle(frame)
            print(f"{path} {precision}: {engine.path_state.engine}, {engine.path_state.reason}")
    for precision in ("fp16", "fp32"):
        compare(f"generated-{precision}", made["cuda", precision], made["host", "fp32"], folder)


def compare(name: str, found: Any, wanted: Any, folder: Path) -> None:
    """One line of figures, and a picture: found, wanted, their difference."""
    distance = np.abs(found.astype(int) - wanted.astype(int))
    mean_square = float((distance[..., :3].astype(float) ** 2).mean())
    psnr = 10 * np.log10(255**2 / mean_square) if mean_square else float("inf")
    beyond = ", ".join(f"{(distance.max(-1) > step).mean():.3%} beyond {step}" for step in (1, 4, 16, 40))
    print(f"{name}: PSNR {psnr:.1f} dB, mean {distance.mean():.3f}, largest {distance.max()}, pixels {beyond}")
    difference = np.clip(distance[..., :3] * AMPLIFIED, 0, 255).astype(np.uint8)
    opaque = np.full((*difference.shape[:2], 1), 255, np.uint8)
    shown = np.vstack([found, wanted, np.dstack([difference, opaque])])
    Image.fromarray(shown).save(folder / f"{name}.png")


if __name__ == "__main__":
    main()
