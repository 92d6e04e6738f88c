"""What passing pictures between OpenGL and CUDA costs the CPU: mapping and unmapping, nothing in between.

    python -m tests.hardware.mapping_times

"idle": OpenGL has nothing to do. "drawn": a face was drawn into the pictures just before. `all` is the wall clock for
one turn with everything done, divided over many turns in flight; the difference between rows is what passing adds.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from gpu_core.assets import DEFAULT_FACE, resource
from gpu_core.atlas import Atlas
from gpu_core.cuda.driver import Cuda, open_cuda
from gpu_core.cuda.interop import TIERS, Interop, open_interop
from gpu_core.expression import NEUTRAL
from gpu_core.gl.context import headless_context
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.sync import finish_drawing
from gpu_core.gl.targets import TargetSet
from gpu_core.gltf.face import load_face
from tests.hardware.look import TIERS_ABOVE

TURNS, ROUNDS, SIZE = 40, 7, 512


def main() -> None:
    """A line for each tier, number of faces, and load of OpenGL."""
    face = load_face(resource(*DEFAULT_FACE))
    print(f"{'faces':>5} {'tier':<13}{'opengl':<8}{'read CPU us':>12}{'write CPU us':>13}{'all us':>9}")
    with headless_context(), open_cuda() as cuda:
        for faces in (1, 4, 16):
            with Renderer(face) as renderer, TargetSet(Atlas(faces, SIZE)) as target:
                renderer.pose((NEUTRAL,) * faces)
                for drawn in (False, True):
                    before = (lambda: renderer.draw(target)) if drawn else (lambda: None)
                    load = "drawn" if drawn else "idle"
                    alone = _median(before)
                    print(f"{faces:>5} {'(none)':<13}{load:<8}{'':>25}{alone:>9.1f}")
                    for tier in TIERS:
                        print(f"{faces:>5} {tier:<13}{load:<8}{_measured(cuda, target, tier, before)}")


def _measured(cuda: Cuda, target: TargetSet, tier: str, before: Callable[[], None]) -> str:
    with open_interop(cuda, below=TIERS_ABOVE[tier], because="to be measured") as interop:
        if interop.tier != tier:
            return f"  {interop.reason}"
        stream = cuda.stream()
        spent: dict[str, list[float]] = {"read": [], "write": []}

        def turn() -> None:
            before()
            for name in spent:
                start = time.perf_counter()
                _pass(interop, target, name, stream)
                spent[name].append((time.perf_counter() - start) * 1e6)

        whole = _median(turn)
        stream.close()
        return f"{np.median(spent['read']):>12.1f}{np.median(spent['write']):>13.1f}{whole:>9.1f}"


def _pass(interop: Interop, target: TargetSet, name: str, stream: object) -> None:
    """There and back, with nothing done to the pictures."""
    passing = interop.read(target, ("render", "texture"), stream) if name == "read" else interop.write(target, stream)
    with passing:
        pass


def _median(turn: Callable[[], None]) -> float:
    """Microseconds of a turn, of many until all is done; median of rounds, the first one left out."""
    times = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        for _ in range(TURNS):
            turn()
        finish_drawing()
        times.append((time.perf_counter() - start) * 1e6 / TURNS)
    return float(np.median(times[1:]))


if __name__ == "__main__":
    main()
