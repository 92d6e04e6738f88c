"""How far the model's counts can be trusted, tried here: does a processor's time follow the multiplications?

One row is measured and anchors the rest; each other network, size and batch is predicted from its count alone, then
measured. On one thread, in processor time, the least of several runs: other programs disturb that least.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpu_core.errors import MienError
from gpu_core.neural.model import GeneratorModel
from gpu_core.openvino_import import import_openvino
from viewer.benches.capacity_network import Shape, count_network

_RUNS, _WARM_UP = 7, 2


@dataclass(frozen=True)
class Tried:
    """One network, size and batch: what it multiplies, and what it took."""

    name: str
    side: int
    batch: int
    gmac: float
    core_ms: float


def check(models: Sequence[GeneratorModel]) -> list[dict[str, Any]]:
    """Measure every generator at its own size, at half of it, and there in a batch of four; the first row anchors.

    Raises:
        MienError: there is no OpenVINO, or it cannot run one of them.
    """
    tried = []
    for model in models:
        side = model.signature.inputs[0].width
        for pixels, batch in ((side, 1), (side // 2, 1), (side // 2, 4)):
            shapes: dict[str, Shape] = {
                said.name: (batch, said.channels, pixels, pixels)
                if said.layout == "NCHW"
                else (batch, pixels, pixels, said.channels)
                for said in model.signature.inputs
            }
            gmac = count_network(model.path, shapes).macs / 1e9
            tried.append(Tried(model.name, pixels, batch, gmac, core_ms(model, shapes)))
    return compared(tried)


def core_ms(model: GeneratorModel, shapes: dict[str, Shape]) -> float:
    """Milliseconds of one core for one run in FP32."""
    try:
        core = import_openvino().Core()
        network = core.read_model(model.path)
        network.reshape({name: list(shape) for name, shape in shapes.items()})
        options = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        request = core.compile_model(network, "CPU", options).create_infer_request()
    except (ImportError, RuntimeError) as error:
        first = str(error).strip().partition("\n")[0]
        raise MienError(f"the check needs OpenVINO, and {model.path.name} to run in it: {first}") from error
    noise = np.random.default_rng(0)
    inputs = {
        said.name: noise.random(shapes[said.name], np.float32).astype(said.dtype) for said in model.signature.inputs
    }
    times = []
    for _ in range(_WARM_UP + _RUNS):
        start = time.process_time()
        request.infer(inputs)
        times.append((time.process_time() - start) * 1000)
    return min(times[_WARM_UP:])


def compared(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """Each row with what the first row's speed predicts for it, and by what share that is off."""
    speed = tried[0].gmac / tried[0].core_ms
    return [
        vars(one) | {"predicted_ms": one.gmac / speed, "off": one.gmac / speed / one.core_ms - 1, "anchor": not place}
        for place, one in enumerate(tried)
    ]


def print_check(rows: Sequence[dict[str, Any]]) -> None:
    """The rows for people."""
    print(f"\n{'tried here, one core, FP32':<28}{'batch':>6}{'GMAC':>8}{'core-ms':>9}{'predicted':>11}{'off':>7}")
    for row in rows:
        off = "anchor" if row["anchor"] else f"{row['off']:+.0%}"
        name = f"{row['name']} {row['side']}"
        print(
            f"{name:<28}{row['batch']:>6}{row['gmac']:>8.2f}{row['core_ms']:>9.1f}{row['predicted_ms']:>11.1f}{off:>7}"
        )
