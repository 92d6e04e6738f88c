"""The whole way on this GPU, pose to picture: each tier, the host path and the classic way, taking turns.

    python -m tests.hardware.path_times --json FILE [--rounds N] [--faces 1 4 16]

`classic` is how it is usually done: one batch at a time, glReadPixels, conversion by OpenCV, cudaMemcpy up, PyTorch in
FP32 (TF32 in its convolutions, as ONNX Runtime has it on CUDA) without a graph, cudaMemcpy down, conversion, upload,
glFinish. Where tests/hardware/stand_in is on PYTHONPATH, `engine` says so: then inference of the tiers is PyTorch's,
FP16 in a CUDA graph, and only what is around it is Mien's.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gpu_core.assets import DEFAULT_FACE, resource
from gpu_core.atlas import Atlas
from gpu_core.cuda.interop import TIERS
from gpu_core.expression import NEUTRAL
from gpu_core.face import FaceAsset
from gpu_core.gl.context import headless_context
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.sync import finish_drawing
from gpu_core.gl.targets import TargetSet
from gpu_core.gltf.face import load_face
from gpu_core.neural import pixels
from gpu_core.neural.library import generator_for
from gpu_core.neural.model import GeneratorModel
from gpu_core.settings import EngineSettings, FrameRequest, View
from gpu_core.telemetry import open_sampler
from tests.hardware.torch_execution import NetworkOnGpu
from viewer.benches import passage

FRAMES, FAST_FRAMES = 24, 96  # batches a round of one face, and on the GPU
SINGLES = 20  # batches one by one, for latency
_READ = (View.TEXTURE, View.RENDER)


class Fast:
    """An engine on one path and tier."""

    def __init__(self, opened: ExitStack, face: FaceAsset, model: GeneratorModel, settings: EngineSettings) -> None:
        name = settings.tier if settings.path == "cuda" else passage.HOST
        self.engine = passage._open(opened, face, model, settings, name).engine
        self.state = self.engine.path_state
        self.pixel_bytes = 0
        self.frames = FAST_FRAMES if settings.path == "cuda" else slow_frames(settings.faces)
        self.stages: dict[str, list[float]] = defaultdict(list)

    def round(self) -> None:
        """`frames` batches, as many in flight as there may be."""
        asked = done = 0
        while done < self.frames:
            while self.engine.can_submit and asked < self.frames:
                self.engine.submit(_request(self.engine.settings.faces, asked))
                asked += 1
            for frame in self.engine.collect(wait=True):
                self._note(frame)
                done += 1

    def one(self, number: int) -> None:
        """One batch, waited for."""
        self._note(self.engine.render(_request(self.engine.settings.faces, number)))

    def _note(self, frame: Any) -> None:
        self.pixel_bytes = frame.traffic.pixel_bytes
        late = [stage for _, stages in self.engine.late_stages() for stage in stages]
        for stage in (*frame.stages, *late):
            self.stages[f"{stage.name} ({stage.clock})"].append(stage.duration_ms)
        self.engine.recycle(frame)


class Classic:
    """Everything through the host, one batch at a time."""

    def __init__(self, opened: ExitStack, face: FaceAsset, model: GeneratorModel, faces: int, size: int) -> None:
        self._said = model.signature.inputs[0], model.signature.output
        self._atlas = Atlas(faces, size)
        self._renderer = opened.enter_context(Renderer(face))
        self._target = opened.enter_context(TargetSet(self._atlas))
        self._network = NetworkOnGpu(model.path.read_bytes(), tf32=True)  # ONNX Runtime's default on CUDA
        shape = (self._atlas.height, self._atlas.width, 4)
        self._read = {view: np.empty(shape, np.uint8) for view in _READ}
        self._made = np.empty(shape, np.uint8)
        self._tensor = np.empty((faces, *self._said[0].shape), np.float32)
        self.pixel_bytes = 3 * self._made.nbytes + 2 * self._tensor.nbytes * 5 // 6
        self.frames = slow_frames(faces)
        self.stages: dict[str, list[float]] = defaultdict(list)

    def round(self) -> None:
        """`frames` batches."""
        for number in range(self.frames):
            self.one(number)

    def one(self, number: int) -> None:
        """One batch, from the pose to the texture."""
        clock = _Clock(self.stages)
        self._renderer.pose(_request(len(self._atlas.regions), number).expressions)
        clock.stage("pose")
        self._renderer.draw(self._target)
        for view in _READ:
            self._target.read(view, self._read[view])
        clock.stage("render and glReadPixels")
        self._pack()
        clock.stage("pack by OpenCV")
        out = self._infer()
        clock.stage("copy up, infer, copy down")
        for face, square in enumerate(self._squares(self._made)):
            pixels.unpack(out[face], self._said[1], square)
        clock.stage("unpack by OpenCV")
        self._target.write_display(self._made)
        finish_drawing()
        clock.stage("upload")

    def _pack(self) -> None:
        squares = {view.name.lower(): self._squares(self._read[view]) for view in _READ}
        for face in range(len(self._tensor)):
            pixels.pack({name: its[face] for name, its in squares.items()}, self._said[0], self._tensor[face])

    def _squares(self, picture: Any) -> list[Any]:
        return [picture[r.y : r.y + r.size, r.x : r.x + r.size] for r in self._atlas.regions]

    def _infer(self) -> Any:
        import torch

        given = torch.from_numpy(self._tensor).cuda()
        with torch.no_grad():
            return self._network({self._said[0].name: given}).cpu().numpy()


@dataclass
class _Clock:
    """Milliseconds from stage to stage, into lists by name."""

    into: dict[str, list[float]]
    last: float = field(default_factory=time.perf_counter)

    def stage(self, name: str) -> None:
        now = time.perf_counter()
        self.into[f"{name} (cpu)"].append((now - self.last) * 1e3)
        self.last = now


def slow_frames(faces: int) -> int:
    """Batches a round where the CPU does much of the work."""
    return max(FRAMES // faces, 4)


def _request(faces: int, number: int) -> FrameRequest:
    one = NEUTRAL.with_weights({"jawOpen": number % FRAMES / FRAMES})
    return FrameRequest((one,) * faces, frozenset({View.GENERATED}))


def measure(face: FaceAsset, model: GeneratorModel, faces: int, rounds: int, size: int) -> list[dict[str, Any]]:
    """One row for each way; the ways take turns."""
    with ExitStack() as opened:
        settings = EngineSettings(size=size, faces=faces)
        ways: dict[str, Any] = {"classic": Classic(opened, face, model, faces, size)}
        changes = [{"path": "host"}, *({"path": "cuda", "tier": tier} for tier in TIERS)]
        for change in changes:
            settings = EngineSettings(size=size, faces=faces, **change)
            ways[change.get("tier", passage.HOST)] = Fast(opened, face, model, settings)
        times: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(rounds + 1):
            for name, way in ways.items():
                took = _timed(way.round) / way.frames
                if turn:  # the first one warms up
                    times[name].append(took)
                else:
                    way.stages.clear()
        rows = [_row(name, way, faces, times) for name, way in ways.items()]
        for row, way in zip(rows, ways.values(), strict=True):
            singles = [_timed(lambda way=way, number=number: way.one(number)) for number in range(SINGLES)]
            row["latency_ms"] = dict(zip(("p50", "p95"), np.percentile(singles, [50, 95]).tolist(), strict=True))
        return rows


def _timed(work: Any) -> float:
    """Milliseconds until everything is drawn."""
    start = time.perf_counter()
    work()
    finish_drawing()
    return (time.perf_counter() - start) * 1e3


def _row(name: str, way: Any, faces: int, times: dict[str, list[float]]) -> dict[str, Any]:
    """Ratios are medians of the rounds' own ratios: rounds beside each other saw the same machine."""
    own = np.array(times[name])
    state = getattr(way, "state", None)
    return {
        "faces": faces, "way": name,
        "batch_ms": float(np.median(own)), "faces_per_s": float(faces * 1e3 / np.median(own)),
        "times_classic": float(np.median(np.array(times["classic"]) / own)), "pixel_bytes": way.pixel_bytes,
        "stages_ms": {stage: float(np.median(took)) for stage, took in way.stages.items()},
        "engine": state.engine if state else "PyTorch fp32 (TF32), eager", "reason": state.reason if state else "",
        "rounds_ms": own.tolist(),
    }  # fmt: skip


def print_table(rows: list[dict[str, Any]]) -> None:
    """For people."""
    print(
        f"{'faces':>5} {'way':<13}{'batch ms':>9}{'faces/s':>9}{'x classic':>10}{'one: p50':>9}{'p95':>7}{'MB bus':>8}"
    )
    for row in rows:
        late = row["latency_ms"]
        print(
            f"{row['faces']:>5} {row['way']:<13}{row['batch_ms']:>9.3f}{row['faces_per_s']:>9.0f}"
            f"{row['times_classic']:>10.2f}{late['p50']:>9.2f}{late['p95']:>7.2f}{row['pixel_bytes'] / 1e6:>8.2f}"
            f"  {row['engine']}"
        )
        print("      " + ", ".join(f"{name} {took:.3f}" for name, took in row["stages_ms"].items()))
        if "without a CUDA graph" in row["reason"]:
            print(f"      {row['reason']}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--faces", type=int, nargs="+", default=[1, 4, 16])
    options = parser.parse_args()
    face = load_face(resource(*DEFAULT_FACE))
    model, rows = generator_for(face), []
    assert model is not None
    sampler = open_sampler()
    for faces in options.faces:
        with headless_context() as info:
            rows += measure(face, model, faces, options.rounds, options.size)
            print_table(rows[-2 - len(TIERS) :])
        if options.json:
            busy = asdict(sampler.sample())
            options.json.write_text(json.dumps({"opengl": asdict(info), "rows": rows, "nvml": busy}, indent=1))
    sampler.close()


if __name__ == "__main__":
    main()
