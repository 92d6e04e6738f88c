"""What Python and the calls it makes cost a batch on the NVIDIA path: `python -m tests.emulation.python_cost`.

The real engine, the real bindings and PyOpenGL, over the emulated driver and Mesa. Pictures are 64 x 64, the network is
one convolution, and every draw is of nothing, so that what remains of the calling thread's time is the program's own
work and its calls. A real driver's calls cost something else; the share that is Python's is the same.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest

from gpu_core.engine import Engine, open_engine
from gpu_core.expression import NEUTRAL
from gpu_core.gl import capture, renderer
from gpu_core.gl.context import headless_context
from gpu_core.neural.model import load_model
from gpu_core.settings import EngineSettings, FrameRequest
from tests import networks
from tests.emulated.conftest import product_kernels
from tests.emulated.paths import keep_plan, use_double
from tests.emulation import emulator

BATCHES = (1, 2, 4, 8, 16)
_WARM_UP, _FRAMES = 20, 100


@contextmanager
def drawing_nothing() -> Iterator[None]:
    """Every draw call is made, with no vertices."""
    elements, instances = renderer.draw_indices, capture.GL.glDrawArraysInstanced
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(renderer, "draw_indices", lambda first, _count: elements(first, 0))
        patch.setattr(
            capture.GL, "glDrawArraysInstanced", lambda mode, first, _count, faces: instances(mode, first, 0, faces)
        )
        yield


def batch_ms(engine: Engine, faces: int) -> float:
    """The calling thread's milliseconds for one batch from request to recycling, median."""
    engine.render(FrameRequest((NEUTRAL,) * faces))  # posing's shaders are tried, with vertices
    times = []
    with drawing_nothing():
        for number in range(_WARM_UP + _FRAMES):
            expressions = tuple(NEUTRAL.with_weights({"jawOpen": (number + face) % 90 / 90}) for face in range(faces))
            start = time.thread_time()
            engine.submit(FrameRequest(expressions))
            for frame in engine.collect(wait=True):
                engine.recycle(frame)
            times.append((time.thread_time() - start) * 1000)
    return median(times[_WARM_UP:])


def main() -> None:
    """Print a line for each batch, and the straight line through the smallest and the largest."""
    driver = emulator.load()
    driver.use_kernels(product_kernels())
    driver.start()
    told = {}
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        use_double(patch, Path(folder))
        network = networks.save_network(Path(folder))
        for faces in BATCHES:
            settings = EngineSettings(size=64, faces=faces, path="cuda", posing="gpu", precision="fp32")
            keep_plan(load_model(network), settings)
            with headless_context(), open_engine(None, network, settings) as engine:
                told[faces] = batch_ms(engine, faces)
                print(f"{faces:>3} faces {told[faces]:>8.2f} ms a batch  {engine.path_state.tier}")
    face_ms = (told[BATCHES[-1]] - told[BATCHES[0]]) / (BATCHES[-1] - BATCHES[0])
    print(f"{told[BATCHES[0]] - face_ms:.2f} ms a batch and {face_ms:.2f} ms a face")


if __name__ == "__main__":
    main()
