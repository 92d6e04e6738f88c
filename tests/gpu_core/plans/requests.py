"""Plan requests for tests: a small network, a GPU that nobody has, and the double of TensorRT."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.plans.backend import Backend
from gpu_core.plans.request import PlanRequest, plan_request

DOUBLE = Backend("tensorrt", "tests.emulation.tensorrt.double", "11.4.0.106", None)
SIZE = 16


@dataclass(frozen=True)
class Gpu:
    """A GPU as far as plans care."""

    index: int = 0
    name: str = "NVIDIA L4"
    uuid: str = "GPU-0"
    architecture: str = "89"
    memory_bytes: int = 24 << 30
    driver_version: int = 13050


def generator(
    folder: Path, *, dtype: str = "float16", batch: int | str = "batch", spare: bool = False
) -> GeneratorModel:
    """A network that puts out render, and 1 as alpha, of (texture, render). `spare`: and something nobody wants."""
    element = {"float16": TensorProto.FLOAT16, "float32": TensorProto.FLOAT}[dtype]
    weights = np.zeros((4, 6, 1, 1), dtype)
    weights[:3, 3:, 0, 0] = np.eye(3)
    bias = np.array([0, 0, 0, 1], dtype)
    picked = helper.make_node("Conv", ["pair", "weights", "bias"], ["face"], name="pick")
    doubled = helper.make_node("Add", ["face", "face"], ["twice"], name="double")
    outputs = [helper.make_tensor_value_info("face", element, [batch, 4, SIZE, SIZE])]
    if spare:
        outputs.append(helper.make_tensor_value_info("twice", element, [batch, 4, SIZE, SIZE]))
    graph = helper.make_graph(
        [picked, doubled] if spare else [picked], "pick",
        [helper.make_tensor_value_info("pair", element, [batch, 6, SIZE, SIZE])], outputs,
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(bias, "bias")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path = folder / f"pick-{dtype}-{batch}-{spare}.onnx"
    path.write_bytes(model.SerializeToString())
    pair = InputTensor("pair", ("texture", "render"), dtype=dtype, width=SIZE, height=SIZE)
    face = OutputTensor("face", dtype=dtype, width=SIZE, height=SIZE)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return GeneratorModel("pick", path, Signature((pair,), face), digest, precision=f"fp{dtype[-2:]}")


def request_for(model: GeneratorModel, backend: Backend = DOUBLE, **changes: Any) -> PlanRequest:
    """A request for a model's plan, with some fields changed."""
    return replace(plan_request(model, backend, Gpu()), **changes)
