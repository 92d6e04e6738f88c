"""`mien bench interop`: how pixels pass between OpenGL and CUDA, each tier beside the others, and the host path.

The tiers run the same plan of the same generator; what differs is the passage. `host copy` is the old way: read back,
upload, infer, download, upload again. The rounds of all ways take turns, so a machine that slows down slows all of
them; the figures are medians.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gpu_core.cuda.interop import TIERS
from gpu_core.engine import Engine
from gpu_core.expression import NEUTRAL
from gpu_core.face import FaceAsset
from gpu_core.gl.sync import finish_drawing
from gpu_core.neural.model import GeneratorModel
from gpu_core.settings import EngineSettings, FrameRequest, View
from viewer.benches.as_asked import wait_as_asked

BATCHES = (1, 4, 16)  # faces
ROUNDS, FRAMES = 15, 8  # of each way; frames a round
HOST = "host path"


@dataclass
class Way:
    """One way, its engine, and how long its rounds took a batch."""

    name: str
    engine: Engine
    batch_ms: list[float] = field(default_factory=list)
    pixel_bytes: int = 0


def measure_passage(
    face: FaceAsset,
    generator: GeneratorModel,
    *,
    size: int = 512,
    rounds: int = ROUNDS,
    batches: tuple[int, ...] = BATCHES,
) -> list[dict[str, Any]]:
    """One row for each way and number of faces. Needs a current GL context.

    Raises:
        MienError: there is no NVIDIA path here, and why.
    """
    rows: list[dict[str, Any]] = []
    for faces in batches:
        with ExitStack() as opened:
            ways = [_open(opened, face, generator, EngineSettings(size=size, faces=faces, path="host"), HOST)]
            for tier in TIERS:
                settings = EngineSettings(size=size, faces=faces, path="cuda", tier=tier)
                ways.append(_open(opened, face, generator, settings, tier))
            for _ in range(rounds + 1):  # the first one warms up
                for way in ways:
                    _round(way)
            rows += [_row(way, faces, ways) for way in ways]
    return rows


def _open(opened: ExitStack, face: FaceAsset, generator: GeneratorModel, settings: EngineSettings, name: str) -> Way:
    way = Way(name, opened.enter_context(Engine(face, generator, settings)))
    wait_as_asked(way.engine, settings)
    return way


def _round(way: Way) -> None:
    """Draw some batches, as many in flight as there may be, until the last picture is there."""
    engine, asked, done = way.engine, 0, 0
    start = time.perf_counter()
    while done < FRAMES:
        while engine.can_submit and asked < FRAMES:
            weights = {"jawOpen": asked / FRAMES}
            faces = (NEUTRAL.with_weights(weights),) * engine.settings.faces
            engine.submit(FrameRequest(faces, frozenset({View.GENERATED})))
            asked += 1
        for frame in engine.collect(wait=True):
            way.pixel_bytes = frame.traffic.pixel_bytes
            engine.recycle(frame)
            done += 1
    finish_drawing()
    way.batch_ms.append((time.perf_counter() - start) * 1e3 / FRAMES)


def _row(way: Way, faces: int, ways: list[Way]) -> dict[str, Any]:
    """Ratios are medians of the rounds' own ratios: rounds beside each other saw the same machine."""
    slow = next(other for other in ways if other.name == TIERS[-1]).batch_ms[1:]
    times = np.array(way.batch_ms[1:])
    return {
        "way": way.name,
        "faces": faces,
        "batch_ms": float(np.median(times)),
        "faces_per_s": float(faces * 1e3 / np.median(times)),
        "times_readback": float(np.median(np.array(slow) / times)),
        "pixel_bytes": way.pixel_bytes,
        "engine": way.engine.path_state.engine,
        "samples": {"batch_ms": [round(float(ms), 4) for ms in times]},
    }


def print_table(rows: list[dict[str, Any]]) -> None:
    """The rows for people."""
    print(
        f"{'faces':>5}  {'way':<13} {'batch':>9} {'faces/s':>9} {'against read-back':>18} {'over the bus':>13}  engine"
    )
    for row in rows:
        megabytes = row["pixel_bytes"] / 1e6
        print(
            f"{row['faces']:>5}  {row['way']:<13} {row['batch_ms']:>6.2f} ms {row['faces_per_s']:>9.1f} "
            f"{row['times_readback']:>17.2f}× {megabytes:>10.2f} MB  {row['engine']}"
        )
